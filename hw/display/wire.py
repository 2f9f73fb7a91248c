"""The CD5220 command set of customer displays: text <-> bytes, pure.

ESC @ begins anew, FF clears; ESC Q A and ESC Q B write the upper and the lower line, 20 characters and CR.
"""

from __future__ import annotations

from hw.device import DeviceError, Fault
from hw.display.contract import COLUMNS

INIT, CLEAR = b"\x1b@", b"\x0c"
UPPER, LOWER = b"\x1bQA", b"\x1bQB"
LONGEST = len(UPPER) + COLUMNS + 1


def lines(upper: str, lower: str) -> bytes:
    """Both lines. Raises DeviceError(bad_request) for what the display cannot show."""
    return b"".join(head + _line(text) + b"\r" for head, text in ((UPPER, upper), (LOWER, lower)))


def _line(text: str) -> bytes:
    if len(text) > COLUMNS or not text.isascii() or not (text.isprintable() or not text):
        raise DeviceError(Fault.BAD_REQUEST, f"a line of the display takes {COLUMNS} characters of ASCII")
    return text.ljust(COLUMNS).encode("ascii")


class Screen:
    """What a display shows after the bytes it was given. Skips what it does not know; holds at most one command."""

    def __init__(self) -> None:
        self.shown = ["", ""]
        self._held = b""

    def feed(self, data: bytes) -> None:
        self._held += data
        while self._held and (used := self._one()):
            self._held = self._held[used:]

    def _one(self) -> int:
        held = self._held
        if held[:1] == CLEAR:
            self.shown = ["", ""]
            return 1
        if held[:1] != b"\x1b":
            return 1
        if held[:2] == INIT:
            self.shown = ["", ""]
            return 2
        if held[:3] in (UPPER, LOWER):
            if len(held) < LONGEST:
                return 0
            if held[LONGEST - 1 : LONGEST] == b"\r":
                text = held[3 : LONGEST - 1].decode("ascii", "replace").rstrip()
                self.shown[held[:3] == LOWER] = text
                return LONGEST
            return 1
        return 0 if len(held) < 3 else 1
