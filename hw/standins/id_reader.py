"""A resident-ID reader on a pty that speaks SDT frames, with a drawer of fictitious cards."""

from __future__ import annotations

import termios
from collections.abc import Mapping
from datetime import date

from hw.id_reader import wire
from hw.id_reader.contract import Document, DocumentKind, Sex
from hw.standins.control import Control
from hw.standins.server import PLUGGED, Port, PtyPort, Served

NOWHERE = "100000"
"""A place code that no county has, so that a made-up number is nobody's."""

SAM_NUMBER = bytes.fromhex("0500 0100 78563412 21436587 DCFE9A00")
NO_CARD = "none"
REPLIES = ("ok", "split", "garbage", "fingerprint", "bad_check", "cut_short", "mute", "41", "32", "60")
RATES = {"9600": termios.B9600, "19200": termios.B19200, "115200": termios.B115200}
BAUD = Control("baud", "the rate that it listens at; any: it does not matter", ("any", *RATES))
REPLY = Control("reply", "how it answers: well, in pieces, after noise, wrongly, not at all, with an SW3", REPLIES)


def number_for(birth: date, serial: int, area: str = NOWHERE) -> str:
    """An 18-character number with a true check digit. `serial` 0-999: odd for men, even for women."""
    first = f"{area}{birth:%Y%m%d}{serial:03d}"
    return first + wire.check_digit(first)


def citizen(
    name: str,
    birth: date,
    *,
    number: str = "",
    sex: Sex = Sex.UNKNOWN,
    valid_from: date = date(2020, 5, 1),
    valid_to: date | None = date(2040, 5, 1),
    serial: int = 1,
) -> Document:
    """A fictitious citizen's card, valid in every field. Without a number one is made from birth and `serial`."""
    number = number or number_for(birth, serial)
    by_number = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Document(
        kind=DocumentKind.RESIDENT,
        name=name,
        latin_name="",
        number=number,
        sex=by_number if sex is Sex.UNKNOWN else sex,
        birth=birth,
        nation="01",
        nationality="",
        address="云栖市样本区虚构路1号",
        issuer="云栖市公安局样本分局",
        valid_from=valid_from,
        valid_to=valid_to,
        photo=bytes(range(256)) * 4,
    )


class IdReaderStandIn(Served):
    """`cards` are the names that the control `card` knows; `lay` takes any card."""

    name = "id_reader"

    def __init__(self, cards: Mapping[str, Document], port: Port | None = None) -> None:
        self._cards = dict(cards)
        self.controls = (Control("card", "what lies on the reader", (NO_CARD, *self._cards)), REPLY, BAUD, PLUGGED)
        super().__init__(port or PtyPort())
        self._card: Document | None = None
        self._selected = False
        self._parser = wire.FrameParser()
        self.commands: list[bytes] = []

    def lay(self, card: Document | None) -> None:
        """Lay a card on the reader; None: lift it."""
        with self._lock:
            self._card, self._selected = card, False

    def connected(self) -> None:
        self._parser = wire.FrameParser()

    def turned(self, control: str, value: str) -> None:
        if control == "card":
            self.lay(self._cards.get(value))

    def received(self, data: bytes) -> None:
        rate = RATES.get(self.setting("baud"))
        if rate is not None and isinstance(self._port, PtyPort) and self._port.rate != rate:
            return
        for body in self._parser.feed(data):
            if isinstance(body, wire.Spoilt):
                self._reply(bytes([0, 0, 0x10]))
            else:
                self.commands.append(body)
                self._command(body)

    def _command(self, body: bytes) -> None:
        plan = self.setting("reply")
        if body == wire.SAM_STATUS:
            self._status(0x60 if plan == "60" else wire.OK)
        elif body == wire.SAM_ID:
            self._status(wire.OK, SAM_NUMBER)
        elif body == wire.FIND:
            self._selected = False
            self._status(wire.FOUND, bytes(4)) if self._card else self._status(wire.NOT_FOUND)
        elif body == wire.SELECT:
            self._selected = self._card is not None
            self._status(wire.OK, bytes(8)) if self._selected else self._status(wire.NOT_SELECTED)
        elif body == wire.READ:
            self._read(plan)
        else:
            self._status(0x21)

    def _read(self, plan: str) -> None:
        if plan in ("41", "32"):
            self._status(int(plan, 16))
        elif self._card is None or not self._selected:
            self._status(0x41)
        else:
            text, photo = wire.text_record(self._card), self._card.photo.ljust(wire.PHOTO_LENGTH, b"\0")
            if plan == "fingerprint":
                self._status(wire.OK, bytes.fromhex("010004000400") + text + photo + bytes(1024))
            else:
                self._status(wire.OK, bytes.fromhex("01000400") + text + photo)

    def _status(self, status: int, data: bytes = b"") -> None:
        self._reply(bytes([0, 0, status]) + data)

    def _reply(self, body: bytes) -> None:
        plan, answer = self.setting("reply"), wire.frame(body)
        if plan == "mute":
            return
        if plan == "garbage":
            answer = b"\x00\xff\xaa\xaa\x96" + answer
        elif plan == "bad_check":
            answer = answer[:-1] + bytes([answer[-1] ^ 0x5A])
        elif plan == "cut_short":
            answer = answer[:-3]
        for piece in _pieces(answer, 7) if plan == "split" else [answer]:
            self.send(piece)


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]
