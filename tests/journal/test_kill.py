"""kill -9 at every point: what was said to be committed is there, in its place, and the program starts again."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

from kiosk.journal import open_journal
from kiosk.keyfile import load
from tests.journal.writes_and_tells import AT, POINTS

ROOT = Path(__file__).parents[2]
STATES = ("intent", *POINTS)


def killed_after(directory: Path, lines: int) -> list[str]:
    """What a program had said when it was killed: after `lines` lines, whatever it was doing by then."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.journal.writes_and_tells", str(directory)], cwd=ROOT, stdout=subprocess.PIPE)
    assert program.stdout is not None
    said = [program.stdout.readline() for _ in range(lines)]
    program.kill()
    said += program.stdout.readlines()
    program.wait()
    program.stdout.close()
    return [line.decode().strip() for line in said if line.endswith(b"\n")]


def test_nothing_that_was_said_is_lost(tmp_path: Path) -> None:
    said: list[str] = []
    uuids = set()
    for lines in (*range(1, len(STATES) + 2), 37):
        said += killed_after(tmp_path, lines)
        numbers = count(1)
        journal = open_journal(
            tmp_path / "journal.db", load(tmp_path / "key", os.urandom),
            ids=lambda numbers=numbers: f"{next(numbers):08x}-0000-7000-8000-000000000000", at=AT)  # fmt: skip
        uuids.add(journal.uuid)
        rows = dict(journal.write(lambda page: list(page._db.execute("SELECT id, seq FROM operations"))).result())
        deals = dict(journal.write(lambda page: list(page._db.execute("SELECT id, state FROM deals"))).result())
        journal.close()
        assert not journal.set_aside
        assert sorted(rows.values()) == list(range(1, len(rows) + 1))
        for line in said:
            seq, id_, state = line.split()
            assert rows[id_] == int(seq)
            assert STATES.index(deals[id_]) >= STATES.index(state)
    assert len(uuids) == 1
    assert len(said) >= 37
