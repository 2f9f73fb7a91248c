"""Bytes to and from a device, with a deadline on every call: serial ports, TCP sockets and character files behind
one shape.

Deadlines are readings of the given clock. Every trouble of the library or the kernel leaves as a DeviceError:
absent, permission, busy, unplugged, mute or bad_option.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import stat
from collections.abc import Callable

from hw.device import Clock, DeviceError, Fault

_OPEN_FAULTS = {
    errno.ENOENT: Fault.ABSENT,
    errno.ENODEV: Fault.ABSENT,
    errno.ENXIO: Fault.ABSENT,
    errno.EACCES: Fault.PERMISSION,
    errno.EPERM: Fault.PERMISSION,
    errno.EBUSY: Fault.BUSY,
    errno.EAGAIN: Fault.BUSY,
}


class Link:
    """An open, non-blocking file descriptor to a device. `name` is its port, for words to staff."""

    def __init__(self, name: str, descriptor: int, let_go: Callable[[], None], clock: Clock) -> None:
        self.name = name
        self._descriptor = descriptor
        self._let_go = let_go
        self._clock = clock

    def read(self, until: float, most: int = 65536) -> bytes:
        """At least one byte, at most `most`, or b"" when `until` has passed. Raises DeviceError(unplugged)."""
        if not self._ready(select.POLLIN, until):
            return b""
        try:
            data = os.read(self._descriptor, most)
        except BlockingIOError:
            return b""
        except OSError as lost:
            raise DeviceError(Fault.UNPLUGGED, f"{self.name}: {lost.strerror}") from lost
        if not data:
            raise DeviceError(Fault.UNPLUGGED, f"{self.name}: closed by the other side")
        return data

    def write(self, data: bytes, until: float) -> int:
        """Write as much as the device takes before `until`; returns how much. Raises DeviceError(unplugged).

        Fewer bytes than given means that the device stopped taking them: the caller knows how many it may have
        acted on.
        """
        sent = 0
        while sent < len(data) and self._ready(select.POLLOUT, until):
            try:
                sent += os.write(self._descriptor, data[sent:])
            except BlockingIOError:
                continue
            except OSError as lost:
                raise DeviceError(Fault.UNPLUGGED, f"{self.name}: {lost.strerror}") from lost
        return sent

    def send(self, data: bytes, until: float) -> None:
        """Write all of it. Raises DeviceError(mute) when the device does not take it in time."""
        if self.write(data, until) < len(data):
            raise DeviceError(Fault.MUTE, f"{self.name}: takes no data")

    def drain(self) -> bytes:
        """Throw away, and return, what has arrived unasked."""
        stale = b""
        while len(stale) < 1 << 20:
            some = self.read(self._clock.monotonic())
            if not some:
                break
            stale += some
        return stale

    def close(self) -> None:
        """Let go. May be called twice."""
        let_go, self._let_go = self._let_go, _nothing
        try:
            let_go()
        except OSError:  # the port went away first; there is nothing left to let go of
            pass

    def _ready(self, event: int, until: float) -> bool:
        poll = select.poll()
        try:
            poll.register(self._descriptor, event)
            left = until - self._clock.monotonic()
            found = poll.poll(max(0.0, left) * 1000)
        except (OSError, ValueError) as lost:
            raise DeviceError(Fault.UNPLUGGED, f"{self.name}: not open") from lost
        if not found:
            return False
        flags = found[0][1]
        if not flags & event and flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
            raise DeviceError(Fault.UNPLUGGED, f"{self.name}: hung up")
        return True


def _nothing() -> None:
    """What is left to do once a link has been closed."""


def open_serial(port: str, baud: int, clock: Clock) -> Link:
    """A serial port or pty, 8N1, exclusive, without flow control; DTR and RTS stay low, since they reset some
    readers."""
    import termios  # with pyserial: only where a serial device is configured

    import serial

    line = serial.Serial(timeout=0, write_timeout=0, exclusive=True)
    line.port, line.baudrate = port, baud
    line.dtr = line.rts = False
    try:
        line.open()
        line.reset_input_buffer()
    except (OSError, termios.error, ValueError) as trouble:
        raise open_trouble(port, trouble) from trouble
    return Link(port, line.fileno(), line.close, clock)


def open_tcp(address: str, default_port: int, timeout_s: float, clock: Clock) -> Link:
    """A TCP connection to `host:port` (IPv6 in brackets), without Nagle, with keep-alive."""
    host, port = split_address(address, default_port)
    try:
        line = socket.create_connection((host, port), timeout_s)
    except TimeoutError as trouble:
        raise DeviceError(Fault.ABSENT, f"{address}: no answer to the connection within {timeout_s:g} s") from trouble
    except OSError as trouble:
        raise DeviceError(Fault.ABSENT, f"{address}: {trouble.strerror or 'no such host'}") from trouble
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    line.setblocking(False)
    return Link(address, line.fileno(), line.close, clock)


def open_file(path: str, clock: Clock) -> Link:
    """A character device such as /dev/usb/lp0, non-blocking. A regular file is refused: it could never answer."""
    descriptor = -1
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise DeviceError(Fault.WRONG_DEVICE, f"{path}: a regular file, not a device")
    except OSError as trouble:
        raise open_trouble(path, trouble) from trouble
    return Link(path, descriptor, lambda: os.close(descriptor), clock)


def split_address(address: str, default_port: int) -> tuple[str, int]:
    """`host`, `host:port` or `[v6]:port` -> (host, port). Raises DeviceError(bad_option)."""
    host, _, port = address.rpartition(":")
    if not host or (":" in host and not host.endswith("]")):
        host, port = address, str(default_port)
    if not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65536:
        raise DeviceError(Fault.BAD_OPTION, f"port is {address[:40]!r}; it takes host:port")
    return host.strip("[]"), int(port)


def open_trouble(port: str, trouble: Exception) -> DeviceError:
    """What a failed opening means."""
    number = trouble.errno if isinstance(trouble, OSError) else None
    if number is None and "exclusively lock" in str(trouble):
        return DeviceError(Fault.BUSY, f"{port}: another program holds it")
    code = _OPEN_FAULTS.get(number or 0, Fault.WRONG_DEVICE)
    reason = trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else str(trouble)
    return DeviceError(code, f"{port}: {reason}")
