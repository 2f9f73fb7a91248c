"""What the slips say (R1, R4, R8 in docs/ux.md): frozen values; kiosk.slips turns them into a document."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kiosk.models.say import Say
from kiosk.models.stay import BillLine, StayView


class SlipHead(msgspec.Struct, frozen=True):
    """The hotel's head and the foot that leads staff to the journal row: `terminal`, `check` (4 characters)."""

    hotel: Say
    address: Say
    phone: str
    terminal: str
    check: str
    at: datetime
    number: str
    """The terminal's own number; the receipt number of central is added when it comes."""
    receipt_no: str = ""
    copy: int = 0
    """0 the original; n > 0 is reprint n, said on top."""
    training: bool = False


class CheckInSlip(msgspec.Struct, frozen=True):
    """R1. `deposit` in fen, held and not charged. The room number is on it only if `show_room`."""

    stay: StayView
    room_rate: int
    prepaid: int
    deposit: int
    hold_no: str
    keys: int
    wifi: str
    slip_code: str
    """The R code that opens check-out later."""
    show_room: bool = True


class CheckOutSlip(msgspec.Struct, frozen=True):
    """R8. Amounts in fen."""

    stay: StayView
    lines: tuple[BillLine, ...]
    due: int
    from_deposit: int
    released: int
    available: int | None
    """None: to follow, central has not answered yet."""
    invoice_code: str = ""


class CouponSlip(msgspec.Struct, frozen=True):
    """R4, redemption: what was used and what it gave."""

    name: Say
    gives: Say
    sn_tail: str


Slip = CheckInSlip | CheckOutSlip | CouponSlip
