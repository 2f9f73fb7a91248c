"""A serial MIFARE reader as an antenna."""

from __future__ import annotations

from collections.abc import Callable

from hw.card_reader import mifare as wire
from hw.device import Clock, DeviceError, Fault
from hw.link import Link

AFTER_SPOILT_S = 0.1


class SerialAntenna:
    """hw.card_reader.antenna.Antenna over a Link. `answer_s`: how long an answer may take."""

    def __init__(self, connect: Callable[[], Link], clock: Clock, answer_s: float) -> None:
        self._connect, self._clock, self._answer_s = connect, clock, answer_s
        self._link: Link | None = None
        self._parser = wire.Parser()
        self._uid = b""

    def open(self) -> str:
        self.close()
        self._link = self._connect()
        try:
            firmware = self._ask(wire.FIRMWARE)
        except DeviceError as trouble:
            if trouble.code is Fault.GARBLED:
                raise DeviceError(Fault.WRONG_DEVICE, f"{self._link.name}: no MIFARE reader answers") from trouble
            raise
        if firmware.status != wire.DONE or self._ask(wire.ANTENNA, b"\x01").status != wire.DONE:
            raise DeviceError(Fault.SELF_TEST, "the reader does not switch its antenna on")
        name = firmware.found.decode("ascii", "replace")
        return "MIFARE reader " + "".join(mark for mark in name if mark.isprintable()).strip()

    def close(self) -> None:
        link, self._link = self._link, None
        self._parser.clear()
        if link is not None:
            link.close()

    def uid(self) -> bytes | None:
        if self._ask(wire.REQUEST, bytes([wire.ANY_CARD])).status != wire.DONE:
            return None
        found = self._ask(wire.ANTICOLLISION, b"\x04")
        self._uid = found.found[:4]
        return self._uid if found.status == wire.DONE and len(self._uid) == 4 else None

    def block(self, number: int, key: bytes) -> bytes:
        if self._ask(wire.SELECT, self._uid).status != wire.DONE:
            raise DeviceError(Fault.READ_FAILED, "the card moved")
        if self._ask(wire.AUTHENTICATE, bytes([wire.KEY_A, number]) + key).status != wire.DONE:
            raise DeviceError(Fault.CARD_FORMAT, "the key is not this card's")
        read = self._ask(wire.READ, bytes([number]))
        if read.status != wire.DONE or len(read.found) != 16:
            raise DeviceError(Fault.READ_FAILED, "the block was not read")
        return read.found

    def _ask(self, command: int, data: bytes = b"") -> wire.Frame:
        """One command, one answer. Raises DeviceError(mute | garbled | unplugged)."""
        link = self._link
        if link is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        link.drain()
        self._parser.clear()
        until = self._clock.monotonic() + self._answer_s
        link.send(wire.frame(command, data), until)
        noise = spoilt = False
        while some := link.read(until):
            noise = True
            for answer in self._parser.feed(some):
                if isinstance(answer, wire.Frame) and answer.command == command:
                    return answer
                spoilt = True
                until = min(until, self._clock.monotonic() + AFTER_SPOILT_S)
        if spoilt:
            raise DeviceError(Fault.GARBLED, f"{link.name}: an answer with a wrong check byte")
        what = "no whole answer" if noise else "no answer"
        raise DeviceError(Fault.GARBLED if noise else Fault.MUTE, f"{link.name}: {what} within {self._answer_s:g} s")
