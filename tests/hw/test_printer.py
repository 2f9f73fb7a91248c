"""The printer: the contract over the real driver and the sim, and what is true on paper after every fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hw.clock import MonotonicClock
from hw.device import DeviceError, Done, Fault, HealthState, NotDone, Unknown
from hw.link import Link
from hw.printer import wire
from hw.printer.contract import Paper, Printed, Printer, PrinterStatus
from hw.printer.document import Cell, Cut, Document, Qr, Row, Text
from hw.printer.driver import EscPosPrinter
from hw.printer.layout import plain
from hw.printer.sim import SimPrinter
from hw.registry import build
from hw.standins.printer import PrinterStandIn
from hw.standins.server import PtyPort

SLIP = Document((Text("入住凭证", "center", double=True), Text("￥300.00", "right"), Qr("YK1R123"), Cut()))
QUICK = {"answer_s": "0.2", "stall_s": "0.3", "finish_s": "0.6"}


@dataclass
class Bench:
    printer: Printer
    tray: list[str]


def driver(standin: PrinterStandIn, clock: MonotonicClock, **options: str) -> EscPosPrinter:
    given = {"port": standin.address, **QUICK, **options}
    made = build("printer", "escpos", given, clock=clock, on_event=lambda _e: None)
    assert isinstance(made, EscPosPrinter)
    return made


@pytest.fixture(params=["tcp", "serial", "sim"])
def bench(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[Bench]:
    if request.param == "sim":
        sim = SimPrinter()
        yield Bench(sim, sim.slips)
        return
    tray: list[str] = []
    port = PtyPort() if request.param == "serial" else None
    standin = PrinterStandIn(port=port, on_slip=lambda slip: tray.append(slip.text))
    standin.start()
    printer = driver(standin, clock)
    yield Bench(printer, tray)
    printer.close()
    standin.stop()
    assert standin.unknown == []


@pytest.fixture
def standin() -> Iterator[PrinterStandIn]:
    standin = PrinterStandIn()
    standin.start()
    yield standin
    standin.stop()
    assert standin.unknown == []


@pytest.fixture
def printer(standin: PrinterStandIn, clock: MonotonicClock) -> Iterator[Printer]:
    made = driver(standin, clock)
    made.open()
    yield made
    made.close()


class TestContract:
    def test_a_slip_comes_out_as_it_was_meant(self, bench: Bench) -> None:
        assert bench.printer.open()
        assert bench.printer.print("job-1", SLIP) == Done(Printed(1, confirmed=True))
        assert bench.tray == [plain(SLIP, bench.printer.columns)]

    def test_copies(self, bench: Bench) -> None:
        bench.printer.open()
        assert bench.printer.print("job-1", SLIP, copies=3) == Done(Printed(3, confirmed=True))
        assert len(bench.tray) == 3

    @pytest.mark.parametrize("copies", [0, -1, 10])
    def test_too_many_copies_are_refused(self, bench: Bench, copies: int) -> None:
        bench.printer.open()
        ended = bench.printer.print("job-1", SLIP, copies)
        assert isinstance(ended, NotDone) and ended.code is Fault.BAD_REQUEST
        assert bench.tray == []

    def test_a_document_that_cannot_be_is_refused(self, bench: Bench) -> None:
        bench.printer.open()
        ended = bench.printer.print("job-1", Document((Row((Cell("a"), Cell("b"))),)))
        assert isinstance(ended, NotDone) and ended.code is Fault.BAD_REQUEST

    def test_status(self, bench: Bench) -> None:
        bench.printer.open()
        status = bench.printer.status()
        assert isinstance(status, Done)
        assert (status.value.trouble, status.value.paper) == (None, Paper.PLENTY)

    def test_open_again_after_close(self, bench: Bench) -> None:
        identity = bench.printer.open()
        bench.printer.close()
        bench.printer.close()
        assert bench.printer.open() == identity


@pytest.mark.parametrize(
    ("control", "value", "code"),
    [
        ("paper", "out", Fault.PAPER_OUT),
        ("cover", "open", Fault.COVER_OPEN),
        ("cutter", "jammed", Fault.CUTTER),
        ("head", "hot", Fault.HEAD_HOT),
        ("head", "broken", Fault.PRINTER_ERROR),
        ("speaks", "no", Fault.MUTE),
    ],
)
def test_trouble_before_the_first_byte_is_not_done(
    standin: PrinterStandIn, printer: Printer, control: str, value: str, code: Fault
) -> None:
    standin.set(control, value)
    ended = printer.print("job-1", SLIP)
    assert isinstance(ended, NotDone) and ended.code is code
    control_back = next(known.values[0] for known in standin.controls if known.name == control)
    standin.set(control, control_back)
    assert standin.slips == []
    assert printer.print("job-2", SLIP) == Done(Printed(1, confirmed=True))
    assert [slip.whole for slip in standin.slips] == [True]


@pytest.mark.parametrize("after", [5, 30, 60, 80])
def test_paper_that_ends_in_the_middle_is_unknown_and_the_rest_never_comes_out(
    standin: PrinterStandIn, printer: Printer, after: int
) -> None:
    standin.set("runs_out_after", str(after))
    ended = printer.print("job-1", SLIP)
    assert isinstance(ended, Unknown) and ended.code is Fault.PAPER_OUT
    standin.set("paper", "plenty")
    assert not any(slip.whole for slip in standin.slips)
    torn = len(standin.slips)
    assert printer.print("job-2", Document((Text("next guest"), Cut()))) == Done(Printed(1, confirmed=True))
    assert [slip.text for slip in standin.slips[torn:]] == ["next guest\n"]


def test_a_slip_that_runs_out_on_its_last_byte_is_whole(standin: PrinterStandIn, printer: Printer) -> None:
    printer.print("job-0", SLIP)
    standin.set("runs_out_after", "1000000")
    assert isinstance(printer.print("job-1", SLIP), Done)
    assert [slip.whole for slip in standin.slips] == [True, True]


def test_a_long_slip_into_a_printer_that_falls_silent(
    standin: PrinterStandIn, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = Document((*(Text(f"line {number}") for number in range(300)), Cut()))
    write = Link.write

    def silenced(link: Link, data: bytes, until: float) -> int:
        if b"line 200" in data:
            standin.set("speaks", "no")
        return write(link, data, until)

    monkeypatch.setattr(Link, "write", silenced)
    ended = printer.print("job-1", long)
    assert isinstance(ended, Unknown) and ended.code is Fault.MUTE
    assert standin.slips == []


def test_unplugged_while_the_first_piece_is_written_is_unknown(
    standin: PrinterStandIn, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Link.write

    def torn(link: Link, data: bytes, until: float) -> int:
        if data.startswith(wire.CHINESE_ON):
            write(link, data[:20], until)
            raise DeviceError(Fault.UNPLUGGED, "torn out")
        return write(link, data, until)

    monkeypatch.setattr(Link, "write", torn)
    ended = printer.print("job-1", SLIP)
    assert isinstance(ended, Unknown) and ended.code is Fault.UNPLUGGED


def test_unplugged_and_back(standin: PrinterStandIn, printer: Printer) -> None:
    standin.set("plugged", "no")
    ended = printer.print("job-1", SLIP)
    assert isinstance(ended, NotDone) and ended.code is Fault.UNPLUGGED
    with pytest.raises(DeviceError) as trouble:
        printer.open()
    assert trouble.value.code is Fault.ABSENT
    standin.set("plugged", "yes")
    printer.open()
    assert isinstance(printer.print("job-2", SLIP), Done)


def test_paper_low_is_told_while_it_still_prints(standin: PrinterStandIn, printer: Printer) -> None:
    standin.set("paper", "low")
    look = printer.poll()
    assert (look.state, look.code) == (HealthState.DEGRADED, Fault.PAPER_LOW)
    assert isinstance(printer.print("job-1", SLIP), Done)
    standin.set("paper", "out")
    look = printer.poll()
    assert (look.state, look.code) == (HealthState.FAULTY, Fault.PAPER_OUT)


def test_a_printer_that_tells_nothing_is_believed_and_marked_so(standin: PrinterStandIn, clock: MonotonicClock) -> None:
    printer = driver(standin, clock, status="none", width="58")
    printer.open()
    assert printer.print("job-1", SLIP) == Done(Printed(1, confirmed=False))
    assert printer.status() == Done(PrinterStatus(None, Paper.UNSEEN))
    assert printer.poll().again_s is None
    printer.close()


def test_a_byte_is_taken_for_at_most_one_kind_of_answer() -> None:
    for byte in range(256):
        assert wire.is_status(byte) + wire.is_buffered_status(byte) + wire.is_flow_control(byte) <= 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ((0x12, 0x12, 0x12, 0x12), None),
        ((0x16, 0x12, 0x12, 0x1E), None),  # drawer pin, paper near its end
        ((0x1A, 0x16, 0x12, 0x12), Fault.COVER_OPEN),
        ((0x1A, 0x32, 0x12, 0x7E), Fault.PAPER_OUT),
        ((0x1A, 0x52, 0x1A, 0x12), Fault.CUTTER),
        ((0x1A, 0x52, 0x16, 0x12), Fault.PRINTER_ERROR),
        ((0x1A, 0x52, 0x32, 0x12), Fault.PRINTER_ERROR),
        ((0x1A, 0x52, 0x52, 0x12), Fault.HEAD_HOT),
        ((0x1A, 0x52, 0x12, 0x12), Fault.PRINTER_ERROR),
        ((0x1A, 0x12, 0x12, 0x12), Fault.OFFLINE),
        ((0x1A, None, None, None), Fault.OFFLINE),
    ],
)
def test_published_status_bits(told: tuple[int | None, ...], code: Fault | None) -> None:
    assert wire.StatusBytes(*told).status().trouble is code


class TestDrawer:
    def test_the_drawer_opens_and_its_switch_tells(self, standin: PrinterStandIn, printer: Printer) -> None:
        assert printer.kick_drawer("j1") == Done(None)
        assert standin.kicks == 1 and standin.slips == []
        status = printer.status()
        assert isinstance(status, Done) and status.value.drawer_pin is True
        standin.set("drawer", "closed")
        status = printer.status()
        assert isinstance(status, Done) and status.value.drawer_pin is False

    def test_both_drivers_kick(self, bench: Bench) -> None:
        bench.printer.open()
        assert bench.printer.kick_drawer("j1") == Done(None)

    def test_a_printer_that_stands_still_sends_no_pulse(self, standin: PrinterStandIn, printer: Printer) -> None:
        standin.set("cover", "open")
        kicked = printer.kick_drawer("j1")
        assert isinstance(kicked, NotDone) and kicked.code is Fault.COVER_OPEN
        standin.set("cover", "closed")
        assert standin.kicks == 0
