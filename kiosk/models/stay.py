"""A stay and a bill as a guest sees them: masked, in fen, in hotel dates."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from kiosk.models.say import Say


class StayView(msgspec.Struct, frozen=True):
    """What confirm, done and the slip show of a stay. `room` is empty until one is prepared."""

    booking_no: str
    guest_masked: str
    room_type: Say
    room: str
    floor: str
    arrival: date
    departure: date
    nights: int
    adults: int
    breakfasts: int
    breakfast_hours: str
    breakfast_place: Say
    way: Say | None = None
    """How to get there from the lift."""
    check_out_by: datetime | None = None


class BillLine(msgspec.Struct, frozen=True):
    """One line of a folio: what for, how many, and what it comes to in fen (negative: already paid)."""

    what: Say
    qty: int
    amount: int
