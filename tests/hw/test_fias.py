"""Keys over FIAS: the link's records, what is cut beside what is said, and answers that come late or never."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from hw.clock import MonotonicClock
from hw.device import DeviceError, Done, Fault, NotDone, Unknown
from hw.key_encoder import fias
from hw.key_encoder.contract import Key
from hw.key_encoder.fias_encoder import FiasEncoder, reference_of
from hw.registry import build
from hw.standins.fias import FIELDS, FiasStandIn

START, END = datetime(2026, 11, 22, 15, 6), datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - wall clock
NOW = datetime(2026, 11, 22, 15, 7, 8, tzinfo=UTC)


@pytest.fixture
def standin() -> Iterator[FiasStandIn]:
    standin = FiasStandIn()
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture
def device(standin: FiasStandIn, clock: MonotonicClock) -> Iterator[FiasEncoder]:
    options = {"port": standin.address, "link_s": "0.3", "answer_s": "0.3"}
    made = build("key_encoder", "fias", options, clock=clock, on_event=lambda _e: None)
    assert isinstance(made, FiasEncoder)
    yield made
    made.close()


def test_the_link_begins_and_is_kept_alive(standin: FiasStandIn, device: FiasEncoder) -> None:
    assert "FIAS KS 2.1" in device.open()
    device.poll()
    standin.keep_alive()
    device.poll()
    device.poll()
    assert [record.kind for record in standin.records] == ["LS", "LA", "LS", "LS", "LA", "LS"]


@pytest.mark.parametrize(("link", "code"), [("no_keys", Fault.WRONG_DEVICE), ("mute", Fault.MUTE)])
def test_an_interface_without_keys_is_not_used(
    standin: FiasStandIn, device: FiasEncoder, link: str, code: Fault
) -> None:
    standin.set("link", link)
    with pytest.raises(DeviceError) as trouble:
        device.open()
    assert trouble.value.code is code


def test_a_key_and_a_copy(standin: FiasStandIn, device: FiasEncoder) -> None:
    device.open()
    assert device.cut("job-1", "1206", START, END) == Done(Key("1206", START, END, False))
    assert device.cut("job-2", "1206", START, END, copy=True) == Done(Key("1206", START, END, True))
    assert [(key.field("RN"), key.field("KT"), key.field("GD")) for key in standin.keys] == [
        ("1206", "N", "261124"), ("1206", "D", "261124")
    ]  # fmt: skip


@pytest.mark.parametrize("status", sorted(fias.STATUSES))
def test_a_status_says_whether_a_card_may_exist(standin: FiasStandIn, device: FiasEncoder, status: str) -> None:
    device.open()
    standin.set("next", status)
    cut = device.cut("job-1", "1206", START, END)
    assert isinstance(cut, Unknown if status in fias.DOUBTFUL else NotDone) and cut.code is fias.STATUSES[status]


@pytest.mark.parametrize("plan", ["late", "lost_after", "lost_before", "mute", "ends", "ZZ"])
def test_a_lost_answer_is_unknown_and_nothing_is_sent_twice(
    standin: FiasStandIn, device: FiasEncoder, plan: str
) -> None:
    device.open()
    standin.set("next", plan)
    assert isinstance(device.cut("job-1", "1206", START, END), Unknown)
    assert [record.kind for record in standin.records].count("KR") == 1
    assert isinstance(device.read_back("job-1"), Unknown)


def test_a_late_answer_is_not_taken_for_the_next_guests(standin: FiasStandIn, device: FiasEncoder) -> None:
    device.open()
    standin.set("next", "late")
    device.cut("job-1", "1206", START, END)
    standin.set("next", "UR")
    cut = device.cut("job-2", "1207", START, END)
    assert isinstance(cut, NotDone) and cut.code is Fault.BAD_REQUEST


@pytest.mark.parametrize(
    ("room", "start", "end"),
    [("", START, END), ("123456789", START, END), ("12|6", START, END), ("云", START, END), ("1206", END, START)],
)
def test_what_the_wire_cannot_carry_is_refused_before_it_is_sent(
    standin: FiasStandIn, device: FiasEncoder, room: str, start: datetime, end: datetime
) -> None:
    device.open()
    cut = device.cut("job-1", room, start, end)
    assert isinstance(cut, NotDone) and cut.code is Fault.BAD_REQUEST
    assert standin.keys == []


def test_unplugged_and_back(standin: FiasStandIn, device: FiasEncoder) -> None:
    device.open()
    standin.set("plugged", "no")
    with pytest.raises(DeviceError) as trouble:
        device.poll()
    assert trouble.value.code is Fault.UNPLUGGED
    assert isinstance(device.cut("job-1", "1206", START, END), NotDone)
    with pytest.raises(DeviceError) as trouble:
        device.open()
    assert trouble.value.code is Fault.ABSENT
    standin.set("plugged", "yes")
    device.open()
    assert isinstance(device.cut("job-2", "1206", START, END), Done)


def test_a_published_record_reads() -> None:
    line = "KR|K#1|KC1|KTN|RN206|WS1|DA201214|DT12:00|G#16400|GN|GA201215|GD201216|TI131253|KO|"
    (record,) = fias.Parser().feed(b"\x02" + line.encode() + b"\x03")
    assert isinstance(record, fias.Record)
    assert (record.kind, record.field("RN"), record.field("DT"), record.field("GN")) == ("KR", "206", "12:00", "")
    assert fias.pack(record) == b"\x02" + line.encode() + b"\x03"


def test_only_listed_fields_are_sent() -> None:
    known = fias.field_names("RNKTG#")
    asked = fias.ask_key("1", "1", reference_of("j"), "1206", START, END, False, NOW, known)
    assert [name for name, _ in asked.fields] == ["KT", "RN", "G#"]
    whole = fias.ask_key("1", "1", "42", "1206", START, END, False, NOW, fias.field_names(FIELDS))
    assert dict(whole.fields)["TI"] == "150708" and dict(whole.fields)["DT"] == "12:00"


@pytest.mark.parametrize("inputs", [20_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parser_survives_anything(inputs: int) -> None:
    chance = random.Random(2026)
    parser, seed = fias.Parser(), b"\x02KA|ASOK|CTtext|KC1|WS1|G#16400|$230431712|$3|\x03"
    for _ in range(inputs):
        data = bytearray(seed[chance.randrange(len(seed)) :])
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for record in parser.feed(bytes(data)):
            if isinstance(record, fias.Record):
                record.field("AS")
        assert parser._body is None or len(parser._body) <= fias.LONGEST
