"""A furnished hotel in memory for the tests: two terminals, a clock that is turned by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from central.cast import CAST
from central.clerk import Clerk
from central.context import Policy
from central.furnish import PROPERTY, document_of, furnish
from central.house import HousePms
from central.ids import millis, moment
from central.keys import Keys, keys_from
from central.ledger.sqlite import SqliteStore
from central.member_code import make_code
from central.members import member_by_document
from central.people import Vault
from central.worker import Central
from mqtt.messages.hold import HoldCapture, Tender
from mqtt.messages.identity import IDENTITY_PRESENT, MEMBER_IDENTIFY, IdentityPresent, IdentitySeen, MemberIdentify
from mqtt.messages.outcome import Refused, Reply
from mqtt.timing import stamp
from mqtt.topics import Terminal

AFTERNOON = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""14:30 at the hotel."""


@dataclass
class House:
    """Central, its store, and two terminals of one hotel (`k` a lobby, `t` any role)."""

    store: SqliteStore = field(default_factory=lambda: SqliteStore(":memory:"))
    keys: Keys = field(default_factory=lambda: keys_from(b"test"))
    at: int = millis(AFTERNOON)

    def __post_init__(self) -> None:
        furnish(self.store, self.keys, AFTERNOON)
        self.central = self.worker()
        self.k = self.clerk("k01", "lobby", "lobby")
        self.t = self.clerk("t01", "handheld", "test")

    def worker(self) -> Central:
        return Central(self.store, self.keys, lambda: moment(self.at), Random(7), Policy(min_ttl_s=1))

    def clerk(self, name: str, role: str = "lobby", store: str = "lobby") -> Clerk:
        terminal = Terminal(PROPERTY, name)
        return Clerk(self.central, terminal, Random(name), lambda: self.at, role=role, store=store)

    def wait(self, seconds: float) -> None:
        self.at += int(seconds * 1000)

    # who and what

    def identity(self, clerk: Clerk, who: str, booking: str | None = None) -> IdentitySeen:
        document = document_of(CAST[who])
        return clerk.must(IDENTITY_PRESENT, IdentityPresent(document=document, booking=booking))[1]

    def member(self, clerk: Clerk, who: str) -> str:
        """A handle of the member at this terminal."""
        seen = self.identity(clerk, who)
        return clerk.must(MEMBER_IDENTIFY, MemberIdentify(medium="identity", token=seen.identity))[1].member

    def member_code(self, who: str) -> str:
        person = CAST[who]
        with self.store.transaction() as tx:
            member = member_by_document(tx, Vault(self.keys.secret).fingerprint(person.kind, person.number))
        assert member is not None
        return make_code(Vault(self.keys.secret), member.code_token, self.at)

    def booking(self, who: str, nth: int = 0) -> Any:
        with self.store.transaction() as tx:
            return [b for b in HousePms(tx).bookings(PROPERTY) if b.guest == CAST[who].name][nth]

    def balance(self, who: str) -> dict[str, tuple[int, int]]:
        """Ledger -> (posted, held), as the accounts stand."""
        person = CAST[who]
        rows = self.rows(
            "SELECT ledger, posted, held FROM accounts WHERE account = 'member:' ||"
            " (SELECT id FROM members WHERE document = ?)",
            Vault(self.keys.secret).fingerprint(person.kind, person.number),
        )
        return {ledger: (posted, held) for ledger, posted, held in rows}

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.store.transaction() as tx:
            return tx.rows(sql, *values)

    def suspense(self, clerk: Clerk) -> int:
        sql = "SELECT COALESCE(SUM(amount), 0) FROM postings WHERE account = ?"
        return -int(self.rows(sql, f"suspense:{clerk.terminal.scope}")[0][0])

    def alarms(self) -> list[str]:
        return [kind for (kind,) in self.rows("SELECT kind FROM alarms ORDER BY n")]


def handed_over(hold: str, amount: int, final: bool = True) -> HoldCapture:
    """The capture of goods that the hold paid for."""
    tenders = (Tender(kind="balance", amount=amount),) if amount else ()
    return HoldCapture(hold=hold, amount=amount, final=final, tenders=tenders, delivered_at=stamp(AFTERNOON))


def code_of(outcome: Any) -> str:
    """The refusal's code, or `ok`."""
    assert isinstance(outcome, Reply | Refused), outcome
    return outcome.code if isinstance(outcome, Refused) else "ok"
