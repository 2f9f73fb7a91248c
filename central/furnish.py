"""A furnished hotel: 云栖酒店 / Yunqi Hotel, with rooms, bookings in every state, members, coupons, guests.

Built by central's own commands and messages, so that its books pass the audit like any other's. The same seed and the
same instant give the same hotel; bookings are due on the hotel's date of that instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from central.cast import CAST, Person
from central.clerk import Clerk
from central.context import Policy
from central.coupons import BatchRow, CouponRow, issue, open_batch
from central.house import HousePms
from central.ids import millis, moment, uuid7
from central.keys import Keys
from central.ledger.interface import Store, Tx
from central.members import Member, credit, open_member
from central.people import Vault
from central.pms import Booked, Line
from central.worker import Central
from membership.hotel_time import hotel_date
from mqtt.messages.hold import HOLD_AUTHORISE, HoldAuthorise
from mqtt.messages.identity import IDENTITY_PRESENT, IdDocument, IdentityPresent
from mqtt.messages.stay import STAY_CHECK_IN, STAY_PREPARE, KeyCut, StayCheckIn, StayPrepare
from mqtt.timing import stamp
from mqtt.topics import Terminal

PROPERTY = "yunqi"
ZONE = ZoneInfo("Asia/Shanghai")
DEPOSIT = 30_000
JOB = "job:furnish"
TERMINALS = (
    ("k01", "lobby", "lobby"), ("h01", "handheld", "restaurant"), ("r1206", "room", "rooms"),
    ("desk", "handheld", "front"), ("t01", "", "test"), ("t02", "", "test"), ("t03", "", "test"),
)  # fmt: skip
"""Name, role and store; the three without a role belong to whoever tests from outside."""
TYPES = {"king": ("豪华大床房", "Deluxe king", 36_800), "twin": ("高级双床房", "Superior twin", 39_800),
         "suite": ("湖景套房", "Lake suite", 98_800)}  # fmt: skip
ROOMS = {
    "king": ("801", "802", "803", "804", "1201", "1202", "1203", "1204", "1205", "1206"),
    "twin": ("805", "806", "807", "808", "1001", "1002", "1003", "1004"),
    "suite": ("1008", "1208"),
}
DIRTY = ("804", "1203")


class AlreadyFurnished(Exception):
    """The hotel is there; furnishing twice would make two of everything."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A booking to be: days are counted from the hotel's date. `room` fixes one, `lines` are charges in the house."""

    who: str
    type: str
    arrives: int = 0
    nights: int = 1
    adults: int = 1
    room: str | None = None
    state: str = "booked"
    unpaid: bool = False
    in_house: bool = False
    lines: tuple[tuple[str, str, int, int], ...] = ()


ROOM_SERVICE = ("送餐", "Room service", 1, 8_800)
MINIBAR = ("迷你吧", "Minibar", 2, 2_400)
LAUNDRY = ("洗衣", "Laundry", 3, 15_000)
FEAST = ("客房晚宴", "Private dinner", 1, 45_000)
PLANS = (
    Plan("li", "king", nights=2, room="1206"),
    Plan("wang", "twin", nights=2, adults=2),
    Plan("zhang", "king", room="1203"),
    Plan("liu", "king", arrives=1),
    Plan("zhao", "king", state="cancelled"),
    Plan("sun", "king", arrives=-2, nights=2, room="1202", in_house=True, lines=(ROOM_SERVICE, MINIBAR)),
    Plan("zhou", "king", unpaid=True),
    Plan("wu", "king"),
    Plan("zheng", "king", nights=3),
    Plan("zheng", "suite", nights=1),
    Plan("feng", "twin"),
    Plan("he", "twin"),
    Plan("xu", "king"),
    Plan("smith", "king", nights=2),
    Plan("lin", "twin"),
    Plan("ma", "twin", arrives=-1, nights=3, room="1002", in_house=True),
    Plan("gao", "twin"),
    Plan("luo", "king", arrives=-1, nights=1, room="802", in_house=True, lines=(FEAST, LAUNDRY)),
)
BATCHES = (
    ("welcome", "欢迎饮品券", "Welcome drink", "大堂吧饮品一杯", "A drink in the lobby bar", 3_800, -30, 60, (), 8),
    ("breakfast", "早餐券", "Breakfast", "自助早餐一份", "One breakfast buffet", 8_800, -90, -1, (), 1),
    ("spa", "水疗体验券", "Spa session", "水疗 60 分钟", "60 minutes of spa", 36_800, -10, 90, ("spa",), 1),
    ("harvest", "下月甜品券", "Dessert next month", "时令甜品一份", "One seasonal dessert", 4_800, 30, 60, (), 1),
)
"""Id, names, what it gives, worth in fen, first and last day from today, stores, pieces."""


