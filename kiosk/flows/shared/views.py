"""What central says, as screens and slips show it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from kiosk.models.say import Say, say
from kiosk.models.stay import BillLine, StayView
from mqtt.messages.stay import Booking, Folio, StayPrepared
from mqtt.messages.values import Wording


def worded(wording: Wording) -> Say:
    """A name that central keeps in both languages."""
    return say("central.wording", zh=wording.zh, en=wording.en)


def booking_view(booking: Booking) -> StayView:
    """A booking before a room is known."""
    return StayView(
        booking_no=booking.no, guest_masked=booking.guest_masked, room_type=worded(booking.room_type), room="",
        floor="", arrival=date.fromisoformat(booking.arrival), departure=date.fromisoformat(booking.departure),
        nights=booking.nights, adults=booking.adults, breakfasts=0, breakfast_hours="",
        breakfast_place=say("g.nothing"),
    )  # fmt: skip


def stay_view(stay: StayPrepared) -> StayView:
    """A stay whose room is locked."""
    return StayView(
        booking_no=stay.no, guest_masked=stay.guest_masked, room_type=worded(stay.room_type), room=stay.room,
        floor=stay.floor, arrival=date.fromisoformat(stay.arrival), departure=date.fromisoformat(stay.departure),
        nights=stay.nights, adults=stay.adults, breakfasts=stay.breakfasts, breakfast_hours=stay.breakfast_hours,
        breakfast_place=worded(stay.breakfast_place), way=worded(stay.way), check_out_by=instant(stay.check_out_by),
    )  # fmt: skip


def folio_view(folio: Folio) -> StayView:
    """A stay in the house, as its bill names it."""
    return StayView(
        booking_no=folio.no, guest_masked=folio.guest_masked, room_type=worded(folio.room_type), room=folio.room,
        floor=folio.floor, arrival=date.fromisoformat(folio.arrival), departure=date.fromisoformat(folio.departure),
        nights=folio.nights, adults=0, breakfasts=0, breakfast_hours="", breakfast_place=say("g.nothing"),
    )  # fmt: skip


def bill_lines(folio: Folio) -> tuple[BillLine, ...]:
    """The lines of a folio."""
    return tuple(BillLine(worded(line.what), line.qty, line.amount) for line in folio.lines)


def instant(text: str) -> datetime:
    """An instant of the contract as an aware value."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone(timedelta(0)))
