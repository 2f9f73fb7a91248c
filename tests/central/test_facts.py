"""Every command that `central facts` names works as it stands, from any directory, by a shell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from central.running import server_of
from demo.broker import running as broker_of
from demo.hotel import Hotel

pytestmark = pytest.mark.broker


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    made = Hotel(tmp_path / "a hotel", lambda: datetime.now(UTC), draw_slips=False)
    try:
        made.start()
        yield made
    finally:
        made.stop()
    assert server_of(made.books) is None
    assert broker_of(made.directory / "broker") is None


def test_each_command_works_literally(hotel: Hotel, tmp_path: Path) -> None:
    def said(command: str, status: int = 0) -> str:
        done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == status, (command, done.stdout, done.stderr)
        return done.stdout

    facts: dict[str, Any] = json.loads(hotel.ask_central("facts", "--json"))
    assert facts["approve"] is None
    assert said(facts["members"][0]["token"]).startswith("YK1M")
    assert said(facts["bookings"][0]["code"]).startswith("YK1B")
    assert json.loads(said(facts["central"]["audit"]))["violations"] == []
    for part in (facts["broker"], *facts["terminals"].values()):
        assert all(Path(part[name]).is_file() for name in ("ca", "cert", "key") if name in part)
    _the_broker(hotel, said, facts["restart_broker"])
    _central(hotel, said, facts["central"])


def _the_broker(hotel: Hotel, said: Any, restart: str) -> None:
    first = broker_of(hotel.directory / "broker")
    said(restart)
    second = broker_of(hotel.directory / "broker")
    assert first is not None and second is not None and first != second
    said(restart)
    assert broker_of(hotel.directory / "broker") not in (None, first, second)


def _central(hotel: Hotel, said: Any, commands: dict[str, str]) -> None:
    first = server_of(hotel.books)
    said(commands["start"], status=2)
    assert server_of(hotel.books) == first is not None
    said(commands["stop"])
    assert server_of(hotel.books) is None
    assert said(commands["stop"]) == "nobody serves\n"
    assert said(commands["start"]) == "central is serving\n"
    assert server_of(hotel.books) not in (None, first)
    said(commands["kill"])
    assert server_of(hotel.books) is None
    said(commands["start"])
    assert server_of(hotel.books) is not None
