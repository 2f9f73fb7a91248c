"""The wires of serial scan engines: how they are triggered, and what they answer between payloads. Pure.

The GM65 family speaks frames: 7E 00, type (08 write, 07 read), count, address (two bytes, high first), data, CRC; AB CD
in place of the CRC means that it is not checked. It answers 02 00, type (00 done), count, data, CRC, and payloads may
follow such an answer without a pause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hw.lines import Lines

GM65_DONE = bytes.fromhex("02000001003331")
"""The answer to every write that was carried out."""
NO_READ = b"%%NoRead"
"""What a ZKB200 says when its time is up."""
TRIGGER_AT = 0x0002


def gm65_write(address: int, value: int) -> bytes:
    """One setting of one byte, its CRC not checked: that is the form which every model of the family takes."""
    return b"\x7e\x00\x08\x01" + address.to_bytes(2, "big") + bytes([value]) + b"\xab\xcd"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts and stops reading; empty: the engine reads by itself. `answer`: what it says to either."""

    on: bytes = b""
    off: bytes = b""
    answer: bytes = b""


SELF = Trigger()

TRIGGERS: Mapping[str, Trigger] = MappingProxyType(
    {
        "none": SELF,
        "gm65": Trigger(gm65_write(TRIGGER_AT, 1), gm65_write(TRIGGER_AT, 0), GM65_DONE),
        "honeywell": Trigger(b"\x16T\r", b"\x16U\r"),
        "zkb200": Trigger(b"T", b"P"),
    }
)
"""The `trigger` option -> how (docs/hardware.md, Kinds and drivers)."""


class EngineLines:
    """hw.lines.LineParser that takes an engine's answers out of the stream. `answers`: how many came so far."""

    def __init__(self, gap_s: float, answer: bytes = b"") -> None:
        self._lines = Lines(gap_s)
        self._answer = answer
        self._held = b""
        self.answers = 0

    def clear(self) -> None:
        self._lines.clear()
        self._held = b""

    def feed(self, data: bytes, at: float) -> list[bytes]:
        if self._answer:
            *before, data = (self._held + data).split(self._answer)
            self.answers += len(before)
            data, self._held = self._cut(b"".join(before) + data)
        return [line for line in self._lines.feed(data, at) if line != NO_READ]

    def _cut(self, data: bytes) -> tuple[bytes, bytes]:
        """What may be the beginning of an answer is held until more has come."""
        for length in range(min(len(self._answer) - 1, len(data)), 0, -1):
            if data.endswith(self._answer[:length]):
                return data[:-length], data[-length:]
        return data, b""
