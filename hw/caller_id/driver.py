"""Caller ID from a modem that names callers between its rings, and from a box that passes the exchange's frames on."""

from __future__ import annotations

from collections.abc import Callable

from hw.caller_id import wire
from hw.caller_id.contract import CallerKnown, RingEnded, RingStarted
from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.line_source import LineSource, serial_source
from hw.link import Link, open_serial
from hw.options import Options

LISTEN_S = 0.25
SWITCH_ON = (b"AT+VCID=1", b"AT#CID=1")
AFTER_NUMBER_S = 0.5
"""A name may follow the number; nothing more follows after this."""


class _Rings:
    """Whether it rings, by when it last did."""

    def __init__(self, emit: Emit, ended_s: float) -> None:
        self._emit, self._ended_s = emit, ended_s
        self._last: float | None = None

    def ring(self, now: float) -> None:
        if self._last is None:
            self._emit(RingStarted())
        self._last = now

    def look(self, now: float) -> None:
        if self._last is not None and now - self._last > self._ended_s:
            self._last = None
            self._emit(RingEnded())


class ModemCallerId:
    """hw.caller_id.contract.CallerId over a modem's lines. `answer_s`: for a command; `ended_s`: after so long without
    a ring the call is over."""

    def __init__(self, source: LineSource, clock: Clock, emit: Emit, answer_s: float, ended_s: float) -> None:
        self._source, self._clock, self._emit, self._answer_s = source, clock, emit, answer_s
        self._ended_s = ended_s
        self._rings = _Rings(emit, ended_s)
        self._tags: dict[str, str] = {}
        self._number_at = 0.0

    def open(self) -> str:
        identity = self._source.open()
        self._rings, self._tags = _Rings(self._emit, self._ended_s), {}
        if not self._command(b"ATZ"):
            raise DeviceError(Fault.WRONG_DEVICE, f"{identity}: the modem refuses ATZ")
        if not any(self._command(command) for command in SWITCH_ON):
            raise DeviceError(Fault.REFUSED, f"{identity}: this modem has no caller ID")
        self._command(b"ATS0=0")  # never answers
        return f"modem with caller ID, {identity}"

    def close(self) -> None:
        self._source.close()

    def arm(self, on: bool) -> None:
        """The worker lets events through while armed; a call under way then is told from its next ring on."""
        if on:
            self._rings, self._tags = _Rings(self._emit, self._ended_s), {}

    def poll(self) -> Poll:
        now = self._clock.monotonic()
        for line in self._source.read(now + LISTEN_S):
            if line.strip() == wire.RING:
                self._rings.ring(now)
            elif (found := wire.tag(line)) is not None:
                self._tags[found[0]] = found[1]
                self._number_at = now
        if "NMBR" in self._tags and now - self._number_at >= AFTER_NUMBER_S:
            tags, self._tags = self._tags, {}
            caller = wire.caller(tags["NMBR"], tags.get("NAME", ""), tags.get("DATE", "") + tags.get("TIME", ""))
            self._rings.ring(now)
            if caller is not None:
                self._emit(CallerKnown(caller))
        self._rings.look(now)
        return Poll(0.0)

    def _command(self, command: bytes) -> bool:
        """True: OK. False: ERROR. Raises DeviceError: mute, or wrong_device for other talk."""
        link, until = self._source.link, self._clock.monotonic() + self._answer_s
        self._source.drop()
        link.send(command + b"\r", until)
        other = False
        while self._clock.monotonic() < until:
            for line in self._source.read(until):
                if line.strip() in (b"OK", b"ERROR"):
                    return line.strip() == b"OK"
                other = other or line.strip() != command
        code = Fault.WRONG_DEVICE if other else Fault.MUTE
        raise DeviceError(code, f"{link.name}: no answer to {command.decode('ascii')}")


class FrameCallerId:
    """hw.caller_id.contract.CallerId over raw SDMF and MDMF frames. The box passes no rings on: a frame begins the
    call, and `ended_s` later it is taken to be over."""

    def __init__(self, connect: Callable[[], Link], clock: Clock, emit: Emit, ended_s: float) -> None:
        self._connect, self._clock, self._emit, self._ended_s = connect, clock, emit, ended_s
        self._rings = _Rings(emit, ended_s)
        self._parser = wire.FrameParser()
        self._link: Link | None = None

    def open(self) -> str:
        self.close()
        self._link = self._connect()
        return f"caller-ID box at {self._link.name}"

    def close(self) -> None:
        link, self._link = self._link, None
        self._parser.clear()
        if link is not None:
            link.close()

    def arm(self, on: bool) -> None:
        """The worker lets events through while armed."""
        if on:
            self._rings = _Rings(self._emit, self._ended_s)

    def poll(self) -> Poll:
        if self._link is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        now = self._clock.monotonic()
        for found in self._parser.feed(self._link.read(now + LISTEN_S)):
            self._rings.ring(now)
            if not isinstance(found, wire.Spoilt):
                self._emit(CallerKnown(found))
        self._rings.look(now)
        return Poll(0.0)


def make_modem(options: Options, clock: Clock, emit: Emit) -> ModemCallerId:
    """Options: port (a serial device's path, or host:port), baud, gap_s (a pause that breaks a line off), answer_s
    (how long a command's answer may take), ended_s (without a ring for so long a call is over)."""
    answer_s = options.seconds("answer_s", 2.0, 0.05, 10.0)
    ended_s = options.seconds("ended_s", 8.0, 0.1, 60.0)
    return ModemCallerId(serial_source(options, clock, 115200), clock, emit, answer_s, ended_s)


def make_fsk(options: Options, clock: Clock, emit: Emit) -> FrameCallerId:
    """Options: port (a serial device's path), baud, ended_s (so long after its frame a call is over)."""
    port, baud = options.text("port"), options.whole("baud", 1200, 1200, 115200)
    ended_s = options.seconds("ended_s", 30.0, 0.1, 120.0)
    return FrameCallerId(lambda: open_serial(port, baud, clock), clock, emit, ended_s)
