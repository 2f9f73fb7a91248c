"""What the rest of central may ask of a store: transactions, plain SQL for the house, and the books.

Two stores are meant to stand behind it, SQLite for one hotel and PostgreSQL for a chain; nothing outside
`central/ledger` knows which. SQL is the subset that both speak, with `?` for parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

Row = tuple[Any, ...]


class StoreUnavailable(Exception):
    """The store cannot answer now (busy, full, read-only): nothing was decided; central says not_ready."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """An operation that was decided, as it is answered ever after."""

    id: str
    terminal: str
    kind: str
    hash: bytes
    outcome: str
    code: str | None
    body: bytes
    at: int
    epoch: int
    journal: str
    seq: int
    store: str
    visit: str | None = None
    shift: str | None = None
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a hold in one account and ledger. `taken` was captured of it; `worth` is a use-once leg's, in fen."""

    n: int
    account: str
    ledger: str
    amount: int
    until: int
    taken: int = 0
    open: bool = True
    worth: int = 0

    @property
    def rest(self) -> int:
        """What is still reserved."""
        return self.amount - self.taken if self.open else 0


@dataclass(frozen=True, slots=True)
class Hold:
    """A reservation. `amount` and `captured` are its money, `changes` counts adjusts and captures."""

    id: str
    terminal: str
    shape: str
    member: str | None
    state: str
    amount: int
    captured: int
    until: int
    changes: int
    stay: str | None
    made_at: int
    legs: tuple[Leg, ...] = ()


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry. The postings of one `post` call sum to zero in every ledger."""

    account: str
    ledger: str
    amount: int


@dataclass(frozen=True, slots=True)
class Capture:
    """What a `hold.capture` (or a capture at once, or a check-out) booked."""

    op: str
    hold: str
    terminal: str
    state: str
    amount: int
    posted: int
    shortfall: int
    final: bool
    receipt_no: str
    tenders: str
    at: int


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What an adjust found, so that it can be undone while nothing came after it."""

    op: str
    hold: str
    serial: int
    amount: int
    until: int
    legs: tuple[Leg, ...] = field(default=())


class Books(Protocol):
    """The ledger inside one transaction. Amounts are integers, instants milliseconds."""

    # memory
    def operation(self, id_: str) -> Remembered | None: ...
    def remember(self, done: Remembered) -> None: ...
    def tombstone(self, id_: str, terminal: str, op: str, at: int) -> None: ...
    def is_tombstone(self, id_: str, terminal: str) -> bool: ...
    def mark_undone(self, id_: str, op: str, at: int) -> None: ...
    def is_undone(self, id_: str) -> bool: ...
    def job(self, id_: str, name: str, at: int) -> None: ...

    # places
    def note_place(self, terminal: str, journal: str, seq: int, id_: str, at: int) -> bool:
        """Note whose place this is. False: it is another operation's already, which is evidence of a clone."""
        ...

    def begin_journal(self, terminal: str, journal: str, at: int) -> tuple[bool, bool]:
        """Note the journal at this terminal. Is that new, and did another terminal have it first?"""
        ...

    def journal_is_known_elsewhere(self, terminal: str, journal: str) -> bool: ...
    def gaps(self, terminal: str, journal: str, seq: int, most: int) -> tuple[tuple[int, int], ...]: ...
    def durable_seq(self, terminal: str, journal: str) -> int: ...
    def raise_durable(self, reached: Sequence[tuple[str, str, int]]) -> None: ...
    def reached(self) -> tuple[tuple[str, str, int], ...]:
        """(terminal, journal, highest seq up to which every place is noted) of every journal."""
        ...

    # accounts
    def available(self, account: str, ledger: str, now: int) -> int:
        """Posted less what open holds reserve; a leg whose time is up counts as free, swept or not."""
        ...

    def balances(self, account: str, now: int) -> tuple[tuple[str, int, int], ...]:
        """(ledger, posted, held) of an account, sorted by ledger."""
        ...

    def post(self, op: str, cause: str, postings: Sequence[Posting], at: int) -> None:
        """One entry. Raises ValueError if it does not sum to zero in every ledger."""
        ...

    # holds
    def hold(self, id_: str) -> Hold | None: ...
    def open_hold(self, hold: Hold, op: str) -> None: ...
    def replace_legs(
        self, hold: Hold, *, amount: int, until: int, legs: Sequence[Leg], changes: int | None = None
    ) -> None:
        """Other legs, amount and time; `changes` counts one more, or stands again where an undo puts it."""
        ...

    def take(self, hold: Hold, taken: Sequence[tuple[int, int]], captured: int) -> None: ...
    def free(self, hold: Hold, leg: Leg) -> None: ...
    def move(self, hold: Hold, state: str, op: str, at: int) -> None: ...
    def give_to_stay(self, hold: Hold, stay: str) -> None: ...
    def due(self, account: str, now: int) -> tuple[str, ...]:
        """Holds with an open leg on `account` whose time is up."""
        ...

    def due_anywhere(self, now: int, most: int) -> tuple[str, ...]: ...
    def adjusted(self, op: str) -> Adjusted | None: ...
    def note_adjust(self, adjusted: Adjusted) -> None: ...
    def captures(self, hold: str) -> tuple[Capture, ...]: ...
    def note_capture(self, capture: Capture) -> None: ...

    # evidence and lists
    def alarm(self, kind: str, terminal: str, op: str, detail: str, at: int) -> None: ...
    def list_for_desk(self, property_: str, terminal: str, what: str, op: str, detail: str, at: int) -> None: ...
    def listed(self, terminal: str) -> int: ...
    def quarantine(self, terminal: str, journal: str, why: str, at: int) -> None: ...
    def quarantined(self, terminal: str) -> tuple[str, int | None] | None:
        """The journal that is quarantined and when a supervisor confirmed it, None if the terminal is free."""
        ...

    def end_quarantine(self, terminal: str) -> None: ...


class Tx(Protocol):
    """One transaction: all of it or nothing."""

    @property
    def books(self) -> Books: ...

    def rows(self, sql: str, *values: Any) -> list[Row]: ...
    def one(self, sql: str, *values: Any) -> Row | None: ...
    def run(self, sql: str, *values: Any) -> int:
        """Returns how many rows it touched."""
        ...

    def attempt(self) -> AbstractContextManager[None]:
        """A savepoint: an exception inside takes back what was done inside, and goes on."""
        ...

    def ledger_now(self, wall: int, *, keep: bool) -> int:
        """Central's time: never before the persisted floor. `keep` raises the floor with this transaction."""
        ...

    def floor(self) -> int:
        """The latest instant that anything was decided at, in milliseconds."""
        ...

    def epoch(self) -> int: ...

    def guarded(self) -> frozenset[str]:
        """The tables that refuse to be rewritten."""
        ...


class Store(Protocol):
    """Where the books are kept."""

    def transaction(self) -> AbstractContextManager[Tx]:
        """Commits at the end, durably; rolls back on any exception. Raises StoreUnavailable."""
        ...

    def close(self) -> None: ...
