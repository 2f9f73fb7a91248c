"""A telephone line with a modem or a frame box on a pty. Its numbers belong to nobody."""

from __future__ import annotations

from hw.caller_id import wire
from hw.lines import Lines
from hw.standins.control import Control
from hw.standins.server import PLUGGED, Port, PtyPort, Served

CALL = Control("call", "who calls when it is set: digits, P or O; empty: nobody")
FORM = Control("form", "how the exchange says it", ("modem", "modem_tight", "sdmf", "mdmf", "bad_check"))
REPLY = Control("reply", "how the modem takes commands", ("ok", "hash_cid", "no_cid", "mute", "nonsense"))
WHEN = "11221507"


class CallerIdStandIn(Served):
    """`ring` rings once; `call` rings and names the caller."""

    name = "caller_id"
    controls = (CALL, FORM, REPLY, PLUGGED)

    def __init__(self, port: Port | None = None) -> None:
        super().__init__(port or PtyPort())
        self._lines = Lines(60.0)
        self.commands: list[bytes] = []

    def ring(self) -> None:
        with self._lock:
            self.send(b"\r\nRING\r\n")

    def call(self, number: str, name: str = "") -> None:
        """One call as the control `form` says."""
        with self._lock:
            form = self.setting("form")
            if form.startswith("modem"):
                self.ring()
                equals = "=" if form == "modem_tight" else " = "
                tags = (("DATE", WHEN[:4]), ("TIME", WHEN[4:]), ("NMBR", number), ("NAME", name))
                self.send("".join(f"\r\n{tag}{equals}{value}\r\n" for tag, value in tags if value).encode("latin-1"))
                return
            data = WHEN.encode() + number.encode()
            if form == "mdmf":
                kind = wire.ABSENCE if number in ("P", "O") else wire.NUMBER
                fields = ((wire.TIME, WHEN), (kind, number), (wire.NAME, name))
                data = b"".join(bytes([tag, len(value)]) + value.encode() for tag, value in fields if value)
            frame = wire.frame(wire.MULTIPLE if form == "mdmf" else wire.SINGLE, data)
            self.send(b"UUUU" + (frame[:-1] + b"\xee" if form == "bad_check" else frame))

    def turned(self, control: str, value: str) -> None:
        if control == CALL.name and value:
            self.call(value)

    def received(self, data: bytes) -> None:
        for command in self._lines.feed(data, 0.0):
            self.commands.append(command)
            plan = self.setting("reply")
            bad = {"no_cid": b"CID", "hash_cid": b"+VCID"}.get(plan, b"?") in command
            if plan == "nonsense":
                self.send(b"\r\nHELLO\r\n")
            elif plan != "mute":
                self.send(command + b"\r\r\nERROR\r\n" if bad else command + b"\r\r\nOK\r\n")
