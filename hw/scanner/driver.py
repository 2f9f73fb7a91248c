"""The camera scanner, seen from the terminal: a child process that is started, listened to, believed only while it
beats, and ended.

Nothing of OpenCV or zxing is imported here. A child that dies or falls silent is a `crashed` device, reported at
once and re-opened by the worker; a dead libzbar alone leaves the scanner working, degraded, until it is back.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

from hw.device import Clock, DeviceError, Emit, Fault, HealthState, Poll
from hw.options import Options
from hw.scanner.contract import Code, CodeKind, text_of

ROOT = Path(__file__).parents[2]
SILENT_S = 1.5
"""A child that has not been heard of for so long hangs; it beats every half second."""
LISTEN_S = 0.05
DISARMED_LOOK_S = 0.25
LONGEST_LINE = 1 << 16


class CameraScanner:
    """hw.scanner.contract.CodeReader over a child process. `child_pid` and `zbar_pid` are told for tests and for
    staff."""

    def __init__(self, port: str, width: int, height: int, open_s: float, clock: Clock, emit: Emit) -> None:
        self._command = [sys.executable, "-m", "hw.scanner.child", port, str(width), str(height)]
        self._open_s, self._clock, self._emit = open_s, clock, emit
        self._child: subprocess.Popen[bytes] | None = None
        self._pending = b""
        self._messages: list[dict[str, Any]] = []
        self._heard_at = 0.0
        self._zbar_down = False
        self._armed = False
        self.zbar_pid: int | None = None

    @property
    def child_pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def open(self) -> str:
        self.close()
        self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        until = self._clock.monotonic() + self._open_s
        while self._clock.monotonic() < until:
            for message in self._listen(until - self._clock.monotonic()):
                if "opened" in message:
                    self._heard_at = self._clock.monotonic()
                    return str(message["opened"])
        raise DeviceError(Fault.MUTE, f"the camera process did not open its camera within {self._open_s:g} s")

    def close(self) -> None:
        """The child ends itself when its standard input closes, and libzbar's with it; one that does not is killed."""
        child, self._child = self._child, None
        self._pending, self._messages = b"", []
        self._zbar_down, self._armed, self.zbar_pid = False, False, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # an unsent word to a dead child
                    pass
        try:
            child.wait(1.0)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def arm(self, on: bool) -> None:
        self._armed = on
        child = self._child
        if child is None or child.stdin is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        try:
            child.stdin.write(b"arm\n" if on else b"disarm\n")
            child.stdin.flush()
        except OSError as lost:
            raise DeviceError(Fault.CRASHED, "the camera process died") from lost

    def poll(self) -> Poll:
        """Listens for a twentieth of a second while armed. One change of libzbar a call, so that each is reported."""
        self._messages += self._listen(LISTEN_S if self._armed else 0.0)
        while self._messages:
            message = self._messages.pop(0)
            self._heard_at = self._clock.monotonic()
            if "code" in message:
                self._emit(_code(message["code"]))
            elif "beat" in message:
                self.zbar_pid = message["beat"]["zbar_pid"]
            elif "zbar" in message:
                self._zbar_down = message["zbar"] == "down"
                break
        if self._clock.monotonic() - self._heard_at > SILENT_S:
            raise DeviceError(Fault.CRASHED, "the camera process hangs")
        again_s = 0.0 if self._armed or self._messages else DISARMED_LOOK_S
        if self._zbar_down:
            return Poll(again_s, HealthState.DEGRADED, Fault.CRASHED, "libzbar died, and is being started again")
        return Poll(again_s)

    def _listen(self, within_s: float) -> list[dict[str, Any]]:
        """Messages that came. Raises DeviceError: what the child failed with, or crashed when it is gone."""
        if self._child is None or self._child.stdout is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        pipe = self._child.stdout.fileno()
        if not select.select([pipe], [], [], max(0.0, within_s))[0]:
            return []
        data = os.read(pipe, 1 << 16)
        if not data:
            raise DeviceError(Fault.CRASHED, "the camera process died")
        *lines, self._pending = (self._pending + data).split(b"\n")
        if len(self._pending) > LONGEST_LINE:
            raise DeviceError(Fault.GARBLED, "the camera process talks nonsense")
        try:
            messages: list[dict[str, Any]] = [json.loads(line) for line in lines]
        except ValueError as nonsense:
            raise DeviceError(Fault.GARBLED, "the camera process talks nonsense") from nonsense
        for message in messages:
            if "fault" in message:
                raise DeviceError(Fault(message["fault"]), message["detail"])
        return messages


def _code(packed: dict[str, Any]) -> Code:
    raw = bytes.fromhex(packed["raw"])
    corners = tuple((float(x), float(y)) for x, y in packed["corners"])
    return Code(CodeKind(packed["kind"]), text_of(raw), raw, corners, packed["engine"])


def make(options: Options, clock: Clock, emit: Emit) -> CameraScanner:
    """Options: port (/dev/v4l/by-id/..., folder:..., unix:/..., tcp:host:port), width, height, open_s."""
    port = options.text("port")
    if not port.startswith(("/", "folder:", "unix:", "tcp:")):
        raise DeviceError(Fault.BAD_OPTION, f"port is {port[:60]!r}; it takes /dev/..., folder:, unix: or tcp:")
    return CameraScanner(
        port,
        options.whole("width", 1280, 160, 4096),
        options.whole("height", 720, 120, 4096),
        options.seconds("open_s", 8.0, 1.0, 60.0),
        clock,
        emit,
    )
