"""Lines as scanners, swipe readers and modems send them: bytes or keystrokes in, finished lines out. Pure.

A line ends with CR, LF or both. What stands between a long pause and the next byte is the rest of something broken
off, and is dropped: a half code never becomes the head of the next guest's.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

LONGEST = 4096
"""Bytes of a line; a longer one is noise, and is dropped up to its end."""


class LineParser(Protocol):
    """`feed` takes what came at a moment (seconds of one steady clock) and returns the lines that ended with it."""

    def feed(self, data: bytes, at: float) -> list[bytes]: ...

    def clear(self) -> None: ...


class Lines:
    """hw.lines.LineParser over the bytes of a serial line."""

    def __init__(self, gap_s: float) -> None:
        self._gap_s = gap_s
        self._held = bytearray()
        self._too_long = False
        self._last_at = float("-inf")

    def clear(self) -> None:
        """Forget what is half read: it may be a guest's."""
        self._held[:] = bytes(len(self._held))
        self._held.clear()
        self._too_long = False

    def feed(self, data: bytes, at: float) -> list[bytes]:
        if at - self._last_at > self._gap_s:
            self.clear()
        self._last_at = at
        found: list[bytes] = []
        for byte in data:
            if byte in (0x0D, 0x0A):
                if self._held and not self._too_long:
                    found.append(bytes(self._held))
                self.clear()
            elif len(self._held) < LONGEST:
                self._held.append(byte)
            else:
                self._too_long = True
        return found


# Keystrokes: the kernel's input_event records, US layout

EVENT = struct.Struct("llHHi")
EV_SYN, EV_KEY, SYN_DROPPED = 0, 1, 3
_UP, _DOWN = 0, 1
_SHIFTS, _MODIFIERS, CAPS = frozenset({42, 54}), frozenset({29, 97, 56, 100, 125, 126}), 58
ENTER, SHIFT = 28, 42


def _layout() -> dict[int, tuple[str, str]]:
    rows = (
        (2, "1234567890-=", "!@#$%^&*()_+"), (16, "qwertyuiop[]", "QWERTYUIOP{}"), (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
        (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    )  # fmt: skip
    keys = {first + at: pair for first, low, high in rows for at, pair in enumerate(zip(low, high, strict=True))}
    pad = zip((55, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 98), "*789-456+1230./", strict=True)
    keys.update({code: (mark, mark) for code, mark in pad})
    return keys | {57: (" ", " "), 28: ("\r", "\r"), 96: ("\r", "\r"), 15: ("\r", "\r")}


KEYS: Mapping[int, tuple[str, str]] = MappingProxyType(_layout())
"""Key code -> what it types without and with shift. Enter and Tab end a line; nothing else that is not printable
ASCII has a place here."""


class TypedLines:
    """hw.lines.LineParser over a keyboard's input_event records; the gap is measured by the records' own times.

    Key-up, repeats, control keys and whatever is typed with Ctrl, Alt or the logo key held are ignored. Records that
    the kernel lost (SYN_DROPPED) spoil the line they fall into.
    """

    def __init__(self, gap_s: float) -> None:
        self._lines = Lines(gap_s)
        self._rest = b""
        self._held: set[int] = set()
        self._caps = False
        self._spoilt = False

    def clear(self) -> None:
        """Forget what is half typed; which keys are held is the keyboard's state, not a guest's."""
        self._lines.clear()
        self._spoilt = False

    def feed(self, data: bytes, at: float) -> list[bytes]:  # noqa: ARG002 - the records carry their own time
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        found: list[bytes] = []
        for seconds, micros, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == EV_SYN and code == SYN_DROPPED:
                self._lines.clear()
                self._held.clear()
                self._spoilt = True
            elif kind == EV_KEY:
                mark = self._mark(code, value)
                ended = self._lines.feed(mark, seconds + micros / 1e6) if mark else []
                if self._spoilt and mark == b"\r":
                    self._spoilt, ended = False, []
                found += ended
        return found

    def _mark(self, code: int, value: int) -> bytes:
        if code in _SHIFTS or code in _MODIFIERS:
            (self._held.add if value else self._held.discard)(code)
            return b""
        if value != _DOWN:
            return b""
        if code == CAPS:
            self._caps = not self._caps
            return b""
        if self._held & _MODIFIERS or code not in KEYS:
            return b""
        low, high = KEYS[code]
        shifted = bool(self._held & _SHIFTS) != (self._caps and low.isalpha())
        return (high if shifted else low).encode("ascii")


def typed(text: str, at: float = 0.0, every_s: float = 0.002) -> bytes:
    """The records of a keyboard that types `text` and then Enter, the first key down at `at` seconds. Raises
    ValueError for what no key types."""
    keys = {mark: (code, shift) for code, pair in sorted(KEYS.items(), reverse=True) for shift, mark in enumerate(pair)}
    made = b""
    for place, mark in enumerate(text + "\r"):
        if mark not in keys:
            raise ValueError(f"no key types {mark!r}")
        code, shift = (ENTER, 0) if mark == "\r" else keys[mark]
        strokes = [(code, _DOWN), (code, _UP)]
        if shift and KEYS[code][0] != mark:
            strokes = [(SHIFT, _DOWN), *strokes, (SHIFT, _UP)]
        micros = round((at + place * every_s) * 1e6)
        for key, value in strokes:
            made += EVENT.pack(micros // 10**6, micros % 10**6, EV_KEY, key, value)
        made += EVENT.pack(micros // 10**6, micros % 10**6, EV_SYN, 0, 0)
    return made
