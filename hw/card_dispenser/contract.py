"""What may be asked of a card dispenser and capture unit, and what it says by itself.

Blanks lie in a stack. One is fed under the encoder, where it can be written; then it goes to the gate, where the guest
takes it, or into the bin. Sensors see each of these places, so a move whose answer was lost is settled by asking where
the card is, never by moving again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hw.device import Device, Fault, Outcome


class Place(StrEnum):
    """Where the sensors see a card."""

    NONE = "none"
    ENCODER = "encoder"
    GATE = "gate"


class Stock(StrEnum):
    PLENTY = "plenty"
    LOW = "low"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class DispenserStatus:
    """`trouble` is what keeps it from moving cards, None when it can. `taken` and `captured` count cards since it was
    switched on."""

    place: Place
    stock: Stock
    bin_full: bool
    trouble: Fault | None
    taken: int
    captured: int


@dataclass(frozen=True, slots=True)
class CardTaken:
    """The guest took the card from the gate. Pushed while armed."""


class CardDispenser(Device, Protocol):
    """Every move ends Done with where the card then is, NotDone (it is where it was), or Unknown."""

    def feed(self, job_id: str) -> Outcome[Place]:
        """A blank from the stack to the encoder. NotDone(stock_out | card_jam | busy): busy where a card is in the
        way."""

    def eject(self, job_id: str) -> Outcome[Place]:
        """The card under the encoder to the gate. NotDone(no_card) where there is none."""

    def capture(self, job_id: str) -> Outcome[Place]:
        """The card under the encoder or in the gate into the bin. NotDone(no_card | bin_full | card_jam)."""

    def status(self) -> Outcome[DispenserStatus]:
        """Ask the sensors; harmless at any time."""
