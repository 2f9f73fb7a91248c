from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.hotel import Hotel
from tests.hotels import copy_of, furnish


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The furnished hotel, at rest."""
    return furnish(tmp_path_factory.mktemp("hotel") / "template")


@pytest.fixture
def hotel(furnished: Path, tmp_path: Path) -> Iterator[Hotel]:
    """A hotel of this test's own: real broker, real central, devices made of bytes."""
    with copy_of(furnished, tmp_path / "hotel") as running:
        yield running
