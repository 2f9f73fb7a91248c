"""The wire of serial MIFARE readers (YHY523, ER302, SL500 and their family): bytes <-> values, pure.

A frame is AA BB, a length (two bytes, low first) that counts node to check byte, node, command (two bytes each, low
first), data, and the XOR of node to data. After AA BB every AA is followed by a 00 that nothing counts. An answer's
data begins with a status, 0 = done. We read, and write to no card.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor

HEAD = b"\xaa\xbb"
LONGEST = 128
"""No frame of ours or theirs counts more bytes."""

FIRMWARE, ANTENNA = 0x0104, 0x010C
REQUEST, ANTICOLLISION, SELECT, AUTHENTICATE, READ = 0x0201, 0x0202, 0x0203, 0x0207, 0x0208
ANY_CARD, KEY_A = 0x52, 0x60
DONE = 0
TRAILER_EVERY, LAST_BLOCK = 4, 63


@dataclass(frozen=True, slots=True)
class Frame:
    """A command, or what came back to one: then the first byte of `data` is its status."""

    command: int
    data: bytes

    @property
    def status(self) -> int:
        """0xFF where an answer holds none."""
        return self.data[0] if self.data else 0xFF

    @property
    def found(self) -> bytes:
        """What an answer holds after its status."""
        return self.data[1:]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A frame whose length, stuffing or check byte is wrong."""


def frame(command: int, data: bytes = b"", node: int = 0) -> bytes:
    """One frame, either way; an answer's data begins with its status."""
    covered = node.to_bytes(2, "little") + command.to_bytes(2, "little") + data
    body = (len(covered) + 1).to_bytes(2, "little") + covered + bytes([reduce(xor, covered, 0)])
    return HEAD + body.replace(b"\xaa", b"\xaa\x00")


class Parser:
    """Bytes in, as they come; frames out. Holds at most one frame."""

    def __init__(self) -> None:
        self._body: bytearray | None = None  # after the head, unstuffed; None between frames
        self._stuffed = False  # the last byte was an AA

    def feed(self, data: bytes) -> list[Frame | Spoilt]:
        found = [self._byte(byte) for byte in data]
        return [one for one in found if one is not None]

    def clear(self) -> None:
        self._body, self._stuffed = None, False

    def _byte(self, byte: int) -> Frame | Spoilt | None:
        after_aa, self._stuffed = self._stuffed, byte == 0xAA
        if after_aa and byte == 0xBB:  # nowhere but at a head
            self._body = bytearray()
            return None
        if self._body is None:
            return None
        if after_aa:
            if byte != 0x00:
                self._body = None
                return Spoilt()
            return self._whole()
        self._body.append(byte)
        return None if byte == 0xAA else self._whole()

    def _whole(self) -> Frame | Spoilt | None:
        body = self._body
        if body is None or len(body) < 2:
            return None
        length = int.from_bytes(body[:2], "little")
        if not 5 <= length <= LONGEST:
            self._body = None
            return Spoilt()
        if len(body) < 2 + length:
            return None
        covered, check, self._body = bytes(body[2:-1]), body[-1], None
        if reduce(xor, covered, 0) != check:
            return Spoilt()
        return Frame(int.from_bytes(covered[2:4], "little"), covered[4:])
