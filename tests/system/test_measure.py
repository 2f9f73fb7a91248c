"""What script/measure prints, and what it does with a program that never gets ready."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import benchmarks.quote
from benchmarks.__main__ import main, names
from benchmarks._program import ready

FIGURES = {"per_second": 1234.5, "ratio": 2.5}


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks.quote, "measure", lambda: FIGURES)
    monkeypatch.setattr(benchmarks.quote, "AT_MOST", {"ratio": 2.0}, raising=False)


def test_the_last_line_is_the_figures_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quote"]) == 0
    table, last = capsys.readouterr().out.rstrip("\n").rsplit("\n", 1)
    assert json.loads(last) == {"name": "quote", "figures": FIGURES}
    assert "1234.5" in table and "at most" in table


def test_for_programs_there_is_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quote", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"name": "quote", "figures": FIGURES}


def test_every_measurement_is_named_and_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == names()
    assert {"hold", "start", "idle", "memory"} <= set(names())
    assert all(len(line.split()) > 4 for line in lines)


def test_a_measurement_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["moon"])
    assert end.value.code == 2
    assert "moon" in capsys.readouterr().err


def test_a_program_is_timed_until_it_says_that_it_is_ready(tmp_path: Path) -> None:
    says = (
        "import os, signal; from kiosk.notify import Notifier;"
        "Notifier(os.environ['NOTIFY_SOCKET']).ready(); signal.pause()"
    )
    with ready(tmp_path, ["-c", says]) as program:
        assert program.ready_s > 0 and program.rss_mb() > 1 and program.whole_mb() > 1
    assert program.process.returncode is not None


def test_a_program_that_ends_instead_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no journal"), ready(tmp_path, ["-c", "raise SystemExit('no journal')"]):
        pass