def furnish(store: Store, keys: Keys, now: datetime, seed: int = 1, property_: str = PROPERTY) -> None:
    """Furnish an empty store. Raises AlreadyFurnished."""
    chance = Random(seed)
    today = hotel_date(now, ZONE)
    with store.transaction() as tx:
        if tx.one("SELECT 1 FROM properties WHERE id = ?", property_) is not None:
            raise AlreadyFurnished(property_)
        begun = millis(datetime.combine(today - timedelta(days=3), time(9), ZONE))
        tx.books.job(JOB, "furnish", begun)
        _house(tx, property_)
        _members(tx, keys, chance, begun)
        bookings = _bookings(tx, property_, keys, chance, now, today)
        _coupons(tx, property_, chance, today, begun)
    clock = _Clock(begun)
    central = Central(store, keys, clock.wall, chance, Policy())
    clerk = Clerk(central, Terminal(property_, "desk"), chance, lambda: clock.at)
    for plan, booking in bookings:
        if plan.in_house:
            clock.at = millis(datetime.combine(today + timedelta(days=plan.arrives), time(15, 6), ZONE))
            _move_in(store, clerk, plan, booking)
    clock.at = max(clock.at, millis(now) - 60_000)
    _use_one(store, clerk)


@dataclass
class _Clock:
    at: int

    def wall(self) -> datetime:
        return moment(self.at)


def _house(tx: Tx, property_: str) -> None:
    tx.run(
        "INSERT INTO properties VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        property_, "云栖酒店", "Yunqi Hotel", ZONE.key, "YQ", DEPOSIT, 12, "07:00-10:00", "2楼 云上餐厅",
        "Yunshang, 2nd floor", "YunQi-Guest",
    )  # fmt: skip
    for name, role, store in TERMINALS:
        tx.run(
            "INSERT INTO terminals (scope, property, role, store) VALUES (?, ?, ?, ?)",
            f"{property_}/{name}", property_, role, store,
        )  # fmt: skip
    for type_, (zh, en, _) in TYPES.items():
        tx.run("INSERT INTO room_types VALUES (?, ?, ?, ?)", type_, property_, zh, en)
    for type_, numbers in ROOMS.items():
        for number in numbers:
            left = int(number[-1]) % 2 == 0
            tx.run(
                "INSERT INTO rooms VALUES (?, ?, ?, ?, ?, ?, 'clean', NULL)",
                property_, number, type_, number[:-2], "出电梯左转" if left else "出电梯右转",
                "Left from the lift" if left else "Right from the lift",
            )  # fmt: skip


def _members(tx: Tx, keys: Keys, chance: Random, at: int) -> None:
    vault = Vault(keys.secret)
    for n, person in enumerate((p for p in CAST.values() if p.tier), 1):
        id_ = f"8800{n:06d}"
        open_member(tx, Member(
            id_, person.name, person.latin, person.tier, f"{chance.randrange(10_000):04d}",
            vault.fingerprint(person.kind, person.number), chance.randbytes(8).hex(), person.blocked,
            f"{2016 + n % 9}-0{1 + n % 9}-1{n % 9}",
        ))  # fmt: skip
        for ledger, amount in (("CNY", person.cny), ("BONUS", person.bonus), ("POINT", person.points)):
            if amount:
                credit(tx, f"{JOB}:{person.key}:{ledger.lower()}", id_, ledger, amount, at)


