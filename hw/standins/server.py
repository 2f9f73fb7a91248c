"""What stand-ins stand on: one thread that serves a TCP port or a pty, can be unplugged and plugged in again, and
stops cleanly."""

from __future__ import annotations

import errno
import os
import pty
import select
import socket
import tempfile
import termios
import threading
import tty
from pathlib import Path
from typing import Protocol

from hw.hid import reports
from hw.standins.control import Control

CLIENT_S = 2.0
"""A client that takes nothing for so long is dropped."""
PLUGGED = Control("plugged", "the cable", ("yes", "no"))


class Port(Protocol):
    """Where a driver connects to. `descriptors` are what to wait on for input."""

    address: str

    def open(self) -> None: ...

    def close(self) -> None: ...

    def descriptors(self) -> tuple[int, ...]: ...

    def read(self, descriptor: int) -> bytes | None:
        """What came in; b"": a connection began or ended; None: nothing after all."""

    def write(self, data: bytes) -> None:
        """To whoever is connected; nobody: gone."""


class TcpPort:
    """A listening socket on the loopback; one client at a time, a newer one replaces the older. Port 0: any free
    one, then kept."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._host, self._port = host, port
        self._listening: socket.socket | None = None
        self._client: socket.socket | None = None
        self.address = f"{host}:{port}"

    def open(self) -> None:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((self._host, self._port))
        listening.listen(4)
        listening.setblocking(False)
        self._listening = listening
        self._port = listening.getsockname()[1]
        self.address = f"{self._host}:{self._port}"

    def close(self) -> None:
        for line in (self._client, self._listening):
            if line is not None:
                line.close()
        self._client = self._listening = None

    def descriptors(self) -> tuple[int, ...]:
        return tuple(line.fileno() for line in (self._listening, self._client) if line is not None)

    def read(self, descriptor: int) -> bytes | None:
        if self._listening is not None and descriptor == self._listening.fileno():
            try:
                self._replace(self._listening.accept()[0])
            except OSError:  # it went away before it was let in
                return None
            return b""
        if self._client is None or descriptor != self._client.fileno():
            return None
        try:
            data = self._client.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._replace(None)
        return data

    def write(self, data: bytes) -> None:
        if self._client is not None:
            try:
                self._client.sendall(data)
            except OSError:
                self._replace(None)

    def _replace(self, client: socket.socket | None) -> None:
        if self._client is not None:
            self._client.close()
        self._client = client
        if client is not None:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.settimeout(CLIENT_S)


class PtyPort:
    """A pseudo-terminal behind a symbolic link that keeps its name over being unplugged."""

    def __init__(self, link: Path | None = None) -> None:
        self._own = link is None
        self._link = link or Path(tempfile.mkdtemp(prefix="standin-")) / "tty"
        self._master = self._slave = -1
        self.address = str(self._link)

    def open(self) -> None:
        if self._own:
            self._link.parent.mkdir(mode=0o700, exist_ok=True)
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(self._slave))

    def close(self) -> None:
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1
        self._link.unlink(missing_ok=True)
        if self._own and self._link.parent.exists():
            self._link.parent.rmdir()

    @property
    def rate(self) -> int:
        """The line speed that the driver has set, as termios names it."""
        speed: int = termios.tcgetattr(self._slave)[4]
        return speed

    def descriptors(self) -> tuple[int, ...]:
        return (self._master,) if self._master >= 0 else ()

    def read(self, descriptor: int) -> bytes | None:
        try:
            return os.read(descriptor, 65536)
        except OSError as trouble:
            if trouble.errno in (errno.EIO, errno.EAGAIN):
                return None
            raise

    def write(self, data: bytes) -> None:
        while data and self._master >= 0:
            poll = select.poll()
            poll.register(self._master, select.POLLOUT)
            if not poll.poll(CLIENT_S * 1000):
                return
            data = data[os.write(self._master, data) :]


class ReportPort(TcpPort):
    """A socket of packets, one a USB HID report: what the driver takes for a hidraw device. `length_word` as the
    driver's option."""

    def __init__(self, path: Path | None = None, length_word: bool = False) -> None:
        super().__init__()
        self._own, self._length_word = path is None, length_word
        self._path = path or Path(tempfile.mkdtemp(prefix="standin-")) / "hidraw"
        self.address = str(self._path)

    def open(self) -> None:
        if self._own:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listening.bind(str(self._path))
        listening.listen(4)
        listening.setblocking(False)
        self._listening = listening

    def close(self) -> None:
        super().close()
        self._path.unlink(missing_ok=True)
        if self._own and self._path.parent.exists():
            self._path.parent.rmdir()

    def read(self, descriptor: int) -> bytes | None:
        """A report without its number."""
        report = super().read(descriptor)
        return report[1:] if report else report

    def write(self, data: bytes) -> None:
        framed = (len(data).to_bytes(2, "big") if self._length_word else b"") + data
        for report in reports(framed):
            super().write(report)

    def _replace(self, client: socket.socket | None) -> None:
        if self._client is not None:
            self._client.close()
        self._client = client
        if client is not None:
            client.settimeout(CLIENT_S)


