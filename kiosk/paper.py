"""Slips on their way to paper: stored as what they say, printed once as the original (I17)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from hw.device import Done, Outcome
from kiosk.models.say import Say
from kiosk.models.slips import CheckInSlip, CheckOutSlip, CouponSlip, Slip, SlipHead

if TYPE_CHECKING:
    from hw.printer.contract import Printed, Printer
    from hw.printer.document import Document
    from hw.worker import Worker

PRINT_DEADLINE_S = 15.0
_KINDS: dict[str, type[Slip]] = {"check_in": CheckInSlip, "check_out": CheckOutSlip, "coupon": CouponSlip}
_NAMES = {type_: name for name, type_ in _KINDS.items()}


class StoredSlip(msgspec.Struct, frozen=True):
    """A slip as the journal keeps it, encrypted: what it says, not how it looks. `answer` came later, or never."""

    kind: str
    slip: msgspec.Raw
    language: str
    at: datetime
    number: str
    receipt_no: str = ""
    slip_code: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands on top of every slip of this terminal."""

    hotel: Say
    address: Say
    phone: str
    terminal: str


@dataclass
class Paper:
    """The printer's side of the counter. `render` is kiosk.slips.render; `columns` follows the paper's width."""

    head: Letterhead
    printer: Worker[Printer] | None
    render: Callable[[Slip, SlipHead, str, int], Document]
    columns: Callable[[], int]
    last_trouble: str = field(default="")

    def keep(self, slip: Slip, language: str, at: datetime, number: str) -> bytes:
        """The bytes to store at P4."""
        raw = msgspec.Raw(msgspec.json.encode(slip))
        return msgspec.json.encode(StoredSlip(_NAMES[type(slip)], raw, language, at, number))

    def document(self, stored: bytes, copy: int, receipt_no: str = "", slip_code: str = "") -> Document:
        """The stored slip as a document; `copy` 0 is the original. What central has said since is added."""
        kept = msgspec.json.decode(stored, type=StoredSlip)
        slip = msgspec.json.decode(kept.slip, type=_KINDS[kept.kind])
        if isinstance(slip, CheckInSlip) and slip_code:
            slip = replace(slip, slip_code=slip_code)
        head = SlipHead(
            hotel=self.head.hotel, address=self.head.address, phone=self.head.phone, terminal=self.head.terminal,
            check=check_of(kept.number), at=kept.at, number=kept.number, receipt_no=receipt_no, copy=copy,
        )  # fmt: skip
        return self.render(slip, head, kept.language, self.columns())

    async def print(self, operation: str, document: Document, copy: int) -> Literal["printed", "saving"]:
        """Print one copy. `saving`: it did not come out whole, or nobody knows; the guest keeps number and code."""
        if self.printer is None:
            return "saving"

        def job(device: Printer) -> Outcome[Printed]:
            return device.print(f"{operation}:{copy}", document)

        future = self.printer.submit(f"{operation}:slip:{copy}", job, PRINT_DEADLINE_S)
        outcome = await asyncio.wrap_future(future)
        if isinstance(outcome, Done):
            return "printed"
        self.last_trouble = str(outcome.code)
        return "saving"


def check_of(number: str) -> str:
    """Four characters by which staff see that a number was read out right."""
    total = 0
    for char in number:
        total = (total * 31 + ord(char)) % 0xFFFF
    return f"{total:04X}"
