"""kill -9 of the terminal at every write of a check-in, then a restart: goods = money, and nobody was told a lie.

The process is a real one; broker, central, encoder and printer live on (docs/reliability.md, I5, I6, I9).
"""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from demo.books import Books
from demo.hotel import PROPERTY, Hotel
from tests.hotels import now

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
PATIENCE_S = 40.0
WRITES = 9
"""What a check-in by card hands to the journal: P1 and P2 of the room and of the deposit, P3, P4, its answer, and the
slip read and counted."""


class Terminal:
    """A terminal's process and what it prints."""

    def __init__(self, hotel: Hotel, *cut: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.served", str(hotel.terminal_file), *cut],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._new: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def until(self, *wanted: str) -> str:
        """The first line that begins with one of `wanted`; `gone` when the process ended before that."""
        while True:
            line = self._new.get(timeout=PATIENCE_S)
            if line is None:
                return "gone"
            self.lines.append(line)
            for start in wanted:
                if line.startswith(start):
                    return start

    def tell(self, what: signal.Signals) -> None:
        self._process.send_signal(what)

    def end(self) -> int:
        if self._process.poll() is None:
            self._process.terminate()
        return self._process.wait(PATIENCE_S)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._new.put(line.strip())
        self._new.put(None)


def eventually(look: Callable[[], T], wanted: T) -> T:
    """What is seen once it is as wanted, or after long enough."""
    pause, end = threading.Event(), time.monotonic() + PATIENCE_S
    seen = look()
    while seen != wanted and time.monotonic() < end:
        pause.wait(0.05)
        seen = look()
    return seen


@contextmanager
def running(hotel: Hotel, *cut: str) -> Iterator[Terminal]:
    terminal = Terminal(hotel, *cut)
    try:
        yield terminal
    finally:
        terminal.end()


@pytest.mark.broker
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("write", range(1, WRITES + 1))
def test_killed_at_a_write_and_started_again(hotel: Hotel, write: int, when: str) -> None:
    books = Books(hotel.books, PROPERTY, now)
    hotel.id_reader.set("card", "li")
    with running(hotel, str(write), when) as killed:
        assert killed.until("Attract", "gone") == "Attract"
        assert killed.until("g.never") == "gone"
    told_done = any(line.startswith("CheckedIn") for line in killed.lines)
    hotel.id_reader.lay(None)
    out = len(hotel.encoder.keys)

    with running(hotel) as again:
        assert again.until("facts outbox=0 doubt=0 link=online", "facts outbox=0 doubt=1 link=online") != "gone"
        if again.lines[-1].startswith("facts outbox=0 doubt=1"):
            again.tell(signal.SIGUSR1 if out else signal.SIGUSR2)
            again.until("facts outbox=0 doubt=0 link=online")
        wanted = ((128_000, 30_000), "in_house") if out else ((128_000, 0), "free")
        came = eventually(lambda: (books.balance("li", "CNY"), books.room_state("1206")), wanted)
        assert came == wanted, f"{out} keys are out"

    assert out <= 1
    assert not told_done or out, "told done without a key"
    assert len(hotel.printer.slips) <= 1
    assert books.audit(quiet=True).violations == ()


@pytest.mark.broker
def test_the_straight_way_makes_no_more_writes_than_are_killed_at(hotel: Hotel) -> None:
    """Else a new persistence point would go untested."""
    hotel.id_reader.set("card", "li")
    with running(hotel, str(WRITES + 1), "before") as terminal:
        assert terminal.until("CheckedIn", "gone") == "CheckedIn"
        hotel.id_reader.lay(None)
        assert terminal.until("Attract", "gone") == "Attract"
