"""A receipt printer on a TCP port: works through our ESC/POS subset, draws it, and answers DLE EOT as a printer
does."""

from __future__ import annotations

from collections.abc import Callable

from hw.printer.paper import Face
from hw.standins.control import Control
from hw.standins.escpos import Interpreter, Slip
from hw.standins.server import PLUGGED, Port, Served, TcpPort

PAPER = Control("paper", "the roll", ("plenty", "low", "out"))
RUNS_OUT = Control("runs_out_after", "the roll ends after so many bytes of slips; empty: it does not")
COVER = Control("cover", "the cover", ("closed", "open"))
DRAWER = Control("drawer", "the cash drawer's switch", ("closed", "open"))
CUTTER = Control("cutter", "the blade", ("ok", "jammed"))
HEAD = Control("head", "the print head", ("ok", "hot", "broken"))
SPEAKS = Control("speaks", "whether it answers and works at all", ("yes", "no"))

_REAL_TIME = {b"\x10\x04": 3, b"\x10\x05": 3, b"\x10\x14": 10}
"""Commands obeyed as soon as they arrive, wherever they stand, and their lengths."""


class PrinterStandIn(Served):
    """`slips` is the tray. `on_slip` hears of each one. Without a face nothing is drawn, and slips are text alone."""

    name = "printer"
    controls = (PAPER, RUNS_OUT, COVER, CUTTER, HEAD, DRAWER, SPEAKS, PLUGGED)

    def __init__(
        self,
        columns: int = 48,
        face: Face | None = None,
        port: Port | None = None,
        on_slip: Callable[[Slip], None] = lambda _slip: None,
    ) -> None:
        super().__init__(port or TcpPort())
        self.slips: list[Slip] = []
        self._on_slip = on_slip
        self._interpreter = Interpreter(columns, face, self._came_out, self._asked)
        self._arriving = b""
        self._buffer = b""
        self._used = 0
        self._kicks = 0

    @property
    def unknown(self) -> list[bytes]:
        """Commands that were not of our subset."""
        return self._interpreter.unknown

    @property
    def kicks(self) -> int:
        """How often the drawer was opened."""
        return self._interpreter.kicks

    @property
    def buffered(self) -> int:
        """Bytes received and not worked through."""
        with self._lock:
            return len(self._buffer)

    def received(self, data: bytes) -> None:
        if self.setting("speaks") == "no":
            return
        self._arriving += data
        while self._arriving:
            if not self._take_one():
                break
        self._work()

    def turned(self, control: str, value: str) -> None:
        if control == "runs_out_after":
            self._used = 0
            if value and not (value.isascii() and value.isdigit()):
                self._settings[control] = ""
                raise ValueError(f"{self.name}.{control} takes a number of bytes, or nothing")
        if control == "paper" and value != "out":
            self._settings["runs_out_after"] = ""
            if not self._interpreter.blank:
                self._interpreter.tear(whole=False)
        self._work()

    def connected(self) -> None:
        self._arriving = self._buffer = b""

    def _take_one(self) -> bool:
        """Move what has arrived into the buffer, up to the next real-time command; obey that one. False: it is not
        whole yet."""
        at = self._arriving.find(b"\x10")
        if at < 0:
            self._buffer, self._arriving = self._buffer + self._arriving, b""
            return True
        self._buffer, rest = self._buffer + self._arriving[:at], self._arriving[at:]
        length = _REAL_TIME.get(rest[:2])
        if len(rest) < 2 or (length is not None and len(rest) < length):
            self._arriving = rest
            return False
        if length is None:
            self._buffer, self._arriving = self._buffer + rest[:1], rest[1:]
            return True
        self._arriving = rest[length:]
        self._obey(rest[:length])
        return True

    def _obey(self, command: bytes) -> None:
        if command[1] == 0x04:
            self.send(bytes([self._status(command[2])]))
        elif command[1] == 0x14 and command[2] == 0x08:
            self._buffer = b""
            self._interpreter.reset()
            self.send(b"\x37\x25\x00")

    def _work(self) -> None:
        while self._buffer and self._ready():
            taken = self._interpreter.step(self._buffer, 0)
            if not taken:
                return
            if self._interpreter.kicks > self._kicks:
                self._kicks, self._settings["drawer"] = self._interpreter.kicks, "open"
            self._buffer = self._buffer[taken:]
            self._used += taken
            limit = self.setting("runs_out_after")
            if limit and self._used >= int(limit):
                self._settings["paper"] = "out"

    def _ready(self) -> bool:
        now = self._settings
        return now["paper"] != "out" and now["cover"] == "closed" and now["cutter"] == "ok" and now["head"] == "ok"

    def _status(self, number: int) -> int:
        now = self._settings
        out, low = now["paper"] == "out", now["paper"] == "low"
        if number == 1:
            return 0x12 | (0 if self._ready() else 0x08) | (0x04 if now["drawer"] == "open" else 0)
        if number == 2:
            broken = now["cutter"] != "ok" or now["head"] != "ok"
            return 0x12 | (0x04 if now["cover"] == "open" else 0) | (0x20 if out else 0) | (0x40 if broken else 0)
        if number == 3:
            head = {"ok": 0, "hot": 0x40, "broken": 0x20}[now["head"]]
            return 0x12 | (0x08 if now["cutter"] == "jammed" else 0) | head
        return 0x12 | (0x0C if low or out else 0) | (0x60 if out else 0)

    def _asked(self) -> None:
        self.send(bytes([0x03 if self.setting("paper") == "low" else 0x00]))

    def _came_out(self, slip: Slip) -> None:
        self.slips.append(slip)
        self._on_slip(slip)
