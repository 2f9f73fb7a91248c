"""What a member-card reader says by itself: magnetic stripes that were swiped, chip cards that were laid down.

Nothing is asked of it; it is armed while a card is awaited. A stripe: CardSeen or CardRefused, then CardGone at once. A
chip: CardGone when it has been lifted; until then it is not read again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hw.device import Device, Fault


class Medium(StrEnum):
    STRIPE = "stripe"
    CHIP = "chip"


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it was read. Never logged (repr shows the medium alone), and hostile until parsed.

    `number` is what a member's card is known by: the first data of a stripe, the block that was read of a chip, else
    its UID in hexadecimal. `tracks` are a stripe's three, empty where it holds none or could not be read.
    """

    medium: Medium
    number: str = field(repr=False)
    tracks: tuple[str, str, str] = field(repr=False, default=("", "", ""))
    uid: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class CardSeen:
    card: Card


@dataclass(frozen=True, slots=True)
class CardRefused:
    """`read_failed`: again. `payment_card`: a bank card, of which nothing was kept. `card_format`: not a card that
    holds what was looked for."""

    code: Fault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CardGone:
    """The card has left; the next one may be read."""


CardEvent = CardSeen | CardRefused | CardGone


class CardReader(Device, Protocol):
    """Reads member cards and pushes `CardEvent`s while armed."""
