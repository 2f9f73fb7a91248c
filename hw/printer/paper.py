"""Paper of dots: draws what a receipt printer would, cell by cell, in a given face. Needs Pillow; imported only
where pictures are."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from hw.device import DeviceError, Fault
from hw.printer.layout import character_width, is_two_byte, width
from hw.printer.wire import DOUBLE_PITCH, PITCH

COLUMN_DOTS, CELL_DOTS = 12, 24
UNDER = PITCH - CELL_DOTS
"""Dots below a cell that a line has anyway, where the tails of g and y reach."""
BASELINE = 0.86
"""Where a cell's baseline stands, from its top: that of a Chinese em."""
DOTS_PER_MM = 8
LEAST_MODULE = 3
QUIET = 4
Picture = Image.Image


class Face:
    """A regular and a bold font, by path. Raises DeviceError(bad_option) when one cannot be read."""

    def __init__(self, regular: Path, bold: Path) -> None:
        from fontTools.ttLib import TTFont

        self._paths = {False: regular, True: bold}
        try:
            for path in {regular, bold}:
                ImageFont.truetype(str(path), CELL_DOTS)
            with TTFont(regular, fontNumber=0, lazy=True) as font:
                self._has = frozenset(font.getBestCmap())
        except Exception as trouble:  # fontTools raises what it pleases on a broken file
            raise DeviceError(Fault.BAD_OPTION, f"the font {regular.name} or {bold.name} cannot be read") from trouble
        self.glyph = lru_cache(maxsize=2048)(self._glyph)

    def has(self, character: str) -> bool:
        return ord(character) in self._has

    def _glyph(self, character: str, bold: bool, scale: int) -> Picture:
        """One character in its cell and the dots under it: black on white, squeezed where it is wider than the
        cell."""
        cell_width, cell_height = character_width(character) * COLUMN_DOTS * scale, CELL_DOTS * scale
        if not self.has(character):
            character = missing(character)
        size = CELL_DOTS * scale - (2 * scale if cell_width < cell_height else 0)
        font = ImageFont.truetype(str(self._paths[bold]), size)
        advance = max(1, round(font.getlength(character)))
        height = cell_height + UNDER
        glyph = Image.new("L", (max(advance, cell_width), height), 255)
        foot = (max(0, (cell_width - advance) // 2), round(BASELINE * cell_height))
        ImageDraw.Draw(glyph).text(foot, character, font=font, fill=0, anchor="ls")
        return glyph if glyph.width == cell_width else glyph.resize((cell_width, height), Image.Resampling.LANCZOS)


class Strip:
    """A strip of paper that grows downwards. Grey while it is drawn; `png` and `bits` end it."""

    def __init__(self, dots: int, face: Face) -> None:
        self.dots, self._face = dots, face
        self._image = Image.new("L", (dots, 512), 255)
        self.height = 0

    def text(self, text: str, bold: bool, double: bool, left: int = 0) -> None:
        """One line of text from dot `left`, and the feed after it."""
        self.line([(character, bold, double) for character in text], left)

    def line(self, cells: list[tuple[str, bool, bool]], left: int = 0) -> None:
        """One line of (character, bold, double), standing on a common foot."""
        tall = any(double for _, _, double in cells)
        foot = CELL_DOTS * (2 if tall else 1)
        self._room(DOUBLE_PITCH if tall else PITCH)
        for character, bold, double in cells:
            scale = 2 if double else 1
            if character != " ":
                glyph = self._face.glyph(character, bold, scale)
                self._image.paste(glyph, (left, self.height + foot - CELL_DOTS * scale))
            left += character_width(character) * COLUMN_DOTS * scale
        self.height += DOUBLE_PITCH if tall else PITCH

    def feed(self, dots: int) -> None:
        self._room(dots)
        self.height += dots

    def picture(self, picture: Picture, left: int = 0) -> None:
        self._room(picture.height)
        self._image.paste(picture, (left, self.height))
        self.height += picture.height

    def qr(self, data: str, module: int) -> None:
        """A centred QR code without its quiet zone: the paper is its quiet zone."""
        code = qr_picture(data, module)
        self.picture(code, (self.dots - code.width) // 2)

    def image(self) -> Picture:
        return self._image.crop((0, 0, self.dots, max(1, self.height)))

    def png(self) -> bytes:
        out = BytesIO()
        self.image().save(out, "PNG", optimize=True)
        return out.getvalue()

    def _room(self, dots: int) -> None:
        while self.height + dots > self._image.height:
            larger = Image.new("L", (self.dots, 2 * self._image.height), 255)
            larger.paste(self._image, (0, 0))
            self._image = larger


def missing(character: str) -> str:
    """What stands where a character is missing, as wide: 〓, as Chinese printing has always put it, or ?."""
    return "〓" if character_width(character) == 2 else "?"


def bits(picture: Picture) -> tuple[bytes, int]:
    """(packed rows, bytes a row), 1 = black."""
    row_bytes = (picture.width + 7) // 8
    wide = Image.new("L", (row_bytes * 8, picture.height), 255)
    wide.paste(picture, (0, 0))
    return wide.point(lambda grey: 255 if grey < 128 else 0).convert("1").tobytes(), row_bytes


def from_bits(data: bytes, row_bytes: int) -> Picture:
    """The picture that `bits` packed."""
    rows = len(data) // row_bytes if row_bytes else 0
    picture = Image.frombytes("1", (row_bytes * 8, rows), data[: row_bytes * rows]).convert("L")
    return picture.point(lambda grey: 255 - grey)


def qr_code(data: str) -> segno.QRCode:
    """Level M, as a printer makes it: the level is not raised where there is room."""
    try:
        return segno.make_qr(data, error="m", boost_error=False)
    except (ValueError, segno.DataOverflowError) as trouble:
        raise DeviceError(Fault.BAD_REQUEST, "the code holds too much for a QR code") from trouble


def qr_module(data: str, mm: int, dots: int) -> int:
    """Dots a module: as near to `mm` as whole dots allow, never under 3, never wider than the paper. Raises
    bad_request."""
    modules = int(qr_code(data).symbol_size(border=QUIET)[0])
    widest = min(16, dots // modules)
    if widest < LEAST_MODULE:
        raise DeviceError(Fault.BAD_REQUEST, "the code is too large for the paper")
    return max(LEAST_MODULE, min(widest, round(mm * DOTS_PER_MM / modules)))


def qr_picture(data: str, module: int) -> Picture:
    rows = [bytearray(row) for row in qr_code(data).matrix]
    small = Image.new("L", (len(rows), len(rows)), 255)
    small.putdata([0 if dark else 255 for row in rows for dark in row])
    return small.resize((len(rows) * module, len(rows) * module), Image.Resampling.NEAREST)


def line_picture(text: str, bold: bool, double: bool, face: Face) -> Picture:
    """One line on its own, for a printer that lacks a character of it."""
    strip = Strip(width(text) * COLUMN_DOTS * (2 if double else 1), face)
    strip.text(text, bold, double)
    return strip.image()


def needs_raster(text: str) -> bool:
    """Whether a printer's own font lacks a character of the line (rare names)."""
    return any(not is_two_byte(character) for character in text)
