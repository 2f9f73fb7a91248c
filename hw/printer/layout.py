"""From a document to lines on paper: display width, wrapping, columns. Pure; the same for every renderer.

Widths are in half-width columns: 32 on 58 mm paper, 48 on 80 mm. A printer's Chinese font is two columns wide for
every character that GB 18030 codes in two bytes, among them · — … × → √, so those count two; ASCII counts one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from hw.printer.document import Align, Cell, Cut, Document, Feed, Pair, Qr, Row, Rule, Text

NOT_AT_START = frozenset("，。、；：！？）】》」』”’％…,.;:!?)]}%")
"""No line begins with one of these."""
FEED_BEFORE_CUT = 4


@dataclass(frozen=True, slots=True)
class TextLine:
    """Padded on the left to where it stands; never wider than the paper (half the columns where `double`)."""

    text: str
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class QrLine:
    data: str
    mm: int


@dataclass(frozen=True, slots=True)
class FeedLine:
    lines: int


@dataclass(frozen=True, slots=True)
class CutLine:
    """Feed past the blade and cut."""


Line = TextLine | QrLine | FeedLine | CutLine


@lru_cache(maxsize=4096)
def character_width(character: str) -> int:
    """1 or 2 columns."""
    if character < "\x80":
        return 1
    if unicodedata.east_asian_width(character) in "WF" or is_two_byte(character):
        return 2
    return 1


@lru_cache(maxsize=4096)
def is_two_byte(character: str) -> bool:
    """Whether GB 18030 codes the character in at most two bytes, so that the printer's own font has it."""
    try:
        return len(character.encode("gb18030")) <= 2
    except UnicodeEncodeError:
        return False


def width(text: str) -> int:
    """Columns that a text takes on paper."""
    return sum(map(character_width, text))


def clean(text: str) -> str:
    """What may go to a printer: composed, without control or formatting characters, and ￥ for the yen sign that GBK
    lacks."""
    composed = unicodedata.normalize("NFC", text).replace("\xa5", "\uffe5").replace("\t", " ")
    return "".join(character for character in composed if unicodedata.category(character) not in ("Cc", "Cf", "Cs"))


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns`: broken at spaces where a word would be cut, never before closing punctuation."""
    lines: list[str] = []
    rest = text
    while width(rest) > columns:
        at = _break(rest, columns)
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*lines, rest]


def _break(text: str, columns: int) -> int:
    taken = at = 0
    while taken + character_width(text[at]) <= columns:
        taken += character_width(text[at])
        at += 1
    at = max(at, 1)
    whole_word = at
    while whole_word > 1 and _joined(text[whole_word - 1], text[whole_word]):
        whole_word -= 1
    return whole_word if whole_word > 1 else at


def _joined(before: str, after: str) -> bool:
    return after in NOT_AT_START or (before < "\x80" and after < "\x80" and before != " " and after != " ")


def place(text: str, columns: int, align: Align) -> str:
    """Pad on the left, and on the right only as far as columns to the right need it (the caller strips)."""
    room = columns - width(text)
    if align == "right":
        return " " * room + text
    return " " * (room // 2) + text if align == "center" else text


def lines(document: Document, columns: int) -> list[Line]:
    """Every line of a document. Raises ValueError for a row whose columns cannot be."""
    found: list[Line] = []
    for block in document.blocks:
        match block:
            case Text():
                found += _text(block, columns)
            case Pair():
                found += [TextLine(line, block.bold) for line in _pair(clean(block.left), clean(block.right), columns)]
            case Row():
                found += [TextLine(line, block.bold) for line in _row(block.cells, columns)]
            case Rule():
                found.append(TextLine(block.mark * columns))
            case Qr():
                found.append(QrLine(block.data, block.mm))
            case Feed():
                found.append(FeedLine(block.lines))
            case Cut():
                found += [FeedLine(FEED_BEFORE_CUT), CutLine()]
    return found


def _text(block: Text, columns: int) -> list[Line]:
    room = columns // 2 if block.double else columns
    made: list[Line] = []
    for paragraph in block.text.split("\n"):
        indent = min(len(paragraph) - len(paragraph.lstrip(" ")), room // 2) if block.align == "left" else 0
        for line in wrap(clean(paragraph).strip(), room - indent):
            made.append(TextLine(" " * indent + place(line, room - indent, block.align), block.bold, block.double))
    return made


def _pair(left: str, right: str, columns: int) -> list[str]:
    gap = columns - width(left) - width(right)
    if gap >= 1 or not left or not right:
        return [left + " " * max(gap, 0) + right] if gap >= 0 else wrap(left or right, columns)
    return [*wrap(left, columns), *(place(line, columns, "right") for line in wrap(right, columns))]


def _row(cells: tuple[Cell, ...], columns: int) -> list[str]:
    fixed = sum(cell.width for cell in cells)
    flexible = [cell for cell in cells if cell.width == 0]
    if len(flexible) > 1 or fixed + len(flexible) > columns:
        raise ValueError(f"a row of {columns} columns cannot hold cells of {[cell.width for cell in cells]}")
    texts = [clean(cell.text) for cell in cells]
    widths = [cell.width or columns - fixed for cell in cells]
    above: list[str] = []
    if width(texts[0]) > widths[0]:
        above, texts[0] = wrap(texts[0], columns), ""
    if any(width(text) > room for text, room in zip(texts, widths, strict=True)):
        figures = " ".join(text for text in texts if text)
        return above + [place(line, columns, "right") for line in wrap(figures, columns)]
    placed = (place(text, room, cell.align) for text, room, cell in zip(texts, widths, cells, strict=True))
    padded = (text + " " * (room - width(text)) for text, room in zip(placed, widths, strict=True))
    return [*above, "".join(padded).rstrip()]


def plain(document: Document, columns: int, mark_double: bool = True) -> str:
    """The document as plain text, one line a line. Double lines begin with «2x» and stand where they would on
    paper."""
    text: list[str] = []
    for line in lines(document, columns):
        match line:
            case TextLine():
                text.append(plain_line(line.text, line.double, mark_double))
            case QrLine():
                text.append(place("[QR]", columns, "center"))
            case FeedLine():
                text += [""] * line.lines
            case CutLine():
                pass
    return "\n".join(text).rstrip("\n") + "\n"


def plain_line(text: str, double: bool, mark_double: bool = True) -> str:
    """One line of `plain`."""
    if not double:
        return text.rstrip()
    words = text.lstrip(" ")
    return ("«2x»" if mark_double else "") + " " * 2 * (len(text) - len(words)) + words.rstrip()
