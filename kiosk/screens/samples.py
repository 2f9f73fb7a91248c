"""What every screen looks like in each of its states: feeds the gallery, the tests of looks, and the rubric.

A screen without a sample is a failing test. Names and numbers are invented and masked as on a real screen.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from kiosk.models import lobby
from kiosk.models.say import Day, Moment, Money, Say, say
from kiosk.models.screen import Screen
from kiosk.models.stay import BillLine, StayView

Samples = dict[str, Screen]


def wording(zh: str, en: str) -> Say:
    """A name that the hotel keeps in both languages."""
    return say("central.wording", zh=zh, en=en)


HOTEL = wording("云栖酒店", "Yunqi Hotel")
STAY = StayView(
    booking_no="YQ2611220018", guest_masked="李*华", room_type=wording("豪华大床房", "Deluxe king room"), room="1206",
    floor="12", arrival=date(2026, 11, 22), departure=date(2026, 11, 24), nights=2, adults=1, breakfasts=2,
    breakfast_hours="07:00–10:00", breakfast_place=wording("2 楼餐厅", "2nd floor"),
    way=wording("出电梯左转", "left from the lift"), check_out_by=datetime(2026, 11, 24, 4, 0, tzinfo=UTC),
)  # fmt: skip
SECOND = StayView(
    booking_no="YQ2611220031", guest_masked="李*华", room_type=wording("湖景双床房", "Lake view twin room"), room="",
    floor="", arrival=date(2026, 11, 22), departure=date(2026, 11, 23), nights=1, adults=2, breakfasts=0,
    breakfast_hours="", breakfast_place=say("g.nothing"),
)  # fmt: skip
BILL = (
    BillLine(wording("房费 2 晚", "Room, 2 nights"), 1, 73600),
    BillLine(wording("送餐 RS-042", "Room service RS-042"), 1, 8800),
    BillLine(wording("迷你吧", "Minibar"), 2, 2400),
)
LONG_BILL = (
    *BILL, BillLine(wording("洗衣", "Laundry"), 1, 6400), BillLine(wording("停车", "Parking"), 2, 4000),
    BillLine(wording("延时退房", "Late check-out"), 1, 10000), BillLine(wording("泳池浴巾", "Pool towel"), 1, 2000),
)  # fmt: skip
STEP = ("check_in", 2)

_SAMPLES: dict[type[Screen], Samples] = {
    lobby.Attract: {
        part: lobby.Attract(HOTEL, part_of_day=part) for part in ("morning", "noon", "afternoon", "evening")
    },
    lobby.Home: {
        "all": lobby.Home(HOTEL, "afternoon", ("check_in", "check_out", "redeem_coupon")),
        "two": lobby.Home(HOTEL, "morning", ("check_in", "check_out")),
        "trouble": lobby.Home(
            HOTEL, "evening", ("check_out",), (say("d.id.down.title"), say("d.paper.before.title")),
        ),
    },
    lobby.FindBooking: {
        "both": lobby.FindBooking(),
        "hint": lobby.FindBooking(hint=say("c.qr.expired.body")),
        "scanner": lobby.FindBooking(hint=say("d.id.down.title"), slots=("scanner",)),
        "id_reader": lobby.FindBooking(hint=say("d.scan.down.title"), slots=("id_reader",)),
    },
    lobby.PickBooking: {"two": lobby.PickBooking((STAY, SECOND)), "four": lobby.PickBooking((STAY, SECOND) * 2)},
    lobby.VerifyId: {
        "first": lobby.VerifyId(),
        "second_hint": lobby.VerifyId(2, 2, say("d.id.fail.body")),
    },
    lobby.ConfirmStay: {
        "deposit": lobby.ConfirmStay(STAY, 73600, 73600, 30000, 128000, 98000),
        "no_paper": lobby.ConfirmStay(STAY, 73600, 73600, 30000, 128000, 98000, paper=False),
        "free": lobby.ConfirmStay(SECOND, 36800, 10000, 0, 128000, 128000),
    },
    lobby.Working: {
        "hold": lobby.Working(say("h.wait.title"), say("h.wait.body"), on=STEP, picture="hold"),
        "unknown": lobby.Working(say("h.unknown.title"), say("h.unknown.body"), on=STEP, picture="hold"),
        "key": lobby.Working(say("k.cutting.title"), say("k.cutting.body"), on=("check_in", 3), picture="key"),
        "card": lobby.Working(say("g.take.id.title"), say("g.take.id.body"), picture="card"),
        "search": lobby.Working(say("c.finding.title"), on=("check_in", 0), picture="search"),
    },
    lobby.CheckedIn: {
        "printed": lobby.CheckedIn(STAY, 2, 30000, "printed", "HD2611220007", "YunQi-Guest", taken=("id",)),
        "id_in_reader": lobby.CheckedIn(STAY, 1, 30000, "printed", "HD2611220007", "YunQi-Guest", id_in_reader=True),
        "saving": lobby.CheckedIn(STAY, 2, 30000, "saving", "HD2611220007", "YunQi-Guest"),
        "to_follow": lobby.CheckedIn(STAY, 1, 0, "to_follow", "HD2611220007", "YunQi-Guest"),
    },
    lobby.FindStay: {"both": lobby.FindStay(), "scanner": lobby.FindStay(say("d.scan.fail.body"), ("scanner",))},
    lobby.CheckOutBill: {
        "due": lobby.CheckOutBill(STAY, BILL, 84800, 73600, 11200, 30000, 11200, 18800),
        "none": lobby.CheckOutBill(STAY, BILL[:1], 73600, 73600, 0, 30000, 0, 30000),
        "long": lobby.CheckOutBill(STAY, LONG_BILL, 107200, 73600, 33600, 50000, 33600, 16400),
    },
    lobby.CheckedOut: {
        "charged": lobby.CheckedOut(STAY, 11200, 18800, 116800, "printed", "CO2611240003", 84800, 73600),
        "free": lobby.CheckedOut(STAY, 0, 30000, 128000, "saving", "CO2611240003", 73600, 73600),
        "all_taken": lobby.CheckedOut(STAY, 30000, 0, 98000, "to_follow", "CO2611240003", 103600, 73600),
    },
    lobby.EnterSn: {"empty": lobby.EnterSn(), "hint": lobby.EnterSn(say("d.scan.fail.body"))},
    lobby.ConfirmSn: {
        "coffee": lobby.ConfirmSn(
            wording("大堂吧咖啡券", "Lobby bar coffee coupon"), "8831", wording("现磨咖啡 1 杯", "One fresh coffee"),
            "2026-12-31",
        ),
    },
    lobby.CouponUsed: {
        "printed": lobby.CouponUsed(
            wording("大堂吧咖啡券", "Lobby bar coffee coupon"), wording("现磨咖啡 1 杯", "One fresh coffee"), "printed",
            "CP2611220004",
        ),
        "saving": lobby.CouponUsed(
            wording("大堂吧咖啡券", "Lobby bar coffee coupon"), wording("现磨咖啡 1 杯", "One fresh coffee"), "saving",
            "CP2611220004",
        ),
    },
    lobby.Notice: {
        "short": lobby.Notice("h.short", (("diff", Money(12000)),), ("staff", "finish"), "warn", "H02", STEP),
        "mismatch": lobby.Notice("i.mismatch", (), ("other_id", "staff"), "warn", "I01", ("check_in", 1)),
        "unknown": lobby.Notice("h.unknown.staff", (("no", "HD2611220007"),), ("finish",), "staff", "H04", STEP),
        "absent": lobby.Notice("h.absent", (("no", "HD2611220007"),), ("finish",), "staff", "H05", STEP),
        "offline": lobby.Notice("g.offline.mid", (), ("retry", "staff"), "warn", "L01", ("check_in", 0)),
        "expired_code": lobby.Notice("c.qr.expired", (), ("other_way", "staff"), "warn", "C07"),
        "foreign": lobby.Notice(
            "x.foreign", (("what", say("code.foreign_payment")),), ("other_way", "staff"), "info", "X01"),
        "future": lobby.Notice("c.future", (("date", Day(date(2026, 11, 25))),), ("finish", "staff"), "info", "C03"),
        "early": lobby.Notice(
            "c.early", (("time", Moment(datetime(2026, 11, 22, 6, 0, tzinfo=UTC))),), ("finish", "staff"), "info",
            "C02"),
        "doubt": lobby.Notice(
            "d.card.doubt", (("no", "HD2611220007"),), ("finish",), "staff", "D05", ("check_in", 3)),
        "lapsed": lobby.Notice("h.expired", (("amt", Money(30000)),), ("again", "staff"), "warn", "H06", STEP),
        "changed": lobby.Notice("o.changed", (), ("see_bill", "staff"), "warn", "O03", ("check_out", 1)),
    },
    lobby.OutOfService: {
        "offline": lobby.OutOfService("g.offline.kiosk", "L02"),
        "service": lobby.OutOfService("g.maint", "L04"),
    },
    lobby.Cleared: {"cleared": lobby.Cleared()},
    lobby.StillThere: {"thirty": lobby.StillThere(28)},
    lobby.CallStaff: {
        "ask": lobby.CallStaff(), "sent": lobby.CallStaff("sent"), "none": lobby.CallStaff("none", "0571-8888 8888"),
    },
}


def samples(kind: type[Screen]) -> Samples:
    """The states of a screen by name. Raises KeyError for a screen that has none."""
    return _SAMPLES[kind]
