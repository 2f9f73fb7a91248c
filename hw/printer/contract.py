"""What may be asked of a receipt printer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hw.device import Device, Fault, Outcome
from hw.printer.document import Document


class Paper(StrEnum):
    PLENTY = "plenty"
    LOW = "low"
    OUT = "out"
    UNSEEN = "unseen"  # the printer does not tell


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """`trouble` is what keeps it from printing now, None when it can; `drawer_pin` is the drawer switch (polarity
    differs per drawer)."""

    trouble: Fault | None
    paper: Paper
    drawer_pin: bool | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """`copies` came out. `confirmed`: the printer said that it had worked through the last byte; False where it
    cannot say."""

    copies: int
    confirmed: bool


class Printer(Device, Protocol):
    """Prints neutral documents. `columns` is the paper's width in half-width characters: 32 (58 mm) or 48 (80 mm)."""

    columns: int

    def print(self, job_id: str, document: Document, copies: int = 1) -> Outcome[Printed]:
        """Print. NotDone: not a dot on paper. Unknown: begun, and not known to be whole; a second try must be
        marked as a copy."""

    def kick_drawer(self, job_id: str) -> Outcome[None]:
        """Open the cash drawer that hangs on the printer. Done: the printer has sent the pulse; whether the drawer
        opened only its switch tells (`PrinterStatus.drawer_pin`). NotDone: no pulse."""

    def status(self) -> Outcome[PrinterStatus]:
        """Ask the printer how it is; harmless at any time."""
