"""A camera's process: one thread takes frames and keeps the newest, the main one reads codes; libzbar lives in a
child of its own.

It tells its parent, one JSON object a line: `opened`, `fault`, `code`, `zbar` (up or down) and `beat`, twice a
second. It hears two words, `arm` and `disarm`. It ends when standard input hangs up, or when the camera is lost;
the parent starts another.
"""

from __future__ import annotations

import json
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")  # must stand before OpenCV is imported

import cv2

from hw.device import DeviceError, Fault
from hw.scanner.camera import Scanner
from hw.scanner.contract import Code
from hw.scanner.engines import Grey, Zbar
from hw.scanner.frames import FrameSource, source_for
from hw.scanner.lifeline import hold_on_to_parent

BEAT_S = 0.5
STALLED_S = 4.0
"""Without a frame for so long a camera is mute: a frame may take two seconds, and one may be lost."""
RESTING_LOOK = 3
"""Before a still scene every third frame is taken."""
FOLDER_PACE_S = 1 / 15


class Newest:
    """A queue of one frame: the newest wins. `trouble` ends it."""

    def __init__(
        self, source: FrameSource, armed: Callable[[], bool], resting: Callable[[], bool], clock: Callable[[], float]
    ) -> None:
        self._source, self._armed, self._resting, self._clock = source, armed, resting, clock
        self._wake = threading.Condition()
        self._frame: tuple[Grey, float] | None = None
        self._trouble: DeviceError | None = None
        self.last_at = clock()
        self.count = 0

    def fill(self) -> None:
        """The capturing thread: until the source fails."""
        try:
            while True:
                if not self._armed():
                    self._source.skip()
                    self._came(None)
                    continue
                if self._resting() and self.count % RESTING_LOOK:  # unpacking a frame costs more than looking at it
                    self._source.skip()
                    self._passed_by()
                    continue
                frame = self._source.read()
                if frame is not None:
                    self._came(frame)
        except DeviceError as trouble:
            self._fail(trouble)
        except Exception as bug:
            self._fail(DeviceError(Fault.CRASHED, f"{type(bug).__name__} in the frame source"))

    def take(self, within_s: float) -> tuple[Grey, float] | None:
        """The newest frame and when it came. Raises what the source failed with."""
        with self._wake:
            if self._frame is None and self._trouble is None:
                self._wake.wait(within_s)
            if self._trouble is not None:
                raise self._trouble
            frame, self._frame = self._frame, None
            return frame

    def _came(self, frame: Grey | None) -> None:
        with self._wake:
            self.last_at, self.count = self._clock(), self.count + 1
            self._frame = (frame, self.last_at) if frame is not None else None
            self._wake.notify()

    def _passed_by(self) -> None:
        with self._wake:
            self.last_at, self.count = self._clock(), self.count + 1

    def _fail(self, trouble: DeviceError) -> None:
        with self._wake:
            self._trouble = trouble
            self._wake.notify()


class Child:
    """The main thread's work. `tell` sends one message, `hear` returns the words that came."""

    def __init__(
        self, source: FrameSource, clock: Callable[[], float], tell: Callable[[dict[str, Any]], None],
        hear: Callable[[], list[str]],
    ) -> None:  # fmt: skip
        self._source, self._clock, self._tell, self._hear = source, clock, tell, hear
        self._zbar = Zbar(clock)
        self._scanner = Scanner(clock, zbar=self._zbar)
        self._armed = False
        self._zbar_up = True

    def run(self) -> None:
        """Until the camera is lost; the lifeline ends the process when the parent goes. Raises DeviceError."""
        identity = self._source.open()
        self._zbar.ensure()
        frames = Newest(self._source, lambda: self._armed, lambda: self._scanner.resting, self._clock)
        threading.Thread(target=frames.fill, name="frames", daemon=True).start()
        self._tell({"opened": identity})
        beat_at = self._clock()
        while True:
            for word in self._hear():
                self._arm(word == "arm")
            taken = frames.take(0.05)
            if taken is not None and self._armed:
                for code in self._scanner.feed(*taken):
                    self._tell({"code": _packed(code)})
            self._watch_zbar()
            if self._clock() >= beat_at:
                beat_at = self._clock() + BEAT_S
                if self._clock() - frames.last_at > STALLED_S:
                    raise DeviceError(Fault.MUTE, "no frame for some seconds")
                self._tell({"beat": {"frames": frames.count, "zbar_pid": self._zbar.pid}})

    def close(self) -> None:
        self._scanner.close()

    def _arm(self, on: bool) -> None:
        self._armed = on
        self._scanner.reset()

    def _watch_zbar(self) -> None:
        up = self._zbar.ensure()
        if up != self._zbar_up:
            self._zbar_up = up
            self._tell({"zbar": "up" if up else "down"})


def _packed(code: Code) -> dict[str, Any]:
    return {"kind": code.kind, "raw": code.raw.hex(), "corners": code.corners, "engine": code.engine}


def _hear() -> list[str]:
    words: list[str] = []
    while select.select([0], [], [], 0)[0]:
        data = os.read(0, 4096)
        if not data:
            break
        words += data.decode("ascii", "replace").split()
    return words


def main() -> None:
    """`python -m hw.scanner.child PORT WIDTH HEIGHT`, started by the driver."""
    hold_on_to_parent()
    cv2.setNumThreads(1)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not look like a message

    def tell(message: dict[str, Any]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    port, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    source = source_for(port, width, height, lambda: time.sleep(FOLDER_PACE_S))
    child = Child(source, time.monotonic, tell, _hear)
    try:
        child.run()
    except DeviceError as lost:
        tell({"fault": lost.code, "detail": lost.detail})
    finally:
        child.close()
    os._exit(0)  # the capturing thread may hang in the kernel, and must not hold the process


if __name__ == "__main__":
    main()
