"""Reading codes from a camera's frames: zxing on every frame, and on a miss a second look at the places where a
code may be.

Imports OpenCV and zxing-cpp: only a camera's child process, tests and measurements import this module.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial

import cv2
import numpy as np

from hw.scanner.accept import Acceptance
from hw.scanner.contract import Code
from hw.scanner.engines import Grey, Zbar, zxing
from hw.scanner.regions import Region, deskewed, doubled, evened, grey_of, regions, sharpened

BUDGET_S = 0.012
STILL_ROUNDS = 2
STILL_EVERY = 5
"""Of a scene that does not move and held nothing, every fifth frame is looked at."""
STILL_DIFFERENCE = 2.0
THUMB = (32, 24)

Rung = Callable[[Grey, Zbar], list[Code]]


def _deskew(crop: Grey, zbar: Zbar) -> list[Code]:  # noqa: ARG001 - every rung takes the same two
    turned = deskewed(crop)
    return zxing(turned, "zxing deskewed") if turned is not None else []


RUNGS: tuple[Rung, ...] = (
    _deskew,
    lambda crop, _zbar: zxing(doubled(crop), "zxing x2"),
    lambda crop, zbar: zbar.read(crop, "zbar"),
    lambda crop, _zbar: zxing(sharpened(crop), "zxing sharpened"),
    lambda crop, _zbar: zxing(evened(crop), "zxing evened"),
    lambda crop, zbar: zbar.read(doubled(crop), "zbar x2"),
)
"""What is tried on each region, in turn, until one reads something. Corners of these are not told: they are of no
frame."""


def decode(frame: Grey) -> list[Code]:
    """Every code in one frame (grey, BGR or BGRA): no state between frames, no budget. Keeps a libzbar child of its
    own."""
    if not frame.size:
        return []
    grey = grey_of(frame)
    return zxing(grey) or _climb(grey, regions(grey), 0, lambda: True, _own_zbar())[0]


@cache
def _own_zbar() -> Zbar:
    return Zbar(time.monotonic)


def _climb(
    grey: Grey, places: list[Region], first: int, may_go_on: Callable[[], bool], zbar: Zbar
) -> tuple[list[Code], int]:
    """Try rungs from number `first`, each on every place. Returns what was read and the number of the next rung."""
    for number in range(first, len(RUNGS)):
        for place in places:
            found = RUNGS[number](place.crop(grey), zbar)
            if found:
                return [_without_corners(code) for code in found], 0
        if not may_go_on():
            return [], number + 1
    return [], len(RUNGS)


def _without_corners(code: Code) -> Code:
    return Code(code.kind, code.text, code.raw, (), code.engine)


class Scanner:
    """Frames in, accepted codes out. Keeps to a time budget a frame, carries on in the next, and rests before a
    still scene.

    `stopwatch` measures the budget; `zbar` is the child to ask, made and owned here when not given.
    """

    def __init__(
        self, stopwatch: Callable[[], float] = time.perf_counter, budget_s: float = BUDGET_S, zbar: Zbar | None = None
    ) -> None:
        self._stopwatch, self._budget_s = stopwatch, budget_s
        self.zbar = zbar or Zbar(time.monotonic)
        self.reset()

    def reset(self) -> None:
        """Forget what was seen: a new guest."""
        self._acceptance = Acceptance()
        self._next_rung = 0
        self._rounds = 0
        self._skipped = 0
        self._thumb: Grey | None = None

    def feed(self, frame: Grey, at: float) -> list[Code]:
        """What is newly accepted in this frame. `at`: when it was taken, in seconds of one steady clock."""
        if not frame.size:
            return []
        started = self._stopwatch()
        grey = grey_of(frame)
        if self._rests(grey):
            return []
        found = zxing(grey)
        if not found and self._rounds < STILL_ROUNDS:
            within = partial(self._within, started)
            found, self._next_rung = _climb(grey, regions(grey), self._next_rung, within, self.zbar)
            if self._next_rung >= len(RUNGS):
                self._next_rung, self._rounds = 0, self._rounds + 1
        if found:
            self._next_rung = self._rounds = 0
        return self._acceptance.offer(found, at)

    def close(self) -> None:
        """End the libzbar child."""
        self.zbar.close()

    def _within(self, started: float) -> bool:
        return self._stopwatch() - started < self._budget_s

    def _rests(self, grey: Grey) -> bool:
        """Whether the scene is still, was looked at thoroughly, and held nothing. Movement begins a new round."""
        thumb = np.asarray(cv2.resize(grey, THUMB, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        if self._thumb is None or float(cv2.absdiff(self._thumb, thumb).mean()) > STILL_DIFFERENCE:
            self._thumb = thumb  # not renewed while it is still: a slow movement adds up
            self._rounds = self._skipped = 0
            return False
        if self._rounds < STILL_ROUNDS:
            return False
        self._skipped = (self._skipped + 1) % STILL_EVERY
        return self._skipped != 0
