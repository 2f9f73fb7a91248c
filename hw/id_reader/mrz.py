"""The machine-readable zone of passports and cards (ICAO 9303): two lines of 44 or 36, or three of 30 characters. Pure.

Each field that matters has a check digit, and all of them together a last one: weights 7, 3, 1, letters from A = 10,
the filler < = 0, modulo 10.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hw.device import DeviceError, Fault
from hw.id_reader.contract import Document, DocumentKind, Sex

TD1, TD2, TD3 = 30, 36, 44
"""Length of a line -> the format's name."""
LINES = {TD1: 3, TD2: 2, TD3: 2}
WHOLE = {TD1 * 3: TD1, TD2 * 2: TD2, TD3 * 2: TD3}
"""Some readers send the zone as one line."""
EXPIRES_WITHIN_YEARS = 50

_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE, "<": Sex.UNKNOWN, "X": Sex.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Zone:
    """The fields as printed, fillers and all. `checked`: each guarded text and its digit, by name."""

    code: str
    issuer: str
    names: str
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    checked: tuple[tuple[str, str, str], ...]


def digit(text: str) -> str:
    """The check digit of a text of A-Z, 0-9 and <."""
    return str(sum(_value(mark) * (7, 3, 1)[place % 3] for place, mark in enumerate(text)) % 10)


def _value(mark: str) -> int:
    return 0 if mark == "<" else int(mark, 36)


def split(lines: Sequence[str]) -> Zone:
    """The fields of a zone. Raises DeviceError(read_failed) where the lines are not one."""
    widths = {len(line) for line in lines}
    width = widths.pop() if len(widths) == 1 else 0
    if LINES.get(width) != len(lines) or any(re.fullmatch(r"[A-Z0-9<]+", line) is None for line in lines):
        raise DeviceError(Fault.READ_FAILED, "what was read is no machine-readable zone")
    return _td1(*lines) if width == TD1 else _td2_td3(*lines)


def _td1(first: str, second: str, third: str) -> Zone:
    number, check = _number(first[5:14], first[14], first[15:])
    whole = first[5:] + second[0:7] + second[8:15] + second[18:29]
    return Zone(
        first[0:2], first[2:5], third, number, second[15:18], second[0:6], second[7], second[8:14],
        (
            ("number", *check), ("birth", second[0:6], second[6]), ("expiry", second[8:14], second[14]),
            ("whole zone", whole, second[29]),
        ),
    )  # fmt: skip


def _td2_td3(first: str, second: str) -> Zone:
    passport = len(second) == TD3
    number, check = (second[0:9], (second[0:9], second[9]))
    if not passport:
        number, check = _number(second[0:9], second[9], second[28:35])
    checked = [("number", *check), ("birth", second[13:19], second[19]), ("expiry", second[21:27], second[27])]
    if passport and second[42] != "<":
        checked.append(("personal number", second[28:42], second[42]))
    checked.append(("whole zone", second[0:10] + second[13:20] + second[21:-1], second[-1]))
    return Zone(
        first[0:2], first[2:5], first[5:], number, second[10:13], second[13:19], second[20], second[21:27],
        tuple(checked),
    )  # fmt: skip


def _number(head: str, check: str, optional: str) -> tuple[str, tuple[str, str]]:
    """A number and what guards it. One too long for its place goes on in the optional data, its digit last."""
    if check != "<":
        return head, (head, check)
    rest = optional.partition("<")[0]
    if len(rest) < 2:
        return head, (head, check)
    return head + rest[:-1], (head + "<" + rest[:-1], rest[-1])


def document(lines: Sequence[str], today: date) -> Document:
    """The document of a zone. `today` tells which century two digits belong to.

    Raises DeviceError: read_failed (misread: try again), bad_document (read well, and not one to be used). No detail
    quotes a field.
    """
    zone = split(lines)
    for name, text, check in zone.checked:
        if check not in {digit(text), *(("<",) if not text.strip("<") else ())}:
            raise DeviceError(Fault.READ_FAILED, f"the check digit of the {name} is wrong")
    if zone.code[0] == "V":
        raise DeviceError(Fault.BAD_DOCUMENT, "a visa is no identity document")
    if zone.sex not in _SEXES:
        raise DeviceError(Fault.BAD_DOCUMENT, "the sex is not one of the standard's")
    number, latin = zone.number.replace("<", ""), " ".join(zone.names.replace("<", " ").split())
    if not number or not latin:
        raise DeviceError(Fault.BAD_DOCUMENT, "the zone has no name or no number")
    return Document(
        kind=_kind(zone), name="", latin_name=latin, number=number, sex=_SEXES[zone.sex],
        birth=_birth(zone.birth, today), nation="", nationality=_state(zone.nationality), address="",
        issuer=_state(zone.issuer), valid_from=None,
        valid_to=_expiry(zone.expiry, today),
    )  # fmt: skip


