"""Lines from serial devices and keyboards: split, broken off, shifted, spoilt."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.lines import CAPS, ENTER, EV_KEY, EV_SYN, EVENT, LONGEST, SYN_DROPPED, Lines, TypedLines, typed

PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "


def key(code: int, value: int, at: float = 1.0) -> bytes:
    return EVENT.pack(int(at), int(at % 1 * 1e6), EV_KEY, code, value)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_line_ends_once_however_it_ends(end: bytes) -> None:
    lines = Lines(0.3)
    assert lines.feed(b"one" + end + b"two" + end, 0.0) == [b"one", b"two"]


def test_a_pause_drops_what_was_broken_off() -> None:
    lines = Lines(0.3)
    assert lines.feed(b"half a co", 0.0) == []
    assert lines.feed(b"whole\r", 1.0) == [b"whole"]


def test_a_line_without_end_is_not_kept_and_the_next_is_read() -> None:
    lines = Lines(10.0)
    assert lines.feed(b"x" * (3 * LONGEST), 0.0) == []
    assert len(lines._held) <= LONGEST
    assert lines.feed(b"\rnext\r", 0.1) == [b"next"]


@given(st.text(PRINTABLE, min_size=1, max_size=60), st.integers(0, 4000))
def test_what_is_typed_is_what_is_read_wherever_it_is_split(text: str, at: int) -> None:
    data, lines = typed(text), TypedLines(0.3)
    assert lines.feed(data[:at], 0.0) + lines.feed(data[at:], 0.0) == [text.encode()]


def test_capitals_lock_repeats_and_control_keys() -> None:
    lines = TypedLines(0.3)
    caps = key(CAPS, 1) + key(CAPS, 0)
    assert lines.feed(caps + typed("ab1", 1.0), 0.0) == [b"AB1"]
    assert lines.feed(caps + key(30, 1) + key(30, 2) + key(30, 2) + key(30, 0) + key(ENTER, 1), 0.0) == [b"a"]
    control_alt = key(29, 1) + key(56, 1) + key(60, 1) + key(30, 1) + key(29, 0) + key(56, 0)
    assert lines.feed(control_alt + key(48, 1) + key(ENTER, 1), 0.0) == [b"b"]


def test_lost_records_spoil_their_line_and_no_other() -> None:
    data, lines = typed("member42", 1.0), TypedLines(0.3)
    half = len(data) // 2 // EVENT.size * EVENT.size
    dropped = EVENT.pack(1, 0, EV_SYN, SYN_DROPPED, 0)
    assert lines.feed(data[:half] + dropped + data[half:], 0.0) == []
    assert lines.feed(typed("next", 2.0), 0.0) == [b"next"]


def test_a_pause_between_keys_drops_what_was_typed_by_hand() -> None:
    lines = TypedLines(0.05)
    assert lines.feed(typed("slow", 1.0, every_s=0.2), 0.0) == []
    assert lines.feed(typed("quick", 9.0), 0.0) == [b"quick"]


@pytest.mark.parametrize("inputs", [5_000, pytest.param(300_000, marks=pytest.mark.campaign)])
def test_the_parsers_survive_anything(inputs: int) -> None:
    chance = random.Random(2026)
    serial, keyboard, seed = Lines(0.3), TypedLines(0.3), typed("YK1BOOKING")
    for turn in range(inputs):
        data = bytearray(seed[: chance.randrange(len(seed))])
        for _ in range(chance.randrange(4) if data else 0):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for line in serial.feed(bytes(data), turn * 0.1) + keyboard.feed(bytes(data), 0.0):
            assert len(line) <= LONGEST
        assert len(keyboard._rest) < EVENT.size
