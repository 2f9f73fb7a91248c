"""Devices that speak in USB HID reports through /dev/hidraw*: frames cut into reports of one size, padded with zeros.

Reading joins the reports again; what pads the last one is skipped by the frame's own parser, as is a length word that
some models put before a frame.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable

from hw.device import Clock, DeviceError, Fault
from hw.link import Link, open_trouble

REPORT = 64
"""Bytes of a full-speed report, without its number."""


class ReportLink(Link):
    """A Link that writes whole reports. `length_word`: each write begins with its length, two bytes, high first."""

    def __init__(
        self, name: str, descriptor: int, let_go: Callable[[], None], clock: Clock, length_word: bool
    ) -> None:
        super().__init__(name, descriptor, let_go, clock)
        self._length_word = length_word

    def write(self, data: bytes, until: float) -> int:
        sent, framed = 0, (len(data).to_bytes(2, "big") if self._length_word else b"") + data
        for report in reports(framed):
            if super().write(b"\0" + report, until) <= REPORT:  # the number 0 before it is that of the only report
                return min(sent, len(data))
            sent += REPORT
        return len(data)


def reports(data: bytes) -> list[bytes]:
    """`data` cut and padded."""
    return [data[at : at + REPORT].ljust(REPORT, b"\0") for at in range(0, len(data), REPORT)]


def open_hid(path: str, length_word: bool, clock: Clock) -> Link:
    """A hidraw device; a stand-in's socket of packets is taken too. Raises DeviceError."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - beside open, not a question about a path
        if stat.S_ISSOCK(mode):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            line.connect(path)
            line.setblocking(False)
            return ReportLink(path, line.fileno(), line.close, clock, length_word)
        if not stat.S_ISCHR(mode):
            raise DeviceError(Fault.WRONG_DEVICE, f"{path}: not a hidraw device")
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as trouble:
        raise open_trouble(path, trouble) from trouble
    return ReportLink(path, descriptor, lambda: os.close(descriptor), clock, length_word)
