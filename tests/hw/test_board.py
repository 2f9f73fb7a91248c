"""The board: what the kernel's files say, and what is written into them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from hw.board import wire
from hw.board.contract import Board, BoardChanged, Light, Reading
from hw.board.sim import SimBoard
from hw.clock import MonotonicClock
from hw.device import DeviceError, Done, Fault, HealthState, NotDone
from hw.registry import build
from hw.standins.board import BACKLIGHT, BUZZER, LIGHT, OPTIONS, BoardStandIn


@pytest.fixture
def standin() -> Iterator[BoardStandIn]:
    standin = BoardStandIn()
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture
def events() -> list[object]:
    return []


@pytest.fixture
def board(standin: BoardStandIn, clock: MonotonicClock, events: list[object]) -> Any:
    made = build("board", "sysfs", {"port": standin.start(), **OPTIONS}, clock=clock, on_event=events.append)
    made.open()
    return made


@pytest.fixture(params=["sysfs", "sim"])
def either(request: pytest.FixtureRequest, clock: MonotonicClock) -> Any:
    return SimBoard(lambda _e: None) if request.param == "sim" else request.getfixturevalue("board")


def test_everything_is_read(board: Board) -> None:
    assert board.reading() == Done(Reading(80, True, 45.123, False, False))
    assert board.poll().state is HealthState.OK


def test_jobs_and_their_limits(either: Board) -> None:
    either.open()
    assert either.set_brightness("j", 50) == Done(None)
    assert either.light("j", Light.GREEN) == Done(None)
    assert either.beep("j", 80) == Done(None)
    for refused in (either.set_brightness("j", 0), either.set_brightness("j", 101), either.beep("j", 9000)):
        assert isinstance(refused, NotDone) and refused.code is Fault.BAD_REQUEST


def test_what_is_written(standin: BoardStandIn, board: Board) -> None:
    board.set_brightness("j", 50)
    assert standin.text(f"{BACKLIGHT}/brightness")[:3] == "100"
    board.light("j", Light.AMBER)
    assert standin.text(f"{LIGHT}/multi_intensity") == "255 110 0" and standin.text(f"{LIGHT}/brightness") == "255"
    board.beep("j", 80)
    assert standin.text(f"{BUZZER}/trigger") == "oneshot" and standin.text(f"{BUZZER}/shot") == "1"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"lid": "1"}, Fault.TAMPERED),
        ({"under_voltage": "1"}, Fault.UNDER_VOLTAGE),
        ({"temperature": "80000"}, Fault.OVERHEATED),
        ({"battery": "15", "mains": "Discharging"}, Fault.BATTERY_LOW),
    ],
)
def test_what_degrades_it(standin: BoardStandIn, board: Board, settings: dict[str, str], code: Fault) -> None:
    for control, value in settings.items():
        standin.set(control, value)
    look = board.poll()
    assert (look.state, look.code) == (HealthState.DEGRADED, code)


def test_changes_are_pushed_and_warmth_is_not(standin: BoardStandIn, board: Board, events: list[object]) -> None:
    board.arm(True)
    board.poll()
    standin.set("temperature", "46000")
    board.poll()
    assert events == []
    standin.set("lid", "1")
    board.poll()
    board.poll()
    assert events == [BoardChanged(Reading(80, True, 46.0, False, True))]


def test_what_a_terminal_does_not_have(clock: MonotonicClock, standin: BoardStandIn) -> None:
    bare: Any = build("board", "sysfs", {"port": standin.start()}, clock=clock, on_event=lambda _e: None)
    bare.open()
    assert bare.reading() == Done(Reading())
    for refused in (bare.set_brightness("j", 50), bare.light("j", Light.RED), bare.beep("j", 80)):
        assert isinstance(refused, NotDone) and refused.code is Fault.BAD_REQUEST


def test_nonsense_gone_and_back(standin: BoardStandIn, board: Board) -> None:
    standin.set("battery", "lots")
    with pytest.raises(DeviceError) as trouble:
        board.poll()
    assert trouble.value.code is Fault.GARBLED
    standin.set("plugged", "no")
    with pytest.raises(DeviceError) as trouble:
        board.poll()
    assert trouble.value.code is Fault.UNPLUGGED
    with pytest.raises(DeviceError) as trouble:
        board.open()
    assert trouble.value.code is Fault.ABSENT
    standin.set("plugged", "yes")
    assert board.open() and board.poll().state is HealthState.OK


@pytest.mark.parametrize("inputs", [20_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parsers_survive_anything(inputs: int) -> None:
    chance = random.Random(2026)
    for _ in range(inputs):
        text = "".join(chance.choice("0123456789-Full charging\n\0é٣") for _ in range(chance.randrange(14)))
        for parse in (wire.degrees, wire.on, wire.charging):
            try:
                parse(text)
            except DeviceError as trouble:
                assert trouble.code is Fault.GARBLED
