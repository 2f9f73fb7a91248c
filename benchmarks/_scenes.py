"""The development set of `benchmarks.scan`: drawn phones, labels and lobbies, each from a seed. No suite's pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import segno
import zxingcpp

Grey = npt.NDArray[np.uint8]
FINE = 3
"""Pixels a module before it is held up: a sharp edge, whatever its size in the frame."""
VGA, HD = (640, 480), (1280, 720)


@dataclass(frozen=True)
class Hardness:
    """Pixels a module, blur in pixels, noise in grey levels, how far it is turned (degrees) and tilted, contrast."""

    module: tuple[float, float]
    blur: tuple[float, float]
    noise: tuple[float, float]
    turn: float
    tilt: float
    contrast: tuple[float, float]


QR_LEVELS = {
    "easy": Hardness((4.0, 6.0), (0.4, 0.8), (2, 5), 15, 0.05, (0.8, 1.0)),
    "mid": Hardness((2.4, 3.6), (0.8, 1.4), (6, 12), 30, 0.10, (0.5, 0.9)),
    "hard": Hardness((2.0, 2.8), (0.8, 1.4), (8, 16), 45, 0.15, (0.35, 0.7)),
}
BARS = Hardness((1.4, 2.6), (0.5, 1.1), (4, 10), 40, 0.05, (0.5, 1.0))


def _uint8(picture: object) -> Grey:
    return np.asarray(np.clip(np.asarray(picture), 0, 255), dtype=np.uint8)


def lobby(chance: np.random.Generator, size: tuple[int, int]) -> Grey:
    """A scene without a code: walls, blinds, people, posters with text, a tiled floor, in and out of focus."""
    width, height = size
    scene = np.full((height, width), float(chance.integers(50, 160)))
    scene += np.linspace(0, float(chance.integers(-60, 60)), width)[None, :]
    picture = _uint8(scene)
    for _ in range(int(chance.integers(2, 7))):
        x, y = int(chance.integers(0, width)), int(chance.integers(0, height))
        w, h = int(chance.integers(width // 12, width // 3)), int(chance.integers(height // 12, height // 2))
        shade = int(chance.integers(20, 235))
        match int(chance.integers(0, 6)):
            case 0:
                cv2.rectangle(picture, (x, y), (x + w, y + h), shade, -1)
            case 1:
                cv2.ellipse(picture, (x, y), (w // 2, h // 2), 0, 0, 360, shade, -1)
            case 2:
                for line in range(y, min(height, y + h), int(chance.integers(14, 26))):
                    text = "".join(chance.choice(list("ABCDEFGHIJKLMNOP abcdefghij 0123456789"), 18))
                    cv2.putText(picture, text, (x, line), cv2.FONT_HERSHEY_SIMPLEX, 0.5, shade, 1, cv2.LINE_AA)
            case 3:
                step = int(chance.integers(5, 24))
                for at in range(x, min(width, x + w), step):
                    cv2.line(picture, (at, y), (at, y + h), shade, max(1, step // 3))
            case 4:
                step = int(chance.integers(12, 40))
                tiles = (np.indices((h, w)).sum(axis=0) // step % 2 * 60).astype(np.uint8)
                part = picture[y : y + h, x : x + w]
                part[:] = _uint8(part.astype(np.int16) + tiles[: part.shape[0], : part.shape[1]])
            case _:
                part = picture[y : y + h, x : x + w]
                part[:] = _uint8(part + chance.normal(0, 25, part.shape))
    focus = float(chance.uniform(0.3, 3.0))
    picture = _uint8(cv2.GaussianBlur(picture, (0, 0), focus))
    return _uint8(picture + chance.normal(0, float(chance.uniform(2, 8)), picture.shape))


def qr(text: str) -> Grey:
    """A module a pixel, quiet zone and all."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
    return _uint8(255 - np.array(rows, dtype=np.uint8) * 235)


def bars(text: str) -> Grey:
    """Code 128, a module a pixel, quiet zone and all."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    drawn = np.asarray(zxingcpp.write_barcode_to_image(code, scale=1))
    return _uint8(np.pad(np.repeat(drawn[:1], 34, axis=0), 10, constant_values=255))


def held(code: Grey, chance: np.random.Generator, hard: Hardness, back: Grey) -> Grey:
    """The code (a module a pixel) before a scene: turned, tilted, blurred, in noise, with a glare."""
    code = np.repeat(np.repeat(code, FINE, axis=0), FINE, axis=1)
    height, width = back.shape
    rows, columns = code.shape
    scale = min(float(chance.uniform(*hard.module)) / FINE, 0.95 * width / columns, 0.95 * height / rows)
    turn, tilt = np.radians(float(chance.uniform(-hard.turn, hard.turn))), float(chance.uniform(-hard.tilt, hard.tilt))
    centre = np.array([width / 2, height / 2]) + chance.normal(0, 12, 2)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    flat = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float32)
    around = (flat - np.array([columns / 2, rows / 2])) * scale
    around[:, 1] *= 1 + tilt * np.sign(around[:, 0])
    way = cv2.getPerspectiveTransform(flat, (around @ spin.T + centre).astype(np.float32))
    contrast = float(chance.uniform(*hard.contrast))
    shaded = _uint8(128 + (code.astype(np.float32) - 128) * contrast)
    shown = cv2.warpPerspective(shaded, way, (width, height), flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full_like(code, 255), way, (width, height))
    picture = np.where(mask > 127, shown, back).astype(np.float32)
    if chance.random() < 0.4:
        y, x = np.indices((height, width))
        spot = np.hypot(x - centre[0] - chance.normal(0, 60), y - centre[1] - chance.normal(0, 60))
        picture += 90 * np.exp(-((spot / float(chance.uniform(25, 60))) ** 2))
    picture = cv2.GaussianBlur(picture, (0, 0), float(chance.uniform(*hard.blur)))
    return _uint8(picture + chance.normal(0, float(chance.uniform(*hard.noise)), picture.shape))


def payload(chance: np.random.Generator) -> str:
    return "YK1B" + "".join(chance.choice(list("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"), int(chance.integers(20, 90))))


def sequence(chance: np.random.Generator, frames: int) -> Iterator[Grey]:
    """A phone that comes nearer and steadier, 15 frames a second. The first frames have it too far and too blurred."""
    code, back = qr(payload(chance)), lobby(chance, VGA)
    near, steady = float(chance.uniform(2.0, 3.4)), float(chance.uniform(0.7, 1.2))
    for number in range(frames):
        part = min(1.0, number / 12)
        module, blur = near * (0.5 + 0.5 * part), steady + 2.2 * (1 - part)
        hard = Hardness((module, module), (blur, blur), (6, 12), 12, 0.06, (0.5, 0.8))
        yield held(code, chance, hard, back)
