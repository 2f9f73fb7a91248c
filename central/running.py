"""Who serves a data directory: the process that has the lock on its pid file. There is one, or nobody."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "central.pid"
READY = "central is serving"
"""What the process prints when it is connected and serves."""
_TRIES = 300
_PAUSE_S = 0.05


class AlreadyServing(Exception):
    """Another process serves this directory."""


class StillServing(Exception):
    """A process was told to end, and has not."""


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Be the one that serves `folder`. Raises AlreadyServing."""
    with (folder / FILE).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyServing(f"another process serves {folder}") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
        file.truncate(0)


def server_of(folder: Path) -> int | None:
    """The process that serves `folder`, None if nobody does."""
    path = folder / FILE
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = file.read().strip()
            return int(text) if text else None
    return None


def end(folder: Path, how: signal.Signals, sleep: Callable[[float], None]) -> bool:
    """End whoever serves `folder` and wait for it; False if nobody did. Raises StillServing after 15 s."""
    pid = server_of(folder)
    if pid is None:
        return False
    os.kill(pid, how)
    for _ in range(_TRIES):
        if server_of(folder) != pid:
            return True
        sleep(_PAUSE_S)
    raise StillServing(f"process {pid} still serves {folder}")
