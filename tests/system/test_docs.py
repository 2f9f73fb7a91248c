"""What the documents tell an operator to write is what the programs read, and what they claim is there."""

from __future__ import annotations

import re
from pathlib import Path

from central.settings import FILE, read_settings
from hw.registry import DRIVERS
from kiosk import terminal_file

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_the_example_of_a_terminal_file_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml terminal.toml\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path / "terminal.toml"
    path.write_text(example, "utf-8")
    file = terminal_file.load(path)
    assert (file.place.property, file.place.terminal, file.place.role) == ("yunqi", "k01", "lobby")
    assert {kind: options["driver"] in DRIVERS[kind] for kind, options in file.devices.items()} == dict.fromkeys(
        ("scanner", "id_reader", "key_encoder", "printer"), True)  # fmt: skip


def test_the_example_of_central_toml_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml central.toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / FILE).write_text(example, "utf-8")
    settings = read_settings(tmp_path)
    assert settings.worker == "w1" and settings.broker is not None and not settings.test_mode


def test_the_audit_checks_what_reliability_says_it_checks() -> None:
    table = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    claimed = set(re.findall(r"^\| (I\d+) \|.*`central audit`.*$", table, re.MULTILINE))
    assert claimed == set(re.findall(r'"""(I\d+): ', (ROOT / "central" / "audit.py").read_text("utf-8")))
