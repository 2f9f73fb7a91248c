"""What may be asked of an ID-document reader, and what it says by itself.

Nothing is asked while a card is awaited: the reader is armed (`Worker.arm()`) and pushes events. In the order of a
good read: CardDown, CardRead, CardRemoved. A bad one: CardDown, CardFailed, CardRemoved; a swiped document is gone
as soon as it was read. After a read, good or bad,
nothing more is read until the card has been lifted. Disarmed, the reader looks for no card.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from hw.device import Device, Fault


class DocumentKind(StrEnum):
    RESIDENT = "resident"  # 居民身份证
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证
    FOREIGNER_2017 = "foreigner_2017"  # 外国人永久居留身份证, first electronic version
    FOREIGNER_2023 = "foreigner_2023"  # the same, five-star card
    PASSPORT = "passport"
    TRAVEL_PERMIT = "travel_permit"  # China's exit-entry permits: 回乡证, 台胞证, 往来港澳通行证
    IDENTITY_CARD = "identity_card"  # another state's, or any other official travel document


class Sex(StrEnum):
    MALE = "M"
    FEMALE = "F"
    UNKNOWN = "X"


@dataclass(frozen=True, slots=True)
class Document:
    """An identity document as its chip or its machine-readable zone says it. Personal data: never logged, never
    kept (repr shows the kind alone).

    `nation` is the ethnic group's GB/T 3304 number of a citizen; `nationality` the ISO 3166 alpha-3 of anybody
    else. `valid_to` None means long-term (长期); `valid_from` None that the document does not say. A machine-readable
    zone has a `latin_name` only, and its issuing state's code as `issuer`. `photo` is the WLT image as stored, 1,024
    bytes, `portrait` the BMP that a plug-in made of it, empty where there is none (hw.id_reader.photo).
    """

    kind: DocumentKind
    name: str = field(repr=False)
    latin_name: str = field(repr=False)
    number: str = field(repr=False)
    sex: Sex = field(repr=False)
    birth: date = field(repr=False)
    nation: str = field(repr=False)
    nationality: str = field(repr=False)
    address: str = field(repr=False)
    issuer: str = field(repr=False)
    valid_from: date | None = field(repr=False)
    valid_to: date | None = field(repr=False)
    pass_number: str = field(repr=False, default="")
    photo: bytes = field(repr=False, default=b"")
    portrait: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class CardDown:
    """A card has been found; reading takes up to two seconds."""


@dataclass(frozen=True, slots=True)
class CardRead:
    document: Document


@dataclass(frozen=True, slots=True)
class CardFailed:
    """`read_failed`: lay it down again. `card_rejected`, `bad_document`: another try is unlikely to help. `mute`,
    `garbled`: the reader's fault."""

    code: Fault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The card has been lifted; the next one may be read."""


IdEvent = CardDown | CardRead | CardFailed | CardRemoved


class IdReader(Device, Protocol):
    """Reads identity documents and pushes `IdEvent`s while armed."""
