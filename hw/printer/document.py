"""The neutral document: what a slip says, independent of paper, printer and language.

Frozen msgspec structs, so that a slip can be stored as bytes and printed later exactly as it was meant.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Align = Literal["left", "center", "right"]


class Text(msgspec.Struct, frozen=True, tag="text"):
    """One paragraph; wraps by display width. `double` is twice as wide and high."""

    text: str
    align: Align = "left"
    bold: bool = False
    double: bool = False


class Pair(msgspec.Struct, frozen=True, tag="pair"):
    """A label on the left and its value on the right; where both do not fit on one line the value goes
    right-aligned onto the next."""

    left: str
    right: str
    bold: bool = False


class Cell(msgspec.Struct, frozen=True):
    """One column. `width` in half-width columns; 0 takes what the others leave (exactly one cell of a row may)."""

    text: str
    width: int = 0
    align: Align = "left"


class Row(msgspec.Struct, frozen=True, tag="row"):
    """Columns side by side. A first cell too wide for its column gets lines of its own, the figures stand below."""

    cells: tuple[Cell, ...]
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A line across the paper: `=` after the header, `-` between blocks."""

    mark: Literal["=", "-"] = "-"


class Qr(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code, error level M, quiet zone 4, as near to `mm` as whole dots allow and never under 3 dots a module."""

    data: str
    mm: int = 25


class Feed(msgspec.Struct, frozen=True, tag="feed"):
    """Blank lines."""

    lines: int = 1


class Cut(msgspec.Struct, frozen=True, tag="cut"):
    """Feed past the blade and cut."""


Block = Text | Pair | Row | Rule | Qr | Feed | Cut


class Document(msgspec.Struct, frozen=True):
    """A slip. `title` is for lists and logs, and holds nothing personal."""

    blocks: tuple[Block, ...]
    title: str = ""


def encode(document: Document) -> bytes:
    """The document as JSON bytes, for storing."""
    return msgspec.json.encode(document)


def decode(data: bytes) -> Document:
    """The document that `encode` stored. Raises msgspec.ValidationError or msgspec.DecodeError on anything else."""
    return msgspec.json.decode(data, type=Document)
