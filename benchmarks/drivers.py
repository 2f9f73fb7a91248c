"""What devices cost that nobody uses: every driver but the camera, armed and idle; the camera before a still scene."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from time import process_time

import numpy as np

from hw.scanner.camera import Scanner
from hw.scanner.engines import Grey
from hw.standins.board import OPTIONS, BoardStandIn
from hw.standins.caller_id import CallerIdStandIn
from hw.standins.camera import draw
from hw.standins.card_dispenser import DispenserStandIn
from hw.standins.control import StandIn
from hw.standins.display import DisplayStandIn
from hw.standins.fias import FiasStandIn
from hw.standins.id_reader import IdReaderStandIn
from hw.standins.key_encoder import KeyEncoderStandIn
from hw.standins.line_device import ScannerStandIn
from hw.standins.mifare import MifareStandIn
from hw.standins.mrz import MrzStandIn
from hw.standins.printer import PrinterStandIn
from hw.standins.server import PipePort
from hw.standins.stripe import StripeStandIn

AT_MOST = {"idle_percent": 1.0, "still_over_moving": 0.25}
FRAMES = 150
DEVICES: tuple[tuple[str, str, Callable[[], StandIn], Mapping[str, str]], ...] = (
    ("scanner", "serial", ScannerStandIn, {}),
    ("scanner", "hid", lambda: ScannerStandIn(PipePort()), {}),
    ("id_reader", "sdt", lambda: IdReaderStandIn({}), {}),
    ("id_reader", "mrz", lambda: MrzStandIn({}), {}),
    ("printer", "escpos", PrinterStandIn, {}),
    ("key_encoder", "salto", KeyEncoderStandIn, {}),
    ("key_encoder", "fias", FiasStandIn, {}),
    ("card_reader", "stripe", StripeStandIn, {"via": "hid"}),
    ("card_reader", "mifare", MifareStandIn, {}),
    ("card_dispenser", "adapter", DispenserStandIn, {}),
    ("caller_id", "modem", CallerIdStandIn, {}),
    ("display", "cd5220", DisplayStandIn, {}),
    ("board", "sysfs", BoardStandIn, OPTIONS),
)
"""Kind, driver, stand-in and further options: one of each that has a stand-in of bytes."""


def idle_percent() -> float:
    """Of one core, all of them together; the stand-ins run in this process and are not counted."""
    with ExitStack() as stack:
        lines = []
        for kind, driver, make, options in DEVICES:
            standin = make()
            lines.append((kind, driver, {"port": standin.start(), **options}))
            stack.callback(standin.stop)
        command = [sys.executable, "-m", "benchmarks._drivers"]
        done = subprocess.run(command, input=json.dumps(lines) + "\n", capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(done.stderr[-500:])
        percent: float = json.loads(done.stdout)
        return percent


def still() -> Iterator[Grey]:
    """A lobby, and the sensor's own noise."""
    chance = np.random.default_rng(1)
    scene = draw("", 0.0, 0.0, chance).astype(np.float64)
    grain = [chance.normal(0.0, 3.0, scene.shape) for _ in range(5)]
    for frame in range(FRAMES):
        yield np.clip(scene + grain[frame % 5], 0, 255).astype(np.uint8)


def moving() -> Iterator[Grey]:
    """The same lobby, and somebody who walks through it."""
    for number, frame in enumerate(still()):
        at = number * 9 % 560
        walked = frame.copy()
        walked[80:460, at : at + 80] = np.clip(walked[80:460, at : at + 80].astype(np.int16) + 90, 0, 255)
        yield walked


def cost(frames: Iterator[Grey]) -> float:
    """Processor seconds of a scanner that sees these frames, at 15 a second; making them is not counted."""
    scanner = Scanner(process_time)
    shown = list(frames)
    busy = process_time()
    for number, frame in enumerate(shown):
        scanner.feed(frame, number / 15)
    busy = process_time() - busy
    scanner.close()
    return busy


def measure() -> dict[str, float]:
    """`idle_percent` and `still_over_moving`."""
    return {
        "idle_percent": round(idle_percent(), 2),
        "still_over_moving": round(cost(still()) / cost(moving()), 3),
    }
