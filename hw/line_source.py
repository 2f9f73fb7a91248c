"""Where lines come from: a keyboard-like device that is grabbed, a serial port, or a serial server on the network.

Devices that type or send finished lines - scanners, MRZ and stripe readers - share this; what a line means is
their drivers' business.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from errno import EBUSY

from hw.device import Clock, DeviceError, Fault
from hw.lines import LineParser, Lines, TypedLines
from hw.link import Link, open_serial, open_tcp, open_trouble, split_address
from hw.options import Options

KEYBOARDS = "/dev/input/"
TCP_PORT = 4001
"""What serial servers usually listen on."""
USUAL_GAP_S = 0.3
"""A device sends a line in one go, a key every 1 to 16 ms; a pause of this length means that it broke off."""


class LineSource:
    """`read` gives the lines that ended before a moment. `connect` returns the link and what is at its end."""

    def __init__(self, connect: Callable[[], tuple[Link, str]], parser: LineParser, clock: Clock) -> None:
        self._connect, self._parser, self._clock = connect, parser, clock
        self._link: Link | None = None

    @property
    def parser(self) -> LineParser:
        return self._parser

    @property
    def link(self) -> Link:
        """Raises DeviceError(unplugged) when not open."""
        if self._link is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        return self._link

    def open(self) -> str:
        """Returns what is at the other end. Raises DeviceError."""
        self.close()
        self._link, identity = self._connect()
        return identity

    def read(self, until: float) -> list[bytes]:
        """Lines that ended with the next bytes; none when `until` passes first. Raises DeviceError(unplugged)."""
        data = self.link.read(until)
        return self._parser.feed(data, self._clock.monotonic()) if data else []

    def drop(self) -> None:
        """Throw away what came while nobody listened. Raises DeviceError(unplugged)."""
        self._parser.feed(self.link.drain(), self._clock.monotonic())
        self._parser.clear()

    def close(self) -> None:
        """Let go. May be called twice."""
        link, self._link = self._link, None
        self._parser.clear()
        if link is not None:
            link.close()


def open_keyboard(path: str, clock: Clock) -> tuple[Link, str]:
    """An input device, grabbed, so that what it types reaches nobody else; and its name with its USB numbers.

    A named pipe that carries the same records is taken too: that is what a stand-in has.
    """
    try:
        if stat.S_ISFIFO(os.stat(path).st_mode):  # noqa: PTH116 - beside open, not a question about a path
            pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            return Link(path, pipe, lambda: os.close(pipe), clock), "keyboard on a pipe"
    except OSError as trouble:
        raise open_trouble(path, trouble) from trouble
    from evdev import InputDevice  # only where a real keyboard is configured

    try:
        device = InputDevice(path, readonly=True)  # writing makes some scanners change their lamps
    except OSError as trouble:
        raise open_trouble(path, trouble) from trouble
    try:
        device.grab()
    except OSError as trouble:
        device.close()
        code = Fault.BUSY if trouble.errno == EBUSY else Fault.WRONG_DEVICE
        raise DeviceError(code, f"{path}: cannot be grabbed") from trouble
    info = device.info
    return Link(path, device.fd, device.close, clock), f"{device.name} {info.vendor:04x}:{info.product:04x}"


def keyboard_source(options: Options, clock: Clock, port: str = "") -> LineSource:
    """From the options port (/dev/input/...), unless given, and gap_s."""
    port, gap_s = port or options.text("port"), _gap(options)
    return LineSource(lambda: open_keyboard(port, clock), TypedLines(gap_s), clock)


def serial_source(
    options: Options, clock: Clock, baud: int, parser: Callable[[float], LineParser] = Lines, port: str = ""
) -> LineSource:
    """From the options port (a serial device's path, or host:port of a serial server), baud and gap_s. `parser` is
    made from the gap."""
    port, rate, gap_s = port or options.text("port"), options.whole("baud", baud, 1200, 921600), _gap(options)
    if not port.startswith("/"):
        split_address(port, TCP_PORT)

    def connect() -> tuple[Link, str]:
        if port.startswith("/"):
            return open_serial(port, rate, clock), f"serial line {port}"
        return open_tcp(port, TCP_PORT, 3.0, clock), f"serial server {port}"

    return LineSource(connect, parser(gap_s), clock)


def line_source(options: Options, clock: Clock, baud: int) -> LineSource:
    """Either, by the option via (hid | serial); without it a port under /dev/input/ is a keyboard."""
    port = options.text("port")
    via = options.choice("via", "hid" if port.startswith(KEYBOARDS) else "serial", ("hid", "serial"))
    return keyboard_source(options, clock, port) if via == "hid" else serial_source(options, clock, baud, port=port)


def _gap(options: Options) -> float:
    return options.seconds("gap_s", USUAL_GAP_S, 0.02, 5.0)
