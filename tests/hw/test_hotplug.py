"""A device that comes back is opened at once: udev's word, the folders' listing, and the rules file."""

from __future__ import annotations

import queue
import re
from pathlib import Path

import pytest

from hw.clock import MonotonicClock
from hw.device import DeviceError, Fault, State
from hw.hotplug import HotPlug, listing
from tests.hw.test_worker import FakeDevice, House
from tests.hw.virtual import SAFETY_S, VirtualClock

RULES = Path(__file__).parents[2] / "systemd" / "udev" / "70-hotel-terminal.rules"


class FakeMonitor:
    def __init__(self) -> None:
        self.changes: queue.Queue[str] = queue.Queue()

    def poll(self, timeout: float) -> object | None:
        try:
            return self.changes.get(timeout=min(timeout, 0.01))
        except queue.Empty:
            return None


def test_udevs_word_is_passed_on_once_for_a_device_of_several_nodes() -> None:
    told: queue.Queue[str] = queue.Queue()
    monitor = FakeMonitor()
    for node in ("ttyUSB0", "hidraw0", "event3"):
        monitor.changes.put(node)
    plug = HotPlug(lambda: told.put("change"), MonotonicClock(), monitor=lambda: monitor)
    plug.start()
    assert told.get(timeout=SAFETY_S) == "change"
    plug.stop()
    plug.stop()
    assert told.empty() and plug.by_udev


def test_without_udev_the_folders_are_listed(tmp_path: Path) -> None:
    told: queue.Queue[str] = queue.Queue()
    clock = VirtualClock()
    plug = HotPlug(
        lambda: told.put("change"), clock, monitor=lambda: None, folders=[str(tmp_path), "/nowhere"], rescan_s=5.0
    )
    plug.start()
    clock.settle(1)
    clock.advance(5.0)
    clock.settle(1)
    assert told.empty() and not plug.by_udev
    (tmp_path / "usb-reader").touch()
    clock.advance(5.0)
    assert told.get(timeout=SAFETY_S) == "change"
    clock.settle(1)
    plug.stop()


def test_folders_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "one").touch()
    assert listing([str(tmp_path), "/nowhere"]) == {str(tmp_path / "one")}


def test_a_worker_that_waits_opens_at_once() -> None:
    house = House()

    def absent(device: FakeDevice) -> None:
        device.open_fault = DeviceError(Fault.ABSENT)

    house.prepare = absent
    house.worker.start()
    house.clock.settle(2)
    (device,) = house.devices
    assert device.calls.get(timeout=SAFETY_S) == "open" and house.worker.state is State.FAULT
    device.open_fault = None
    house.worker.look_again()
    assert device.calls.get(timeout=SAFETY_S) == "open", "without a tick of the clock"
    assert device.calls.get(timeout=SAFETY_S) == "poll" and house.worker.state is State.READY
    house.worker.look_again()
    house.clock.settle(2)
    assert device.calls.empty(), "one that is open is left alone"
    assert house.worker.close()


# The rules


def lines() -> list[str]:
    return [line for line in RULES.read_text("utf-8").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("line", lines())
def test_each_rule_is_well_formed(line: str) -> None:
    pair = r'[A-Z_]+(\{[^{}]+\})?(==|!=|\+=|:=|=)"[^"]*"'
    assert re.fullmatch(rf"{pair}(, {pair})*", line), line


def test_the_rules_keep_others_away_and_name_only_groups_of_the_account() -> None:
    text = RULES.read_text("utf-8")
    account = (RULES.parents[1] / "kiosk.sysusers").read_text("utf-8")
    assert set(re.findall(r'GROUP="(\w+)"', text)) <= set(re.findall(r"^m kiosk (\w+)$", account, re.MULTILINE))
    assert "ID_MM_DEVICE_IGNORE" in text and "BRLTTY" in text and "power/control" in text
    assert not re.search(r'MODE="0?[0-7][0-7][1-7]"', text), "nothing is open to everybody"
