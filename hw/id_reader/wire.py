"""The SDT wire of resident-ID readers and the text record of the chip: bytes <-> values, pure.

A frame is AA AA AA 96 69, a length (two bytes, high first) that counts everything after it, the body, and a check
byte: the XOR of all bytes from the length up to the one before it. An answer's body begins with SW1 SW2 SW3, of
which SW3 tells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import xor
from types import MappingProxyType

from hw.device import DeviceError, Fault
from hw.id_reader.contract import Document, DocumentKind, Sex

HEAD = bytes.fromhex("AAAAAA9669")
LONGEST = 0x1000
"""No answer is longer: the largest known one has 2,314 bytes after its length."""

SAM_STATUS = bytes.fromhex("11FF")
SAM_ID = bytes.fromhex("12FF")
FIND = bytes.fromhex("2001")
SELECT = bytes.fromhex("2002")
READ = bytes.fromhex("3001")

OK, FOUND, NOT_FOUND, NOT_SELECTED = 0x90, 0x9F, 0x80, 0x81

STATUS_FAULTS: Mapping[int, Fault] = MappingProxyType(
    {
        0x10: Fault.GARBLED,  # the reader got a wrong check byte
        0x11: Fault.GARBLED,  # or a wrong length
        0x21: Fault.WRONG_DEVICE,  # it does not know the command
        0x24: Fault.WRONG_DEVICE,
        0x31: Fault.CARD_REJECTED,
        0x32: Fault.CARD_REJECTED,
        0x33: Fault.CARD_REJECTED,
        0x40: Fault.CARD_REJECTED,
        0x41: Fault.READ_FAILED,
        0x47: Fault.READ_FAILED,
        0x60: Fault.SELF_TEST,
        0x66: Fault.NOT_AUTHORISED,
        0x80: Fault.READ_FAILED,
        0x81: Fault.READ_FAILED,
        0x91: Fault.READ_FAILED,
    }
)
"""SW3 of an answer that is not what was hoped for -> what it means."""

TEXT_LENGTH, PHOTO_LENGTH = 256, 1024
LONG_TERM = "长期"


@dataclass(frozen=True, slots=True)
class Answer:
    """SW3 and what followed it."""

    status: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A frame whose check byte is wrong or whose length is impossible."""


def checksum(covered: bytes) -> int:
    """XOR from the length to the byte before the check byte."""
    return reduce(xor, covered, 0)


def frame(body: bytes) -> bytes:
    """One frame, either way: `body` is CMD PARA [DATA], or SW1 SW2 SW3 [DATA]."""
    covered = (len(body) + 1).to_bytes(2, "big") + body
    return HEAD + covered + bytes([checksum(covered)])


class FrameParser:
    """Bytes in, as they come; bodies of frames out, or Spoilt. Skips garbage before a frame; holds at most one
    frame."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes | Spoilt]:
        self._held += data
        found: list[bytes | Spoilt] = []
        while True:
            one = self._one()
            if one is None:
                return found
            found.append(one)

    def clear(self) -> None:
        """Forget what is half read: it may be a guest's."""
        self._held[:] = bytes(len(self._held))
        self._held.clear()

    def _one(self) -> bytes | Spoilt | None:
        start = self._held.find(HEAD)
        if start < 0:  # keep what may be the beginning of a head
            del self._held[: max(0, len(self._held) - len(HEAD) + 1)]
            return None
        del self._held[:start]
        if len(self._held) < 7:
            return None
        length = int.from_bytes(self._held[5:7], "big")
        if not 3 <= length <= LONGEST:
            del self._held[: len(HEAD)]
            return Spoilt()
        if len(self._held) < 7 + length:
            return None
        whole = bytes(self._held[: 7 + length])
        if checksum(whole[5:-1]) != whole[-1]:
            del self._held[: len(HEAD)]  # a true frame may begin inside this one
            return Spoilt()
        del self._held[: len(whole)]
        return whole[7:-1]


def answer(body: bytes) -> Answer | Spoilt:
    """An answer from a frame's body."""
    return Answer(body[2], body[3:]) if len(body) >= 3 else Spoilt()


def sam_identity(data: bytes) -> str:
    """The security module's number as printed on the reader: from the 16 bytes of its answer. Raises
    DeviceError(garbled)."""
    if len(data) != 16:
        raise DeviceError(Fault.GARBLED, "the security module's number has a wrong length")
    first, second = int.from_bytes(data[0:2], "little"), int.from_bytes(data[2:4], "little")
    third, fourth, fifth = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8, 12))
    return f"{first:02d}.{second:02d}-{third}-{fourth:010d}-{fifth:010d}"


