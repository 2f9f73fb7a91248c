"""R1, the check-in slip."""

from __future__ import annotations

from hw.printer.document import Block, Document, Qr, Rule, Text
from kiosk.models.say import Count, Money, say
from kiosk.models.slips import CheckInSlip, SlipHead
from kiosk.models.stay import StayView
from kiosk.slips.pen import Pen, masked


def check_in(pen: Pen, slip: CheckInSlip, head: SlipHead) -> Document:
    """Room, stay, what is held and not charged, the code that opens check-out. Never sleeved with the key."""
    return pen.document("slip.check_in", head, [
        pen.fact("slip.booking", slip.stay.booking_no), pen.fact("slip.guest", masked(slip.stay.guest_masked)), Rule(),
        *_room(pen, slip, head), Rule(),
        *_money(pen, slip), Rule(),
        pen.fact("slip.wifi", slip.wifi), *_code(pen, slip), Rule(),
        *pen.middle(pen.count("slip.keys", slip.keys)), *pen.middle(say("slip.keys.apart")),
        *pen.middle(say("slip.desk")),
    ])  # fmt: skip


def _room(pen: Pen, slip: CheckInSlip, head: SlipHead) -> list[Block]:
    stay = slip.stay
    leave = pen.when(stay.check_out_by) if stay.check_out_by else stay.departure.isoformat()
    return [
        *_number(pen, slip),
        pen.fact("slip.type", pen.own(stay.room_type)),
        pen.fact("slip.in", pen.when(head.at)),
        pen.fact("slip.out", leave),
        pen.fact("slip.breakfast", _breakfast(pen, stay)),
    ]


def _number(pen: Pen, slip: CheckInSlip) -> list[Block]:
    """The room number, large; where the hotel keeps it off paper, where to find it instead."""
    stay = slip.stay
    if not slip.show_room:
        return [pen.fact("slip.room", pen.own(say("slip.room.see")))]
    floor = pen.own(say("slip.floor.value", floor=stay.floor))
    way = f"{floor} {pen.own(stay.way)}" if stay.way else floor
    return [pen.fact("slip.room", ""), pen.large(stay.room), *([pen.fact("slip.floor", way)] if stay.floor else [])]


def _breakfast(pen: Pen, stay: StayView) -> str:
    if not stay.breakfasts:
        return pen.own(say("stay.breakfast.none"))
    count = pen.own(say("stay.breakfast.count", n=Count(stay.breakfasts)))
    return f"{count} {stay.breakfast_hours.replace('–', '-')} {pen.own(stay.breakfast_place)}"


def _money(pen: Pen, slip: CheckInSlip) -> list[Block]:
    """The rate and what of it is paid; the deposit: held, from where, and when it comes back."""
    blocks: list[Block] = [pen.sum("slip.rate", slip.room_rate)]
    if slip.prepaid >= slip.room_rate:
        blocks += pen.sentences("slip.prepaid")
    elif slip.prepaid:
        blocks += pen.sentences("slip.prepaid.part", amt=Money(slip.prepaid))
    if slip.deposit:
        blocks.append(pen.sum("slip.hold", slip.deposit, bold=True))
        blocks += pen.sentences("slip.hold.kind")
        blocks += pen.sentences("slip.hold.no", no=slip.hold_no)
        blocks += pen.sentences("slip.hold.release")
    return blocks


def _code(pen: Pen, slip: CheckInSlip) -> list[Block]:
    words: list[Text] = pen.middle(say("slip.code"))
    return [Qr(slip.slip_code), *words] if slip.slip_code else []
