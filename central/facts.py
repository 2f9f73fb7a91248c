"""What an outside client needs to know of a test house: `python -m central facts --json`, in test mode only."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from central.cast import CAST
from central.coupons import coupons
from central.house import HousePms
from central.keys import Keys
from central.ledger.interface import Tx
from central.members import member_by_document
from central.people import Vault
from central.settings import Settings

OUTSIDE = ("t01", "t02", "t03")


class NotATestHouse(Exception):
    """Facts name tokens and certificates: a real hotel has none to tell."""


def facts(
    tx: Tx, keys: Keys, settings: Settings, folder: Path, central: Sequence[str], at: int
) -> dict[str, Any]:
    """Everything, as plain values. `central` is how its commands begin, from any directory. Raises NotATestHouse.

    Every command is one line for a shell, and works as it stands. `approve` is null until `refund.*` exists.
    """
    if not settings.test_mode:
        raise NotATestHouse("test_mode is not set in central.toml")
    property_ = _property(tx)

    def command(*words: str) -> str:
        return shlex.join((*central, *words, "--data", str(folder)))

    return {
        "broker": _broker(settings, folder),
        "property": property_,
        "terminals": {name: _certificate(settings, folder, property_, name) for name in OUTSIDE},
        "approve": None,
        "restart_broker": settings.house.restart_broker or None,
        "central": {
            **{word: command(word) for word in ("start", "stop", "kill")}, "audit": command("audit", "--json"),
        },
        "test_mode": {"min_ttl_s": 1},
        "public_keys": keys.public(),
        "members": _members(tx, keys, command, at),
        "coupons": [
            {"sn": c.sn, "ref": c.id, "batch": c.batch.id, "ledger": c.ledger, "worth": c.batch.worth,
             "valid_from": c.batch.valid_from, "valid_to": c.batch.valid_to, "stores": list(c.batch.stores),
             "used": c.used_at is not None}
            for c in coupons(tx)
        ],
        "bookings": [
            {"booking": b.id, "no": b.no, "state": b.state, "arrival": b.arrival, "departure": b.departure,
             "adults": b.adults, "deposit": b.deposit, "unpaid": b.due_before, "guest": _key(b.guest),
             "code": command("bookings", "code", b.no)}
            for b in HousePms(tx).bookings(property_)
        ],
        "people": {
            key: {"kind": p.kind, "name": p.name, "name_latin": p.latin, "number": p.number,
                  "birth": p.born.isoformat(), "valid_to": p.valid_to.isoformat()}
            for key, p in CAST.items()
        },
    }  # fmt: skip


def _members(tx: Tx, keys: Keys, command: Callable[..., str], at: int) -> list[dict[str, Any]]:
    """`token` is the command that prints what the member's phone shows now: for member.identify, medium qr."""
    vault = Vault(keys.secret)
    found = []
    for key, person in CAST.items():
        member = member_by_document(tx, vault.fingerprint(person.kind, person.number))
        if member is not None:
            balances = tx.books.balances(f"member:{member.id}", at)
            found.append({
                "key": key, "member": member.id, "tier": member.tier, "blocked": member.blocked,
                "balances": [{"ledger": led, "posted": posted, "held": held} for led, posted, held in balances],
                "token": command("member", "code", member.id),
            })  # fmt: skip
    return found


def _broker(settings: Settings, folder: Path) -> dict[str, Any] | None:
    if settings.broker is None:
        return None
    return {"host": settings.broker.host, "port": settings.broker.port, "ca": str(folder / settings.broker.ca)}


def _certificate(settings: Settings, folder: Path, property_: str, name: str) -> dict[str, str]:
    stem = folder / settings.house.certs / f"{property_}.{name}"
    return {"name": f"{property_}/{name}", "cert": f"{stem}.crt", "key": f"{stem}.key"}


def _property(tx: Tx) -> str:
    row = tx.one("SELECT id FROM properties ORDER BY id LIMIT 1")
    if row is None:
        raise NotATestHouse("there is no hotel: furnish it first")
    return str(row[0])


def _key(name: str) -> str:
    return next((key for key, person in CAST.items() if person.name == name), "")
