"""Where in a frame a code may be: a block-gradient map, and pictures made ready for a second look. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hw.scanner.engines import Grey

MAP_WIDTH = 320
BLOCK = 8
MOST_REGIONS = 2
LEAST_BLOCKS = 6
BUSY = 30.0
"""Mean gradient of a block that may belong to a code; a wall, a face or a sleeve stays below."""
MARGIN = 0.15
LOOK_WIDTH = 96
COHERENT = 0.5
ALONG = 15
"""Pixels of a doubled picture over which a bar is averaged."""
LEAST_SHARE, LEAST_APART = 0.3, 28.0
"""Of a code a third is dark at least, and dark and light are so many grey levels apart, in noise and blur too."""


@dataclass(frozen=True, slots=True)
class Region:
    """A box in the frame, in pixels, clipped to it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def pixels(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

    def crop(self, grey: Grey) -> Grey:
        return grey[self.top : self.bottom, self.left : self.right]


def regions(grey: Grey) -> list[Region]:
    """At most two boxes with the densest edges, the likeliest first."""
    scale = max(1.0, grey.shape[1] / MAP_WIDTH)
    if min(grey.shape) < BLOCK * scale:
        return []
    small = cv2.resize(grey, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA) if scale > 1 else grey
    across = cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 1, 0, ksize=3), alpha=0.25)
    down = cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 0, 1, ksize=3), alpha=0.25)
    blocks = cv2.resize(
        cv2.add(across, down), (max(1, small.shape[1] // BLOCK), max(1, small.shape[0] // BLOCK)),
        interpolation=cv2.INTER_AREA,
    )  # fmt: skip
    busy = cv2.morphologyEx((blocks > BUSY).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(busy, connectivity=8)
    found: list[tuple[float, Region]] = []
    for label in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[label])
        if area < LEAST_BLOCKS or area < 0.3 * width * height:
            continue
        strength = float(blocks[top : top + height, left : left + width].mean()) * area
        found.append((strength, _box(left, top, width, height, BLOCK * scale, grey)))
    found.sort(key=lambda one: -one[0])
    return [region for _, region in found[:MOST_REGIONS]]


def likely(crop: Grey) -> bool:
    """Whether a region looks like a code and not like text, tiles or a curtain: about as much dark as light, both far
    apart, and the change between them fine."""
    rows, columns = crop.shape
    inner = crop[rows // 6 : rows - rows // 6, columns // 6 : columns - columns // 6]
    if min(inner.shape) < 8:
        return False
    scale = min(1.0, LOOK_WIDTH / max(inner.shape))
    small = _grey(cv2.resize(inner, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)) if scale < 1 else inner
    if _coherence(small)[0] > COHERENT and float(small.std()) > LEAST_APART / 2:
        return True  # one direction prevails: bars, however they lie in their box
    level, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = small <= level
    share = float(dark.mean())
    if not LEAST_SHARE <= share <= 1 - LEAST_SHARE:
        return False
    apart = float(small[~dark].mean() - small[dark].mean())
    return apart >= LEAST_APART


def _box(left: int, top: int, width: int, height: int, block: float, grey: Grey) -> Region:
    margin = MARGIN * max(width, height) + 1
    rows, columns = grey.shape
    return Region(
        max(0, int((left - margin) * block)),
        max(0, int((top - margin) * block)),
        min(columns, int((left + width + margin) * block)),
        min(rows, int((top + height + margin) * block)),
    )


def doubled(grey: Grey) -> Grey:
    return _grey(cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))


def sharpened(grey: Grey) -> Grey:
    return _grey(cv2.addWeighted(grey, 2.0, cv2.GaussianBlur(grey, (0, 0), 2.0), -1.0, 0))


def evened(grey: Grey) -> Grey:
    """Contrast evened out over the picture (CLAHE)."""
    return _grey(cv2.createCLAHE(3.0, (8, 8)).apply(grey))


def deskewed(grey: Grey) -> Grey | None:
    """Turned so that the bars of a one-dimensional code stand upright; None where no direction prevails, or they
    already do."""
    coherence, angle = _coherence(grey)
    if coherence < 0.4 or min(abs(angle), abs(90 - abs(angle))) < 5:
        return None
    return _turned(grey, angle, 1.0)


def along_bars(grey: Grey) -> Grey | None:
    """Twice as large, turned upright, and each bar averaged over its length: noise goes, edges stay. None where no
    direction prevails in the middle. Not sharpened."""
    rows, columns = grey.shape
    middle = grey[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    if min(middle.shape) < 4:
        return None
    coherence, angle = _coherence(_grey(cv2.GaussianBlur(middle, (0, 0), 1.2)))
    if coherence < 0.3:
        return None
    return _grey(cv2.blur(_turned(grey, angle, 2.0), (1, ALONG)))


def _turned(grey: Grey, angle: float, scale: float) -> Grey:
    rows, columns = grey.shape
    size = int(np.hypot(rows, columns) * scale) + 1
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, scale)
    turn[:, 2] += (size / 2 - columns / 2, size / 2 - rows / 2)
    how = cv2.INTER_LINEAR if scale == 1.0 else cv2.INTER_CUBIC
    return _grey(cv2.warpAffine(grey, turn, (size, size), flags=how, borderValue=(255,)))


def _coherence(grey: Grey) -> tuple[float, float]:
    """How much one direction of change prevails, 0 to 1, and that direction in degrees (structure tensor)."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    xx, yy, xy = float((across**2).mean()), float((down**2).mean()), float((across * down).mean())
    coherence = float(np.hypot(xx - yy, 2 * xy)) / (xx + yy + 1e-6)
    return coherence, 0.5 * float(np.degrees(np.arctan2(2 * xy, xx - yy)))


def grey_of(frame: Grey) -> Grey:
    """One channel, whatever the camera gives: grey, BGR or BGRA."""
    if frame.ndim == 2:
        return frame
    code = cv2.COLOR_BGRA2GRAY if frame.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return _grey(cv2.cvtColor(frame, code))


def _grey(picture: object) -> Grey:
    return np.asarray(picture, dtype=np.uint8)
