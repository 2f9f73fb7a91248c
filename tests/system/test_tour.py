"""The tour, as a stranger runs it: every journey in a real window, with its pictures and its summary."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.campaign
@pytest.mark.window
def test_every_journey_comes_true_in_a_window(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--tour", "--out", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=1_500, check=False,
    )  # fmt: skip
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    failed = [(j["name"], j["language"], j["why"]) for j in summary["journeys"] if not j["ok"]]
    assert not failed
    assert done.returncode == 0
    assert {(j["name"], j["language"]) for j in summary["journeys"]} >= {
        (name, language)
        for name in ("check-in-by-code", "check-in-by-card", "check-out", "redeem-coupon", "setting-from-central")
        for language in ("zh-Hans", "en")
    }
    for journey in summary["journeys"]:
        assert journey["screens"], journey["name"]
        assert all((tmp_path / name).stat().st_size > 2_000 for name in (*journey["screens"], *journey["slips"]))
    assert (tmp_path / "index.html").exists()
