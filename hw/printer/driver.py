"""The ESC/POS printer on a network socket, a serial line or a USB printer file.

A job asks first, begins with a handshake that prints nothing, writes in pieces with a deadline each, and ends with
a question that the printer answers only when it has worked through everything before it. So a failure before the
first byte of the slip is NotDone, and one after it is Unknown; what was not printed of it is thrown away, so that
it does not come out for the next guest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hw.device import Clock, DeviceError, Done, Emit, Fault, HealthState, NotDone, Outcome, Poll, Unknown
from hw.link import Link, open_file, open_serial, open_tcp, split_address
from hw.options import Options
from hw.printer import wire
from hw.printer.contract import Paper, Printed, PrinterStatus
from hw.printer.document import Document
from hw.printer.paper import Face
from hw.printer.render import Abilities, escpos
from hw.printer.wire import StatusBytes

CHUNK = 1024
MOST_COPIES = 9
ASK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: one status answer; a stand-still while writing; the end of a job after its last byte; between idle
    looks."""

    answer_s: float = 0.5
    stall_s: float = 5.0
    finish_s: float = 15.0
    look_s: float = 5.0


class EscPosPrinter:
    """hw.printer.contract.Printer over a Link. `tells`: whether the printer answers status questions at all."""

    def __init__(
        self, connect: Callable[[], Link], face: Callable[[], Face | None], abilities: Abilities, clock: Clock,
        timing: Timing, tells: bool,
    ) -> None:  # fmt: skip
        self.columns = abilities.columns
        self._connect, self._load_face, self._abilities = connect, face, abilities
        self._clock, self._timing, self._tells = clock, timing, tells
        self._link: Link | None = None
        self._worked = False

    def open(self) -> str:
        self.close()
        if self._abilities.face is None:
            face = self._load_face()
            kept = self._abilities
            self._abilities = Abilities(kept.columns, kept.chinese, kept.native_qr, face)
        self._link = self._connect()
        if self._tells:
            self._ask_all()
        return f"ESC/POS printer, {self.columns} columns, at {self._link.name}"

    def close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def arm(self, on: bool) -> None:
        """A printer has no events."""

    def poll(self) -> Poll:
        if not self._tells:
            return Poll(None)
        status = self._ask_all().status()
        if status.trouble is not None:
            return Poll(self._timing.look_s, HealthState.FAULTY, status.trouble)
        if status.paper is Paper.LOW:
            return Poll(self._timing.look_s, HealthState.DEGRADED, Fault.PAPER_LOW)
        return Poll(self._timing.look_s)

    def status(self) -> Outcome[PrinterStatus]:
        if not self._tells:
            return Done(PrinterStatus(None, Paper.UNSEEN))
        try:
            return Done(self._ask_all().status())
        except DeviceError as trouble:
            return Unknown(trouble.code, trouble.detail)

    def print(self, job_id: str, document: Document, copies: int = 1) -> Outcome[Printed]:  # noqa: ARG002 - see Worker
        if not 1 <= copies <= MOST_COPIES:
            return NotDone(Fault.BAD_REQUEST, f"copies are 1 to {MOST_COPIES}")
        try:
            body = escpos(document, self._abilities) * copies
            self._begin()
        except DeviceError as refused:
            return NotDone(refused.code, refused.detail)
        begun = False
        try:
            for at in range(0, len(body), CHUNK):
                chunk, before, begun = body[at : at + CHUNK], begun, True
                taken = self._open_link().write(chunk, self._in(self._timing.stall_s))
                begun = before or taken > 0
                if taken < len(chunk):
                    raise self._reason() or DeviceError(Fault.MUTE, "the printer stopped taking data")
            if self._tells:
                self._worked_through()
        except DeviceError as trouble:
            self._throw_away()
            ended = Unknown if begun else NotDone
            return ended(trouble.code, trouble.detail)
        return Done(Printed(copies, self._tells))

    def kick_drawer(self, job_id: str) -> Outcome[None]:  # noqa: ARG002 - see Worker
        try:
            self._begin()
        except DeviceError as refused:
            return NotDone(refused.code, refused.detail)
        try:
            self._open_link().send(wire.DRAWER_PULSE, self._in(self._timing.stall_s))
            if self._tells:
                self._worked_through()
        except DeviceError as trouble:
            self._throw_away()
            return Unknown(trouble.code, trouble.detail)
        return Done(None)

    def _begin(self) -> None:
        """Everything up to the first byte of the slip. Raises DeviceError: nothing was printed, nor will be."""
        link = self._open_link()
        if self._tells:
            trouble = self._ask_all().status().trouble
            if trouble is not None:
                raise DeviceError(trouble, "before printing")
            link.send(wire.INIT + wire.STATUS_BUFFERED, self._in(self._timing.answer_s))
            if self._byte(wire.is_buffered_status, self._in(self._timing.answer_s * 2)) is None:
                reason = self._reason() or DeviceError(Fault.MUTE, "the printer does not work through its data")
                self._throw_away()
                raise reason
        else:
            link.send(wire.INIT, self._in(self._timing.stall_s))

    def _worked_through(self) -> None:
        """Wait until the printer says that it has done everything. Raises DeviceError with the cause, where it
        tells one.

        A printer that is busy drawing may leave a status question unanswered; only the end of `finish_s` makes it
        mute.
        """
        link = self._open_link()
        self._worked = False
        link.send(wire.STATUS_BUFFERED, self._in(self._timing.stall_s))
        until = self._in(self._timing.finish_s)
        while self._clock.monotonic() < until:
            slice_end = min(until, self._in(ASK_AGAIN_S))
            if self._worked or self._byte(wire.is_buffered_status, slice_end) is not None:
                return
            trouble = self._reason()
            if trouble is not None and trouble.code is not Fault.MUTE:
                raise trouble
        raise DeviceError(Fault.MUTE, f"{link.name}: not done within {self._timing.finish_s:g} s")

    def _reason(self) -> DeviceError | None:
        """The printer's own reason for standing still, where it gives one; being gone is one too."""
        if not self._tells:
            return None
        try:
            trouble = StatusBytes(*(self._ask(number) for number in (1, 2, 3, 4))).status().trouble
        except DeviceError as lost:
            return lost
        return DeviceError(trouble, "while printing") if trouble is not None else None

    def _throw_away(self) -> None:
        """Empty the printer's buffers, and take its answer, so that it is not taken for another's."""
        try:
            self._open_link().write(wire.CLEAR_BUFFERS, self._in(self._timing.answer_s))
            if self._tells:
                self._byte(lambda byte: byte == wire.CLEARED, self._in(self._timing.answer_s))
        except DeviceError:  # the printer is gone, and its buffer with it
            pass

    def _ask_all(self) -> StatusBytes:
        """DLE EOT 1 to 4, one by one. Raises DeviceError(mute) when the first is not answered, wrong_device for
        other talk."""
        self._open_link().drain()
        return StatusBytes(*(self._ask(number) for number in (1, 2, 3, 4)))

    def _ask(self, number: int) -> int | None:
        link = self._open_link()
        link.send(wire.ask_status(number), self._in(self._timing.answer_s))
        answer = self._byte(wire.is_status, self._in(self._timing.answer_s))
        if answer is None and number == 1:
            raise DeviceError(Fault.MUTE, f"{link.name}: no answer to a status question")
        return answer

    def _byte(self, wanted: Callable[[int], bool], until: float) -> int | None:
        """The first byte of the wanted kind. Others are flow control, or an answer to GS r, which is remembered."""
        strays = 0
        while strays < 256:
            data = self._open_link().read(until, 1)
            if not data:
                return None
            if wanted(data[0]):
                return data[0]
            self._worked = self._worked or wire.is_buffered_status(data[0])
            strays += not wire.is_flow_control(data[0])
        raise DeviceError(Fault.WRONG_DEVICE, f"{self._open_link().name}: what answers is no ESC/POS printer")

    def _open_link(self) -> Link:
        if self._link is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        return self._link

    def _in(self, seconds: float) -> float:
        return self._clock.monotonic() + seconds


