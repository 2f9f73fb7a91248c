"""The two windows that are compared: a lobby terminal in a furnished hotel, and the least that Kivy can open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._program import Program, ready
from demo.hotel import Hotel, furnished

ROOT = Path(__file__).parents[1]


def hotel() -> AbstractContextManager[Hotel]:
    """Broker, central and stand-ins, without drawing slips."""
    found: AbstractContextManager[Hotel] = furnished(lambda: datetime.now(UTC), draw_slips=False)
    return found


@contextmanager
def terminal(of: Hotel) -> Iterator[Program]:
    """The lobby terminal of a hotel, ready for its first guest."""
    words = [str(ROOT / "run_kiosk.py"), str(of.terminal_file), "--headless"]
    with TemporaryDirectory() as directory, ready(Path(directory), words) as program:
        yield program


@contextmanager
def bare() -> Iterator[Program]:
    """A window with one label, drawn."""
    with TemporaryDirectory() as directory, ready(Path(directory), ["-m", "benchmarks._bare"]) as program:
        yield program
