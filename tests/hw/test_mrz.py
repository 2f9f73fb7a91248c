"""Passports and cards by their machine-readable zone: ICAO's own specimens, and readers that send it badly."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from hw.clock import MonotonicClock
from hw.device import DeviceError, Fault
from hw.id_reader import mrz
from hw.id_reader.contract import CardDown, CardFailed, CardRead, CardRemoved, Document, DocumentKind, IdReader, Sex
from hw.registry import build
from hw.standins.mrz import MrzStandIn, passport
from hw.standins.server import PipePort, PtyPort

TODAY = date(2026, 11, 22)
TD3 = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
TD2 = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]
TD1 = ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"]
SPECIMENS = [TD1, TD2, TD3]
ANNA = passport("ERIKSSON ANNA MARIA", "X1234567", date(1974, 8, 12), sex=Sex.FEMALE)


@pytest.mark.parametrize(("lines", "number"), [(TD3, "L898902C3"), (TD2, "D23145890"), (TD1, "D23145890")])
def test_the_specimens_of_the_standard(lines: list[str], number: str) -> None:
    found = mrz.document(lines, TODAY)
    assert (found.latin_name, found.number, found.sex) == ("ERIKSSON ANNA MARIA", number, Sex.FEMALE)
    assert (found.birth, found.valid_to, found.nationality) == (date(1974, 8, 12), date(2012, 4, 15), "UTO")
    assert found.kind is (DocumentKind.PASSPORT if lines is TD3 else DocumentKind.IDENTITY_CARD)


@pytest.mark.parametrize("lines", SPECIMENS, ids=["TD1", "TD2", "TD3"])
def test_a_misread_digit_is_noticed_wherever_it_is_guarded(lines: list[str]) -> None:
    row = len(lines) - 1 if len(lines) == 2 else 1
    places = range(10) if len(lines) == 2 else range(6)
    for place in (*places, len(lines[row]) - 1):
        wrong = "7" if lines[row][place] != "7" else "1"
        spoilt = [*lines]
        spoilt[row] = lines[row][:place] + wrong + lines[row][place + 1 :]
        with pytest.raises(DeviceError) as trouble:
            mrz.document(spoilt, TODAY)
        assert trouble.value.code is Fault.READ_FAILED


def test_a_number_too_long_for_its_place_goes_on() -> None:
    head, rest = "D23145890", "7349"
    first = "I<UTO" + head + "<" + rest + mrz.digit(head + "<" + rest)
    first = first.ljust(30, "<")
    second = "7408122F1204159UTO<<<<<<<<<<<"
    second += mrz.digit(first[5:] + second[0:7] + second[8:15] + second[18:29])
    assert mrz.document([first, second, TD1[2]], TODAY).number == "D231458907349"


@pytest.mark.parametrize(
    ("birth", "year"), [(date(2025, 1, 2), 2025), (date(1927, 1, 2), 1927), (date(1999, 12, 31), 1999)]
)
def test_the_century_of_a_birth_is_not_in_the_future(birth: date, year: int) -> None:
    assert mrz.document(mrz.zone_of(replace(ANNA, birth=birth)), TODAY).birth.year == year


@pytest.mark.parametrize("width", [mrz.TD1, mrz.TD2, mrz.TD3])
def test_a_zone_reads_back_as_it_was_written(width: int) -> None:
    kind = DocumentKind.PASSPORT if width == mrz.TD3 else DocumentKind.IDENTITY_CARD
    card = replace(ANNA, kind=kind)
    assert mrz.document(mrz.zone_of(card, width), TODAY) == card


def test_chinas_permits_and_germanys_one_letter() -> None:
    permit = replace(ANNA, kind=DocumentKind.TRAVEL_PERMIT, issuer="CHN", nationality="CHN")
    assert mrz.document(mrz.zone_of(permit, mrz.TD1), TODAY).kind is DocumentKind.TRAVEL_PERMIT
    assert mrz.document(mrz.zone_of(replace(ANNA, nationality="D")), TODAY).nationality == "DEU"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda first, second: ["V" + first[1:], second], Fault.BAD_DOCUMENT),
        (lambda first, second: [first], Fault.READ_FAILED),
        (lambda first, second: [first, second.replace("<", " ")], Fault.READ_FAILED),
        (lambda first, second: [first[:5] + "<" * 39, second], Fault.BAD_DOCUMENT),
        (lambda first, second: [first, second[:20] + "Q" + second[21:]], Fault.BAD_DOCUMENT),
    ],
)
def test_what_is_no_identity_document_is_named_and_not_quoted(change, code: Fault) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DeviceError) as trouble:
        mrz.document(change(*TD3), TODAY)
    assert trouble.value.code is code
    assert "ERIKSSON" not in trouble.value.detail and "L898902C" not in trouble.value.detail


def test_a_birth_that_the_document_does_not_know_in_full() -> None:
    second = mrz.zone_of(ANNA)[1]
    birth = "74<<<<"
    changed = second[:13] + birth + mrz.digit(birth) + second[20:-1]
    changed += mrz.digit(changed[0:10] + changed[13:20] + changed[21:])
    with pytest.raises(DeviceError) as trouble:
        mrz.document([mrz.zone_of(ANNA)[0], changed], TODAY)
    assert trouble.value.code is Fault.BAD_DOCUMENT


# The reader


class Bench:
    def __init__(self, via: str, clock: MonotonicClock) -> None:
        self.events: list[object] = []
        self.standin = MrzStandIn({"anna": ANNA}, PipePort() if via == "hid" else PtyPort())
        options = {"port": self.standin.start(), "via": via}
        self.reader: IdReader = build("id_reader", "mrz", options, clock=clock, on_event=self.events.append)
        self.reader.open()
        self.reader.arm(True)

    def told(self) -> list[object]:
        before = len(self.events)
        for _ in range(12):
            self.reader.poll()
            if len(self.events) > before:
                break
        return self.events[before:]


@pytest.fixture(params=["serial", "hid"])
def bench(request: pytest.FixtureRequest, clock: MonotonicClock) -> Iterator[Bench]:
    one = Bench(request.param, clock)
    yield one
    one.reader.close()
    one.standin.stop()


def read(card: Document) -> list[object]:
    return [CardDown(), CardRead(card), CardRemoved()]


def test_a_passport_is_swiped(bench: Bench) -> None:
    bench.standin.set("document", "anna")
    assert bench.told() == read(ANNA)
    bench.standin.set("document", "anna")
    assert bench.told() == read(ANNA), "another swipe is another read"


@pytest.mark.parametrize("lines", [TD1, TD2], ids=["TD1", "TD2"])
def test_cards_are_swiped_too(bench: Bench, lines: list[str]) -> None:
    bench.standin.swipe(lines)
    assert bench.told() == read(mrz.document(lines, TODAY))


def test_a_reader_that_sends_one_line(bench: Bench) -> None:
    bench.standin.set("ending", "one_line")
    bench.standin.set("document", "anna")
    assert bench.told() == read(ANNA)


def test_in_pieces(bench: Bench) -> None:
    bench.standin.set("delivery", "split")
    bench.standin.set("document", "anna")
    assert bench.told() == read(ANNA)


def test_a_bad_swipe_says_so_and_the_next_is_read(bench: Bench) -> None:
    bench.standin.swipe([TD3[0], TD3[1][:-1] + "7"])
    down, failed, gone = bench.told()
    assert (down, gone) == (CardDown(), CardRemoved())
    assert isinstance(failed, CardFailed) and failed.code is Fault.READ_FAILED
    bench.standin.swipe(TD3)
    assert bench.told() == read(mrz.document(TD3, TODAY))


def test_half_a_zone_is_a_failed_read(bench: Bench) -> None:
    bench.standin.swipe(TD3[:1])
    failed = bench.told()[1]
    assert isinstance(failed, CardFailed) and failed.code is Fault.READ_FAILED


def test_disarmed_it_reads_nothing_and_keeps_nothing(bench: Bench) -> None:
    bench.reader.arm(False)
    bench.standin.set("document", "anna")
    bench.reader.poll()
    bench.reader.arm(True)
    bench.standin.swipe(TD1)
    assert bench.told() == read(mrz.document(TD1, TODAY))


def test_unplugged_and_back(bench: Bench) -> None:
    bench.standin.set("plugged", "no")
    with pytest.raises(DeviceError) as trouble:
        bench.reader.poll()
    assert trouble.value.code is Fault.UNPLUGGED
    with pytest.raises(DeviceError) as trouble:
        bench.reader.open()
    assert trouble.value.code is Fault.ABSENT
    bench.standin.set("plugged", "yes")
    bench.reader.open()
    bench.reader.arm(True)
    bench.standin.set("document", "anna")
    assert bench.told() == read(ANNA)


@pytest.mark.parametrize("inputs", [10_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parser_survives_anything(inputs: int) -> None:
    chance = random.Random(2026)
    collector, marks = mrz.Collector(), string.ascii_uppercase + string.digits + "<< é\x00"
    for turn in range(inputs):
        for line in SPECIMENS[turn % 3]:
            text = [*line]
            for _ in range(chance.randrange(3)):
                text[chance.randrange(len(text))] = chance.choice(marks)
            try:
                zone = collector.feed("".join(text[: chance.choice((999, 999, 29, 3))]).encode())
                if zone is not None:
                    mrz.document(zone, TODAY)
            except DeviceError as trouble:
                assert trouble.code in (Fault.READ_FAILED, Fault.BAD_DOCUMENT)
        assert len(collector._held) <= 3
