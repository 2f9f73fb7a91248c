"""What a code scanner says by itself: the codes it accepts. Nothing is asked of it; it is armed while a code is
awaited."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hw.device import Device


class CodeKind(StrEnum):
    """The symbologies we issue or honour; others are not looked for."""

    QR = "qr"
    EAN13 = "ean13"
    EAN8 = "ean8"
    UPCA = "upca"
    CODE128 = "code128"
    CODE39 = "code39"
    ITF = "itf"
    UNKNOWN = "unknown"  # a scan engine that does not say


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was read, and the event a scanner pushes. Hostile until parsed: `text` may hold anything.

    `text` is `raw` as UTF-8, else GB 18030. `corners` are pixels of the frame, clockwise from the top left, empty
    where the device does not say. `engine` names what read it.
    """

    kind: CodeKind
    text: str
    raw: bytes
    corners: tuple[Point, ...]
    engine: str


def text_of(raw: bytes) -> str:
    """A payload as text: UTF-8 where it is that, else GB 18030."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


class CodeReader(Device, Protocol):
    """Pushes each accepted `Code` while armed; the same payload again only after it has been out of sight for two
    seconds."""
