"""Who calls, as modems write it in lines and as exchanges send it in frames (SDMF, MDMF): bytes -> values, pure.

A modem's lines are `DATE = MMDD`, `TIME = HHMM`, `NMBR = digits, P or O`, `NAME = ...`; the spaces may be absent. A
frame is its type (04 single, 80 multiple data), a length, the data and a check byte: the two's complement of the sum of
all bytes before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hw.caller_id.contract import Caller, Withheld

RING = b"RING"
SINGLE, MULTIPLE = 0x04, 0x80
LONGEST = 255
TIME, NUMBER, DIALABLE, ABSENCE, NAME = 0x01, 0x02, 0x03, 0x04, 0x07
_LINE = re.compile(rb"\s*([A-Z]{4})\s*=\s*(.{0,64}?)\s*", re.DOTALL)
_DIGITS = re.compile(r"\+?[0-9*#]{1,24}")
_ABSENT: Mapping[str, Withheld] = MappingProxyType({"P": Withheld.PRIVATE, "O": Withheld.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A frame whose check byte or contents are wrong."""


def tag(line: bytes) -> tuple[str, str] | None:
    """(name, value) of a modem's line; None: another line."""
    found = _LINE.fullmatch(line)
    return (found[1].decode("ascii"), found[2].decode("latin-1")) if found else None


def caller(number: str, name: str = "", at: str = "") -> Caller | None:
    """From the values of a call: digits, P or O, a name, MMDDHHMM. None where neither number nor reason makes sense."""
    when = _moment(at)
    shown = "".join(mark for mark in name if mark.isprintable()).strip()
    bare = number.replace("-", "").replace(" ", "")
    if bare in _ABSENT:
        return Caller("", _ABSENT[bare], shown, when)
    return Caller(bare, None, shown, when) if _DIGITS.fullmatch(bare) else None


def _moment(text: str) -> tuple[int, int, int, int] | None:
    if re.fullmatch(r"[0-9]{8}", text) is None:
        return None
    month, day, hour, minute = (int(text[place : place + 2]) for place in (0, 2, 4, 6))
    real = 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60
    return (month, day, hour, minute) if real else None


def check(covered: bytes) -> int:
    """The check byte that follows these bytes."""
    return -sum(covered) % 256


def frame(kind: int, data: bytes) -> bytes:
    covered = bytes([kind, len(data)]) + data
    return covered + bytes([check(covered)])


class FrameParser:
    """Bytes in, as they come; callers out. Skips what is between frames (the carrier's U's); holds at most one."""

    def __init__(self) -> None:
        self._held = bytearray()

    def clear(self) -> None:
        self._held.clear()

    def feed(self, data: bytes) -> list[Caller | Spoilt]:
        self._held += data
        found: list[Caller | Spoilt] = []
        while (one := self._one()) is not None:
            found.append(one)
        return found

    def _one(self) -> Caller | Spoilt | None:
        while self._held and self._held[0] not in (SINGLE, MULTIPLE):
            del self._held[0]
        if len(self._held) < 2 or len(self._held) < self._held[1] + 3:
            return None
        whole = bytes(self._held[: self._held[1] + 3])
        if check(whole[:-1]) != whole[-1]:
            del self._held[0]  # a true frame may begin inside this one
            return Spoilt()
        del self._held[: len(whole)]
        return (_single if whole[0] == SINGLE else _multiple)(whole[2:-1]) or Spoilt()


def _single(data: bytes) -> Caller | None:
    text = data.decode("latin-1")
    return caller(text[8:], at=text[:8])


def _multiple(data: bytes) -> Caller | None:
    values: dict[int, str] = {}
    while len(data) >= 2 and len(data) >= 2 + data[1]:
        kind, length = data[0], data[1]
        values[kind] = data[2 : 2 + length].decode("latin-1")
        data = data[2 + length :]
    if data:
        return None
    number = values.get(NUMBER) or values.get(DIALABLE) or values.get(ABSENCE, "")
    return caller(number, values.get(NAME, ""), values.get(TIME, ""))
