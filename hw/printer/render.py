"""A document's renderings: ESC/POS bytes and PNG. (Plain text is `hw.printer.layout.plain`.)"""

from __future__ import annotations

from dataclasses import dataclass

from hw.device import DeviceError, Fault
from hw.printer import wire
from hw.printer.document import Document
from hw.printer.layout import CutLine, FeedLine, Line, QrLine, TextLine, is_two_byte, lines
from hw.printer.paper import (
    COLUMN_DOTS,
    QUIET,
    Face,
    Strip,
    bits,
    line_picture,
    missing,
    needs_raster,
    qr_module,
    qr_picture,
)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the printer at hand can do. `face` draws what it cannot; without one a missing character prints as 〓."""

    columns: int
    chinese: bool = True  # has a GB 18030 (or GBK) font
    native_qr: bool = True
    face: Face | None = None

    @property
    def dots(self) -> int:
        return self.columns * COLUMN_DOTS


def escpos(document: Document, abilities: Abilities) -> bytes:
    """The document as ESC/POS, from a printer that was just initialised. Raises DeviceError(bad_request)."""
    made = wire.CHINESE_ON + wire.pitch(wire.PITCH) if abilities.chinese else wire.pitch(wire.PITCH)
    for line in _lines(document, abilities.columns):
        match line:
            case TextLine():
                made += _text(line, abilities)
            case QrLine():
                made += _qr(line, abilities)
            case FeedLine():
                made += wire.feed_lines(line.lines)
            case CutLine():
                made += wire.CUT
    return made


def png(document: Document, columns: int, face: Face) -> bytes:
    """The document as it would look on paper, one pixel a dot. Raises DeviceError(bad_request)."""
    strip = Strip(columns * COLUMN_DOTS, face)
    for line in _lines(document, columns):
        match line:
            case TextLine():
                strip.text(line.text, line.bold, line.double)
            case QrLine():
                module = qr_module(line.data, line.mm, strip.dots)
                strip.feed(QUIET * module)
                strip.qr(line.data, module)
                strip.feed(QUIET * module)
            case FeedLine():
                strip.feed(line.lines * wire.PITCH)
            case CutLine():
                pass
    return strip.png()


def _lines(document: Document, columns: int) -> list[Line]:
    try:
        return lines(document, columns)
    except ValueError as trouble:
        raise DeviceError(Fault.BAD_REQUEST, str(trouble)) from trouble


def _text(line: TextLine, abilities: Abilities) -> bytes:
    foreign = needs_raster(line.text) or not (abilities.chinese or line.text.isascii())
    if foreign and abilities.face is not None:
        packed, row_bytes = bits(line_picture(line.text, line.bold, line.double, abilities.face))
        return wire.raster(packed, row_bytes)
    text = "".join(character if is_two_byte(character) else missing(character) for character in line.text)
    encoded = text.encode("gb18030") if abilities.chinese else text.encode("ascii", "replace")
    made = encoded + wire.LF
    if line.bold:
        made = wire.bold(True) + made + wire.bold(False)
    if line.double:
        made = wire.pitch(wire.DOUBLE_PITCH) + wire.double(True) + made + wire.double(False) + wire.pitch(wire.PITCH)
    return made


def _qr(line: QrLine, abilities: Abilities) -> bytes:
    module = qr_module(line.data, line.mm, abilities.dots)
    if abilities.native_qr:
        code = wire.qr(line.data.encode(), module)
    else:
        code = wire.raster(*bits(qr_picture(line.data, module)))
    quiet = wire.feed_dots(QUIET * module)
    return wire.centred(True) + quiet + code + quiet + wire.centred(False)