def split_record(data: bytes) -> tuple[bytes, bytes]:
    """(text, photo) of an answer to READ: with or without a fingerprint. Raises DeviceError(garbled)."""
    if len(data) < 4:
        raise DeviceError(Fault.GARBLED, "the record has no lengths")
    text_length, photo_length = int.from_bytes(data[0:2], "big"), int.from_bytes(data[2:4], "big")
    if text_length != TEXT_LENGTH or photo_length not in (0, PHOTO_LENGTH):
        raise DeviceError(Fault.GARBLED, "the record's lengths are not those of the standard")
    for head in (4, 6):  # the fingerprint variant has a third length
        fingerprint = int.from_bytes(data[4:6], "big") if head == 6 else 0
        if len(data) == head + text_length + photo_length + fingerprint:
            return data[head : head + text_length], data[head + text_length : head + text_length + photo_length]
    raise DeviceError(Fault.GARBLED, "the record is cut short")


# GB 11643

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(seventeen: str) -> str:
    """The 18th character of a resident's number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True))
    return "10X98765432"[total % 11]


def is_number(number: str) -> bool:
    """Whether an 18-character number has the right form and check digit."""
    return re.fullmatch(r"[0-9]{17}[0-9X]", number) is not None and check_digit(number[:17]) == number[17]


# The text record: 256 bytes of UTF-16LE in fixed places, padded with spaces

_TYPES = {
    " ": DocumentKind.RESIDENT,
    "\0": DocumentKind.RESIDENT,
    "J": DocumentKind.RESIDENCE_PERMIT,
    "I": DocumentKind.FOREIGNER_2017,
    "Y": DocumentKind.FOREIGNER_2023,
}
_SEXES = {"1": Sex.MALE, "2": Sex.FEMALE, "0": Sex.UNKNOWN, "9": Sex.UNKNOWN}
_SEX_MARKS = {Sex.MALE: "1", Sex.FEMALE: "2", Sex.UNKNOWN: "0"}
_TYPE_MARKS = {kind: mark for mark, kind in _TYPES.items() if mark != "\0"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Offset and length in bytes of each field; length 0: the card has no such field."""

    name: tuple[int, int]
    latin_name: tuple[int, int]
    latin_more: tuple[int, int]
    sex: tuple[int, int]
    nation: tuple[int, int]
    nationality: tuple[int, int]
    birth: tuple[int, int]
    address: tuple[int, int]
    number: tuple[int, int]
    issuer: tuple[int, int]
    pass_number: tuple[int, int]
    valid_from: tuple[int, int] = (188, 16)
    valid_to: tuple[int, int] = (204, 16)


_NONE = (0, 0)
_CITIZEN = _Layout(
    name=(0, 30), latin_name=_NONE, latin_more=_NONE, sex=(30, 2), nation=(32, 4), nationality=_NONE, birth=(36, 16),
    address=(52, 70), number=(122, 36), issuer=(158, 30), pass_number=_NONE,
)  # fmt: skip
_LAYOUTS: Mapping[DocumentKind, _Layout] = MappingProxyType(
    {
        DocumentKind.RESIDENT: _CITIZEN,
        DocumentKind.RESIDENCE_PERMIT: _Layout(
            name=(0, 30), latin_name=_NONE, latin_more=_NONE, sex=(30, 2), nation=_NONE, nationality=_NONE,
            birth=(36, 16), address=(52, 70), number=(122, 36), issuer=(158, 30), pass_number=(220, 18),
        ),
        DocumentKind.FOREIGNER_2017: _Layout(
            name=(158, 30), latin_name=(0, 120), latin_more=_NONE, sex=(120, 2), nation=_NONE, nationality=(152, 6),
            birth=(220, 16), address=_NONE, number=(122, 30), issuer=_NONE, pass_number=_NONE,
        ),
        DocumentKind.FOREIGNER_2023: _Layout(
            name=(0, 30), latin_name=(52, 70), latin_more=(220, 22), sex=(30, 2), nation=_NONE, nationality=(242, 6),
            birth=(36, 16), address=_NONE, number=(122, 36), issuer=_NONE, pass_number=_NONE,
        ),
    }
)  # fmt: skip
_TYPE_AT = 248


