"""The units and the broker's configuration as they are installed: checked offline, by systemd's and mosquitto's own."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.broker import HOST, Broker, free_port
from demo.ca import Ca

UNITS = Path(__file__).parents[2] / "systemd"
PROGRAM = "/opt/hotel-terminal/current/.venv/bin/python"
NEEDS_SYSTEMD = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (script/setup dev installs it)"
)
PLACES = re.compile(
    r"^(listener|cafile|certfile|keyfile|plugin|plugin_opt_config_file|persistence_location|log_dest|user) "
)
"""What a production broker and the demo's own may differ in: where things are."""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


def plain(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The service as it is, but for the program: it need not be installed here to be checked."""
    text = (UNITS / "kiosk.service").read_text("utf-8")
    assert f"ExecStart={PROGRAM} " in text
    copy = tmp_path / "kiosk.service"
    copy.write_text(text.replace(f"ExecStart={PROGRAM} ", "ExecStart=/bin/true "), "utf-8")
    return copy


@NEEDS_SYSTEMD
def test_systemd_understands_every_line(unit: Path) -> None:
    found = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit))
    assert (found.returncode, found.stderr) == (0, "")


@NEEDS_SYSTEMD
def test_a_line_that_systemd_does_not_know_would_be_found(unit: Path) -> None:
    unit.write_text(unit.read_text("utf-8").replace("[Install]", "RestartFortnightly=yes\n\n[Install]"), "utf-8")
    assert "RestartFortnightly" in run("systemd-analyze", "verify", "--recursive-errors=no", str(unit)).stderr


@NEEDS_SYSTEMD
def test_the_service_is_exposed_to_2_0_at_most(unit: Path) -> None:
    found = run("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(unit))
    assert found.returncode == 0, found.stdout.splitlines()[-1:]


@NEEDS_SYSTEMD
def test_what_keeps_a_guest_out_of_the_system_is_on(unit: Path) -> None:
    found = run("systemd-analyze", "security", "--offline=true", "--json=short", "--no-pager", str(unit))
    unset = {line["json_field"] for line in json.loads(found.stdout) if not line["set"]}
    assert not unset & {
        "NoNewPrivileges", "ProtectSystem", "ProtectHome", "UserOrDynamicUser", "CapabilityBoundingSet_CAP_SYS_ADMIN",
        "SystemCallFilter_privileged", "NotifyAccess", "UMask",
    }  # fmt: skip


def test_a_frozen_screen_is_noticed_and_the_terminal_comes_back_for_ever() -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(UNITS / "kiosk.service", "utf-8")
    service = read["Service"]
    assert (service["Type"], service["NotifyAccess"], service["WatchdogSec"]) == ("notify", "main", "20")
    assert (service["Restart"], read["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
    assert service["LimitCORE"] == "0"      # a core dump would hold a guest's data


def test_the_service_starts_the_terminal_as_it_wants_to_be_started() -> None:
    """On a machine that is no terminal it gets as far as the file, which is not there."""
    text = (UNITS / "kiosk.service").read_text("utf-8")
    line = re.search(r"^ExecStart=\S+ /opt/hotel-terminal/current/(\S+) (.*)$", text, re.MULTILINE)
    assert line
    found = run(sys.executable, str(UNITS.parent / line[1]), *line[2].split())
    assert (found.returncode, found.stderr) == (2, f"{line[2]}: No such file or directory\n")


@NEEDS_SYSTEMD
def test_the_account_has_the_groups_that_the_service_asks_for(tmp_path: Path) -> None:
    found = run("systemd-sysusers", f"--root={tmp_path}", "--dry-run", str(UNITS / "kiosk.sysusers"))
    assert found.returncode == 0 and "Creating user 'kiosk'" in found.stdout + found.stderr, found.stderr
    made = set(re.findall(r"^m kiosk (\S+)$", (UNITS / "kiosk.sysusers").read_text("utf-8"), re.MULTILINE))
    asked = re.search(r"^SupplementaryGroups=(.*)$", (UNITS / "kiosk.service").read_text("utf-8"), re.MULTILINE)
    assert asked and set(asked[1].split()) == made


@NEEDS_SYSTEMD
def test_secrets_are_kept_from_everybody_but_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    lines = plain((UNITS / "kiosk.tmpfiles").read_text("utf-8"))
    assert {(line.split()[2][-1], line.split()[3]) for line in lines} == {("0", "root")}
    rules = tmp_path / "rules.conf"
    rules.write_text("\n".join(line.replace(" root kiosk ", " - - ") for line in lines), "utf-8")
    found = run("systemd-tmpfiles", "--create", f"--root={tmp_path}", str(rules))
    assert found.returncode == 0, found.stderr
    assert (tmp_path / "etc/hotel-terminal").stat().st_mode & 0o777 == 0o750


def test_the_broker_of_a_property_has_the_roles_of_the_contract(tmp_path: Path) -> None:
    folder = UNITS / "mosquitto"
    text = (folder / "dynamic-security.json").read_text("utf-8")
    assert run(sys.executable, str(folder / "roles"), "central/w1", "yunqi/k01").stdout == text
    refused = run(sys.executable, str(folder / "roles"), "yunqi/#")
    assert (refused.returncode, refused.stdout) == (2, "")


@pytest.mark.broker
def test_the_broker_of_a_property_is_the_one_that_everything_is_tried_with(tmp_path: Path) -> None:
    ca = Ca(tmp_path / "ca", lambda: datetime.now(UTC))
    broker = Broker(tmp_path / "broker", free_port(), ca.server(HOST), ("w1",))
    broker.start()
    broker.stop()
    ours = plain((tmp_path / "broker" / "mosquitto.conf").read_text("utf-8"))
    theirs = plain((UNITS / "mosquitto" / "mosquitto.conf").read_text("utf-8"))
    assert [s for s in theirs if not PLACES.match(s)] == [s for s in ours if not PLACES.match(s)]
    assert sum(s.startswith("listener ") for s in theirs) == 1
