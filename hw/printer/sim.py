"""A printer without a wire: the contract alone. It keeps what came out as plain text."""

from __future__ import annotations

from hw.device import Clock, DeviceError, Done, Emit, Fault, HealthState, NotDone, Outcome, Poll, Unknown
from hw.options import Options
from hw.printer.contract import Paper, Printed, PrinterStatus
from hw.printer.document import Document
from hw.printer.layout import plain


class SimPrinter:
    """`slips` came out whole, the drawer was opened `kicks` times. `trouble`: what it reports and refuses with;
    `breaks`: what stops it in the middle of the next jobs."""

    def __init__(self, columns: int = 48) -> None:
        self.columns = columns
        self.slips: list[str] = []
        self.kicks = 0
        self.trouble: Fault | None = None
        self.breaks: Fault | None = None
        self.low = False
        self.absent = False

    def open(self) -> str:
        self._check()
        return f"simulated printer, {self.columns} columns"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        """A printer has no events."""

    def poll(self) -> Poll:
        self._check()
        if self.trouble is not None:
            return Poll(5.0, HealthState.FAULTY, self.trouble)
        return Poll(5.0, HealthState.DEGRADED, Fault.PAPER_LOW) if self.low else Poll(5.0)

    def status(self) -> Outcome[PrinterStatus]:
        if self.trouble is Fault.PAPER_OUT:
            return Done(PrinterStatus(self.trouble, Paper.OUT))
        return Done(PrinterStatus(self.trouble, Paper.LOW if self.low else Paper.PLENTY))

    def print(self, job_id: str, document: Document, copies: int = 1) -> Outcome[Printed]:  # noqa: ARG002 - see Worker
        if not 1 <= copies <= 9:
            return NotDone(Fault.BAD_REQUEST, "copies are 1 to 9")
        if self.trouble is not None:
            return NotDone(self.trouble)
        try:
            text = plain(document, self.columns)
        except ValueError as trouble:
            return NotDone(Fault.BAD_REQUEST, str(trouble))
        if self.breaks is not None:
            return Unknown(self.breaks)
        self.slips += [text] * copies
        return Done(Printed(copies, confirmed=True))

    def kick_drawer(self, job_id: str) -> Outcome[None]:  # noqa: ARG002 - see Worker
        if self.trouble is not None:
            return NotDone(self.trouble)
        if self.breaks is not None:
            return Unknown(self.breaks)
        self.kicks += 1
        return Done(None)

    def _check(self) -> None:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated printer is unplugged")


def make(options: Options, clock: Clock, emit: Emit) -> SimPrinter:  # noqa: ARG001 - every factory takes the same three
    """Options: width (58 | 80)."""
    return SimPrinter({"58": 32, "80": 48}[options.choice("width", "80", ("58", "80"))])
