"""ESC/POS as far as we use it: commands out, status bytes in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hw.device import Fault
from hw.printer.contract import Paper, PrinterStatus

INIT = b"\x1b@"
CHINESE_ON = b"\x1c&"
LF = b"\n"
PITCH, DOUBLE_PITCH = 30, 54
"""Dots from line to line, and after a double line."""
STATUS_BUFFERED = b"\x1dr\x01"
"""GS r 1: answered when everything before it has been worked through."""
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: throw away what was received and not printed, also off line. Answered with 37 25 00."""
CLEARED = 0x00
CUT = b"\x1dV\x01"
DRAWER_PULSE = b"\x1bp\x00\x32\x32"
"""ESC p: pin 2 for 100 ms."""
BAND_ROWS = 256

REAL_TIME_HEADS = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
"""Some printers obey these even inside a picture."""


def ask_status(number: int) -> bytes:
    """DLE EOT n, n = 1 printer, 2 cause of being off line, 3 error, 4 paper."""
    return bytes([0x10, 0x04, number])


def is_status(byte: int) -> bool:
    """Whether a byte can be an answer to DLE EOT."""
    return byte & 0x93 == 0x12


def is_buffered_status(byte: int) -> bool:
    """Whether a byte can be an answer to GS r."""
    return byte & 0x90 == 0x00


def is_flow_control(byte: int) -> bool:
    """XON or XOFF, which may stand between answers."""
    return byte in (0x11, 0x13)


@dataclass(frozen=True, slots=True)
class StatusBytes:
    """The four answers to DLE EOT; None where the printer kept silent."""

    printer: int | None = None
    cause: int | None = None
    error: int | None = None
    paper: int | None = None

    def status(self) -> PrinterStatus:
        """What they mean. A bit that was not told is not set."""
        pin = None if self.printer is None else bool(self.printer & 0x04)
        paper = Paper.UNSEEN
        if self.paper is not None:
            paper = Paper.OUT if self.paper & 0x60 == 0x60 else Paper.LOW if self.paper & 0x0C else Paper.PLENTY
        return PrinterStatus(self._trouble(paper), paper, pin)

    def _trouble(self, paper: Paper) -> Fault | None:
        printer, cause, error = self.printer or 0, self.cause or 0, self.error or 0
        found = (
            (cause & 0x04, Fault.COVER_OPEN),
            (paper is Paper.OUT or cause & 0x20, Fault.PAPER_OUT),
            (error & 0x08, Fault.CUTTER),
            (error & 0x24, Fault.PRINTER_ERROR),
            (error & 0x40, Fault.HEAD_HOT),
            (cause & 0x40, Fault.PRINTER_ERROR),
            (printer & 0x08, Fault.OFFLINE),
        )
        return next((fault for is_so, fault in found if is_so), None)


def pitch(dots: int) -> bytes:
    return bytes([0x1B, 0x33, dots])


def bold(on: bool) -> bytes:
    return bytes([0x1B, 0x45, on])


def double(on: bool) -> bytes:
    """For ASCII (GS !) and for Chinese (FS !): many printers need both."""
    return bytes([0x1D, 0x21, 0x11 if on else 0x00, 0x1C, 0x21, 0x0C if on else 0x00])


def centred(on: bool) -> bytes:
    return bytes([0x1B, 0x61, on])


def feed_lines(lines: int) -> bytes:
    return b"".join(bytes([0x1B, 0x64, min(255, lines - done)]) for done in range(0, lines, 255))


def feed_dots(dots: int) -> bytes:
    return bytes([0x1B, 0x4A, min(255, dots)])


def qr(data: bytes, module: int) -> bytes:
    """GS ( k: model 2, `module` dots a module, level M, store, print."""
    store = (len(data) + 3).to_bytes(2, "little")
    return (
        b"\x1d(k\x04\x001A2\x00"
        + b"\x1d(k\x03\x001C"
        + bytes([module])
        + b"\x1d(k\x03\x001E1"
        + b"\x1d(k"
        + store
        + b"1P0"
        + data
        + b"\x1d(k\x03\x001Q0"
    )


def raster(bits: bytes, row_bytes: int) -> bytes:
    """GS v 0, in bands: a picture of `row_bytes` bytes a row, the high bit leftmost, 1 = black.

    Where the dots happen to spell a real-time command one more dot is made black, so that no printer obeys a picture.
    """
    for head in REAL_TIME_HEADS:
        bits = bits.replace(head, bytes([0x18, head[1]]))
    band = row_bytes * BAND_ROWS
    made = b""
    for at in range(0, len(bits), band):
        part = bits[at : at + band]
        made += b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + (len(part) // row_bytes).to_bytes(2, "little") + part
    return made
