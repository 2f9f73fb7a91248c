"""The lock systems' "industry standard" wire (Salto and its family): bytes <-> values, pure.

A message is STX, fields each led by B3, a last B3, ETX, LRC; the LRC is the XOR of all bytes after STX up to and
including ETX, and 0D in its place means that it is not checked. Single bytes between messages: ENQ (are you ready),
ACK, NAK.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import xor

from hw.device import DeviceError, Fault
from hw.key_encoder.contract import Key

STX, ETX, ENQ, ACK, NAK = 0x02, 0x03, 0x05, 0x06, 0x15
SEPARATOR = 0xB3
LRC_SKIPPED = 0x0D
LONGEST = 1024
"""No message of this wire is longer; a longer run without ETX is noise."""

ROOM_LENGTH = 24
STAMP = "%H%M%d%m%y"

ERRORS = {
    "ES": Fault.BAD_REQUEST,  # syntax
    "NC": Fault.ENCODER_SILENT,
    "NF": Fault.REFUSED,  # database
    "OV": Fault.BUSY,
    "EP": Fault.NO_CARD,
    "EF": Fault.CARD_FORMAT,
    "TD": Fault.UNKNOWN_ROOM,
    "ED": Fault.NO_CARD,  # timed out waiting for a card
    "EA": Fault.ROOM_CHECKED_OUT,
    "OS": Fault.OUT_OF_SERVICE,
    "EO": Fault.BUSY,  # opened at another station
    "EV": Fault.STAFF_CARD,
    "EG": Fault.REFUSED,
}
"""First field of an error answer -> what it means."""

DOUBTFUL = frozenset({"EG"})
"""After these a card may have been written all the same; after the others none has."""

CARD_KINDS = {"LM": "a staff card", "LR": "a spare guest card", "LC": "an invalid guest card", "LD": "an unknown card"}
"""What LT says in place of the room when the card is no guest's key."""


@dataclass(frozen=True, slots=True)
class Message:
    """The fields of one message."""

    fields: tuple[str, ...]

    def field(self, at: int) -> str:
        return self.fields[at] if at < len(self.fields) else ""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A message whose LRC or characters are wrong."""


Token = Message | Spoilt | int
"""What a parser finds: a message, a spoilt one, or one of ENQ, ACK, NAK."""


def lrc(after_stx: bytes) -> int:
    """XOR of everything after STX up to and including ETX."""
    return reduce(xor, after_stx, 0)


def pack(fields: tuple[str, ...]) -> bytes:
    """One message. Raises DeviceError(bad_request) when a field cannot be carried."""
    body = bytearray()
    for field in fields:
        if not field.isascii() or not (field.isprintable() or not field):
            raise DeviceError(Fault.BAD_REQUEST, "a field holds characters that this wire cannot carry")
        body += bytes([SEPARATOR]) + field.encode("ascii")
    body += bytes([SEPARATOR, ETX])
    if len(body) > LONGEST:
        raise DeviceError(Fault.BAD_REQUEST, "the message is too long")
    return bytes([STX]) + bytes(body) + bytes([lrc(bytes(body))])


class Parser:
    """Bytes in, as they come; tokens out. Never raises, never holds more than one message."""

    def __init__(self) -> None:
        self._body: bytearray | None = None  # after STX; None between messages

    def feed(self, data: bytes) -> list[Token]:
        found: list[Token] = []
        for byte in data:
            token = self._byte(byte)
            if token is not None:
                found.append(token)
        return found

    def _byte(self, byte: int) -> Token | None:
        if self._body is None:
            if byte == STX:
                self._body = bytearray()
            return byte if byte in (ENQ, ACK, NAK) else None
        if byte == STX and self._body[-1:] != bytes([ETX]):  # a message broke off; this one begins
            self._body.clear()
            return None
        self._body.append(byte)
        if len(self._body) >= 2 and self._body[-2] == ETX:
            body, self._body = bytes(self._body), None
            return _unpack(body[:-1], body[-1])
        if len(self._body) > LONGEST:
            self._body = None
            return Spoilt()
        return None


def _unpack(body: bytes, check: int) -> Message | Spoilt:
    inside = body[:-1]
    if check not in (LRC_SKIPPED, lrc(body)) or len(inside) < 2 or inside[0] != SEPARATOR or inside[-1] != SEPARATOR:
        return Spoilt()
    fields = inside[1:-1].split(bytes([SEPARATOR]))
    return Message(tuple(field.decode("latin-1") for field in fields))


def mark_of(job_id: str) -> str:
    """What a cut writes into the card's operator field, so that a read-back can tell which job cut it: 16
    characters."""
    return "J" + hashlib.sha256(job_id.encode()).hexdigest()[:15].upper()


def stamp(moment: datetime) -> str:
    return moment.strftime(STAMP)


def unstamp(text: str) -> datetime:
    """Raises ValueError. The year is of this century."""
    return datetime.strptime(text, STAMP)  # noqa: DTZ007 - the lock system's own wall clock has no zone


def key_asked(room: str, valid_from: datetime, valid_to: datetime, copy: bool, mark: str) -> Key:
    """The key that a request asks for: the wire carries minutes."""
    return Key(room, valid_from.replace(second=0, microsecond=0), valid_to.replace(second=0, microsecond=0), copy, mark)


def ask_cut(
    encoder: str, room: str, valid_from: datetime, valid_to: datetime, copy: bool, mark: str
) -> tuple[str, ...]:
    """CN (new) or CC (copy); the card is retained, so that it can be read back. Raises DeviceError(bad_request)."""
    if not room or len(room) > ROOM_LENGTH:
        raise DeviceError(Fault.BAD_REQUEST, f"a room has 1 to {ROOM_LENGTH} characters")
    if valid_from.tzinfo is not None or valid_to.tzinfo is not None:
        raise DeviceError(Fault.BAD_REQUEST, "the lock system wants the property's wall clock, without a zone")
    if not valid_from < valid_to:
        raise DeviceError(Fault.BAD_REQUEST, "a key must end after it begins")
    command = "CC" if copy else "CN"
    start, end = stamp(valid_from), stamp(valid_to)
    return (command, encoder, "R", room, "", "", "", "", "", start, end, mark, "", "", "", "0")


def ask_read(encoder: str) -> tuple[str, ...]:
    """LT: what is on the card that lies on the encoder. It is retained."""
    return ("LT", encoder, "R")


def key_of(answer: Message) -> Key:
    """The key in an answer to LT. Raises DeviceError: other_key for a card that is no guest's key, garbled for
    nonsense."""
    if answer.field(2) in CARD_KINDS:
        raise DeviceError(Fault.OTHER_KEY, f"the card on the encoder is {CARD_KINDS[answer.field(2)]}")
    try:
        start, end = unstamp(answer.field(9)), unstamp(answer.field(10))
    except ValueError as nonsense:
        raise DeviceError(Fault.GARBLED, "the dates of the card cannot be read") from nonsense
    return Key(answer.field(2), start, end, answer.field(7) != "0", answer.field(11))
