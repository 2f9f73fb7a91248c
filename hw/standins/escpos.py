"""An interpreter of our ESC/POS subset: bytes in, lines and dots out. It knows nothing of documents, only of bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hw.printer.layout import plain_line, width
from hw.printer.paper import COLUMN_DOTS, Face, Strip, from_bits
from hw.printer.wire import PITCH


@dataclass(frozen=True, slots=True)
class Slip:
    """What lies in the tray after a cut, or was torn off. `text` in the form of `hw.printer.layout.plain`; `png`
    empty without a face."""

    text: str
    codes: tuple[str, ...]
    pictures: int
    png: bytes
    whole: bool


@dataclass(slots=True)
class _Style:
    bold: bool = False
    wide_ascii: bool = False
    wide_chinese: bool = False
    chinese: bool = False
    centred: bool = False
    pitch: int = PITCH
    module: int = 3
    code: bytes = b""


@dataclass(slots=True)
class _Sheet:
    """The paper since the last cut."""

    lines: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    pictures: int = 0
    strip: Strip | None = None


class Interpreter:
    """`run` works through whole commands of `data` and returns how many bytes it used; the rest waits for more.

    `unknown` collects the heads of commands that are not of our subset, `kicks` counts pulses for a drawer. `on_cut`
    takes each slip, `on_ask` answers GS r.
    """

    def __init__(
        self, columns: int, face: Face | None, on_cut: Callable[[Slip], None], on_ask: Callable[[], None]
    ) -> None:
        self._columns, self._face = columns, face
        self._on_cut, self._on_ask = on_cut, on_ask
        self.unknown: list[bytes] = []
        self.kicks = 0
        self._style = _Style()
        self._line: list[tuple[str, bool, bool]] = []
        self._sheet = self._fresh()

    @property
    def blank(self) -> bool:
        """Whether nothing is on the paper since the last cut."""
        return not self._sheet.lines and not self._line

    def run(self, data: bytes) -> int:
        used = 0
        while used < len(data):
            taken = self.step(data, used)
            if not taken:
                break
            used += taken
        return used

    def step(self, data: bytes, at: int) -> int:
        """One command or character; 0: more bytes are needed."""
        head = data[at]
        if head == 0x1B:
            return self._escape(data, at)
        if head == 0x1D:
            return self._group(data, at)
        if head == 0x1C:
            return self._chinese(data, at)
        if head == 0x0A:
            self._line_feed()
            return 1
        if head < 0x20:
            self.unknown.append(data[at : at + 1])
            return 1
        if head < 0x80 or not self._style.chinese:
            self._line.append((chr(head), self._style.bold, self._style.wide_ascii))
            return 1
        pair = data[at : at + 2]
        if len(pair) < 2:
            return 0
        self._line.append((pair.decode("gb18030", "replace")[0], self._style.bold, self._style.wide_chinese))
        return 2

    def tear(self, whole: bool) -> None:
        """The paper leaves the printer: cut, or torn off."""
        if self._line:
            self._line_feed()
        sheet, self._sheet = self._sheet, self._fresh()
        text = "\n".join(sheet.lines).rstrip("\n") + "\n"
        png = sheet.strip.png() if sheet.strip is not None else b""
        self._on_cut(Slip(text, tuple(sheet.codes), sheet.pictures, png, whole))

    def reset(self) -> None:
        """ESC @: the style as at power-on; a half-set line is lost."""
        self._style, self._line = _Style(), []

    def _fresh(self) -> _Sheet:
        strip = Strip(self._columns * COLUMN_DOTS, self._face) if self._face is not None else None
        return _Sheet(strip=strip)

    def _escape(self, data: bytes, at: int) -> int:
        if at + 1 >= len(data):
            return 0
        command = data[at + 1]
        if command == 0x40:
            self.reset()
            return 2
        if at + 2 >= len(data):
            return 0
        if command == 0x70:
            return self._pulse(data, at)
        value = data[at + 2]
        if command == 0x45:
            self._style.bold = bool(value & 1)
        elif command == 0x61:
            self._style.centred = value == 1
        elif command == 0x33:
            self._style.pitch = value
        elif command == 0x64:
            self._feed(value * self._style.pitch, value)
        elif command == 0x4A:
            self._feed(value, 0)
        else:
            self.unknown.append(data[at : at + 2])
            return 2
        return 3

    def _pulse(self, data: bytes, at: int) -> int:
        if at + 5 > len(data):
            return 0
        self.kicks += 1
        return 5

    def _chinese(self, data: bytes, at: int) -> int:
        if at + 1 >= len(data):
            return 0
        command = data[at + 1]
        if command in (0x26, 0x2E):
            self._style.chinese = command == 0x26
            return 2
        if command != 0x21:
            self.unknown.append(data[at : at + 2])
            return 2
        if at + 2 >= len(data):
            return 0
        self._style.wide_chinese = data[at + 2] & 0x0C == 0x0C
        return 3

    def _group(self, data: bytes, at: int) -> int:
        if at + 2 >= len(data):
            return 0
        command, value = data[at + 1], data[at + 2]
        if command == 0x21:
            self._style.wide_ascii = value == 0x11
            self._style.wide_chinese = value == 0x11
            return 3
        if command == 0x56:
            self.tear(whole=True)
            return 3
        if command == 0x72:
            self._on_ask()
            return 3
        if command == 0x76:
            return self._raster(data, at)
        if command == 0x28:
            return self._symbol(data, at)
        self.unknown.append(data[at : at + 2])
        return 2

    def _raster(self, data: bytes, at: int) -> int:
        if at + 8 > len(data):
            return 0
        row_bytes, rows = (int.from_bytes(data[at + 4 + 2 * which : at + 6 + 2 * which], "little") for which in (0, 1))
        end = at + 8 + row_bytes * rows
        if end > len(data):
            return 0
        picture = from_bits(data[at + 8 : end], row_bytes)
        self._sheet.pictures += 1
        self._sheet.lines.append("[picture]")
        if self._sheet.strip is not None:
            left = (self._sheet.strip.dots - picture.width) // 2 if self._style.centred else 0
            self._sheet.strip.picture(picture, left)
        return end - at

    def _symbol(self, data: bytes, at: int) -> int:
        if at + 5 > len(data):
            return 0
        end = at + 5 + int.from_bytes(data[at + 3 : at + 5], "little")
        if end > len(data):
            return 0
        function, rest = data[at + 5 : at + 7], data[at + 7 : end]
        if function == b"1C":
            self._style.module = rest[0]
        elif function == b"1P":
            self._style.code = rest[1:]
        elif function == b"1Q":
            self._print_code()
        elif function not in (b"1A", b"1E"):
            self.unknown.append(function)
        return end - at

    def _print_code(self) -> None:
        code = self._style.code.decode("utf-8", "replace")
        self._sheet.codes.append(code)
        self._sheet.lines.append(" " * ((self._columns - 4) // 2) + "[QR]")
        if self._sheet.strip is not None:
            self._sheet.strip.qr(code, self._style.module)

    def _line_feed(self) -> None:
        cells, self._line = self._line, []
        text = "".join(character for character, _, _ in cells)
        doubles = {double for character, _, double in cells if character != " "}
        taken = sum(width(character) * (2 if double else 1) for character, _, double in cells)
        if taken > self._columns:
            self.unknown.append(b"line wider than the paper")
        self._sheet.lines.append(plain_line(text, doubles == {True}))
        if self._sheet.strip is not None:
            self._sheet.strip.line(cells)

    def _feed(self, dots: int, lines: int) -> None:
        if self._line:
            self._line_feed()
            lines = max(0, lines - 1)
        self._sheet.lines += [""] * lines
        if self._sheet.strip is not None:
            self._sheet.strip.feed(dots)
