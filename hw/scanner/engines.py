"""The engines that read codes: zxing-cpp in this process, libzbar in one of its own that may die. Imported in a
camera's child only."""

from __future__ import annotations

import json
import select
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zxingcpp

from hw.scanner.contract import Code, CodeKind, Point, text_of

Grey = npt.NDArray[np.uint8]

ROOT = Path(__file__).parents[2]
_ZXING_KINDS = {
    zxingcpp.BarcodeFormat.QRCode: CodeKind.QR,
    zxingcpp.BarcodeFormat.QRCodeModel1: CodeKind.QR,
    zxingcpp.BarcodeFormat.QRCodeModel2: CodeKind.QR,
    zxingcpp.BarcodeFormat.EAN13: CodeKind.EAN13,
    zxingcpp.BarcodeFormat.EAN8: CodeKind.EAN8,
    zxingcpp.BarcodeFormat.UPCA: CodeKind.UPCA,
    zxingcpp.BarcodeFormat.Code128: CodeKind.CODE128,
    zxingcpp.BarcodeFormat.Code39: CodeKind.CODE39,
    zxingcpp.BarcodeFormat.Code39Std: CodeKind.CODE39,
    zxingcpp.BarcodeFormat.ITF: CodeKind.ITF,
}
_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.ITF,
    ]
)
_ZBAR_KINDS = {
    "QRCODE": CodeKind.QR,
    "EAN13": CodeKind.EAN13,
    "EAN8": CodeKind.EAN8,
    "UPCA": CodeKind.UPCA,
    "CODE128": CodeKind.CODE128,
    "CODE39": CodeKind.CODE39,
    "I25": CodeKind.ITF,
}


def zxing(grey: Grey, engine: str = "zxing") -> list[Code]:
    """What zxing-cpp reads, restricted to the formats we issue or honour: 2.5 to 3 times cheaper than all of them."""
    found = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=_FORMATS)
    return [_zxing_code(one, engine) for one in found if one.valid and one.format in _ZXING_KINDS]


def _zxing_code(one: Any, engine: str) -> Code:
    place = one.position
    corners = tuple(
        (float(corner.x), float(corner.y))
        for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    )
    raw = bytes(one.bytes)
    return Code(_ZXING_KINDS[one.format], text_of(raw), raw, corners, engine)


class Zbar:
    """libzbar in a child process. A hostile code may kill it; it comes back after `rest_s`, and meanwhile nothing
    is read.

    `clock` is a steady clock's reading in seconds.
    """

    def __init__(self, clock: Callable[[], float], answer_s: float = 1.0, rest_s: float = 0.5) -> None:
        self._clock, self._answer_s, self._rest_s = clock, answer_s, rest_s
        self._child: subprocess.Popen[bytes] | None = None
        self._died_at: float | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def ensure(self) -> bool:
        """Start it where it should run and does not. False: it has died and rests."""
        if self._child is not None and self._child.poll() is not None:
            self._died()
        if self._died_at is not None and self._clock() - self._died_at < self._rest_s:
            return False
        if self._child is None:
            self._died_at = None
            self._child = subprocess.Popen(
                [sys.executable, "-m", "hw.scanner.zbar_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
            )
        return True

    def read(self, grey: Grey, engine: str = "zbar") -> list[Code]:
        """What libzbar reads; nothing while it is dead, or when it dies of this picture or does not answer in time."""
        if not self.ensure() or self._child is None:
            return []
        assert self._child.stdin is not None and self._child.stdout is not None
        height, width = grey.shape
        try:
            self._child.stdin.write(struct.pack(">II", width, height) + grey.tobytes())
            self._child.stdin.flush()
            (length,) = struct.unpack(">I", self._exactly(4))
            answer = json.loads(self._exactly(length)) if length < 1 << 20 else []
        except (OSError, struct.error, ValueError):
            self._died()
            return []
        return [code for one in answer if (code := _zbar_code(one, engine)) is not None]

    def close(self) -> None:
        """End the child. May be called twice."""
        child, self._child = self._child, None
        if child is not None:
            _end(child)

    def _died(self) -> None:
        self.close()
        self._died_at = self._clock()

    def _exactly(self, count: int) -> bytes:
        assert self._child is not None and self._child.stdout is not None
        got = b""
        until = self._clock() + self._answer_s
        while len(got) < count:
            left = until - self._clock()
            if left <= 0 or not select.select([self._child.stdout], [], [], left)[0]:
                raise TimeoutError
            some = self._child.stdout.raw.read(count - len(got))  # type: ignore[attr-defined]
            if not some:
                raise BrokenPipeError
            got += some
        return got


def _zbar_code(one: dict[str, Any], engine: str) -> Code | None:
    kind = _ZBAR_KINDS.get(one["kind"])
    if kind is None:
        return None
    raw = bytes.fromhex(one["raw"])
    corners: tuple[Point, ...] = tuple((float(x), float(y)) for x, y in one["corners"])
    return Code(kind, text_of(raw), raw, corners, engine)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was still to be written to a dead child
                pass
    child.wait()
