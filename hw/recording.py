"""Bytes of a device with their times, as text: recorded in the field, replayed here, so that a strange device becomes a
test.

A recording holds what was read, a guest's data too: record with specimens. Stripes are never recorded, since a bank
card might be among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hw.device import Clock, DeviceError, Fault
from hw.link import Link
from hw.standins.control import Control
from hw.standins.server import PipePort, Port, PtyPort, ReportPort, Served, TcpPort

HEAD = "hw recording 1"
_LINE = re.compile(r"(\d{1,6}\.\d{3}) ([<>]) ((?:[0-9a-f]{2})+)")
_NEVER = frozenset({"port", "baud", "photo", "key"})
"""Options of the place, not of the device; and a key is no one's business."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`at` seconds after the beginning; `out`: from us to the device."""

    at: float
    out: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Recording:
    """`wire` is serial, tcp, hid or keyboard; `options` the driver's, without the place."""

    kind: str
    driver: str
    wire: str
    options: Mapping[str, str]
    pieces: tuple[Piece, ...] = field(repr=False, default=())


def write(recording: Recording) -> str:
    """The recording as lines of text."""
    given = [f"{name}={value}" for name, value in recording.options.items() if name not in _NEVER]
    head = [HEAD, " ".join((recording.kind, recording.driver, recording.wire, *given))]
    return "\n".join(head + [f"{p.at:.3f} {'>' if p.out else '<'} {p.data.hex()}" for p in recording.pieces]) + "\n"


def read(text: str) -> Recording:
    """What `write` wrote; lines that begin with # are remarks. Raises DeviceError(bad_request) naming the line."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    if len(lines) < 2 or lines[0][1] != HEAD:
        raise DeviceError(Fault.BAD_REQUEST, f"not a recording: it does not begin with {HEAD!r}")
    kind, driver, wire, *given = (*lines[1][1].split(" "), "", "", "")[: max(3, lines[1][1].count(" ") + 1)]
    if wire not in ("serial", "tcp", "hid", "keyboard") or not all("=" in one for one in given):
        raise DeviceError(Fault.BAD_REQUEST, f"line {lines[1][0]} of the recording names no device")
    pieces = []
    for number, line in lines[2:]:
        found = _LINE.fullmatch(line)
        if found is None:
            raise DeviceError(Fault.BAD_REQUEST, f"line {number} of the recording is not one")
        pieces.append(Piece(float(found[1]), found[2] == ">", bytes.fromhex(found[3])))
    options = dict(one.split("=", 1) for one in given)
    return Recording(kind, driver, wire, options, tuple(pieces))


def port_for(wire: str) -> Port:
    """Where a replayed or recorded device is served."""
    ports: Mapping[str, type[TcpPort] | type[PtyPort] | type[ReportPort] | type[PipePort]] = {
        "serial": PtyPort, "tcp": TcpPort, "hid": ReportPort, "keyboard": PipePort
    }  # fmt: skip
    return ports[wire]()


class Recorder(Served):
    """Stands between a driver and its device: serves the one, holds the link to the other, notes what passes."""

    name = "recorder"
    controls: tuple[Control, ...] = ()
    period_ms = 2

    def __init__(self, port: Port, device: Link, clock: Clock) -> None:
        super().__init__(port)
        self._device, self._clock = device, clock
        self._began = clock.monotonic()
        self.pieces: list[Piece] = []
        self.lost: DeviceError | None = None

    def received(self, data: bytes) -> None:
        self._note(True, data)
        try:
            self._device.send(data, self._clock.monotonic() + 1.0)
        except DeviceError as lost:
            self.lost = lost

    def tick(self) -> None:
        if self.lost is not None:
            return
        try:
            data = self._device.read(self._clock.monotonic())
        except DeviceError as lost:
            self.lost = lost
            return
        if data:
            self._note(False, data)
            self.send(data)

    def _note(self, out: bool, data: bytes) -> None:
        self.pieces.append(Piece(self._clock.monotonic() - self._began, out, data))


class Replayer(Served):
    """A recorded device: answers when the driver has sent what it sent then, after as long as it took then. `speed`
    times faster. `differences` are the places where the driver sent something else."""

    name = "replay"
    controls: tuple[Control, ...] = ()
    period_ms = 2

    def __init__(self, pieces: Iterable[Piece], port: Port, clock: Clock, speed: float = 1.0) -> None:
        super().__init__(port)
        self._pieces, self._clock, self._speed = tuple(pieces), clock, speed
        self._next = 0
        self._moved_at = clock.monotonic()
        self._heard = b""
        self.differences: list[int] = []

    @property
    def done(self) -> bool:
        """Whether all of it has been played."""
        with self._lock:
            return self._next >= len(self._pieces)

    def received(self, data: bytes) -> None:
        self._heard += data
        self._follow()

    def tick(self) -> None:
        self._follow()

    def _follow(self) -> None:
        while self._next < len(self._pieces):
            piece = self._pieces[self._next]
            if piece.out:
                if len(self._heard) < len(piece.data):
                    return
                said, self._heard = self._heard[: len(piece.data)], self._heard[len(piece.data) :]
                if said != piece.data:
                    self.differences.append(self._next)
            else:
                before = self._pieces[self._next - 1].at if self._next else 0.0
                if (self._clock.monotonic() - self._moved_at) * self._speed < piece.at - before:
                    return
                self.send(piece.data)
            self._next += 1
            self._moved_at = self._clock.monotonic()