class PipePort:
    """A named pipe, one way, for what a keyboard types: input_event records (hw.lines.typed)."""

    def __init__(self, path: Path | None = None) -> None:
        self._own = path is None
        self._path = path or Path(tempfile.mkdtemp(prefix="standin-")) / "event"
        self._end = -1
        self.address = str(self._path)

    def open(self) -> None:
        if self._own:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.unlink(missing_ok=True)
        os.mkfifo(self._path, 0o600)
        self._end = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)  # both ways, so that it waits for no reader

    def close(self) -> None:
        if self._end >= 0:
            os.close(self._end)
        self._end = -1
        self._path.unlink(missing_ok=True)
        if self._own and self._path.parent.exists():
            self._path.parent.rmdir()

    def descriptors(self) -> tuple[int, ...]:
        return ()

    def read(self, descriptor: int) -> bytes | None:  # noqa: ARG002 - a keyboard is not spoken to
        return None

    def write(self, data: bytes) -> None:
        if self._end >= 0:
            try:
                os.write(self._end, data)
            except BlockingIOError:  # nobody reads: keys typed into the air are lost
                pass


class Served:
    """A stand-in on a port. Subclasses give `received`, and may give `connected`, `turned` and `tick`.

    All of these run under `_lock`. `period_ms`: how often `tick` is called while nothing is received; None: never.
    """

    name = ""
    controls: tuple[Control, ...] = ()
    period_ms: int | None = None

    def __init__(self, port: Port) -> None:
        self._port = port
        self._lock = threading.RLock()
        self._settings = {control.name: control.values[0] if control.values else "" for control in self.controls}
        self._wake_in, self._wake_out = -1, -1
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._looked = threading.Event()
        self._looked.set()

    @property
    def address(self) -> str:
        """What goes into the driver's `port` option, once started."""
        return self._port.address

    def start(self) -> str:
        """Begin to serve; returns what goes into the driver's `port` option."""
        with self._lock:
            self._port.open()
            self._wake_in, self._wake_out = os.pipe()
            self._stopping = False
            self._thread = threading.Thread(target=self._serve, name=f"standin-{self.name}", daemon=True)
            self._thread.start()
            return self._port.address

    def stop(self) -> None:
        """Stop, close everything, leave no thread behind. May be called twice."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stopping = True
            if thread is not None:
                os.write(self._wake_out, b"x")
        if thread is not None:
            thread.join()
            self._port.close()
            os.close(self._wake_in)
            os.close(self._wake_out)

    def set(self, control: str, value: str) -> None:
        """Turn a control. Raises ValueError naming the control and its values."""
        known = next((known for known in self.controls if known.name == control), None)
        if known is None:
            names = ", ".join(known.name for known in self.controls)
            raise ValueError(f"{self.name} has no control {control!r}; it has: {names}")
        if known.values and value not in known.values:
            raise ValueError(f"{self.name}.{control} takes one of: {', '.join(known.values)}")
        with self._lock:
            self._settings[control] = value
            if control == PLUGGED.name:
                self._plug(value == "yes")
            self.turned(control, value)

    def settings(self) -> dict[str, str]:
        """Every control and where it stands."""
        with self._lock:
            return dict(self._settings)

    def received(self, data: bytes) -> None:
        """Bytes from the driver."""
        raise NotImplementedError

    def connected(self) -> None:
        """A driver connected anew, or the cable is back."""

    def tick(self) -> None:
        """Time passes."""

    def turned(self, control: str, value: str) -> None:
        """A control was turned; `settings` already has it."""

    def send(self, data: bytes) -> None:
        """Bytes to the driver."""
        self._port.write(data)

    def setting(self, control: str) -> str:
        return self._settings[control]

    def _plug(self, plugged: bool) -> None:
        if self._thread is not None and self._thread is not threading.current_thread():
            os.write(self._wake_out, b"x")
            self._looked.wait(1.0)  # a descriptor that is being polled stays open until the poll ends
        self._port.close()
        if plugged and not self._stopping and self._thread is not None:
            self._port.open()
            self.connected()
        if self._thread is not None:
            os.write(self._wake_out, b"x")

    def _serve(self) -> None:
        while True:
            with self._lock:
                if self._stopping:
                    return
                watched = (self._wake_in, *self._port.descriptors())
                self._looked.clear()
            poll = select.poll()
            for descriptor in watched:
                poll.register(descriptor, select.POLLIN)
            ready = poll.poll(self.period_ms)
            self._looked.set()
            with self._lock:
                for descriptor, _flags in ready:
                    self._take(descriptor)
                if not ready and not self._stopping:
                    self.tick()

    def _take(self, descriptor: int) -> None:
        if descriptor == self._wake_in:
            os.read(self._wake_in, 64)
        elif descriptor in self._port.descriptors():
            data = self._port.read(descriptor)
            if data:
                self.received(data)
            elif data is not None:
                self.connected()