def make(options: Options, clock: Clock, emit: Emit) -> EscPosPrinter:  # noqa: ARG001 - every factory takes the same three
    """Options: port (host[:9100], /dev/tty..., or /dev/usb/lp...), via (tcp | serial | file), baud, width (58 |
    80), status (full | none), chinese (font | none), qr (native | raster), font and bold_font (paths, for what the
    printer cannot write), answer_s, stall_s, finish_s, look_s."""
    port = options.text("port")
    baud = options.whole("baud", 115200, 9600, 921600)
    via = options.choice("via", _transport(port), ("tcp", "serial", "file"))
    if via == "tcp":
        split_address(port, 9100)
    columns = {"58": 32, "80": 48}[options.choice("width", "80", ("58", "80"))]
    chinese = options.choice("chinese", "font", ("font", "none")) == "font"
    native_qr = options.choice("qr", "native", ("native", "raster")) == "native"
    font = options.text("font", "")
    bold_font = options.text("bold_font", font)
    usual = Timing()
    timing = Timing(
        options.seconds("answer_s", usual.answer_s, 0.05, 5.0),
        options.seconds("stall_s", usual.stall_s, 0.05, 60.0),
        options.seconds("finish_s", usual.finish_s, 0.05, 120.0),
        options.seconds("look_s", usual.look_s, 0.05, 300.0),
    )

    def connect() -> Link:
        if via == "tcp":
            return open_tcp(port, 9100, 3.0, clock)
        return open_serial(port, baud, clock) if via == "serial" else open_file(port, clock)

    def face() -> Face | None:
        return Face(Path(font), Path(bold_font)) if font else None

    tells = options.choice("status", "full", ("full", "none")) == "full"
    return EscPosPrinter(connect, face, Abilities(columns, chinese, native_qr), clock, timing, tells)


def _transport(port: str) -> str:
    if port.startswith(("/dev/usb/", "/dev/lp")):
        return "file"
    return "serial" if port.startswith("/") else "tcp"
