"""Member cards: stripes over keyboard and serial, chips over a serial reader and PC/SC; bank cards leave no trace."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from hw.card_reader import mifare as wire
from hw.card_reader import stripe
from hw.card_reader.chip_reader import ChipReader
from hw.card_reader.contract import Card, CardGone, CardReader, CardRefused, CardSeen, Medium
from hw.card_reader.pcsc_antenna import GET_UID, PcscAntenna, pyscard
from hw.card_reader.sim import SimCardReader
from hw.card_reader.stripe_reader import StripeReader
from hw.clock import MonotonicClock
from hw.device import DeviceError, Fault
from hw.registry import build
from hw.standins.mifare import CHIPS, Chip, MifareStandIn
from hw.standins.server import PipePort, PtyPort
from hw.standins.stripe import BANK, HOTEL, MEMBER, UNREADABLE, StripeStandIn

MEMBER_CARD = Card(Medium.STRIPE, "88310042", ("", "88310042=7788", ""))
MEMBER_CHIP = Card(Medium.CHIP, "AA12AA00", uid=CHIPS["member"].uid)


class FakePcsc:
    """A PC/SC reader of pseudo-APDUs; `gone`: the card has left between waking and asking."""

    name = "ACS ACR122U 00 00"

    def __init__(self) -> None:
        self.card: Chip | None = None
        self.gone = False
        self._open = False
        self._key = b""

    def power(self) -> bool:
        return self.card is not None

    def transmit(self, apdu: bytes) -> tuple[bytes, int, int]:
        if self.gone:
            raise DeviceError(Fault.READ_FAILED, "gone")
        assert self.card is not None
        if apdu == GET_UID:
            return self.card.uid, 0x90, 0x00
        if apdu[:5] == bytes.fromhex("FF82000006"):
            self._key = apdu[5:]
            return b"", 0x90, 0x00
        if apdu[:7] == bytes.fromhex("FF860000050100"):
            self._open = self._key == self.card.key
            return b"", *((0x90, 0x00) if self._open else (0x63, 0x00))
        if apdu[:3] == b"\xff\xb0\x00" and self._open:
            return self.card.blocks[apdu[3]], 0x90, 0x00
        return b"", 0x63, 0x00

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Bench:
    reader: CardReader
    events: list[object]
    show: Callable[[], None]
    take: Callable[[], None]
    expected: Card
    stop: Callable[[], None] = field(default=lambda: None)

    def told(self, looks: int = 4) -> list[object]:
        before = len(self.events)
        for _ in range(1 if isinstance(self.reader, StripeReader) else looks):
            self.reader.poll()
        return self.events[before:]


def bench(kind: str, clock: MonotonicClock) -> Bench:
    events: list[object] = []
    if kind == "sim":
        sim = SimCardReader(events.append)
        return Bench(
            sim, events, lambda: setattr(sim, "card", MEMBER_CHIP), lambda: setattr(sim, "card", None), MEMBER_CHIP
        )
    if kind.startswith("stripe"):
        stripes = StripeStandIn(PipePort() if kind.endswith("hid") else PtyPort())
        options = {"port": stripes.start(), "via": "hid" if kind.endswith("hid") else "serial"}
        reader = build("card_reader", "stripe", options, clock=clock, on_event=events.append)
        return Bench(reader, events, lambda: stripes.set("swipe", "member"), lambda: None, MEMBER_CARD, stripes.stop)
    if kind == "pcsc":
        fake = FakePcsc()
        chip = ChipReader(PcscAntenna(lambda: fake), events.append, None, b"")
        member = CHIPS["member"]
        return Bench(
            chip, events, lambda: setattr(fake, "card", member), lambda: setattr(fake, "card", None), MEMBER_CHIP
        )
    plate = MifareStandIn()
    reader = build("card_reader", "mifare", {"port": plate.start()}, clock=clock, on_event=events.append)
    return Bench(
        reader, events, lambda: plate.set("card", "member"), lambda: plate.set("card", "none"), MEMBER_CHIP, plate.stop
    )


@pytest.fixture(params=["stripe hid", "stripe serial", "mifare", "pcsc", "sim"])
def any_bench(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[Bench]:
    one = bench(request.param, clock)
    yield one
    one.reader.close()
    one.stop()


class TestContract:
    def test_a_card_is_read_once_and_gone_once(self, any_bench: Bench) -> None:
        assert any_bench.reader.open()
        any_bench.reader.arm(True)
        any_bench.show()
        told = any_bench.told()
        any_bench.take()
        assert told + any_bench.told() == [CardSeen(any_bench.expected), CardGone()]
        any_bench.show()
        assert any_bench.told()[:1] == [CardSeen(any_bench.expected)], "the next one is read"

    def test_a_disarmed_reader_reads_nothing(self, any_bench: Bench) -> None:
        any_bench.reader.open()
        any_bench.show()
        assert any_bench.told() == []

    def test_open_again_after_close(self, any_bench: Bench) -> None:
        identity = any_bench.reader.open()
        any_bench.reader.close()
        any_bench.reader.close()
        assert any_bench.reader.open() == identity

    def test_a_card_shows_no_number_in_logs(self, any_bench: Bench) -> None:
        shown = repr(CardSeen(any_bench.expected))
        assert any_bench.expected.number not in shown and "=7788" not in shown


# Stripes


@pytest.mark.parametrize(
    ("line", "number", "tracks"),
    [
        (MEMBER, "88310042", ("", "88310042=7788", "")),
        (HOTEL, "88310042", ("YUNQI 88310042", "88310042", "A1B2")),
        ("%E?;88310042?", "88310042", ("", "88310042", "")),
        (";88310042?;A1B2?", "88310042", ("", "88310042", "A1B2")),
        ("%ROOM1206?", "ROOM1206", ("ROOM1206", "", "")),
        ("\x02\x1b%ROOM1206?;12?s", "12", ("ROOM1206", "12", "")),
    ],
)
def test_tracks_are_passed_through(line: str, number: str, tracks: tuple[str, str, str]) -> None:
    assert stripe.read(line.encode()) == Card(Medium.STRIPE, number, tracks)


@pytest.mark.parametrize("line", [UNREADABLE, "", "88310042", "%?;?", ";88?extra", "%AB", ";E?", "\xff?"])
def test_what_is_no_stripe_is_to_be_swiped_again(line: str) -> None:
    with pytest.raises(DeviceError) as trouble:
        stripe.read(line.encode("latin-1"))
    assert trouble.value.code is Fault.READ_FAILED


@pytest.mark.parametrize(
    "line",
    [
        BANK,
        ";4111111111111111=30121010000?",
        "%B4111111111111111^EXAMPLE/CARD^3012?",
        "%B3782 822463 10005^EXAMPLE/CARD^3012101?",
        ";6200000000000000003=3012101?",  # a form of a bank card, whatever its check digit
        ";4111111111111111?",
        "+0014111111111111111=?",
        "%E?;5555555555554444=3012?",
    ],
)
def test_a_bank_card_is_refused_and_no_digit_of_it_stays(line: str) -> None:
    with pytest.raises(DeviceError) as trouble:
        stripe.read(line.encode())
    assert trouble.value.code is Fault.PAYMENT_CARD
    assert not any(mark.isdigit() for mark in str(trouble.value))


def test_a_bank_card_at_the_reader(clock: MonotonicClock) -> None:
    events: list[object] = []
    stripes = StripeStandIn()
    options = {"port": stripes.start(), "via": "hid"}
    reader = build("card_reader", "stripe", options, clock=clock, on_event=events.append)
    reader.open()
    reader.arm(True)
    stripes.set("swipe", "bank")
    reader.poll()
    assert isinstance(events[0], CardRefused) and events[0].code is Fault.PAYMENT_CARD and events[1] == CardGone()
    assert "4111" not in repr(events)
    reader.close()
    stripes.stop()


# Chips


def plate(clock: MonotonicClock, **options: str) -> tuple[MifareStandIn, CardReader, list[object]]:
    events: list[object] = []
    standin = MifareStandIn()
    given = {"port": standin.start(), "answer_s": "0.2", **options}
    reader = build("card_reader", "mifare", given, clock=clock, on_event=events.append)
    reader.open()
    reader.arm(True)
    return standin, reader, events


@pytest.mark.parametrize("reply", ["ok", "split", "garbage"])
def test_a_block_holds_the_number(clock: MonotonicClock, reply: str) -> None:
    standin, reader, events = plate(clock, block="4")
    standin.set("reply", reply)
    standin.set("card", "member")
    reader.poll()
    assert events == [CardSeen(Card(Medium.CHIP, "88310042", uid=CHIPS["member"].uid))]
    assert set(standin.commands) <= {
        wire.FIRMWARE, wire.ANTENNA, wire.REQUEST, wire.ANTICOLLISION, wire.SELECT, wire.AUTHENTICATE, wire.READ
    }, "nothing is ever written to a card"  # fmt: skip
    reader.close()
    standin.stop()


@pytest.mark.parametrize(
    ("card", "reply", "code"),
    [
        ("strange", "ok", Fault.CARD_FORMAT),
        ("blank", "ok", Fault.CARD_FORMAT),
        ("member", "moved", Fault.READ_FAILED),
    ],
)
def test_a_card_that_is_not_ours_is_refused(clock: MonotonicClock, card: str, reply: str, code: Fault) -> None:
    standin, reader, events = plate(clock, block="4")
    standin.set("reply", reply)
    standin.set("card", card)
    reader.poll()
    assert isinstance(events[0], CardRefused) and events[0].code is code
    reader.close()
    standin.stop()


@pytest.mark.parametrize(
    ("reply", "code"), [("mute", Fault.MUTE), ("bad_check", Fault.GARBLED), ("cut_short", Fault.GARBLED)]
)
def test_a_broken_reader_is_a_fault_of_the_device(clock: MonotonicClock, reply: str, code: Fault) -> None:
    standin, reader, _ = plate(clock)
    standin.set("reply", reply)
    with pytest.raises(DeviceError) as trouble:
        reader.poll()
    assert trouble.value.code is code
    if code is Fault.GARBLED:
        with pytest.raises(DeviceError) as trouble:
            reader.open()
        assert trouble.value.code is Fault.WRONG_DEVICE
    standin.set("plugged", "no")
    with pytest.raises(DeviceError) as trouble:
        reader.open()
    assert trouble.value.code is Fault.ABSENT
    reader.close()
    standin.stop()


@pytest.mark.parametrize("options", [{"block": "7"}, {"block": "63"}, {"block": "x"}, {"key": "12"}])
def test_a_sector_trailer_or_a_bad_key_is_a_wrong_line(clock: MonotonicClock, options: dict[str, str]) -> None:
    with pytest.raises(DeviceError) as trouble:
        build("card_reader", "mifare", {"port": "/dev/null", **options}, clock=clock, on_event=lambda _e: None)
    assert trouble.value.code is Fault.BAD_OPTION


def test_pcsc_reads_a_block_and_a_card_that_slips_away() -> None:
    fake, events = FakePcsc(), []
    reader = ChipReader(PcscAntenna(lambda: fake), events.append, 4, CHIPS["member"].key)
    reader.open()
    reader.arm(True)
    fake.card, fake.gone = CHIPS["member"], True
    reader.poll()
    fake.gone = False
    reader.poll()
    fake.card = CHIPS["strange"]
    reader.poll()
    seen, gone, refused = events
    assert seen == CardSeen(Card(Medium.CHIP, "88310042", uid=CHIPS["member"].uid)) and gone == CardGone()
    assert isinstance(refused, CardRefused) and refused.code is Fault.CARD_FORMAT


def test_without_pyscard_it_says_what_is_missing() -> None:
    try:
        import smartcard  # noqa: F401
    except ImportError:
        with pytest.raises(DeviceError) as trouble:
            pyscard("ACR")
        assert trouble.value.code is Fault.NOT_INSTALLED
    else:
        with pytest.raises(DeviceError) as trouble:
            pyscard("no reader is named so")
        assert trouble.value.code is Fault.ABSENT


# The wire


def test_frames_are_stuffed_and_checked() -> None:
    assert wire.frame(0x0104) == bytes.fromhex("AABB 0500 0000 0401 05")
    assert wire.frame(0x0203, bytes.fromhex("AA12AA00")).count(b"\xaa\x00") >= 2
    uid = bytes.fromhex("AAAA00BB")
    whole = wire.frame(0x0202, b"\x00" + uid)
    for at in range(len(whole)):
        parser = wire.Parser()
        assert parser.feed(b"\xaa\xbb\x07\xaa" + whole[:at]) + parser.feed(whole[at:]) == [
            wire.Spoilt(), wire.Frame(0x0202, b"\x00" + uid)
        ]  # fmt: skip


def test_the_check_digit_of_payment_cards() -> None:
    assert stripe.luhn("4111111111111111") and not stripe.luhn("4111111111111112")


@pytest.mark.parametrize("inputs", [20_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parsers_survive_anything(inputs: int) -> None:
    chance = random.Random(2026)
    parser, seed = wire.Parser(), wire.frame(0x0208, b"\x00" + bytes(range(0xA0, 0xB0)))
    lines = [line.encode() for line in (MEMBER, HOTEL, BANK, UNREADABLE)]
    for turn in range(inputs):
        for source in (seed, lines[turn % len(lines)]):
            data = bytearray(source[: chance.randrange(1, len(source) + 1)])
            for _ in range(chance.randrange(4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            parser.feed(bytes(data))
            assert parser._body is None or len(parser._body) <= wire.LONGEST + 2
        try:
            stripe.read(bytes(data))
        except DeviceError as trouble:
            assert trouble.code in (Fault.READ_FAILED, Fault.PAYMENT_CARD)