def _bookings(
    tx: Tx, property_: str, keys: Keys, chance: Random, now: datetime, today: date
) -> tuple[tuple[Plan, Booked], ...]:
    pms = HousePms(tx)
    vault = Vault(keys.secret)
    made = []
    for n, plan in enumerate(PLANS, 11):
        person = CAST[plan.who]
        arrival = today + timedelta(days=plan.arrives)
        rate = TYPES[plan.type][2] * plan.nights
        row = tx.one("SELECT id FROM members WHERE document = ?", vault.fingerprint(person.kind, person.number))
        booked = Booked(
            uuid7(millis(datetime.combine(arrival, time(8), ZONE)), chance), property_, f"YQ{arrival:%y%m%d}{n:04d}",
            person.name, person.latin, vault.fingerprint(person.kind, person.number), row[0] if row else None,
            plan.type, plan.room, arrival.isoformat(), (arrival + timedelta(days=plan.nights)).isoformat(),
            plan.adults, plan.adults * plan.nights, rate, 0 if plan.unpaid else rate, rate if plan.unpaid else 0,
            DEPOSIT, plan.state,  # type: ignore[arg-type]
        )  # fmt: skip
        pms.add_booking(booked)
        made.append((plan, booked))
    for number in DIRTY:
        pms.set_room(property_, number, "dirty", millis(now) // 60_000 * 60_000 + 90 * 60_000)
    return tuple(made)


def _coupons(tx: Tx, property_: str, chance: Random, today: date, at: int) -> None:
    n = 0
    for id_, zh, en, gives_zh, gives_en, worth, first, last, stores, pieces in BATCHES:
        batch = BatchRow(
            id_, property_, zh, en, gives_zh, gives_en, "goods", "campaign", worth,
            (today + timedelta(days=first)).isoformat(), (today + timedelta(days=last)).isoformat(), stores,
            attended=True, transferable=False,
        )  # fmt: skip
        open_batch(tx, batch)
        for _ in range(pieces):
            n += 1
            sn = f"{2600 + n}{chance.randrange(10**8):08d}"
            coupon = CouponRow(uuid7(at + n, chance), sn, None, None, None, None, batch)
            issue(tx, f"{JOB}:coupon:{coupon.id}", coupon, at)


def document_of(person: Person) -> IdDocument:
    """A person's document as a reader gives it."""
    return IdDocument(
        kind=person.kind,  # type: ignore[arg-type]
        name=person.name, number=person.number, name_latin=person.latin, birth=person.born.isoformat(),
        valid_to=person.valid_to.isoformat(), nationality="GBR" if person.passport else "CHN",
    )  # fmt: skip


def _move_in(store: Store, clerk: Clerk, plan: Plan, booked: Booked) -> None:
    """A guest who came on another day, by the same messages as everybody."""
    clerk.new_visit()
    person = CAST[plan.who]
    _, seen = clerk.must(IDENTITY_PRESENT, IdentityPresent(document=document_of(person), booking=booked.id))
    _, stay = clerk.must(STAY_PREPARE, StayPrepare(booking=booked.id, identities=(seen.identity,)))
    assert stay.member is not None
    deposit = HoldAuthorise(member=stay.member, amount=stay.deposit, purpose="deposit", ttl_s=600)
    hold, _ = clerk.must(HOLD_AUTHORISE, deposit)
    clerk.must(STAY_CHECK_IN, StayCheckIn(
        stay=stay.stay, hold=hold, identities=(seen.identity,), keys=(KeyCut(serial=f"04A{stay.room}"),),
        delivered_at=stamp(clerk.central_time()),
    ))  # fmt: skip
    with store.transaction() as tx:
        pms = HousePms(tx)
        taken = pms.stay(booked.property, stay.stay)
        assert taken is not None
        for zh, en, qty, amount in plan.lines:
            pms.add_line(taken, Line(zh, en, qty, amount), millis(clerk.central_time()))


def _use_one(store: Store, clerk: Clerk) -> None:
    """One coupon is used already."""
    with store.transaction() as tx:
        row = tx.one("SELECT id FROM coupons WHERE batch = 'welcome' ORDER BY sn LIMIT 1")
    assert row is not None
    clerk.new_visit()
    clerk.must(HOLD_AUTHORISE, HoldAuthorise(instrument="sn", ref=row[0], count=1, capture=True))
