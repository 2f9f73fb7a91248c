"""Devices that send lines by themselves, as keyboards or on a serial line: what they share, and a scanner of either
kind."""

from __future__ import annotations

from hw.lines import typed
from hw.scanner.wire import GM65_DONE, TRIGGERS
from hw.standins.control import Control
from hw.standins.server import PLUGGED, PipePort, Port, PtyPort, Served

DELIVERY = Control(
    "delivery", "how a line arrives: whole, in pieces, after noise, broken off, not at all",
    ("ok", "split", "garbage", "cut_short", "mute"),
)  # fmt: skip
PIECE = 7
CODE = Control("code", "the text that is scanned when it is set")
NOISE = b"\x00\xff\x7e\r"


class LineStandIn(Served):
    """Sends lines. On a PipePort it types them."""

    def __init__(self, port: Port) -> None:
        super().__init__(port)
        self._typed = isinstance(port, PipePort)
        self._at = 1000.0

    def line(self, text: bytes) -> None:
        """One line, delivered as the control says."""
        with self._lock:
            plan = self.setting("delivery")
            data = self._records(text.decode("ascii")) if self._typed else text + b"\r"
            if plan == "mute":
                return
            if plan == "garbage":
                data = (self._records("~") if self._typed else NOISE) + data
            elif plan == "cut_short":
                data = data[: len(data) // 2]
            for piece in _pieces(data, PIECE) if plan == "split" else [data]:
                self.send(piece)

    def received(self, data: bytes) -> None:
        """Most of them are not spoken to."""

    def _records(self, text: str) -> bytes:
        self._at += 60.0
        return typed(text, self._at)


class ScannerStandIn(LineStandIn):
    """A scan engine (`trigger` as the driver's option) or a keyboard wedge. It reads while it is triggered, or
    always."""

    name = "line_scanner"
    controls = (CODE, DELIVERY, PLUGGED)

    def __init__(self, port: Port | None = None, trigger: str = "none") -> None:
        super().__init__(port or PtyPort())
        self._trigger = TRIGGERS[trigger]
        self._pending = b""
        self.lit = not self._trigger.on
        self.commands: list[bytes] = []

    def scan(self, text: str | bytes) -> None:
        """Hold a code before it."""
        raw = text if isinstance(text, bytes) else text.encode()
        with self._lock:
            if self.lit:
                self.line(raw)

    def turned(self, control: str, value: str) -> None:
        if control == CODE.name and value:
            self.scan(value)

    def connected(self) -> None:
        self._pending = b""

    def received(self, data: bytes) -> None:
        self._pending = (self._pending + data)[-64:]
        for command in (self._trigger.on, self._trigger.off):
            if command and command in self._pending:
                self._pending = self._pending.partition(command)[2]
                self.commands.append(command)
                self.lit = command == self._trigger.on
                if self._trigger.answer and self.setting("delivery") != "mute":
                    self.send(GM65_DONE)


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]
