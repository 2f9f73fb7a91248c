"""Serial scan engines and keyboard wedges: the scanner's contract over the wire of each, and what goes wrong on it."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from hw.clock import MonotonicClock
from hw.device import DeviceError, Fault
from hw.registry import build
from hw.scanner.contract import Code, CodeReader
from hw.scanner.wire import GM65_DONE, TRIGGERS, EngineLines, gm65_write
from hw.standins.line_device import ScannerStandIn
from hw.standins.server import PipePort, PtyPort, TcpPort

WIRES = ["none", "gm65", "honeywell", "zkb200", "tcp", "hid"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hw.scanner.line_scanner.LISTEN_S", 0.05)


class Bench:
    def __init__(self, wire: str, clock: MonotonicClock) -> None:
        self.wire = wire
        trigger = wire if wire in TRIGGERS else "none"
        self.events: list[object] = []
        self.standin = ScannerStandIn({"tcp": TcpPort, "hid": PipePort}.get(wire, PtyPort)(), trigger)
        options = {"port": self.standin.start()}
        if wire != "hid":
            options |= {"trigger": trigger, "answer_s": "0.3"}
        driver = "hid" if wire == "hid" else "serial"
        self.reader: CodeReader = build("scanner", driver, options, clock=clock, on_event=self.events.append)

    def texts(self) -> list[str]:
        """What was pushed since the last look; waits for a line."""
        before = len(self.events)
        for _ in range(30):
            self.reader.poll()
            if len(self.events) > before:
                break
        return [event.text for event in self.events[before:] if isinstance(event, Code)]


@pytest.fixture(params=WIRES)
def bench(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[Bench]:
    one = Bench(request.param, clock)
    yield one
    one.reader.close()
    one.standin.stop()


def lit(bench: Bench) -> None:
    """The trigger command, and the connection itself, take a moment on their way: wait until the engine has both."""
    for _ in range(100):
        with bench.standin._lock:
            if bench.standin.lit and (bench.wire != "tcp" or len(bench.standin._port.descriptors()) == 2):
                return
        bench.reader.poll()
    raise AssertionError("the trigger never came")


class TestContract:
    def test_a_code_is_read_once_while_it_stays(self, bench: Bench) -> None:
        assert bench.reader.open()
        bench.reader.arm(True)
        lit(bench)
        bench.standin.scan("YK1BOOKING")
        assert bench.texts() == ["YK1BOOKING"]
        bench.standin.scan("YK1BOOKING")
        bench.standin.scan("YK1OTHER")
        assert bench.texts() == ["YK1OTHER"]

    def test_what_was_scanned_before_is_nobodys(self, bench: Bench) -> None:
        bench.reader.open()
        bench.standin.lit = True
        bench.standin.scan("YESTERDAY")
        bench.reader.arm(True)
        lit(bench)
        bench.standin.scan("TODAY")
        assert bench.texts() == ["TODAY"]

    @pytest.mark.parametrize("delivery", ["split", "garbage"])
    def test_an_awkward_wire_still_reads(self, bench: Bench, delivery: str) -> None:
        bench.reader.open()
        bench.reader.arm(True)
        lit(bench)
        bench.standin.set("delivery", delivery)
        bench.standin.scan("YK1B")
        read: list[str] = []
        for _ in range(20):
            if read[-1:] and read[-1].endswith("YK1B"):
                break
            read += bench.texts()
        assert read[-1].lstrip("~") == "YK1B"

    def test_unplugged_and_back(self, bench: Bench) -> None:
        bench.reader.open()
        bench.standin.set("plugged", "no")
        with pytest.raises(DeviceError) as trouble:
            bench.reader.poll()
        assert trouble.value.code is Fault.UNPLUGGED
        with pytest.raises(DeviceError) as trouble:
            bench.reader.open()
        assert trouble.value.code is Fault.ABSENT
        bench.standin.set("plugged", "yes")
        assert bench.reader.open()


def test_an_engine_that_does_not_answer_is_mute(clock: MonotonicClock) -> None:
    one = Bench("gm65", clock)
    one.standin.set("delivery", "mute")
    with pytest.raises(DeviceError) as trouble:
        one.reader.open()
    assert trouble.value.code is Fault.MUTE
    one.reader.close()
    one.standin.stop()


def test_chinese_comes_over_a_serial_line(clock: MonotonicClock) -> None:
    one = Bench("none", clock)
    one.reader.open()
    one.reader.arm(True)
    one.standin.scan("房卡".encode("gb18030"))
    assert one.texts() == ["房卡"]
    one.reader.close()
    one.standin.stop()


@pytest.mark.parametrize("driver", ["serial", "hid"])
def test_a_file_that_is_no_device_is_named(clock: MonotonicClock, driver: str) -> None:
    reader = build("scanner", driver, {"port": "/dev/null"}, clock=clock, on_event=lambda _e: None)
    with pytest.raises(DeviceError) as trouble:
        reader.open()
    assert trouble.value.code is Fault.WRONG_DEVICE


# The wire


def test_published_frames() -> None:
    assert gm65_write(0x0002, 1) == bytes.fromhex("7E000801000201ABCD")
    assert gm65_write(0x0002, 0) == bytes.fromhex("7E000801000200ABCD")
    assert EngineLines(0.3, GM65_DONE).feed(bytes.fromhex("02000001003331") + b"YK1B\r", 0.0) == [b"YK1B"]


def test_an_answer_is_taken_out_wherever_it_is_split() -> None:
    stream = GM65_DONE + b"YK1B\r" + GM65_DONE + b"YK1C\r"
    for at in range(len(stream)):
        lines = EngineLines(0.3, GM65_DONE)
        assert lines.feed(stream[:at], 0.0) + lines.feed(stream[at:], 0.0) == [b"YK1B", b"YK1C"]
        assert lines.answers == 2


def test_no_read_is_no_code() -> None:
    assert EngineLines(0.3).feed(b"%%NoRead\rYK1B\r", 0.0) == [b"YK1B"]


@pytest.mark.parametrize("inputs", [20_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parser_survives_anything(inputs: int) -> None:
    chance = random.Random(2026)
    lines, seed = EngineLines(0.3, GM65_DONE), GM65_DONE + b"YK1BOOKING\r" + GM65_DONE
    for turn in range(inputs):
        data = bytearray(seed[: chance.randrange(len(seed))])
        for _ in range(chance.randrange(3) if data else 0):
            data[chance.randrange(len(data))] = chance.randrange(256)
        lines.feed(bytes(data), turn * 0.01)
        assert len(lines._held) < len(GM65_DONE)
