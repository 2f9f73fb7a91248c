"""A camera in front of which somebody holds a phone: frames on a socket, drawn with noise, tilt, glare and a hand
that trembles."""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt
import segno
from PIL import Image, ImageDraw, ImageFilter

from hw.standins.control import Control
from hw.standins.server import PLUGGED, Port, Served, TcpPort

WIDTH, HEIGHT = 640, 480
VARIANTS = 6
"""How many different frames of one scene there are; they go round."""
WALL = 70

CODE = Control("code", "the text of the code on the phone; empty: no phone")
TILT = Control("tilt", "how the phone is held", ("some", "none", "steep"))
NOISE = Control("noise", "the light", ("some", "none", "dark"))
FRAMES = Control("frames", "whether the camera delivers", ("yes", "stalled", "garbled"))

_TILTS = {"none": 0.0, "some": 0.06, "steep": 0.14}
_NOISES = {"none": 0.0, "some": 8.0, "dark": 22.0}

Frame = npt.NDArray[np.uint8]


class CameraStandIn(Served):
    """`show` and `hide` are what a guest does. `seed` makes the noise and the trembling the same each time."""

    name = "camera"
    controls = (CODE, TILT, NOISE, FRAMES, PLUGGED)

    def __init__(self, port: Port | None = None, seed: int = 1, frames_per_s: int = 15) -> None:
        super().__init__(port or TcpPort())
        self.period_ms = 1000 // frames_per_s
        self._chance = np.random.default_rng(seed)
        self._scene: list[bytes] = []
        self._turn = 0

    def start(self) -> str:
        """Begin to serve; returns the driver's `port` option."""
        self._draw()
        return "tcp:" + super().start()

    @property
    def address(self) -> str:
        return "tcp:" + super().address

    def show(self, text: str) -> None:
        """Hold up a phone that shows this text as a QR code."""
        self.set("code", text)

    def hide(self) -> None:
        """Put the phone away."""
        self.set("code", "")

    def received(self, data: bytes) -> None:
        """A camera is not spoken to."""

    def turned(self, control: str, value: str) -> None:  # noqa: ARG002 - the settings have the value
        if control in ("code", "tilt", "noise"):
            self._draw()

    def tick(self) -> None:
        plan = self.setting("frames")
        if plan == "stalled":
            return
        self._turn = (self._turn + 1) % VARIANTS
        body = b"Pnonsense" if plan == "garbled" else self._scene[self._turn]
        self.send(struct.pack(">I", len(body)) + body)

    def _draw(self) -> None:
        code, tilt, noise = self.setting("code"), _TILTS[self.setting("tilt")], _NOISES[self.setting("noise")]
        frames = (draw(code, tilt, noise, self._chance) for _ in range(VARIANTS))
        self._scene = [b"G" + struct.pack(">HH", WIDTH, HEIGHT) + frame.tobytes() for frame in frames]


def draw(code: str, tilt: float, noise: float, chance: np.random.Generator) -> Frame:
    """One frame: a lobby out of focus, and before it, where there is a code, a phone in perspective."""
    scene = _lobby()
    if code:
        phone = _phone(code)
        corners = _held(phone.size, tilt, chance)
        mask = Image.new("L", phone.size, 255)
        away = _coefficients(corners, phone.size)
        shape, way, smooth = (WIDTH, HEIGHT), Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
        scene.paste(phone.transform(shape, way, away, smooth), (0, 0), mask.transform(shape, way, away, smooth))
        scene = scene.filter(ImageFilter.GaussianBlur(0.6))
    light = 0.45 if noise > 15 else 1.0
    grain = chance.normal(0.0, noise, (HEIGHT, WIDTH)) if noise else 0.0
    return np.clip(np.asarray(scene, dtype=np.float64) * light + grain, 0, 255).astype(np.uint8)


def _lobby() -> Image.Image:
    scene = Image.new("L", (WIDTH, HEIGHT), WALL)
    pen = ImageDraw.Draw(scene)
    for place in range(0, WIDTH, 90):
        pen.rectangle((place, 0, place + 40, HEIGHT), fill=WALL + 12)
    pen.ellipse((380, 40, 620, 380), fill=120)
    pen.rectangle((0, 400, WIDTH, HEIGHT), fill=45)
    return scene.filter(ImageFilter.GaussianBlur(6))


def _phone(code: str) -> Image.Image:
    """A phone's face: dark frame, light screen, a title bar and the code."""
    matrix = [bytearray(row) for row in segno.make_qr(code, error="m").matrix]
    small = Image.new("L", (len(matrix), len(matrix)), 235)
    small.putdata([20 if dark else 235 for row in matrix for dark in row])
    module = max(4, 230 // len(matrix))
    size = module * len(matrix)
    face = Image.new("L", (size + 72, size + 150), 25)
    ImageDraw.Draw(face).rounded_rectangle((10, 10, face.width - 10, face.height - 10), 18, fill=235)
    ImageDraw.Draw(face).rectangle((10, 34, face.width - 10, 58), fill=180)
    face.paste(small.resize((size, size), Image.Resampling.NEAREST), (36, 84))
    return face


def _held(size: tuple[int, int], tilt: float, chance: np.random.Generator) -> list[tuple[float, float]]:
    """Where the phone's four corners are in the frame: filling most of it, turned a little, one side nearer."""
    width, height = size
    scale = 0.9 * min(WIDTH / width, HEIGHT / height)
    turn = float(chance.normal(0.0, tilt))
    centre = np.array([WIDTH / 2, HEIGHT / 2]) + chance.normal(0.0, 4.0, 2)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = []
    for across, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        nearer = 1.0 - tilt * across
        x, y = rotation @ np.array([across * width / 2, down * height / 2 * nearer]) * scale + centre
        corners.append((float(x), float(y)))
    return corners


def _coefficients(corners: list[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """Pillow's eight numbers that map a frame's pixel back onto the phone."""
    width, height = size
    flat = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    rows, wanted = [], []
    for (x, y), (u, v) in zip(corners, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(wanted))]
