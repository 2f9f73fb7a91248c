"""Copies of the books that have been checked; only such a copy makes an operation durable beyond this disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from central.audit import audit
from central.keys import Keys
from central.ledger.sqlite import SqliteStore


class BackupFailed(Exception):
    """The copy is not good; nothing was declared durable."""


def back_up(store: SqliteStore, keys: Keys, path: Path) -> int:
    """Copy, check and audit the copy, then raise `durable_seq` to what it holds. Returns the journals it covers."""
    if path.exists():
        raise BackupFailed(f"{path} is there already")
    store.copy_to(path)
    copy = SqliteStore(path)
    try:
        faults = copy.faults()
        with copy.transaction() as tx:
            report = audit(tx, keys)
            reached = tx.books.reached()
    finally:
        copy.close()
    if faults or report.violations:
        broken = [f"{v.invariant} {v.operation}: {v.detail}" for v in report.violations]
        raise BackupFailed("; ".join([*faults, *broken]))
    with store.transaction() as tx:
        tx.books.raise_durable(reached)
    return len(reached)


def restore(backup: Path, path: Path) -> int:
    """Put a backup in the place of the books; the risen epoch makes every terminal send again what lies above it.

    Central must not be serving. What stood there before is kept beside it. Returns the new epoch.
    """
    if path.exists():
        path.rename(path.with_suffix(".before-restore"))
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    shutil.copyfile(backup, path)
    store = SqliteStore(path)
    try:
        with store.transaction() as tx:
            epoch = tx.epoch() + 1
            tx.run("UPDATE facts SET value = ? WHERE key = 'ledger_epoch'", str(epoch))
    finally:
        store.close()
    return epoch