def document(text: bytes, photo: bytes = b"") -> Document:
    """The document in a text record. Raises DeviceError: garbled (not a record), bad_document (its fields break the
    standard).

    No detail ever quotes a field.
    """
    if len(text) != TEXT_LENGTH:
        raise DeviceError(Fault.GARBLED, "the text record has a wrong length")
    kind = _TYPES.get(text[_TYPE_AT : _TYPE_AT + 2].decode("utf-16-le", "replace"))
    if kind is None:
        raise DeviceError(Fault.BAD_DOCUMENT, "a kind of card that is not known")
    layout = _LAYOUTS[kind]
    latin = _printable(_raw(text, layout.latin_name) + _raw(text, layout.latin_more))
    found = Document(
        kind=kind,
        name=_field(text, layout.name),
        latin_name=" ".join(latin.split()),
        number=_number(kind, _field(text, layout.number)),
        sex=_sex(_field(text, layout.sex)),
        birth=_day(_field(text, layout.birth), "birth"),
        nation=_field(text, layout.nation),
        nationality=_field(text, layout.nationality),
        address=_field(text, layout.address),
        issuer=_field(text, layout.issuer),
        valid_from=_day(_field(text, layout.valid_from), "valid from"),
        valid_to=_last_day(_field(text, layout.valid_to)),
        pass_number=_field(text, layout.pass_number),
        photo=photo,
    )
    if not found.name and not found.latin_name:
        raise DeviceError(Fault.BAD_DOCUMENT, "the card carries no name")
    return found


def text_record(card: Document) -> bytes:
    """The text record that carries a document. Raises DeviceError(bad_request) for a kind or a field that it cannot
    hold."""
    layout = _LAYOUTS.get(card.kind)
    if layout is None or card.valid_from is None:
        raise DeviceError(Fault.BAD_REQUEST, "no chip of this kind carries such a document")
    record = bytearray(" " * (TEXT_LENGTH // 2), "utf-16-le")
    room = layout.latin_name[1] // 2
    _put(record, layout.name, card.name)
    _put(record, layout.latin_name, card.latin_name[:room] if layout.latin_more[1] else card.latin_name)
    _put(record, layout.latin_more, card.latin_name[room:] if layout.latin_more[1] else "")
    _put(record, layout.sex, _SEX_MARKS[card.sex])
    _put(record, layout.nation, card.nation)
    _put(record, layout.nationality, card.nationality)
    _put(record, layout.birth, card.birth.strftime("%Y%m%d"))
    _put(record, layout.address, card.address)
    _put(record, layout.number, card.number)
    _put(record, layout.issuer, card.issuer)
    _put(record, layout.valid_from, card.valid_from.strftime("%Y%m%d"))
    _put(record, layout.valid_to, card.valid_to.strftime("%Y%m%d") if card.valid_to else LONG_TERM)
    _put(record, layout.pass_number, card.pass_number)
    _put(record, (_TYPE_AT, 2), _TYPE_MARKS[card.kind])
    return bytes(record)


def _field(text: bytes, place: tuple[int, int]) -> str:
    return _printable(_raw(text, place))


def _raw(text: bytes, place: tuple[int, int]) -> str:
    at, length = place
    return text[at : at + length].decode("utf-16-le", "replace")


def _printable(padded: str) -> str:
    value = padded.strip(" \0\u3000")
    if "\ufffd" in value or any(not character.isprintable() for character in value):
        raise DeviceError(Fault.BAD_DOCUMENT, "a field holds characters that no card carries")
    return value


def _put(record: bytearray, place: tuple[int, int], value: str) -> None:
    at, length = place
    data = value.encode("utf-16-le")
    if len(data) > length:
        raise DeviceError(Fault.BAD_REQUEST, "a field is too long for its place on the card")
    record[at : at + len(data)] = data


def _number(kind: DocumentKind, number: str) -> str:
    if kind is DocumentKind.FOREIGNER_2017:
        if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number) is None:
            raise DeviceError(Fault.BAD_DOCUMENT, "the number does not have the form of its kind")
    elif not is_number(number) or (kind is DocumentKind.FOREIGNER_2023 and not number.startswith("9")):
        raise DeviceError(Fault.BAD_DOCUMENT, "the number's check digit is wrong")
    return number


def _sex(mark: str) -> Sex:
    try:
        return _SEXES[mark]
    except KeyError:
        raise DeviceError(Fault.BAD_DOCUMENT, "the sex is not one of the standard's") from None


def _day(text: str, what: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{8}", text) is None:
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise DeviceError(Fault.BAD_DOCUMENT, f"the {what} date is no date") from None


def _last_day(text: str) -> date | None:
    return None if text == LONG_TERM else _day(text, "valid to")
