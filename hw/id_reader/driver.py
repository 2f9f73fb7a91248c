"""The SDT reader on a serial line or in USB HID reports: looks for a card every 300 ms while armed, reads it
once, and waits until it is lifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.hid import open_hid
from hw.id_reader import wire
from hw.id_reader.contract import CardDown, CardFailed, CardRead, CardRemoved, Document
from hw.id_reader.photo import WLT_LENGTH, Decoder, program
from hw.link import Link, open_serial
from hw.options import Options

FIND_EVERY_S = 0.3
CHECK_EVERY_S = 2.0
COMMAND_S, READ_S = 1.0, 3.0
AFTER_SPOILT_S = 0.1
LOOKS_TO_BE_GONE = 2
"""A card that trembles on the antenna is missed once; missed twice in a row, it has been lifted."""


class SdtReader:
    """hw.id_reader.contract.IdReader over a Link. `command_s` and `read_s`: how long an answer may take. `decode`: the
    photo's plug-in, where there is one."""

    def __init__(
        self, connect: Callable[[], Link], clock: Clock, emit: Emit, command_s: float, read_s: float,
        decode: Decoder | None = None,
    ) -> None:  # fmt: skip
        self._connect, self._clock, self._emit = connect, clock, emit
        self._command_s, self._read_s = command_s, read_s
        self._decode = decode
        self._link: Link | None = None
        self._parser = wire.FrameParser()
        self._armed = False
        self._dealt_with = False  # the card on the reader was read, or failed: it must be lifted first
        self._missed = 0

    def open(self) -> str:
        self.close()
        self._link = self._connect()
        try:
            status = self._ask(wire.SAM_STATUS, self._command_s)
        except DeviceError as trouble:
            if trouble.code is Fault.GARBLED:
                raise DeviceError(Fault.WRONG_DEVICE, f"{self._link.name}: what answers is no ID reader") from trouble
            raise
        self._require(status, wire.OK)
        number = self._ask(wire.SAM_ID, self._command_s)
        self._require(number, wire.OK)
        return f"SDT reader {wire.sam_identity(number.data)}"

    def close(self) -> None:
        link, self._link = self._link, None
        self._parser.clear()
        self._dealt_with = False
        if link is not None:
            link.close()

    def arm(self, on: bool) -> None:
        """A card that lies there when the reader is armed is read; one that was read already is not, until it is
        lifted."""
        self._armed = on

    def poll(self) -> Poll:
        if self._armed or self._dealt_with:
            self._look()
            return Poll(FIND_EVERY_S)
        self._require(self._ask(wire.SAM_STATUS, self._command_s), wire.OK)
        return Poll(CHECK_EVERY_S)

    def _look(self) -> None:
        found = self._ask(wire.FIND, self._command_s)
        self._missed = self._missed + 1 if found.status == wire.NOT_FOUND else 0
        if self._dealt_with and self._missed >= LOOKS_TO_BE_GONE:
            self._dealt_with = False
            self._emit(CardRemoved())
        elif not self._dealt_with and found.status == wire.FOUND:
            self._dealt_with = True
            self._emit(CardDown())
            self._emit(self._read())

    def _read(self) -> CardRead | CardFailed:
        """Select and read. A reader that falls silent here is the reader's trouble, and the worker hears of it at
        the next look."""
        try:
            self._require(self._ask(wire.SELECT, self._command_s), wire.OK)
            record = self._ask(wire.READ, self._read_s)
            self._require(record, wire.OK)
            return CardRead(self._with_portrait(wire.document(*wire.split_record(record.data))))
        except DeviceError as trouble:
            if trouble.code is Fault.UNPLUGGED:
                raise
            return CardFailed(trouble.code, trouble.detail)
        finally:
            self._parser.clear()

    def _with_portrait(self, card: Document) -> Document:
        """A photo that cannot be decoded spoils no document: staff compare with the card itself."""
        if self._decode is None or len(card.photo) != WLT_LENGTH:
            return card
        try:
            return replace(card, portrait=self._decode(card.photo))
        except DeviceError:
            return card

    def _require(self, answer: wire.Answer, status: int) -> None:
        if answer.status != status:
            code = wire.STATUS_FAULTS.get(answer.status, Fault.REFUSED)
            raise DeviceError(code, f"the reader answered {answer.status:02X}")

    def _ask(self, command: bytes, within_s: float) -> wire.Answer:
        """One command, one answer. Raises DeviceError(mute | garbled | unplugged)."""
        link = self._link
        if link is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        link.drain()
        self._parser.clear()
        until = self._clock.monotonic() + within_s
        link.send(wire.frame(command), until)
        noise = spoilt = False
        while data := link.read(until):
            noise = True
            for body in self._parser.feed(data):
                answer = body if isinstance(body, wire.Spoilt) else wire.answer(body)
                if isinstance(answer, wire.Answer):
                    return answer
                spoilt = True
                until = min(until, self._clock.monotonic() + AFTER_SPOILT_S)
        if spoilt:
            raise DeviceError(Fault.GARBLED, f"{link.name}: an answer with a wrong check byte")
        what = "no whole frame" if noise else "no answer"
        raise DeviceError(Fault.GARBLED if noise else Fault.MUTE, f"{link.name}: {what} within {within_s:g} s")


def make(options: Options, clock: Clock, emit: Emit) -> SdtReader:
    """Options: port (a serial device's path, or /dev/hidraw...), via (serial | hid), baud, length_word (yes | no:
    whether the model wants a length before a frame in HID reports), photo (a program that decodes WLT), command_s and
    read_s (how long an answer may take)."""
    port, baud = options.text("port"), options.whole("baud", 115200, 9600, 115200)
    via = options.choice("via", "hid" if port.startswith("/dev/hidraw") else "serial", ("serial", "hid"))
    length_word = options.choice("length_word", "no", ("no", "yes")) == "yes"
    decoder = options.text("photo", "")

    def connect() -> Link:
        return open_hid(port, length_word, clock) if via == "hid" else open_serial(port, baud, clock)

    return SdtReader(
        connect, clock, emit, options.seconds("command_s", COMMAND_S, 0.05, 10.0),
        options.seconds("read_s", READ_S, 0.05, 30.0), program(decoder) if decoder else None,
    )  # fmt: skip
