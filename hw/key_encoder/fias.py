"""The FIAS wire (Oracle's interface between a property's systems), its key side: bytes <-> values, pure.

A record is STX, a two-letter kind, fields each led by | and named by their first two characters, a last |, ETX. The
link begins LS (we) - LD, LR..., LA (they) - LA (we); LS and LA keep it alive, LE ends it. KR asks for a key, KD deletes
one, KA answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from hw.device import DeviceError, Fault

STX, ETX = 0x02, 0x03
LONGEST = 2048
"""Bytes of a record; a longer run without ETX is noise."""

STATUSES: Mapping[str, Fault] = MappingProxyType(
    {
        "BY": Fault.BUSY,
        "NA": Fault.OUT_OF_SERVICE,  # night audit
        "NP": Fault.OUT_OF_SERVICE,
        "NF": Fault.REFUSED,  # not enabled
        "NG": Fault.UNKNOWN_ROOM,
        "IA": Fault.UNKNOWN_ROOM,
        "CD": Fault.BAD_REQUEST,  # check-out date
        "UR": Fault.BAD_REQUEST,
        "NR": Fault.ENCODER_SILENT,
        "RY": Fault.BUSY,
    }
)
"""AS of a KA that is not OK -> what it means."""

DOUBTFUL = frozenset({"NR", "RY"})
"""After these, and after any that is not known, a card may have been written all the same."""


@dataclass(frozen=True, slots=True)
class Record:
    """Field names may come twice; `field` gives the first."""

    kind: str
    fields: tuple[tuple[str, str], ...] = ()

    def field(self, name: str) -> str:
        return next((value for known, value in self.fields if known == name), "")


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What stood between STX and ETX and is no record."""


def pack(record: Record) -> bytes:
    """One record. Raises DeviceError(bad_request) when a field cannot be carried."""
    body = record.kind + "|" + "".join(f"{name}{value}|" for name, value in record.fields)
    inside = [value for _, value in record.fields]
    if any("|" in value or not value.isascii() or (value and not value.isprintable()) for value in inside):
        raise DeviceError(Fault.BAD_REQUEST, "a field holds characters that this wire cannot carry")
    if len(body) > LONGEST:
        raise DeviceError(Fault.BAD_REQUEST, "the record is too long")
    return bytes([STX]) + body.encode("ascii") + bytes([ETX])


class Parser:
    """Bytes in, as they come; records out. Skips what is between records; holds at most one."""

    def __init__(self) -> None:
        self._body: bytearray | None = None

    def feed(self, data: bytes) -> list[Record | Spoilt]:
        found: list[Record | Spoilt] = []
        for byte in data:
            if byte == STX:  # also where a record broke off
                self._body = bytearray()
            elif self._body is None:
                continue
            elif byte == ETX:
                found.append(_unpack(bytes(self._body)))
                self._body = None
            elif len(self._body) < LONGEST:
                self._body.append(byte)
            else:
                found.append(Spoilt())
                self._body = None
        return found


def _unpack(body: bytes) -> Record | Spoilt:
    kind, *fields = body.decode("latin-1").split("|")
    if len(kind) != 2 or not kind.isalnum() or any(len(field) == 1 for field in fields):
        return Spoilt()
    return Record(kind, tuple((field[:2], field[2:]) for field in fields if field))


def field_names(listed: str) -> frozenset[str]:
    """The names in an FL field: two characters each."""
    return frozenset(listed[at : at + 2] for at in range(0, len(listed) - 1, 2))


def stamped(kind: str, now: datetime, *fields: tuple[str, str]) -> Record:
    """A record with the day and time at its end."""
    return Record(kind, (*fields, ("DA", f"{now:%y%m%d}"), ("TI", f"{now:%H%M%S}")))


def ask_key(
    encoder: str, station: str, reference: str, room: str, valid_from: datetime, valid_to: datetime, copy: bool,
    now: datetime, known: frozenset[str],
) -> Record:  # fmt: skip
    """KR with the fields that the lock system listed for it. Raises DeviceError(bad_request)."""
    if not room or len(room) > 8:
        raise DeviceError(Fault.BAD_REQUEST, "a room has 1 to 8 characters")
    if valid_from.tzinfo is not None or valid_to.tzinfo is not None or not valid_from < valid_to:
        raise DeviceError(Fault.BAD_REQUEST, "a key needs the property's wall clock, and must end after it begins")
    fields = (
        ("K#", "1"), ("KC", encoder), ("KT", "D" if copy else "N"), ("RN", room), ("WS", station), ("G#", reference),
        ("GA", f"{valid_from:%y%m%d}"), ("GD", f"{valid_to:%y%m%d}"), ("DT", f"{valid_to:%H:%M}"),
    )  # fmt: skip
    whole = stamped("KR", now, *fields)
    return Record("KR", tuple(field for field in whole.fields if field[0] in known))
