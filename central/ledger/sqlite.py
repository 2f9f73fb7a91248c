"""The books in one SQLite file: a demo, one hotel. WAL, synchronous FULL, one writer; times are given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from central.ledger.books import SqlBooks
from central.ledger.interface import Row, StoreUnavailable
from central.ledger.migrate import Step, migrate, steps

BUSY_MS = 10_000
APPLICATION_ID = 0x59554E51
_UNAVAILABLE = (apsw.BusyError, apsw.LockedError, apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError)


class SqliteStore:
    """One connection. Other processes (furnishing, the desk's commands) may have theirs; SQLite keeps writers apart."""

    def __init__(self, path: Path | str) -> None:
        self._connection = apsw.Connection(str(path))
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "cell_size_check=ON",
            f"busy_timeout={BUSY_MS}",
        ):  # fmt: skip
            self._connection.execute(f"PRAGMA {pragma}")
        self._migrate()
        self._tx = SqliteTx(self._connection)

    @contextmanager
    def transaction(self) -> Iterator[SqliteTx]:
        """BEGIN IMMEDIATE, so that what was read is still so when it is written."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._tx
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except _UNAVAILABLE as error:
            raise StoreUnavailable(type(error).__name__) from error

    def changes_by_others(self) -> int:
        """A number that changes whenever another connection has committed."""
        return int(self._connection.pragma("data_version"))

    def copy_to(self, path: Path) -> None:
        """A consistent copy while others write."""
        with apsw.Connection(str(path)) as target:
            with target.backup("main", self._connection, "main") as backup:
                while not backup.done:
                    backup.step(200)
            target.execute("PRAGMA journal_mode=DELETE")

    def faults(self) -> tuple[str, ...]:
        """What SQLite's own check finds wrong in the file."""
        return tuple(str(row[0]) for row in self._connection.execute("PRAGMA integrity_check") if row[0] != "ok")

    def close(self) -> None:
        self._connection.close()

    def _migrate(self) -> None:
        migrate(int(self._connection.pragma("user_version")), steps("sqlite"), self._apply)

    def _apply(self, step: Step) -> None:
        """One step, unless another process has taken it while this one waited."""
        self._connection.execute("BEGIN IMMEDIATE")
        if int(self._connection.pragma("user_version")) < step.version:
            self._connection.execute(step.sql)
            self._connection.execute(f"PRAGMA user_version={step.version}; PRAGMA application_id={APPLICATION_ID}")
        self._connection.execute("COMMIT")


class SqliteTx:
    """The transaction that is open on the connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.books = SqlBooks(self)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        return list(self._connection.execute(sql, values))

    def one(self, sql: str, *values: Any) -> Row | None:
        return next(iter(self._connection.execute(sql, values).fetchall()), None)

    def run(self, sql: str, *values: Any) -> int:
        self._connection.execute(sql, values)
        return self._connection.changes()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO attempt; RELEASE attempt")
            raise
        self._connection.execute("RELEASE attempt")

    def ledger_now(self, wall: int, *, keep: bool) -> int:
        floor = self.floor()
        if keep and wall > floor:
            self.run("UPDATE facts SET value = ? WHERE key = 'floor'", str(wall))
        return max(wall, floor)

    def floor(self) -> int:
        row = self.one("SELECT value FROM facts WHERE key = 'floor'")
        return int(row[0]) if row else 0

    def guarded(self) -> frozenset[str]:
        names = {name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        return frozenset(n.removesuffix("_stay") for n in names if n.endswith("_stay") and f"{n[:-5]}_keep" in names)

    def epoch(self) -> int:
        row = self.one("SELECT value FROM facts WHERE key = 'ledger_epoch'")
        return int(row[0]) if row else 1
