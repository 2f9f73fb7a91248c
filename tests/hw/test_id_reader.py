"""The ID reader: the contract over the real driver and the sim, each fault of the wire, and the record of every
kind of card."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from hw.clock import MonotonicClock
from hw.device import DeviceError, Fault
from hw.id_reader import photo, wire
from hw.id_reader.contract import CardDown, CardFailed, CardRead, CardRemoved, Document, DocumentKind, IdReader, Sex
from hw.id_reader.sim import SimIdReader
from hw.registry import build
from hw.standins.id_reader import IdReaderStandIn, citizen, number_for
from hw.standins.server import PtyPort, ReportPort

LI = citizen("李建华", date(1990, 3, 7))
WANG = citizen("王芳", date(1985, 12, 31), serial=2, valid_to=None)
PERMIT = replace(
    citizen("陈大文", date(1979, 2, 28), number=number_for(date(1979, 2, 28), 17, "810000")),
    kind=DocumentKind.RESIDENCE_PERMIT, nation="", pass_number="H12345678",
)  # fmt: skip
OLD_FOREIGNER = Document(
    DocumentKind.FOREIGNER_2017, "玛丽", "MARY ANN EXAMPLE", "CAN110081092501", Sex.FEMALE, date(1981, 9, 25),
    "", "CAN", "", "", date(2018, 1, 1), date(2028, 1, 1),
)  # fmt: skip
NEW_FOREIGNER = Document(
    DocumentKind.FOREIGNER_2023, "", "JOHN JACOB JINGLEHEIMER SCHMIDT OF EXAMPLE",
    number_for(date(1970, 1, 1), 3, "911124"), Sex.MALE, date(1970, 1, 1), "", "USA", "", "",
    date(2024, 1, 1), date(2034, 1, 1),
)  # fmt: skip
EVERY_KIND = [LI, WANG, PERMIT, OLD_FOREIGNER, NEW_FOREIGNER]


@dataclass
class Bench:
    reader: IdReader
    events: list[object]
    lay: Callable[[Document | None], None]
    standin: IdReaderStandIn | None = None

    def look(self, times: int = 1) -> list[object]:
        """What the next looks push."""
        before = len(self.events)
        for _ in range(times):
            self.reader.poll()
        return self.events[before:]


def bench(kind: str, clock: MonotonicClock) -> Iterator[Bench]:
    events: list[object] = []
    if kind == "sim":
        sim = SimIdReader(events.append)
        yield Bench(sim, events, lambda card: setattr(sim, "card", card))
        return
    ports = {"sdt": PtyPort, "hid": ReportPort, "hid, length word": lambda: ReportPort(length_word=True)}
    standin = IdReaderStandIn({"李建华": LI}, ports[kind]())
    options = {"port": standin.start(), "command_s": "0.3", "read_s": "0.3"}
    options |= {"via": "serial" if kind == "sdt" else "hid", "length_word": "yes" if "word" in kind else "no"}
    reader = build("id_reader", "sdt", options, clock=clock, on_event=events.append)
    yield Bench(reader, events, standin.lay, standin)
    reader.close()
    standin.stop()


@pytest.fixture(params=["sdt", "hid", "hid, length word", "sim"])
def any_bench(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[Bench]:
    yield from bench(request.param, clock)


@pytest.fixture(params=["sdt", "hid"])
def wired(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[tuple[Bench, IdReaderStandIn]]:
    for one in bench(request.param, clock):
        assert one.standin is not None
        one.reader.open()
        one.reader.arm(True)
        yield one, one.standin


class TestContract:
    def test_a_card_is_read_once_and_then_lifted(self, any_bench: Bench) -> None:
        any_bench.reader.open()
        any_bench.reader.arm(True)
        assert any_bench.look() == []
        any_bench.lay(LI)
        assert any_bench.look() == [CardDown(), CardRead(LI)]
        assert any_bench.look(3) == []
        any_bench.lay(None)
        assert any_bench.look(2) == [CardRemoved()]
        any_bench.lay(WANG)
        assert any_bench.look() == [CardDown(), CardRead(WANG)]

    def test_a_disarmed_reader_reads_nothing(self, any_bench: Bench) -> None:
        any_bench.reader.open()
        any_bench.lay(LI)
        assert any_bench.look(2) == []

    def test_a_card_left_behind_is_not_read_for_the_next_guest(self, any_bench: Bench) -> None:
        any_bench.reader.open()
        any_bench.reader.arm(True)
        any_bench.lay(LI)
        any_bench.look()
        any_bench.reader.arm(False)
        any_bench.look()
        any_bench.reader.arm(True)
        assert any_bench.look(2) == []

    def test_open_again_after_close(self, any_bench: Bench) -> None:
        identity = any_bench.reader.open()
        any_bench.reader.close()
        any_bench.reader.close()
        assert any_bench.reader.open() == identity


@pytest.mark.parametrize("reply", ["split", "garbage", "fingerprint"])
def test_an_awkward_wire_still_reads(wired: tuple[Bench, IdReaderStandIn], reply: str) -> None:
    one, standin = wired
    if reply == "split" and isinstance(standin._port, ReportPort):
        pytest.skip("a report is whole or is not there")
    standin.set("reply", reply)
    standin.set("card", "李建华")
    assert one.look() == [CardDown(), CardRead(LI)]


@pytest.mark.parametrize(
    ("reply", "code"),
    [("41", Fault.READ_FAILED), ("32", Fault.CARD_REJECTED)],
)
def test_a_read_that_fails_says_why_and_waits_for_the_card_to_be_lifted(
    wired: tuple[Bench, IdReaderStandIn], reply: str, code: Fault
) -> None:
    one, standin = wired
    standin.set("reply", reply)
    standin.lay(LI)
    _down, failed = one.look()
    assert isinstance(failed, CardFailed) and failed.code is code
    standin.set("reply", "ok")
    assert one.look() == [], "the card must be lifted first"
    standin.lay(None)
    assert one.look(2) == [CardRemoved()]
    standin.lay(LI)
    assert one.look() == [CardDown(), CardRead(LI)]


@pytest.mark.parametrize(
    ("reply", "code"), [("mute", Fault.MUTE), ("bad_check", Fault.GARBLED), ("cut_short", Fault.GARBLED)]
)
def test_a_broken_reader_is_a_fault_of_the_device(
    wired: tuple[Bench, IdReaderStandIn], reply: str, code: Fault
) -> None:
    one, standin = wired
    standin.set("reply", reply)
    with pytest.raises(DeviceError) as trouble:
        one.reader.poll()
    assert trouble.value.code is code


def test_a_failed_self_test_is_found_at_opening(wired: tuple[Bench, IdReaderStandIn]) -> None:
    one, standin = wired
    standin.set("reply", "60")
    with pytest.raises(DeviceError) as trouble:
        one.reader.open()
    assert trouble.value.code is Fault.SELF_TEST


def test_unplugged_and_back(wired: tuple[Bench, IdReaderStandIn]) -> None:
    one, standin = wired
    standin.set("plugged", "no")
    with pytest.raises(DeviceError) as trouble:
        one.reader.poll()
    assert trouble.value.code is Fault.UNPLUGGED
    with pytest.raises(DeviceError) as trouble:
        one.reader.open()
    assert trouble.value.code is Fault.ABSENT
    standin.set("plugged", "yes")
    one.reader.open()
    standin.lay(LI)
    assert one.look() == [CardDown(), CardRead(LI)]


def test_another_program_on_the_port_is_busy(clock: MonotonicClock) -> None:
    for one in bench("sdt", clock):
        assert one.standin is not None
        one.reader.open()
        second = build("id_reader", "sdt", {"port": one.standin.address}, clock=clock, on_event=lambda _e: None)
        with pytest.raises(DeviceError) as trouble:
            second.open()
        assert trouble.value.code is Fault.BUSY


# The photo


def decoder(tmp_path: Path, body: str) -> str:
    path = tmp_path / "decode"
    path.write_text(f"#!{sys.executable}\n{body}\n", "utf-8")
    path.chmod(0o700)
    return str(path)


BMP = "b'BM' + bytes(16) + (102).to_bytes(4, 'little') + (126).to_bytes(4, 'little') + b'\\1\\0\\x18\\0'"


def test_a_plug_in_decodes_the_photo(tmp_path: Path, clock: MonotonicClock) -> None:
    made = f"({BMP}).ljust(38862, b'x')"
    path = decoder(tmp_path, f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({made})")
    events: list[object] = []
    standin = IdReaderStandIn({"李建华": LI})
    options = {"port": standin.start(), "photo": path}
    reader = build("id_reader", "sdt", options, clock=clock, on_event=events.append)
    reader.open()
    reader.arm(True)
    standin.lay(LI)
    reader.poll()
    read = events[1]
    assert isinstance(read, CardRead) and photo.is_bmp(read.document.portrait)
    assert replace(read.document, portrait=b"") == LI
    reader.close()
    standin.stop()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("import sys; sys.exit(3)", Fault.CRASHED),
        ("import os; os.abort()", Fault.CRASHED),
        ("print('BM')", Fault.REFUSED),
        ("import time; time.sleep(60)", Fault.MUTE),
    ],
)
def test_a_plug_in_that_fails_is_a_fault_and_no_picture(tmp_path: Path, body: str, code: Fault) -> None:
    with pytest.raises(DeviceError) as trouble:
        photo.program(decoder(tmp_path, body), within_s=0.3 if code is Fault.MUTE else 10.0)(bytes(1024))
    assert trouble.value.code is code


def test_a_plug_in_that_fails_spoils_no_document(tmp_path: Path, clock: MonotonicClock) -> None:
    events: list[object] = []
    standin = IdReaderStandIn({"李建华": LI})
    options = {"port": standin.start(), "photo": decoder(tmp_path, "raise SystemExit(1)")}
    reader = build("id_reader", "sdt", options, clock=clock, on_event=events.append)
    reader.open()
    reader.arm(True)
    standin.lay(LI)
    reader.poll()
    assert events == [CardDown(), CardRead(LI)]
    reader.close()
    standin.stop()


def test_without_a_plug_in_the_placeholder_is_no_face() -> None:
    picture = Image.open(BytesIO(photo.placeholder()))
    assert picture.size == (102, 126) and len(picture.getcolors() or []) == 2


def test_a_plug_in_that_is_not_there_is_a_wrong_line(clock: MonotonicClock) -> None:
    with pytest.raises(DeviceError) as trouble:
        build("id_reader", "sdt", {"port": "/dev/null", "photo": "/nowhere"}, clock=clock, on_event=lambda _e: None)
    assert trouble.value.code is Fault.BAD_OPTION


# The wire


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        ("11FF", "AAAAAA9669 0003 11FF ED"),
        ("10FF", "AAAAAA9669 0003 10FF EC"),
        ("12FF", "AAAAAA9669 0003 12FF EE"),
        ("2001", "AAAAAA9669 0003 2001 22"),
        ("2002", "AAAAAA9669 0003 2002 21"),
        ("3001", "AAAAAA9669 0003 3001 32"),
        ("3010", "AAAAAA9669 0003 3010 23"),
        ("000090", "AAAAAA9669 0004 000090 94"),
        ("000080", "AAAAAA9669 0004 000080 84"),
        ("000041", "AAAAAA9669 0004 000041 45"),
        ("00009F00000000", "AAAAAA9669 0008 00009F00000000 97"),
        ("0000900000000000000000", "AAAAAA9669 000C 0000900000000000000000 9C"),
    ],
)
def test_published_frames(body: str, whole: str) -> None:
    assert wire.frame(bytes.fromhex(body)) == bytes.fromhex(whole)
    assert wire.FrameParser().feed(bytes.fromhex(whole)) == [bytes.fromhex(body)]


def test_a_record_has_the_published_length() -> None:
    body = bytes([0, 0, 0x90]) + bytes.fromhex("01000400") + wire.text_record(LI) + bytes(1024)
    assert len(wire.frame(body)) == 1295


@pytest.mark.parametrize("card", EVERY_KIND, ids=lambda card: card.kind)
def test_every_kind_of_card_reads_back_as_it_was_written(card: Document) -> None:
    assert wire.document(wire.text_record(card), card.photo) == card


def test_the_check_digit_of_the_standard() -> None:
    assert wire.check_digit("11010519491231002") == "X"
    assert wire.is_number("11010519491231002X")
    assert not wire.is_number("110105194912310021")
    assert not wire.is_number("١1010519491231002X")


@pytest.mark.parametrize(
    ("at", "value"),
    [(36, "19900230"), (36, "1990    "), (30, "7"), (122, "100000199003070012"), (248, "Q"), (0, "\ud800")],
)
def test_a_record_that_breaks_the_standard_is_named_and_not_quoted(at: int, value: str) -> None:
    record = bytearray(wire.text_record(LI))
    data = value.encode("utf-16-le", "surrogatepass")
    record[at : at + len(data)] = data
    with pytest.raises(DeviceError) as trouble:
        wire.document(bytes(record))
    assert trouble.value.code is Fault.BAD_DOCUMENT
    assert value not in trouble.value.detail


def test_a_document_does_not_show_itself_in_logs() -> None:
    assert "李建华" not in repr(CardRead(LI)) and LI.number not in repr(LI)


def test_frames_split_anywhere_after_noise() -> None:
    whole = wire.frame(bytes([0, 0, 0x90]) + bytes(8))
    for at in range(len(whole)):
        parser = wire.FrameParser()
        found = parser.feed(b"\xaa\xaa\x96\x69" + whole[:at]) + parser.feed(whole[at:])
        assert found == [bytes([0, 0, 0x90]) + bytes(8)]


@pytest.mark.parametrize("inputs", [20_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parsers_survive_anything(inputs: int) -> None:
    chance = random.Random(2026)
    head = bytes.fromhex("00009001000400")
    seeds = [wire.frame(head + wire.text_record(card)) for card in EVERY_KIND]
    parser = wire.FrameParser()
    for turn in range(inputs):
        data = bytearray(seeds[turn % len(seeds)][: chance.randrange(40, 280)])
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for body in parser.feed(bytes(data)):
            if not isinstance(body, wire.Spoilt):
                wire.answer(body)
        assert len(parser._held) <= 7 + wire.LONGEST + 280
    texts = [wire.text_record(card) for card in EVERY_KIND]
    for turn in range(inputs):
        data = bytearray(texts[turn % len(texts)])
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            wire.document(bytes(data))
        except DeviceError as trouble:
            assert trouble.code is Fault.BAD_DOCUMENT
