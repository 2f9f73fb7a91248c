"""What a handler is given: one message, one transaction, one instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from central.ids import moment, receipt_no
from central.keys import Keys
from central.ledger.holds import Mover
from central.ledger.interface import Books, Tx
from central.people import Vault
from membership.hotel_time import hotel_date, hotel_local
from mqtt.messages.envelope import Request
from mqtt.topics import Terminal


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of the house. `min_ttl_s` is 1 in test mode."""

    min_ttl_s: int = 30
    bill_ttl_s: int = 300
    identity_ms: int = 30 * 60 * 1000
    member_ms: int = 15 * 60 * 1000
    code_again_ms: int = 30 * 1000
    room_lock_ms: int = 600 * 1000
    keep_deposit_ms: int = 24 * 3600 * 1000
    forget_documents_ms: int = 24 * 3600 * 1000
    identifications_an_hour: int = 1_000
    """Documents shown and members found at one terminal."""
    members_an_hour: int = 200
    """Different members found at one terminal."""
    held_an_hour: int = 50_000_000
    """Fen that one terminal may lay its hand on; what it gave back does not count."""


@dataclass(frozen=True, slots=True)
class Hotel:
    """A hotel, as the handlers need it."""

    id: str
    zh: str
    en: str
    zone: ZoneInfo
    prefix: str
    deposit: int
    check_out_hour: int
    breakfast_hours: str
    breakfast_zh: str
    breakfast_en: str
    wifi: str


@dataclass(frozen=True, slots=True)
class Context:
    """One message from one terminal of one property, at one instant of central's time."""

    tx: Tx
    at: int
    request: Request
    terminal: Terminal
    hotel: Hotel
    keys: Keys
    chance: Random
    policy: Policy

    @property
    def books(self) -> Books:
        return self.tx.books

    @property
    def scope(self) -> str:
        return self.terminal.scope

    @property
    def vault(self) -> Vault:
        return Vault(self.keys.secret)

    @property
    def now(self) -> datetime:
        return moment(self.at)

    @property
    def today(self) -> date:
        """The hotel's own date."""
        return hotel_date(self.now, self.hotel.zone)

    @property
    def mover(self) -> Mover:
        return Mover(self.request.id, self.scope, f"house:{self.hotel.id}", self.at)

    def receipt_no(self) -> str:
        """The number that stands on paper for this operation."""
        return receipt_no(self.hotel.prefix, self.request.id, hotel_local(self.now, self.hotel.zone))


Handler = Callable[[Context, Any], Any]
"""Takes a message's body, gives the answer's, or raises Refuse."""


def hotel_of(tx: Tx, id_: str) -> Hotel | None:
    """The hotel by its name in topics."""
    row = tx.one(
        "SELECT id, zh, en, zone, prefix, deposit, check_out_hour, breakfast_hours, breakfast_zh, breakfast_en, wifi"
        " FROM properties WHERE id = ?",
        id_,
    )
    return Hotel(row[0], row[1], row[2], ZoneInfo(row[3]), *row[4:]) if row else None
