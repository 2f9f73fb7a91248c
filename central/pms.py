"""The port to a property management system: bookings, rooms, stays, folios. The demo's stands in `central/house.py`.

A PMS owns rooms and bills; the ledger owns money. Hotel dates are ISO text, amounts fen, instants milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

StayState = Literal["prepared", "given_back", "in_house", "out"]


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking. `document` is the keyed hash of the guest's document where it is known, `due_before` what must be
    paid before check-in."""

    id: str
    property: str
    no: str
    guest: str
    latin: str
    document: str | None
    member: str | None
    type: str
    room: str | None
    arrival: str
    departure: str
    adults: int
    breakfasts: int
    rate: int
    prepaid: int
    due_before: int
    deposit: int
    state: Literal["booked", "cancelled", "checked_in", "checked_out"]


@dataclass(frozen=True, slots=True)
class Room:
    """A room and how to find it. `ready_at` is when a dirty one should be clean."""

    number: str
    type: str
    floor: str
    way_zh: str
    way_en: str
    state: Literal["clean", "dirty", "occupied"]
    ready_at: int | None


@dataclass(frozen=True, slots=True)
class Stay:
    """A room given to a booking: prepared for ten minutes, then in the house, then out. `hold` is its deposit."""

    id: str
    property: str
    booking: str
    room: str
    terminal: str
    op: str
    member: str | None
    deposit: int
    state: StayState
    locked_until: int
    hold: str | None
    shortfall: int
    checked_in_by: str | None
    checked_out_by: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill; negative: already paid."""

    zh: str
    en: str
    qty: int
    amount: int


class Pms(Protocol):
    """What the handlers of `stay.*`, `booking.*` and `folio.*` ask of it."""

    def booking(self, property_: str, id_: str) -> Booked | None: ...
    def bookings_of_document(self, property_: str, fingerprint: str) -> tuple[Booked, ...]:
        """Bookings that this document stands behind, as the guest's own or as the member's, in order of arrival."""
        ...

    def type_names(self, property_: str, type_: str) -> tuple[str, str]: ...
    def room(self, property_: str, number: str) -> Room: ...
    def room_for(self, booked: Booked, now: int) -> Room | None:
        """A clean room that nobody has locked, the booked one if one is set; None if there is none now."""
        ...

    def ready_at(self, booked: Booked) -> int | None:
        """When a room of this kind should be clean."""
        ...

    def prepare(self, stay: Stay, guests: tuple[str, ...]) -> None: ...
    def lock_of(self, booking: str, now: int) -> Stay | None:
        """The stay that has this booking's room locked right now."""
        ...

    def stay(self, property_: str, id_: str) -> Stay | None: ...
    def stay_by_op(self, op: str) -> Stay | None: ...
    def stay_of_document(self, property_: str, fingerprint: str) -> Stay | None:
        """The stay in the house that this document is registered for; a closed one if there is no other."""
        ...

    def give_back(self, stay: Stay) -> None: ...
    def room_is_free_for(self, stay: Stay, now: int) -> bool: ...
    def check_in(
        self, stay: Stay, *, hold: str | None, shortfall: int, op: str, now: int, keys: tuple[tuple[str, bool], ...]
    ) -> None: ...
    def folio(self, stay: Stay) -> tuple[Line, ...]: ...
    def add_line(self, stay: Stay, line: Line, now: int) -> None: ...
    def check_out(self, stay: Stay, op: str, now: int) -> None: ...
