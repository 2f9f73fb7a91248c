"""The field tools and the stand-ins on their own, as an integrator uses them."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hw.__main__ import USUAL_DRIVERS, app
from hw.advice import ADVICE
from hw.clock import MonotonicClock
from hw.device import Fault
from hw.options import Options
from hw.registry import DRIVERS, find
from hw.standins.__main__ import STANDINS
from hw.standins.control import StandIn
from hw.standins.id_reader import IdReaderStandIn, citizen
from hw.standins.key_encoder import KeyEncoderStandIn
from hw.standins.printer import PrinterStandIn

ROOT = Path(__file__).parents[2]


@pytest.fixture
def printer() -> Iterator[PrinterStandIn]:
    standin = PrinterStandIn()
    standin.start()
    yield standin
    standin.stop()


def probe(*arguments: str) -> tuple[int, str]:
    ended = CliRunner().invoke(app, ["probe", *arguments])
    return ended.exit_code, ended.output


def test_every_fault_has_advice() -> None:
    assert set(ADVICE) == set(Fault)


def test_every_kind_has_a_usual_driver_and_list_names_all() -> None:
    listed = CliRunner().invoke(app, ["list"]).output
    for kind, drivers in DRIVERS.items():
        assert USUAL_DRIVERS[kind] in drivers
        for driver in drivers:
            assert any(line.split()[:2] == [kind, driver] for line in listed.splitlines())


@pytest.mark.parametrize(("kind", "driver"), [(kind, driver) for kind in DRIVERS for driver in DRIVERS[kind]])
def test_every_option_that_a_driver_takes_is_listed(kind: str, driver: str) -> None:
    taken: list[str] = []

    class Noted(Options):
        def text(self, name: str, default: str | None = None) -> str:
            taken.append(name)
            return super().text(name, default)

        def whole(self, name: str, default: int, low: int, high: int) -> int:
            taken.append(name)
            return super().whole(name, default, low, high)

        def seconds(self, name: str, default: float, low: float, high: float) -> float:
            taken.append(name)
            return super().seconds(name, default, low, high)

        def choice(self, name: str, default: str, allowed: Sequence[str]) -> str:
            taken.append(name)
            return super().choice(name, default, allowed)

    factory = find(kind, driver)
    factory(Noted({"port": "/dev/null"} if driver != "sim" else {}), MonotonicClock(), lambda _event: None)
    words = set(re.findall(r"\w+", factory.__doc__ or ""))
    assert set(taken) <= words


def test_a_printer_that_works(printer: PrinterStandIn) -> None:
    status, said = probe("printer", "--port", printer.address)
    assert status == 0 and "ESC/POS printer, 48 columns" in said and "condition: ok" in said


@pytest.mark.parametrize(
    ("control", "value", "words"),
    [
        ("paper", "out", "Put in a new roll"),
        ("cover", "open", "Close the cover"),
        ("cutter", "jammed", "clear the blade"),
        ("speaks", "no", "does not answer"),
    ],
)
def test_a_printer_that_does_not(printer: PrinterStandIn, control: str, value: str, words: str) -> None:
    printer.set(control, value)
    status, said = probe("printer", "--port", printer.address, "-o", "answer_s=0.1")
    assert status == 1 and words in said


def test_paper_low_is_a_warning(printer: PrinterStandIn) -> None:
    printer.set("paper", "low")
    status, said = probe("printer", "--port", printer.address)
    assert status == 0 and "condition: degraded" in said and "nearly used up" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["printer", "--port", "127.0.0.1:1"], "Nothing is there"),
        (["printer", "--port", "/dev/nothing-here"], "Nothing is there"),
        (["printer"], "'port' is missing"),
        (["printer", "--port", "h", "-o", "colour=red"], "no such option: colour"),
        (["printer", "--port", "h", "-o", "colour"], "not name=value"),
        (["printer", "--driver", "laser"], "has no driver 'laser'"),
        (["toaster"], "no kind 'toaster'"),
        (["scanner", "--port", "tcp:127.0.0.1:1"], "Nothing is there"),
        (["id_reader", "--port", "/dev/null"], "Something else answers"),
    ],
)
def test_what_is_wrong_is_said_in_words(arguments: list[str], words: str) -> None:
    status, said = probe(*arguments)
    assert status == 1 and words in said


def test_another_device_on_the_port_is_named(printer: PrinterStandIn) -> None:
    status, said = probe("key_encoder", "--port", printer.address, "-o", "ack_s=0.2")
    assert status == 1 and "does not answer" in said


def test_a_card_is_shown_without_anybodys_data() -> None:
    card = citizen("李建华", date(1990, 3, 7))
    standin = IdReaderStandIn({"李建华": card})
    address = standin.start()
    standin.set("card", "李建华")
    status, said = probe("id_reader", "--port", address, "--watch", "0.2")
    standin.stop()
    assert status == 0 and "SDT reader 05.01-" in said and "card read: resident" in said
    assert card.number not in said and "李建华" not in said


@pytest.mark.parametrize("name", STANDINS)
def test_a_stand_in_on_its_own_is_turned_and_ends(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "hw.standins", name], cwd=ROOT, text=True, capture_output=True, check=True,
        input="settings\nplugged no\nplugged yes\nplugged maybe\nspin 3\n",
    )  # fmt: skip
    assert f"{name} at " in ended.stdout and "plugged = yes" in ended.stdout
    assert "takes one of" in ended.stdout and "has no control 'spin'" in ended.stdout
    assert ended.stderr == ""


@pytest.mark.parametrize("make", [PrinterStandIn, KeyEncoderStandIn, lambda: IdReaderStandIn({})])
def test_a_stand_in_stops_cleanly_and_starts_again(make: type[PrinterStandIn]) -> None:
    before = threading.active_count()
    standin: StandIn = make()
    first = standin.start()
    standin.stop()
    standin.stop()
    assert standin.start() == first
    standin.stop()
    assert threading.active_count() == before
