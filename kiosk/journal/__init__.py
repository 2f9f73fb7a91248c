"""The terminal's journal: operations and what proves them, never telemetry (docs/reliability.md, SQLite).

One process, one connection, one writer thread; WAL, synchronous FULL, EXCLUSIVE. A file that cannot be trusted is set
aside as evidence and a new journal with a new UUID begins: central then sees where the old one ended.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import apsw

from kiosk.journal.failure import JournalFailed, named
from kiosk.journal.page import Page
from kiosk.journal.records import Deal, Draft, Note, Operation, Standing
from kiosk.journal.writer import Writer, Writing
from kiosk.keyfile import Cipher, NotSealedByUs
from mqtt.durable import sync_directory

__all__ = [
    "Deal", "Draft", "Journal", "JournalFailed", "Note", "Operation", "Page", "Standing", "open_journal", "put_aside",
]  # fmt: skip

T = TypeVar("T")

_MIGRATIONS = Path(__file__).with_name("migrations")
_APPLICATION = 0x594B4A31
_PROBE = b"hotel terminal journal"
_PRAGMAS = (
    "locking_mode = EXCLUSIVE",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "wal_autocheckpoint = 200",
    "journal_size_limit = 4194304",
    "cell_size_check = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
)


class Journal:
    """An open journal. Changes are functions of a Page, committed in the order in which they were handed in."""

    def __init__(self, standing: Standing, cipher: Cipher, writing: Writing, set_aside: str = "") -> None:
        self.uuid = standing.uuid
        self.standing = standing
        """As it was found."""
        self.set_aside = set_aside
        """The name of the file that was put away at opening, if one was."""
        self._cipher = cipher
        self._writing = writing

    def write(self, change: Callable[[Page], T]) -> Future[T]:
        """Hand in `change`; never waits. The future holds its result after the fsynced commit, or JournalFailed."""
        return self._writing.submit(lambda connection: change(Page(connection, self._cipher)))

    def close(self) -> None:
        """Commit what was handed in, then close the file."""
        self._writing.close()


def open_journal(
    path: Path,
    cipher: Cipher,
    *,
    ids: Callable[[], str],
    at: str,
    vfs: str | None = None,
    writing: Callable[[apsw.Connection], Writing] = Writer,
) -> Journal:
    """The journal at `path`, checked and migrated; a new one where there is none or where it cannot be trusted.

    `ids` makes a new one's UUID, `at` is now. Raises JournalFailed: full, read_only, cannot_open, busy, io, foreign.
    """
    aside = ""
    try:
        try:
            connection, standing = _opened(path, cipher, ids, at, vfs)
        except (apsw.CorruptError, apsw.NotADBError, NotSealedByUs, _Damaged):
            aside = put_aside(path, at)
            connection, standing = _opened(path, cipher, ids, at, vfs)
    except apsw.Error as error:
        raise named(error) from error
    return Journal(standing, cipher, writing(connection), aside)


def put_aside(path: Path, at: str) -> str:
    """Keep the files of a journal as evidence under another name, which is returned."""
    stem = f"{path.name}.{at.replace(':', '')}"
    number = 0
    while path.with_name(name := f"{stem}.{number}").exists():
        number += 1
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(name + suffix))
    sync_directory(path.parent)
    return name


class _Damaged(Exception):
    """The file opens, and is not whole."""


def _opened(
    path: Path, cipher: Cipher, ids: Callable[[], str], at: str, vfs: str | None
) -> tuple[apsw.Connection, Standing]:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = apsw.Connection(str(path), vfs=vfs)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _check(connection)
        _migrate(connection)
        standing = _standing(connection, cipher, ids, at)
    except BaseException:
        connection.close()
        raise
    sync_directory(path.parent)
    return connection, standing


def _check(connection: apsw.Connection) -> None:
    """Raises _Damaged for a file that is not whole or not a journal."""
    if connection.pragma("quick_check") != "ok":
        raise _Damaged
    if connection.pragma("user_version") and connection.pragma("application_id") != _APPLICATION:
        raise _Damaged


def _migrate(connection: apsw.Connection) -> None:
    """Bring the schema up, a numbered file a transaction. Raises JournalFailed: foreign."""
    steps = sorted(_MIGRATIONS.glob("*.sql"))
    done = int(connection.pragma("user_version"))
    if done > len(steps):
        raise JournalFailed("foreign")
    for number, step in enumerate(steps[done:], done + 1):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(step.read_text(encoding="utf-8"))
        connection.execute(f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {number}; COMMIT")


def _standing(connection: apsw.Connection, cipher: Cipher, ids: Callable[[], str], at: str) -> Standing:
    """The journal's own row, made if there is none. Raises NotSealedByUs if another key sealed it, or if a row that
    is not finished cannot be read."""
    page = Page(connection, cipher)
    for uuid, probe in list(connection.execute("SELECT uuid, probe FROM journal")):
        cipher.open(f"{uuid}/probe", probe)
        page.unfinished()
        return page.standing()
    uuid = ids()
    connection.execute(
        "INSERT INTO journal (one, uuid, made_at, probe) VALUES (1, ?, ?, ?)",
        (uuid, at, cipher.seal(f"{uuid}/probe", _PROBE)))  # fmt: skip
    return page.standing()
