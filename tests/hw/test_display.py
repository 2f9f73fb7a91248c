"""The customer display: what stands on it is what was asked."""

from __future__ import annotations

import queue
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from hw.clock import MonotonicClock
from hw.device import DeviceError, Done, Fault, NotDone, Unknown
from hw.display import wire
from hw.display.contract import Display
from hw.display.sim import SimDisplay
from hw.registry import build
from hw.standins.display import DisplayStandIn


@dataclass
class Bench:
    display: Display
    stands: Callable[[tuple[str, str]], bool]
    standin: DisplayStandIn | None = None


def bench(kind: str, clock: MonotonicClock) -> Iterator[Bench]:
    if kind == "sim":
        sim = SimDisplay()
        yield Bench(sim, lambda wanted: tuple(sim.shown) == wanted)
        return
    shown: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    standin = DisplayStandIn(on_show=lambda upper, lower: shown.put((upper, lower)))
    options = {"port": standin.start(), "write_s": "0.3"}
    display = build("display", "cd5220", options, clock=clock, on_event=lambda _e: None)

    def stands(wanted: tuple[str, str]) -> bool:
        while standin.shown != wanted:
            shown.get(timeout=5.0)
        return True

    yield Bench(display, stands, standin)
    display.close()
    standin.stop()


@pytest.fixture(params=["cd5220", "sim"])
def one(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[Bench]:
    yield from bench(request.param, clock)


def test_two_lines_and_nothing(one: Bench) -> None:
    one.display.open()
    assert one.display.show("j1", "TOTAL", "CNY 128.00") == Done(None)
    assert one.stands(("TOTAL", "CNY 128.00"))
    assert one.display.show("j2", "", "x" * 20) == Done(None)
    assert one.stands(("", "x" * 20))
    assert one.display.clear("j3") == Done(None)
    assert one.stands(("", ""))


def test_the_last_guests_amount_is_gone_after_opening(one: Bench) -> None:
    one.display.open()
    one.display.show("j1", "TOTAL", "1")
    one.display.close()
    one.display.close()
    assert one.display.open()
    assert one.stands(("", ""))


@pytest.mark.parametrize(("upper", "lower"), [("x" * 21, ""), ("合计", ""), ("", "a\r"), ("\x1b@", "")])
def test_what_it_cannot_show_is_refused(one: Bench, upper: str, lower: str) -> None:
    one.display.open()
    ended = one.display.show("j1", upper, lower)
    assert isinstance(ended, NotDone) and ended.code is Fault.BAD_REQUEST
    assert one.stands(("", ""))


def test_unplugged_and_back(clock: MonotonicClock) -> None:
    for one in bench("cd5220", clock):
        assert one.standin is not None
        one.display.open()
        one.standin.set("plugged", "no")
        assert isinstance(one.display.show("j1", "A", "B"), Unknown)
        with pytest.raises(DeviceError) as trouble:
            one.display.poll()
        assert trouble.value.code is Fault.UNPLUGGED
        with pytest.raises(DeviceError) as trouble:
            one.display.open()
        assert trouble.value.code is Fault.ABSENT
        one.standin.set("plugged", "yes")
        one.display.open()
        assert one.display.show("j2", "A", "B") == Done(None)


def test_the_published_bytes() -> None:
    assert wire.lines("AB", "") == b"\x1b\x51\x41AB" + b" " * 18 + b"\r\x1b\x51\x42" + b" " * 20 + b"\r"


def test_bytes_split_anywhere_show_the_same() -> None:
    data = b"\x00\x1b\x13\x1b@" + wire.lines("UPPER", "LOWER")
    for at in range(len(data)):
        screen = wire.Screen()
        screen.feed(data[:at])
        screen.feed(data[at:])
        assert screen.shown == ["UPPER", "LOWER"]


@pytest.mark.parametrize("inputs", [10_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parser_survives_anything(inputs: int) -> None:
    chance = random.Random(2026)
    screen, seed = wire.Screen(), wire.lines("TOTAL", "CNY 128.00")
    for _ in range(inputs):
        data = bytearray(seed[chance.randrange(len(seed)) :])
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        screen.feed(bytes(data))
        assert len(screen._held) < wire.LONGEST and all(len(line) <= 20 for line in screen.shown)
