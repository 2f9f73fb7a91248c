"""The card dispenser: where the card is, beside what was said about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from hw.card_dispenser import wire
from hw.card_dispenser.contract import CardDispenser, CardTaken, DispenserStatus, Place, Stock
from hw.card_dispenser.sim import SimDispenser
from hw.clock import MonotonicClock
from hw.device import DeviceError, Done, Fault, HealthState, NotDone, Unknown
from hw.registry import build
from hw.standins.card_dispenser import DispenserStandIn
from hw.standins.server import PtyPort, TcpPort


@dataclass
class Bench:
    device: CardDispenser
    events: list[object]
    take: Callable[[], None]
    standin: DispenserStandIn | None = None


def bench(kind: str, clock: MonotonicClock) -> Iterator[Bench]:
    events: list[object] = []
    if kind == "sim":
        sim = SimDispenser(events.append)
        yield Bench(sim, events, sim.take)
        return
    standin = DispenserStandIn(PtyPort() if kind == "serial" else TcpPort())
    options = {"port": standin.start(), "answer_s": "0.2", "move_s": "0.2"}
    device = build("card_dispenser", "adapter", options, clock=clock, on_event=events.append)
    yield Bench(device, events, lambda: standin.set("guest", "taken"), standin)
    device.close()
    standin.stop()


@pytest.fixture(params=["tcp", "serial", "sim"])
def any_bench(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[Bench]:
    for one in bench(request.param, clock):
        one.device.open()
        yield one


@pytest.fixture
def wired(clock: MonotonicClock) -> Iterator[tuple[CardDispenser, DispenserStandIn]]:
    for one in bench("tcp", clock):
        assert one.standin is not None
        one.device.open()
        yield one.device, one.standin


class TestContract:
    def test_a_card_goes_its_way_and_is_taken(self, any_bench: Bench) -> None:
        device = any_bench.device
        device.arm(True)
        device.poll()
        assert device.feed("j1") == Done(Place.ENCODER)
        assert device.eject("j2") == Done(Place.GATE)
        any_bench.take()
        device.poll()
        assert any_bench.events == [CardTaken()]
        status = device.status()
        assert isinstance(status, Done) and (status.value.place, status.value.taken) == (Place.NONE, 1)

    def test_a_card_left_behind_is_captured(self, any_bench: Bench) -> None:
        device = any_bench.device
        device.feed("j1")
        device.eject("j2")
        assert device.capture("j3") == Done(Place.NONE)
        status = device.status()
        assert isinstance(status, Done) and (status.value.captured, status.value.taken) == (1, 0)

    @pytest.mark.parametrize(
        ("moves", "code"),
        [(["eject"], Fault.NO_CARD), (["capture"], Fault.NO_CARD), (["feed", "feed"], Fault.BUSY)],
    )
    def test_what_cannot_be_moved_is_not_done(self, any_bench: Bench, moves: list[str], code: Fault) -> None:
        ends = [getattr(any_bench.device, move)(f"j{place}") for place, move in enumerate(moves)]
        assert isinstance(ends[-1], NotDone) and ends[-1].code is code


@pytest.mark.parametrize(
    ("control", "value", "state", "code"),
    [
        ("stock", "low", HealthState.DEGRADED, Fault.STOCK_LOW),
        ("stock", "empty", HealthState.FAULTY, Fault.STOCK_OUT),
        ("bin", "full", HealthState.DEGRADED, Fault.BIN_FULL),
        ("jam", "yes", HealthState.FAULTY, Fault.CARD_JAM),
    ],
)
def test_its_condition(
    wired: tuple[CardDispenser, DispenserStandIn], control: str, value: str, state: HealthState, code: Fault
) -> None:
    device, standin = wired
    standin.set(control, value)
    look = device.poll()
    assert (look.state, look.code) == (state, code)


@pytest.mark.parametrize(
    ("control", "value", "move", "code"),
    [
        ("stock", "empty", "feed", Fault.STOCK_OUT),
        ("jam", "yes", "feed", Fault.CARD_JAM),
        ("bin", "full", "capture", Fault.BIN_FULL),
    ],
)
def test_a_refused_move_says_why(
    wired: tuple[CardDispenser, DispenserStandIn], control: str, value: str, move: str, code: Fault
) -> None:
    device, standin = wired
    if move == "capture":
        device.feed("j0")
    standin.set(control, value)
    end = getattr(device, move)("j1")
    assert isinstance(end, NotDone) and end.code is code


@pytest.mark.parametrize("plan", ["lost_after", "bad_check"])
def test_a_lost_answer_is_settled_by_the_sensors(wired: tuple[CardDispenser, DispenserStandIn], plan: str) -> None:
    device, standin = wired
    standin.set("next", plan)
    assert device.feed("j1") == Done(Place.ENCODER)
    assert device.eject("j2") == Done(Place.GATE)
    assert device.capture("j3") == Done(Place.NONE)
    assert standin.moves == ["FEED", "EJECT", "CAPTURE"], "nothing moved twice"


def test_a_request_that_never_arrived_is_not_done(wired: tuple[CardDispenser, DispenserStandIn]) -> None:
    device, standin = wired
    standin.set("next", "lost_before")
    assert isinstance(device.feed("j1"), NotDone)
    assert standin.moves == []


def test_a_dispenser_that_falls_silent_after_a_move_is_unknown(
    wired: tuple[CardDispenser, DispenserStandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    device, standin = wired
    act = standin._act

    def then_silent(job: str, verb: str) -> wire.Said:
        standin._settings["next"] = "mute"
        monkeypatch.setattr(standin, "send", lambda _data: None)
        return act(job, verb)

    monkeypatch.setattr(standin, "_act", then_silent)
    assert isinstance(device.feed("j1"), Unknown)
    assert standin.moves == ["FEED"]


def test_a_mute_or_absent_dispenser(wired: tuple[CardDispenser, DispenserStandIn]) -> None:
    device, standin = wired
    standin.set("next", "mute")
    with pytest.raises(DeviceError) as trouble:
        device.open()
    assert trouble.value.code is Fault.MUTE
    standin.set("plugged", "no")
    with pytest.raises(DeviceError) as trouble:
        device.open()
    assert trouble.value.code in (Fault.ABSENT, Fault.UNPLUGGED), "refused, or let in and hung up"


def test_the_line_of_the_document() -> None:
    status = DispenserStatus(Place.ENCODER, Stock.LOW, False, None, 3, 1)
    line = wire.say(wire.Said("17", "OK", "", status))
    assert line.startswith(b"17 OK place=encoder stock=low bin=ok jam=no taken=3 captured=1*")
    assert wire.said(line[:-1]) == wire.Said("17", "OK", "", status)
    assert wire.said(line[:-2] + b"G") is None
    assert wire.asked(wire.ask("17", "FEED")[:-1]) == ("17", "FEED")


@pytest.mark.parametrize("inputs", [20_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parser_survives_anything(inputs: int) -> None:
    chance = random.Random(2026)
    seed = wire.say(wire.Said("17", "NO", "JAM", DispenserStatus(Place.GATE, Stock.LOW, True, None, 3, 1)))[:-1]
    for _ in range(inputs):
        data = bytearray(seed)
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        wire.said(bytes(data))
        wire.said(wire.close(bytes(data).decode("ascii", "replace").encode("ascii", "replace").decode())[:-1])
