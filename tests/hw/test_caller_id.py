"""Who calls: modems' lines and exchanges' frames, withheld numbers, rings that begin and end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from hw.caller_id import wire
from hw.caller_id.contract import Caller, CallerId, CallerKnown, RingEnded, RingStarted, Withheld
from hw.caller_id.sim import SimCallerId
from hw.clock import MonotonicClock
from hw.device import DeviceError, Fault
from hw.registry import build
from hw.standins.caller_id import CallerIdStandIn

NUMBER = "00013800138000"
CALLER = Caller(NUMBER, None, "", (11, 22, 15, 7))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hw.caller_id.driver.LISTEN_S", 0.05)
    monkeypatch.setattr("hw.caller_id.driver.AFTER_NUMBER_S", 0.1)


@dataclass
class Bench:
    device: CallerId
    events: list[object]
    call: Callable[[str], None]
    standin: CallerIdStandIn | None

    def told(self, want: int) -> list[object]:
        for _ in range(100):
            if len(self.events) >= want:
                break
            self.device.poll()
        return self.events


def bench(kind: str, clock: MonotonicClock) -> Iterator[Bench]:
    events: list[object] = []
    if kind == "sim":
        sim = SimCallerId(events.append)

        def call(_number: str) -> None:
            sim.call(CALLER)
            sim.hang_up()

        yield Bench(sim, events, call, None)
        return
    standin = CallerIdStandIn()
    standin.set("form", kind)
    modem = kind.startswith("modem")
    options = {"port": standin.start(), "ended_s": "0.3"} | ({"answer_s": "0.3"} if modem else {})
    device = build("caller_id", "modem" if modem else "fsk", options, clock=clock, on_event=events.append)
    yield Bench(device, events, lambda number: standin.set("call", number), standin)
    device.close()
    standin.stop()


@pytest.fixture(params=["modem", "modem_tight", "sdmf", "mdmf", "sim"])
def any_bench(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[Bench]:
    for one in bench(request.param, clock):
        one.device.open()
        one.device.arm(True)
        yield one


def test_a_call_from_its_first_ring_to_its_last(any_bench: Bench) -> None:
    any_bench.call(NUMBER)
    assert any_bench.told(3) == [RingStarted(), CallerKnown(CALLER), RingEnded()]
    assert NUMBER not in repr(any_bench.events)


@pytest.mark.parametrize("form", ["modem", "mdmf"])
@pytest.mark.parametrize(("mark", "why"), [("P", Withheld.PRIVATE), ("O", Withheld.UNAVAILABLE)])
def test_a_number_kept_back(clock: MonotonicClock, form: str, mark: str, why: Withheld) -> None:
    for one in bench(form, clock):
        one.device.open()
        one.device.arm(True)
        one.call(mark)
        assert one.told(2)[1] == CallerKnown(Caller("", why, "", (11, 22, 15, 7)))


def test_a_name_comes_with_the_number(clock: MonotonicClock) -> None:
    for one in bench("modem", clock):
        assert one.standin is not None
        one.device.open()
        one.device.arm(True)
        one.standin.call(NUMBER, "EXAMPLE LI")
        assert one.told(2)[1] == CallerKnown(Caller(NUMBER, None, "EXAMPLE LI", (11, 22, 15, 7)))


def test_a_spoilt_frame_still_rings(clock: MonotonicClock) -> None:
    for one in bench("bad_check", clock):
        one.device.open()
        one.device.arm(True)
        one.call(NUMBER)
        assert one.told(2) == [RingStarted(), RingEnded()]


@pytest.mark.parametrize(
    ("reply", "code"), [("no_cid", Fault.REFUSED), ("mute", Fault.MUTE), ("nonsense", Fault.WRONG_DEVICE)]
)
def test_a_modem_that_cannot(clock: MonotonicClock, reply: str, code: Fault) -> None:
    for one in bench("modem", clock):
        assert one.standin is not None
        one.standin.set("reply", reply)
        with pytest.raises(DeviceError) as trouble:
            one.device.open()
        assert trouble.value.code is code


def test_the_other_command_is_tried(clock: MonotonicClock) -> None:
    for one in bench("modem", clock):
        assert one.standin is not None
        one.standin.set("reply", "hash_cid")
        assert one.device.open()
        assert one.standin.commands == [b"ATZ", b"AT+VCID=1", b"AT#CID=1", b"ATS0=0"], "and it never answers a call"


@pytest.mark.parametrize("form", ["modem", "sdmf"])
def test_unplugged_and_back(clock: MonotonicClock, form: str) -> None:
    for one in bench(form, clock):
        assert one.standin is not None
        one.device.open()
        one.standin.set("plugged", "no")
        with pytest.raises(DeviceError) as trouble:
            one.device.poll()
        assert trouble.value.code is Fault.UNPLUGGED
        with pytest.raises(DeviceError) as trouble:
            one.device.open()
        assert trouble.value.code is Fault.ABSENT
        one.standin.set("plugged", "yes")
        assert one.device.open()


def test_the_published_frame() -> None:
    published = bytes.fromhex("0412 3039333031323234 36303935353531323132 51")
    assert wire.FrameParser().feed(published) == [Caller("6095551212", None, "", (9, 30, 12, 24))]


def test_frames_split_anywhere_after_the_carrier() -> None:
    whole = b"UUUU\x04\x80" + wire.frame(wire.MULTIPLE, b"\x01\x0811221507\x02\x0513800")
    for at in range(len(whole)):
        parser = wire.FrameParser()
        found = parser.feed(whole[:at]) + parser.feed(whole[at:] + bytes(260))
        assert Caller("13800", None, "", (11, 22, 15, 7)) in found


@pytest.mark.parametrize("number", ["", "12a", "١٢", "1" * 25, "A"])
def test_what_is_no_number_is_no_caller(number: str) -> None:
    assert wire.caller(number) is None


@pytest.mark.parametrize("inputs", [20_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parsers_survive_anything(inputs: int) -> None:
    chance = random.Random(2026)
    parser = wire.FrameParser()
    seeds = [wire.frame(wire.MULTIPLE, b"\x01\x0811221507\x02\x0513800\x07\x02LI"), b"NMBR = 13800138000"]
    for turn in range(inputs):
        data = bytearray(seeds[turn % 2])
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        parser.feed(bytes(data))
        wire.tag(bytes(data))
        assert len(parser._held) <= wire.LONGEST + 3 + len(data)
