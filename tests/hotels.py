"""Hotels for tests: furnished once a session, copied for each test that needs one of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from demo.hotel import Hotel


def now() -> datetime:
    return datetime.now(UTC)


def furnish(place: Path) -> Path:
    """A furnished hotel at rest, to be copied."""
    hotel = Hotel(place, now, draw_slips=False)
    try:
        hotel.start(central=False)
    finally:
        hotel.stop()
    shutil.rmtree(place / "broker", ignore_errors=True)
    (place / "broker.port").unlink()
    return place


@contextmanager
def copy_of(template: Path, place: Path) -> Iterator[Hotel]:
    """A hotel of one's own, running."""
    shutil.copytree(template, place, dirs_exist_ok=True)
    hotel = Hotel(place, now, draw_slips=False)
    try:
        hotel.start()
        yield hotel
    finally:
        hotel.stop()
