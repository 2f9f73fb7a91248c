"""The key encoder: the contract over the real driver and the sim, and every way an answer can be lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from hw.clock import MonotonicClock
from hw.device import DeviceError, Done, Fault, NotDone, Unknown
from hw.key_encoder import wire
from hw.key_encoder.contract import Key, KeyEncoder
from hw.key_encoder.driver import SaltoEncoder
from hw.key_encoder.sim import SimKeyEncoder
from hw.registry import build
from hw.standins.key_encoder import KeyEncoderStandIn
from hw.standins.server import PtyPort

START, END = datetime(2026, 11, 22, 15, 6), datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - wall clock
QUICK = {"ack_s": "0.2", "answer_s": "0.2", "read_s": "0.2"}


@pytest.fixture
def standin() -> Iterator[KeyEncoderStandIn]:
    standin = KeyEncoderStandIn()
    standin.start()
    yield standin
    standin.stop()


def driver(standin: KeyEncoderStandIn, clock: MonotonicClock, **options: str) -> SaltoEncoder:
    port = standin.address
    made = build("key_encoder", "salto", {"port": port, **QUICK, **options}, clock=clock, on_event=lambda _e: None)
    assert isinstance(made, SaltoEncoder)
    return made


@pytest.fixture(params=["salto over tcp", "salto over serial", "sim"])
def encoder(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[tuple[KeyEncoder, list[Key]]]:
    if request.param == "sim":
        sim = SimKeyEncoder()
        yield sim, sim.keys
        return
    standin = KeyEncoderStandIn(PtyPort() if "serial" in request.param else None)
    standin.start()
    made = driver(standin, clock)
    yield made, standin.keys
    made.close()
    standin.stop()


class TestContract:
    def test_a_key_is_cut_and_read_back(self, encoder: tuple[KeyEncoder, list[Key]]) -> None:
        device, keys = encoder
        assert device.open()
        cut = device.cut("job-1", "1206", START, END)
        assert cut == Done(Key("1206", START, END, False, wire.mark_of("job-1")))
        assert keys == [cut.value]
        assert device.read_back("job-1") == cut

    def test_a_copy_says_that_it_is_one(self, encoder: tuple[KeyEncoder, list[Key]]) -> None:
        device, keys = encoder
        device.open()
        device.cut("job-1", "1206", START, END)
        device.cut("job-2", "1206", START, END, copy=True)
        assert [key.copy for key in keys] == [False, True]

    def test_read_back_knows_anothers_key(self, encoder: tuple[KeyEncoder, list[Key]]) -> None:
        device, _ = encoder
        device.open()
        device.cut("job-1", "1206", START, END)
        read = device.read_back("job-2")
        assert isinstance(read, NotDone) and read.code is Fault.OTHER_KEY

    def test_read_back_without_a_card(self, encoder: tuple[KeyEncoder, list[Key]]) -> None:
        device, _ = encoder
        device.open()
        read = device.read_back("job-1")
        assert isinstance(read, NotDone) and read.code is Fault.NO_CARD

    @pytest.mark.parametrize(
        ("room", "start", "end"),
        [("", START, END), ("1" * 25, START, END), ("12\x03", START, END), ("云", START, END), ("1", END, START)],
    )
    def test_what_the_wire_cannot_carry_is_refused_before_it_is_sent(
        self, encoder: tuple[KeyEncoder, list[Key]], room: str, start: datetime, end: datetime
    ) -> None:
        device, keys = encoder
        device.open()
        cut = device.cut("job-1", room, start, end)
        assert isinstance(cut, NotDone) and cut.code is Fault.BAD_REQUEST
        assert keys == []

    def test_open_after_close_and_close_twice(self, encoder: tuple[KeyEncoder, list[Key]]) -> None:
        device, _ = encoder
        device.open()
        device.close()
        device.close()
        assert device.open()
        assert isinstance(device.cut("job-1", "1206", START, END), Done)


class TestTruth:
    """What the driver says, beside what is true in the world."""

    @pytest.mark.parametrize("code", sorted(set(wire.ERRORS) - wire.DOUBTFUL))
    def test_a_refusal_is_not_done(self, standin: KeyEncoderStandIn, clock: MonotonicClock, code: str) -> None:
        device = driver(standin, clock)
        device.open()
        standin.set("next", code)
        cut = device.cut("job-1", "1206", START, END)
        assert isinstance(cut, NotDone) and cut.code is wire.ERRORS[code]
        assert standin.keys == []
        device.close()

    @pytest.mark.parametrize("plan", ["late", "lost_after", "garbled_after"])
    def test_a_lost_answer_is_settled_by_the_card(
        self, standin: KeyEncoderStandIn, clock: MonotonicClock, plan: str
    ) -> None:
        device = driver(standin, clock)
        device.open()
        standin.set("next", plan)
        cut = device.cut("job-1", "1206", START, END)
        assert isinstance(cut, Done)
        assert [key.mark for key in standin.keys] == [cut.value.mark]
        assert [fields[0] for fields in standin.requests] == ["CN", "LT"], "never cut twice"
        device.close()

    @pytest.mark.parametrize(("card", "reads"), [("other", "yes"), ("none", "yes"), ("staff", "yes"), ("last", "no")])
    @pytest.mark.parametrize("plan", ["lost_after", "lost_before"])
    def test_a_lost_answer_that_no_card_settles_is_unknown(
        self, standin: KeyEncoderStandIn, clock: MonotonicClock, card: str, reads: str, plan: str
    ) -> None:
        device = driver(standin, clock)
        device.open()
        standin.set("card", card)
        standin.set("reads", reads)
        standin.set("next", plan)
        assert isinstance(device.cut("job-1", "1206", START, END), Unknown)
        assert len([fields for fields in standin.requests if fields[0] == "CN"]) == 1
        device.close()

    def test_a_captive_card_that_carries_another_mark_was_not_written(
        self, standin: KeyEncoderStandIn, clock: MonotonicClock
    ) -> None:
        device = driver(standin, clock, captive="yes")
        device.open()
        standin.set("card", "other")
        standin.set("next", "lost_before")
        assert isinstance(device.cut("job-1", "1206", START, END), NotDone)
        device.close()

    def test_nak_once_is_sent_again(self, standin: KeyEncoderStandIn, clock: MonotonicClock) -> None:
        device = driver(standin, clock)
        device.open()
        standin.set("next", "nak_once")
        assert isinstance(device.cut("job-1", "1206", START, END), Done)
        assert len(standin.keys) == 1
        device.close()

    def test_nak_for_ever_is_not_done(self, standin: KeyEncoderStandIn, clock: MonotonicClock) -> None:
        device = driver(standin, clock)
        device.open()
        standin.set("next", "nak")
        cut = device.cut("job-1", "1206", START, END)
        assert isinstance(cut, NotDone) and cut.code is Fault.REFUSED
        assert len(standin.requests) == 3
        device.close()

    def test_mute_before_the_cut_is_not_done(self, standin: KeyEncoderStandIn, clock: MonotonicClock) -> None:
        device = driver(standin, clock)
        device.open()
        standin.set("next", "mute")
        cut = device.cut("job-1", "1206", START, END)
        assert isinstance(cut, NotDone) and cut.code is Fault.MUTE
        assert standin.keys == []
        device.close()

    def test_unplugged_and_back(self, standin: KeyEncoderStandIn, clock: MonotonicClock) -> None:
        device = driver(standin, clock)
        device.open()
        standin.set("plugged", "no")
        assert isinstance(device.cut("job-1", "1206", START, END), NotDone)
        with pytest.raises(DeviceError) as absent:
            device.open()
        assert absent.value.code is Fault.ABSENT
        standin.set("plugged", "yes")
        device.open()
        assert isinstance(device.cut("job-2", "1206", START, END), Done)
        device.close()


def packed(*fields: str) -> bytes:
    return wire.pack(fields)


def test_a_message_survives_being_split_anywhere_and_noise_before_it() -> None:
    message = packed("CN", "1", "R", "1206")
    for at in range(len(message)):
        parser = wire.Parser()
        assert parser.feed(b"\x7f\x00\x02\xb3" + message[:at]) + parser.feed(message[at:]) == [
            wire.Message(("CN", "1", "R", "1206"))
        ]


def test_the_check_byte_is_checked_and_may_be_skipped() -> None:
    message = packed("LT", "1")
    assert wire.Parser().feed(message[:-1] + bytes([message[-1] ^ 1])) == [wire.Spoilt()]
    assert wire.Parser().feed(message[:-1] + b"\x0d") == [wire.Message(("LT", "1"))]
    assert message[-1] == wire.lrc(message[1:-1])


def test_the_published_layout_of_a_cut() -> None:
    fields = wire.ask_cut("3", "1206", START, END, False, "J1")
    assert fields == ("CN", "3", "R", "1206", "", "", "", "", "", "1506221126", "1200241126", "J1", "", "", "", "0")


def test_dates_of_a_key_round_trip() -> None:
    for days in range(0, 800, 13):
        moment = START + timedelta(days=days, minutes=days)
        assert wire.unstamp(wire.stamp(moment)) == moment


@pytest.mark.parametrize("inputs", [20_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parser_survives_anything(inputs: int) -> None:
    chance = random.Random(2026)
    seed = packed("LT", "1", "1206", "", "", "", "CI", "0", "", "1506221126", "1200241126", "J1")
    parser = wire.Parser()
    for _ in range(inputs):
        data = bytearray(seed)
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for token in parser.feed(bytes(data[chance.randrange(len(data)) :])):
            if isinstance(token, wire.Message):
                try:
                    wire.key_of(token)
                except DeviceError as trouble:
                    assert trouble.code in (Fault.GARBLED, Fault.OTHER_KEY)
        assert parser._body is None or len(parser._body) <= wire.LONGEST
