"""The one thread that touches the journal's file; nobody else ever commits (docs/reliability.md, SQLite)."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, Protocol, TypeVar

import apsw

from kiosk.journal.failure import STICKY, JournalFailed, named

T = TypeVar("T")
Change = Callable[[apsw.Connection], T]

_GROUP = 64


class Writing(Protocol):
    """What the journal needs of whoever writes."""

    def submit(self, change: Change[T]) -> Future[T]:
        """`change` in a transaction: its result after the commit, in the order of submission, or what went wrong."""
        ...

    def close(self) -> None: ...


class Job(Generic[T]):
    """A change and who waits for it."""

    def __init__(self, change: Change[T]) -> None:
        self.future: Future[T] = Future()
        self._change = change
        self._result: list[T] = []
        self._error: Exception | None = None

    def run(self, connection: apsw.Connection) -> None:
        """In a savepoint of its own: a change that is wrong does not take the group along. Raises apsw.Error."""
        connection.execute("SAVEPOINT job")
        try:
            self._result.append(self._change(connection))
        except apsw.ConstraintError as error:
            self._error = error
        except apsw.Error:
            raise
        except Exception as error:
            self._error = error
        if self._error is not None:
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")

    def resolve(self, failure: JournalFailed | None) -> None:
        """Tell who waits, after the commit."""
        error = failure or self._error
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(self._result[0])


class Commits:
    """Groups of jobs, a transaction each, on one connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._failed: JournalFailed | None = None

    def commit(self, group: Sequence[Job[Any]]) -> None:
        """All of `group` or nothing of it; then each job's future. After an I/O error nothing is written any more."""
        failure = self._failed
        if failure is None:
            try:
                self._transact(group)
            except apsw.Error as error:
                failure = named(error)
                self._failed = failure if failure.code in STICKY else None
                self._undo()
        for job in group:
            job.resolve(failure)

    def close(self) -> None:
        with contextlib.suppress(apsw.Error):
            self._connection.close()

    def _transact(self, group: Sequence[Job[Any]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for job in group:
            job.run(self._connection)
        self._connection.execute("COMMIT")

    def _undo(self) -> None:
        with contextlib.suppress(apsw.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


class Writer:
    """A thread, a queue, and one fsynced transaction for all that has gathered meanwhile."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._commits = Commits(connection)
        self._queue: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, change: Change[T]) -> Future[T]:
        """Never waits; see Writing."""
        job = Job(change)
        with self._lock:
            if not self._closed:
                self._queue.put(job)
                return job.future
        job.resolve(JournalFailed("closed"))
        return job.future

    def close(self) -> None:
        """Commit what has gathered, then end."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            group: list[Job[Any]] = []
            job = self._queue.get()
            while job is not None:
                group.append(job)
                if len(group) == _GROUP or self._queue.empty():
                    break
                job = self._queue.get()
            last = job is None
            if group:
                self._commits.commit(group)
        self._commits.close()
