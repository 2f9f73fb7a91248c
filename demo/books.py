"""Looking into central's books and drawers, as an operator would, while it serves."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from central import fleet
from central.audit import Report, audit
from central.cast import CAST
from central.codes import booking_code, slip_code, sn_code
from central.coupons import coupons
from central.house import HousePms
from central.ids import millis
from central.keys import Keys, keys_in
from central.ledger.interface import Tx
from central.ledger.sqlite import SqliteStore
from central.members import member_by_document
from central.people import Vault
from central.pms import Booked, Line
from mqtt.messages.fleet import Setting


class NotThere(LookupError):
    """Nobody and nothing of that name in the furnished hotel."""


@dataclass(frozen=True)
class Books:
    """Central's data directory, opened beside the serving process for each look."""

    folder: Path
    hotel: str
    now: Callable[[], datetime]

    def balance(self, person: str, ledger: str) -> tuple[int, int]:
        """What a member has in a ledger and how much of it is held, in its unit."""
        with self._open() as (tx, keys):
            someone = CAST[person]
            member = member_by_document(tx, Vault(keys.secret).fingerprint(someone.kind, someone.number))
            if member is None:
                raise NotThere(f"{person} is no member")
            at = tx.ledger_now(millis(self.now()), keep=False)
            for name, posted, held in tx.books.balances(f"member:{member.id}", at):
                if name == ledger:
                    return posted, held
            return 0, 0

    def audit(self, quiet: bool) -> Report:
        """`quiet`: faults are over and outboxes empty."""
        with self._open() as (tx, keys):
            return audit(tx, keys, quiet=quiet)

    def booking_code(self, person: str, nth: int = 0, expired: bool = False) -> str:
        with self._open() as (tx, keys):
            booked = self._booking(tx, person, nth)
            until = int(self.now().timestamp()) + (-60 if expired else 24 * 3600)
            return booking_code(keys, booked.property, booked.id, until)

    def slip_code(self, person: str) -> str:
        with self._open() as (tx, keys):
            for booked in self._bookings(tx, person):
                stay = HousePms(tx).stay_of_booking(booked.id)
                if stay is not None:
                    return slip_code(keys, stay.property, stay.id)
            raise NotThere(f"{person} has no stay")

    def coupon(self, batch: str, used: bool = False) -> str:
        """A serial number of a batch."""
        with self._open() as (tx, _):
            for row in coupons(tx):
                if row.batch.id == batch and (row.used_at is not None) == used:
                    return row.sn
            raise NotThere(f"no coupon of {batch}")

    def coupon_code(self, batch: str) -> str:
        sn = self.coupon(batch)
        with self._open() as (_, keys):
            return sn_code(keys, sn)

    def coupon_used(self, sn: str) -> bool:
        with self._open() as (tx, _):
            return any(row.sn == sn and row.used_at is not None for row in coupons(tx))

    def room_state(self, number: str) -> str:
        """free, prepared, in_house: who has the room now."""
        with self._open() as (tx, _):
            row = tx.one(
                "SELECT state FROM stays WHERE property = ? AND room = ? AND state IN ('prepared', 'in_house')"
                " ORDER BY state LIMIT 1", self.hotel, number,
            )  # fmt: skip
            return str(row[0]) if row else "free"

    def post(self, room: str, zh: str, en: str, amount: int) -> None:
        """Put a line on the bill of whoever is in the room."""
        with self._open() as (tx, _):
            stay = HousePms(tx).stay_in_room(self.hotel, room)
            if stay is None:
                raise NotThere(f"nobody is in {room}")
            HousePms(tx).add_line(stay, Line(zh, en, 1, amount), tx.ledger_now(millis(self.now()), keep=True))

    def configure(self, scope: str, key: str, value: Setting | None) -> None:
        """One setting of a layer; central publishes what it makes."""
        with self._open() as (tx, keys):
            fleet.set_value(tx, keys, scope, key, value, tx.ledger_now(millis(self.now()), keep=True))

    def reported(self, scope: str) -> str:
        """What a terminal said of its configuration: applied 3, rejected 4 ..."""
        with self._open() as (tx, _):
            for shown in fleet.show(tx):
                if shown.terminal == scope:
                    return f"{shown.state} {shown.reported}"
            raise NotThere(scope)

    def calls(self) -> tuple[str, ...]:
        """What the desk was called for."""
        with self._open() as (tx, _):
            return tuple(row[0] for row in tx.rows("SELECT about FROM service_calls ORDER BY at"))

    def _bookings(self, tx: Tx, person: str) -> list[Booked]:
        name = CAST[person].name
        return [b for b in HousePms(tx).bookings(self.hotel) if b.guest == name]

    def _booking(self, tx: Tx, person: str, nth: int) -> Booked:
        found = self._bookings(tx, person)
        if nth >= len(found):
            raise NotThere(f"{person} has {len(found)} bookings")
        return found[nth]

    @contextmanager
    def _open(self) -> Iterator[tuple[Tx, Keys]]:
        store = SqliteStore(self.folder / "central.db")
        try:
            with store.transaction() as tx:
                yield tx, keys_in(self.folder / "keys", random.SystemRandom())
        finally:
            store.close()
