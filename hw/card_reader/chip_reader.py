"""Chip cards by their UID, or by a block that a key opens: looks for a card while armed, reads it once, waits until it
is lifted."""

from __future__ import annotations

import re

from hw.card_reader.antenna import Antenna
from hw.card_reader.contract import Card, CardGone, CardRefused, CardSeen, Medium
from hw.card_reader.mifare import LAST_BLOCK, TRAILER_EVERY
from hw.card_reader.pcsc_antenna import PcscAntenna, pyscard
from hw.card_reader.serial_antenna import SerialAntenna
from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.link import Link, open_serial
from hw.options import Options

LOOK_EVERY_S = 0.25
CHECK_EVERY_S = 3.0
LOOKS_TO_BE_GONE = 2
"""A card that trembles on the antenna is missed once; missed twice in a row, it has been lifted."""


class ChipReader:
    """hw.card_reader.contract.CardReader over an Antenna. `block` None: the UID is the card's number."""

    def __init__(self, antenna: Antenna, emit: Emit, block: int | None, key: bytes) -> None:
        self._antenna, self._emit, self._block, self._key = antenna, emit, block, key
        self._armed = False
        self._dealt_with = b""
        self._missed = 0

    def open(self) -> str:
        self._armed, self._dealt_with, self._missed = False, b"", 0
        return self._antenna.open()

    def close(self) -> None:
        self._dealt_with = b""
        self._antenna.close()

    def arm(self, on: bool) -> None:
        """A card that lies there when the reader is armed is read; one that was read already is not, until it is
        lifted."""
        self._armed = on

    def poll(self) -> Poll:
        uid = self._antenna.uid()
        self._missed = self._missed + 1 if uid is None else 0
        if self._dealt_with and (self._missed >= LOOKS_TO_BE_GONE or uid not in (None, self._dealt_with)):
            self._dealt_with = b""
            self._emit(CardGone())
        if self._armed and uid and not self._dealt_with:
            self._dealt_with = uid
            self._emit(self._read(uid))
        return Poll(LOOK_EVERY_S if self._armed or self._dealt_with else CHECK_EVERY_S)

    def _read(self, uid: bytes) -> CardSeen | CardRefused:
        try:
            number = uid.hex().upper() if self._block is None else _number(self._antenna.block(self._block, self._key))
        except DeviceError as trouble:
            if trouble.code in (Fault.UNPLUGGED, Fault.MUTE):
                raise
            return CardRefused(trouble.code, trouble.detail)
        return CardSeen(Card(Medium.CHIP, number, uid=uid))


def _number(block: bytes) -> str:
    """A card's number as a block holds it: ASCII, padded with zeros or spaces."""
    text = block.rstrip(b"\0 ")
    if not re.fullmatch(rb"[!-~]+", text):
        raise DeviceError(Fault.CARD_FORMAT, "the block holds no number")
    return text.decode("ascii")


def make_mifare(options: Options, clock: Clock, emit: Emit) -> ChipReader:
    """Options: port (a serial device's path), baud, block (0 to 62, no sector trailer; uid: the card's UID is its
    number), key (12 hexadecimal digits, key A), answer_s (how long an answer may take)."""
    port, baud = options.text("port"), options.whole("baud", 19200, 9600, 115200)
    answer_s = options.seconds("answer_s", 0.5, 0.05, 5.0)

    def connect() -> Link:
        return open_serial(port, baud, clock)

    return ChipReader(SerialAntenna(connect, clock, answer_s), emit, *_what(options))


def make_pcsc(options: Options, clock: Clock, emit: Emit) -> ChipReader:  # noqa: ARG001 - every factory takes the same three
    """Options: port (a part of the reader's name, as pcsc_scan shows it), block (0 to 62, no sector trailer; uid: the
    card's UID is its number), key (12 hexadecimal digits, key A). Needs the optional package pyscard."""
    name = options.text("port")
    return ChipReader(PcscAntenna(lambda: pyscard(name)), emit, *_what(options))


def _what(options: Options) -> tuple[int | None, bytes]:
    blocks = [str(number) for number in range(LAST_BLOCK) if number % TRAILER_EVERY != TRAILER_EVERY - 1]
    block, key = options.choice("block", "uid", ("uid", *blocks)), options.text("key", "FFFFFFFFFFFF")
    if re.fullmatch(r"[0-9A-Fa-f]{12}", key) is None:
        raise DeviceError(Fault.BAD_OPTION, "option 'key' takes 12 hexadecimal digits")  # a key is never quoted
    return None if block == "uid" else int(block), bytes.fromhex(key)
