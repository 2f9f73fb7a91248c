"""Bookings and stays: find, prepare, check in, folio, check out."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mqtt.messages.kind import Class, Kind
from mqtt.messages.values import (
    AmountOrNone,
    Balance,
    Body,
    Day,
    Instant,
    LedgerAmount,
    LedgerBalance,
    Qty,
    Seconds,
    Text,
    Token,
    Uuid7,
    Wording,
    always,
)

Count = Annotated[int, Meta(ge=0, le=99)]


class BookingFind(Body, frozen=True):
    """Today's bookings of a code, or of an identity that was presented."""

    medium: Literal["code", "identity"]
    token: Token


class Booking(Body, frozen=True):
    """A booking, masked. `state` says what stands in the way of checking in, if anything."""

    booking: Uuid7
    no: Text
    state: Literal["ready", "room_not_ready", "future", "cancelled", "checked_in", "unpaid"]
    guest_masked: Text
    room_type: Wording
    arrival: Day
    departure: Day
    nights: Count
    adults: Count
    ready_at: Instant | None = None
    unpaid: AmountOrNone = always(0)


class BookingsFound(Body, frozen=True):
    """None found and not yours are the same answer (no oracle)."""

    bookings: tuple[Booking, ...]


class StayPrepare(Body, frozen=True):
    """Lock a room for ten minutes; this is where a check-in may be refused."""

    booking: Uuid7
    identities: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=9)]


class StayPrepared(Body, frozen=True):
    """The room, and what would be held. `member` is who pays the deposit, `available` what he has now, in fen."""

    stay: Uuid7
    no: Text
    room: Text
    floor: Text
    way: Wording
    room_type: Wording
    guest_masked: Text
    arrival: Day
    departure: Day
    check_out_by: Instant
    nights: Count
    adults: Count
    breakfasts: Count
    breakfast_hours: Text
    breakfast_place: Wording
    wifi: Text
    room_rate: AmountOrNone
    prepaid: AmountOrNone
    deposit: AmountOrNone
    expires_in_s: AmountOrNone
    member: Token | None = None
    available: AmountOrNone = always(0)


class KeyCut(Body, frozen=True):
    """A room key that was handed over."""

    serial: Text
    copy: bool = False


class StayCheckIn(Body, frozen=True):
    """The guest has the key: central makes the hold the stay's own, until departure + 24 h."""

    stay: Uuid7
    hold: Uuid7
    identities: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=9)]
    keys: tuple[KeyCut, ...]
    delivered_at: Instant


class CheckedInAnswer(Body, frozen=True):
    """`late`: the hold had run out or was never; taken again as far as funds went, the rest is listed for the desk."""

    state: Literal["checked_in", "late", "already"]
    receipt_no: Text
    held: AmountOrNone
    shortfall: AmountOrNone = always(0)
    slip: Token | None = None
    """The R code that opens check-out."""


class FolioGet(Body, frozen=True):
    """The bill of a stay in the house, by the code of its slip or by an identity."""

    medium: Literal["slip", "identity"]
    token: Token


class FolioLine(Body, frozen=True):
    """One line. Negative amounts are payments already made."""

    what: Wording
    qty: Qty
    amount: Balance


class Folio(Body, frozen=True):
    """A bill as of `version`: total of charges, already paid, due; of it from the deposit; what goes back. In fen."""

    stay: Uuid7
    version: Annotated[int, Meta(ge=0)]
    no: Text
    room: Text
    floor: Text
    room_type: Wording
    guest_masked: Text
    arrival: Day
    departure: Day
    nights: Count
    lines: tuple[FolioLine, ...]
    total: AmountOrNone
    paid: AmountOrNone
    due: AmountOrNone
    deposit: AmountOrNone
    from_deposit: AmountOrNone
    released: AmountOrNone


class StayCheckOut(Body, frozen=True):
    """Settle: capture `due` from the deposit, release the rest, free the room. Refused if the folio moved meanwhile."""

    stay: Uuid7
    version: Annotated[int, Meta(ge=0)]
    due: AmountOrNone


class CheckedOutAnswer(Body, frozen=True):
    """What was taken and what is free again, in fen."""

    state: Literal["checked_out"]
    receipt_no: Text
    posted: tuple[LedgerAmount, ...]
    released: AmountOrNone
    balances: tuple[LedgerBalance, ...] = always(())
    points_earned: AmountOrNone = always(0)


class StayExtend(Body, frozen=True):
    """Stay longer: the deposit's time moves with the departure."""

    stay: Uuid7
    departure: Day
    ttl_s: Seconds | None = None


BOOKING_FIND = Kind(
    "booking.find", Class.READ, BookingFind, BookingsFound,
    "Finds today's bookings by a code or a presented identity.", roles=("lobby", "handheld"))  # fmt: skip
STAY_PREPARE = Kind(
    "stay.prepare", Class.REQUEST, StayPrepare, StayPrepared,
    "Locks a room for ten minutes and says what would be held.", roles=("lobby", "handheld"),
    undo="gives the room back", unknown="g.slow")  # fmt: skip
STAY_CHECK_IN = Kind(
    "stay.check_in", Class.ADVICE, StayCheckIn, CheckedInAnswer,
    "Tells that the key was handed over; the deposit's hold becomes the stay's.",
    roles=("lobby", "handheld"), offline="queued")  # fmt: skip
FOLIO_GET = Kind(
    "folio.get", Class.READ, FolioGet, Folio,
    "Gives the bill of a stay in the house.", roles=("lobby", "handheld"))  # fmt: skip
STAY_CHECK_OUT = Kind(
    "stay.check_out", Class.REQUEST, StayCheckOut, CheckedOutAnswer,
    "Captures the bill from the deposit, releases the rest, closes the stay.",
    roles=("lobby", "handheld"), unknown="o.unknown")  # fmt: skip

KINDS = (BOOKING_FIND, STAY_PREPARE, STAY_CHECK_IN, FOLIO_GET, STAY_CHECK_OUT)
