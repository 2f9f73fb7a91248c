"""A serial MIFARE reader on a pty, and cards to lay on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hw.card_reader import mifare as wire
from hw.standins.control import Control
from hw.standins.server import PLUGGED, Port, PtyPort, Served

FACTORY_KEY = bytes([0xFF] * 6)
NO_CARD = "none"
REPLY = Control(
    "reply", "how it answers: well, in pieces, after noise, wrongly, not at all, a card that moves",
    ("ok", "split", "garbage", "bad_check", "cut_short", "mute", "moved"),
)  # fmt: skip
FAILED = 1
PIECE = 3


@dataclass(frozen=True, slots=True)
class Chip:
    """A card: its UID, its blocks, and the one key that opens them."""

    uid: bytes
    blocks: Mapping[int, bytes] = field(default_factory=dict)
    key: bytes = FACTORY_KEY


CHIPS = {
    "member": Chip(bytes.fromhex("AA12AA00"), {4: b"88310042".ljust(16, b"\0")}),
    "strange": Chip(bytes.fromhex("0A0B0C0D"), {4: b"88310042".ljust(16, b"\0")}, bytes.fromhex("A0A1A2A3A4A5")),
    "blank": Chip(bytes.fromhex("01020304"), {4: bytes(16)}),
}


class MifareStandIn(Served):
    """`lay` takes any card; the control `card` those of the drawer."""

    name = "mifare"
    controls = (Control("card", "what lies on the reader", (NO_CARD, *CHIPS)), REPLY, PLUGGED)

    def __init__(self, port: Port | None = None) -> None:
        super().__init__(port or PtyPort())
        self._parser = wire.Parser()
        self._card: Chip | None = None
        self._open = False
        self.commands: list[int] = []

    def lay(self, card: Chip | None) -> None:
        with self._lock:
            self._card, self._open = card, False

    def turned(self, control: str, value: str) -> None:
        if control == "card":
            self.lay(CHIPS.get(value))

    def connected(self) -> None:
        self._parser = wire.Parser()

    def received(self, data: bytes) -> None:
        for one in self._parser.feed(data):
            if isinstance(one, wire.Frame):
                self.commands.append(one.command)
                self._command(one.command, one.data)

    def _command(self, command: int, data: bytes) -> None:
        card, moved = self._card, self.setting("reply") == "moved"
        if command == wire.FIRMWARE:
            self._answer(command, b"YHY523U V2.0")
        elif command == wire.ANTENNA:
            self._answer(command)
        elif card is None or (moved and command >= wire.SELECT):
            self._answer(command, status=FAILED)
        elif command == wire.REQUEST:
            self._answer(command, b"\x04\x00")
        elif command == wire.ANTICOLLISION:
            self._answer(command, card.uid)
        elif command == wire.SELECT:
            self._answer(command, b"\x08", status=0 if data == card.uid else FAILED)
        elif command == wire.AUTHENTICATE:
            self._open = data[2:8] == card.key
            self._answer(command, status=0 if self._open else FAILED)
        elif command == wire.READ and self._open and data[0] in card.blocks:
            self._answer(command, card.blocks[data[0]])
        else:
            self._answer(command, status=FAILED)

    def _answer(self, command: int, data: bytes = b"", status: int = wire.DONE) -> None:
        plan, answer = self.setting("reply"), wire.frame(command, bytes([status]) + data)
        if plan == "mute":
            return
        if plan == "garbage":
            answer = b"\x00\xbb\xaa\xaa" + answer
        elif plan == "bad_check":
            answer = answer[:-1] + bytes([answer[-1] ^ 0x5A])
        elif plan == "cut_short":
            answer = answer[:-2]
        size = PIECE if plan == "split" else len(answer)
        for at in range(0, len(answer), size):
            self.send(answer[at : at + size])
