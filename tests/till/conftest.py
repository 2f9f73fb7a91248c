from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.till.house import House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A running terminal on virtual time."""
    house = House(tmp_path)
    await house.boot()
    yield house
    await house.till.stop()
    house.journal.close()
