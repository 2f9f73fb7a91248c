"""The CD5220 display on a serial line. It answers nothing, so all that is known is that it is there."""

from __future__ import annotations

from collections.abc import Callable

from hw.device import Clock, DeviceError, Done, Emit, NotDone, Outcome, Poll, Unknown
from hw.display import wire
from hw.link import Link, open_serial
from hw.options import Options

LOOK_S = 5.0


class Cd5220:
    """hw.display.contract.Display over a Link. `write_s`: how long it may take to take two lines."""

    def __init__(self, connect: Callable[[], Link], clock: Clock, write_s: float) -> None:
        self._connect, self._clock, self._write_s = connect, clock, write_s
        self._link: Link | None = None

    def open(self) -> str:
        self.close()
        self._link = self._connect()
        self._send(wire.INIT + wire.CLEAR)
        return f"CD5220 display at {self._link.name}"

    def close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def arm(self, on: bool) -> None:
        """A display has no events."""

    def poll(self) -> Poll:
        if self._link is not None:
            self._link.drain()  # a port that went away says so
        return Poll(LOOK_S)

    def show(self, job_id: str, upper: str, lower: str) -> Outcome[None]:  # noqa: ARG002 - see Worker
        try:
            data = wire.lines(upper, lower)
        except DeviceError as refused:
            return NotDone(refused.code, refused.detail)
        return self._act(data)

    def clear(self, job_id: str) -> Outcome[None]:  # noqa: ARG002 - see Worker
        return self._act(wire.CLEAR)

    def _act(self, data: bytes) -> Outcome[None]:
        try:
            self._send(data)
        except DeviceError as trouble:
            return Unknown(trouble.code, trouble.detail)
        return Done(None)

    def _send(self, data: bytes) -> None:
        if self._link is None:
            self._link = self._connect()
        self._link.send(data, self._clock.monotonic() + self._write_s)


def make(options: Options, clock: Clock, emit: Emit) -> Cd5220:  # noqa: ARG001 - every factory takes the same three
    """Options: port (a serial device's path), baud, write_s (how long it may take to take two lines)."""
    port, baud = options.text("port"), options.whole("baud", 9600, 1200, 115200)
    return Cd5220(lambda: open_serial(port, baud, clock), clock, options.seconds("write_s", 1.0, 0.05, 10.0))
