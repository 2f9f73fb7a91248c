"""Where frames come from: a V4L2 camera, a folder of pictures, or a socket. Imported in a camera's child only
(OpenCV).

On a socket each frame is a length (four bytes, high first) and a body: `P` and a PNG or JPEG, or `G` and width and
height (two bytes each) and the grey pixels. A camera service (libcamera) and the stand-in speak this.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from hw.device import DeviceError, Fault
from hw.scanner.engines import Grey

LARGEST_FRAME = 16 << 20
STALL_S = 2.0


class FrameSource(Protocol):
    """Blocks in `read` for at most about two seconds; raises DeviceError when frames stop for good."""

    def open(self) -> str:
        """Returns the identity of the camera."""

    def read(self) -> Grey | None:
        """The next frame (grey or BGR); None: nothing yet."""

    def skip(self) -> None:
        """Let one frame pass without the cost of looking at it."""

    def close(self) -> None: ...


class V4l2Source:
    """A USB camera by its device node. Prefer /dev/v4l/by-id/...: it keeps its name."""

    def __init__(self, path: str, width: int, height: int) -> None:
        self._path, self._width, self._height = path, width, height
        self._capture: cv2.VideoCapture | None = None

    def open(self) -> str:
        path = Path(self._path)
        if not path.exists():
            raise DeviceError(Fault.ABSENT, f"{self._path}: no such camera")
        if not os.access(path, os.R_OK | os.W_OK):
            raise DeviceError(Fault.PERMISSION, f"{self._path}: may not be opened")
        capture = cv2.VideoCapture(self._path, cv2.CAP_V4L2)
        if not capture.isOpened():
            raise DeviceError(Fault.WRONG_DEVICE, f"{self._path}: not a camera, or another program holds it")
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._height)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture = capture
        return f"camera {path.resolve().name}"

    def read(self) -> Grey | None:
        if self._capture is None or not Path(self._path).exists():  # some cameras go on saying True when unplugged
            raise DeviceError(Fault.UNPLUGGED, f"{self._path}: went away")
        good, frame = self._capture.read()
        return np.asarray(frame, dtype=np.uint8) if good else None

    def skip(self) -> None:
        if self._capture is None or not self._capture.grab():
            self.read()

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class FolderSource:
    """The pictures of a folder by name, over and over. `pace` waits between them."""

    def __init__(self, folder: str, pace: Callable[[], object]) -> None:
        self._folder, self._pace = Path(folder), pace
        self._pictures: list[Path] = []
        self._turn = 0

    def open(self) -> str:
        if not self._folder.is_dir():
            raise DeviceError(Fault.ABSENT, f"{self._folder}: no such folder")
        self._pictures = sorted(path for path in self._folder.iterdir() if path.suffix in (".png", ".jpg", ".jpeg"))
        if not self._pictures:
            raise DeviceError(Fault.ABSENT, f"{self._folder}: no pictures in it")
        return f"{len(self._pictures)} pictures"

    def read(self) -> Grey | None:
        self._pace()
        path = self._pictures[self._turn % len(self._pictures)]
        self._turn += 1
        frame = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if frame is None:
            raise DeviceError(Fault.GARBLED, f"{path.name}: not a picture")
        return np.asarray(frame, dtype=np.uint8)

    def skip(self) -> None:
        self._pace()

    def close(self) -> None:
        """Nothing is held."""


class SocketSource:
    """Frames that another process sends: `unix:/path` or `tcp:host:port`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._line: socket.socket | None = None

    def open(self) -> str:
        family, place = _address(self._address)
        line = socket.socket(family, socket.SOCK_STREAM)
        line.settimeout(STALL_S)
        try:
            line.connect(place)
        except OSError as trouble:
            line.close()
            code = Fault.PERMISSION if isinstance(trouble, PermissionError) else Fault.ABSENT
            raise DeviceError(code, f"{self._address}: {trouble.strerror or 'no answer'}") from trouble
        self._line = line
        return f"camera at {self._address}"

    def read(self) -> Grey | None:
        body = self._body()
        return picture(body) if body is not None else None

    def skip(self) -> None:
        self._body()

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _body(self) -> bytes | None:
        head = self._exactly(4, may_wait=True)
        if head is None:
            return None
        (length,) = struct.unpack(">I", head)
        if not 1 < length <= LARGEST_FRAME:
            raise DeviceError(Fault.GARBLED, f"{self._address}: a frame of {length} bytes")
        return self._exactly(length, may_wait=False)

    def _exactly(self, count: int, may_wait: bool) -> bytes | None:
        if self._line is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        got = bytearray()
        while len(got) < count:
            try:
                some = self._line.recv(min(1 << 20, count - len(got)))
            except TimeoutError:
                if may_wait and not got:
                    return None
                raise DeviceError(Fault.MUTE, f"{self._address}: a frame stopped half way") from None
            except OSError as trouble:
                raise DeviceError(Fault.UNPLUGGED, f"{self._address}: {trouble.strerror}") from trouble
            if not some:
                raise DeviceError(Fault.UNPLUGGED, f"{self._address}: closed by the other side")
            got += some
        return bytes(got)


def picture(body: bytes) -> Grey:
    """The picture in a frame's body. Raises DeviceError(garbled)."""
    if body[:1] == b"G" and len(body) > 5:
        width, height = struct.unpack(">HH", body[1:5])
        if width * height == len(body) - 5 and width and height:
            return np.frombuffer(body, np.uint8, offset=5).reshape(height, width)
    elif body[:1] == b"P" and len(body) > 1:
        try:
            decoded = cv2.imdecode(np.frombuffer(body, np.uint8, offset=1), cv2.IMREAD_GRAYSCALE)
        except cv2.error:
            decoded = None
        if decoded is not None:
            return np.asarray(decoded, dtype=np.uint8)
    raise DeviceError(Fault.GARBLED, "a frame that is no picture")


def _address(address: str) -> tuple[int, str | tuple[str, int]]:
    if address.startswith("unix:"):
        return socket.AF_UNIX, address.removeprefix("unix:")
    host, _, port = address.removeprefix("tcp:").rpartition(":")
    if not host or not port.isdigit():
        raise DeviceError(Fault.BAD_OPTION, f"port is {address[:60]!r}; it takes unix:/path or tcp:host:port")
    return socket.AF_INET, (host, int(port))


def source_for(port: str, width: int, height: int, pace: Callable[[], object]) -> FrameSource:
    """The source that a `port` option names: /dev/..., folder:..., unix:... or tcp:..."""
    if port.startswith("folder:"):
        return FolderSource(port.removeprefix("folder:"), pace)
    if port.startswith(("unix:", "tcp:")):
        return SocketSource(port)
    return V4l2Source(port, width, height)