def _kind(zone: Zone) -> DocumentKind:
    if zone.code[0] == "P":
        return DocumentKind.PASSPORT
    return DocumentKind.TRAVEL_PERMIT if (zone.code[0], zone.issuer) == ("C", "CHN") else DocumentKind.IDENTITY_CARD


def _state(code: str) -> str:
    """Germany alone prints one letter in place of its three (ICAO 9303-3)."""
    bare = code.replace("<", "")
    return "DEU" if bare == "D" else bare


def _birth(text: str, today: date) -> date:
    day = _day(text, today.year // 100 * 100, "birth")
    return day if day <= today else _day(text, today.year // 100 * 100 - 100, "birth")


def _expiry(text: str, today: date) -> date | None:
    """None: the document does not expire."""
    if text == "<" * 6:
        return None
    century = today.year // 100 * 100
    day = _day(text, century, "expiry")
    return day if day.year <= today.year + EXPIRES_WITHIN_YEARS else _day(text, century - 100, "expiry")


def _day(text: str, century: int, what: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{6}", text) is None:
            raise ValueError
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise DeviceError(Fault.BAD_DOCUMENT, f"the {what} date is no full date") from None


class Collector:
    """Lines in, zones out: three of 30, two of 36 or 44, or all in one. A line that does not belong to the ones
    before it begins anew."""

    def __init__(self) -> None:
        self._held: list[str] = []

    @property
    def waiting(self) -> bool:
        """Whether a zone is half read."""
        return bool(self._held)

    def clear(self) -> None:
        self._held.clear()

    def feed(self, line: bytes) -> list[str] | None:
        """A whole zone, when this line completes it. Raises DeviceError(read_failed) for a line that is of none."""
        text = line.decode("ascii", "replace").strip().upper()
        width = WHOLE.get(len(text))
        if width is not None:
            self.clear()
            return [text[at : at + width] for at in range(0, len(text), width)]
        if len(text) not in LINES:
            self.clear()
            raise DeviceError(Fault.READ_FAILED, "a line of a length that no document has")
        if self._held and len(self._held[0]) != len(text):
            self.clear()
        self._held.append(text)
        if len(self._held) < LINES[len(text)]:
            return None
        zone, self._held = self._held, []
        return zone


def zone_of(card: Document, width: int = TD3) -> list[str]:
    """The lines that carry a document. Raises DeviceError(bad_request) for what does not fit."""
    code = {DocumentKind.PASSPORT: "P<", DocumentKind.TRAVEL_PERMIT: "C<"}.get(card.kind, "I<")
    birth, expiry = _dated(card.birth), _dated(card.valid_to)
    number, sex = _fill(card.number, 9), {Sex.MALE: "M", Sex.FEMALE: "F", Sex.UNKNOWN: "<"}[card.sex]
    number, nationality, issuer = number + digit(number), _fill(card.nationality, 3), _fill(card.issuer, 3)
    names = "<<".join(part.replace(" ", "<") for part in card.latin_name.split(" ", 1))
    if width == TD1:
        first = _fill(code + issuer + number, TD1)
        second = birth + sex + expiry + nationality + "<" * 11
        whole = first[5:] + second[0:7] + second[8:15] + second[18:29]
        return [first, second + digit(whole), _fill(names, TD1)]
    second = _fill(number + nationality + birth + sex + expiry, width - 1)
    if width == TD3:
        second = second[:42] + "<"
    whole = second[0:10] + second[13:20] + second[21:]
    return [_fill(code + issuer + names, width), second + digit(whole)]


def _dated(day: date | None) -> str:
    text = f"{day:%y%m%d}" if day else "<" * 6
    return text + digit(text)


def _fill(text: str, width: int) -> str:
    if len(text) > width or re.fullmatch(r"[A-Z0-9<]*", text) is None:
        raise DeviceError(Fault.BAD_REQUEST, "a field does not fit into the zone")
    return text.ljust(width, "<")
