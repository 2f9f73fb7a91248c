"""Reading codes from a camera's frames: zxing on every frame, and on a miss a second look at the places where a
code may be.

Imports OpenCV and zxing-cpp: only a camera's child process, tests and measurements import this module.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from hw.scanner.accept import Acceptance
from hw.scanner.contract import Code
from hw.scanner.engines import Grey, Zbar, zxing
from hw.scanner.regions import Region, along_bars, deskewed, doubled, evened, grey_of, likely, regions, sharpened

BUDGET_S = 0.010
EARNED_S = 0.0015
"""What a frame without a likely place adds to the time that may be spent on unlikely ones."""
STILL_ROUNDS = 2
STILL_EVERY = 5
"""Of a scene that does not move and held nothing, every fifth frame is looked at."""
STILL_DIFFERENCE = 2.0
THUMB = (32, 24)

Look = Callable[[Grey, Zbar], list[Code]]


def _deskew(crop: Grey, zbar: Zbar) -> list[Code]:  # noqa: ARG001 - every rung takes the same two
    turned = deskewed(crop)
    return zxing(turned, "zxing deskewed") if turned is not None else []


def _along_bars(crop: Grey, zbar: Zbar) -> list[Code]:
    """Believed when two of three readings agree: so much is done to the picture that one alone misreads."""
    bars = along_bars(crop)
    if bars is None:
        return []
    clear = sharpened(bars)
    reads = [zxing(clear, "along bars"), zbar.read(bars, "along bars"), zbar.read(clear, "along bars")]
    votes = Counter((code.kind, code.raw) for read in reads for code in read)
    return [code for code in reads[0] + reads[1] if votes[code.kind, code.raw] > 1][:1]


@dataclass(frozen=True, slots=True)
class Rung:
    """One way of looking again. `weight`: what a pixel of the place costs, in pixels that zxing looks at; `most`:
    larger places are left out where time is short, since their modules are large enough without it."""

    look: Look
    weight: float
    most: int


RUNGS: tuple[Rung, ...] = (
    Rung(_deskew, 2.0, 300_000),
    Rung(lambda crop, _zbar: zxing(doubled(crop), "zxing x2"), 4.5, 160_000),
    Rung(_along_bars, 30.0, 40_000),
    Rung(lambda crop, zbar: zbar.read(crop, "zbar"), 5.0, 160_000),
    Rung(lambda crop, _zbar: zxing(sharpened(crop), "zxing sharpened"), 2.0, 300_000),
    Rung(lambda crop, _zbar: zxing(evened(crop), "zxing evened"), 2.0, 300_000),
    Rung(lambda crop, zbar: zbar.read(doubled(crop), "zbar x2"), 20.0, 60_000),
)
"""What is tried on each region, in turn, until one reads something. Corners of these are not told: they are of no
frame."""


def decode(frame: Grey) -> list[Code]:
    """Every code in one frame (grey, BGR or BGRA): no state between frames, no budget. Keeps a libzbar child of its
    own."""
    if not frame.size:
        return []
    grey = grey_of(frame)
    return zxing(grey) or _climb(grey, regions(grey), _own_zbar())


@cache
def _own_zbar() -> Zbar:
    return Zbar(time.monotonic)


def _climb(grey: Grey, places: list[Region], zbar: Zbar) -> list[Code]:
    """Every rung on every place, until one reads something."""
    for rung in RUNGS:
        for place in places:
            found = rung.look(place.crop(grey), zbar)
            if found:
                return [_without_corners(code) for code in found]
    return []


def _without_corners(code: Code) -> Code:
    return Code(code.kind, code.text, code.raw, (), code.engine)


class Scanner:
    """Frames in, accepted codes out. Keeps to a time budget a frame, carries on in the next, and rests before a
    still scene. Places that do not look like a code get what is left over.

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
        self._next_step = 0
        self._earned_s = BUDGET_S / 2
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
            pixel_s = (self._stopwatch() - started) / grey.size
            found = self._second_look(grey, started, pixel_s)
        if found:
            self._next_step = self._rounds = 0
        return self._acceptance.offer(found, at)

    def _second_look(self, grey: Grey, started: float, pixel_s: float) -> list[Code]:
        """Go on where the last frame stopped: on likely places within the budget, on others within what was earned."""
        places = regions(grey)
        hopeful = [place for place in places if likely(place.crop(grey))]
        if not hopeful:
            self._earned_s = min(BUDGET_S / 2, self._earned_s + EARNED_S)
        steps = [(rung, place) for rung in RUNGS for place in hopeful or places if place.pixels <= rung.most]
        begun = self._stopwatch()
        until = started + self._budget_s if hopeful else begun + self._earned_s
        done, found = 0, list[Code]()
        for rung, place in steps[self._next_step :]:
            costs_s = rung.weight * place.pixels * pixel_s
            if self._stopwatch() + costs_s > until and (done or not hopeful):
                break
            done += 1
            found = rung.look(place.crop(grey), self.zbar)
            if found:
                break
        self._next_step += done
        if self._next_step >= len(steps):
            self._next_step, self._rounds = 0, self._rounds + 1
        if not hopeful:
            self._earned_s -= self._stopwatch() - begun
        return [_without_corners(code) for code in found]

    @property
    def resting(self) -> bool:
        """Whether the scene is still and held nothing: then a camera need not deliver every frame."""
        return self._rounds >= STILL_ROUNDS

    def close(self) -> None:
        """End the libzbar child."""
        self.zbar.close()

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
