"""The photo of a resident's card: a plug-in decodes it, or nobody does.

The chip holds it as WLT, 1,024 bytes, which only licensed, closed libraries decode, each with an interface of its own.
So the plug-in is a program: 1,024 bytes on its standard input, a BMP of 102 x 126 on its standard output. A closed
library that crashes or hangs then takes nothing else with it. Without one there is no picture, and `placeholder` says
so rather than show anything that could be taken for a face.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from hw.device import DeviceError, Fault

WLT_LENGTH = 1024
WIDTH, HEIGHT = 102, 126
BMP_LENGTH = 54 + HEIGHT * (WIDTH * 3 + 2)

Decoder = Callable[[bytes], bytes]
"""WLT in, BMP out. Raises DeviceError(refused | crashed | mute)."""


def program(path: str, within_s: float = 2.0) -> Decoder:
    """The plug-in at `path`. Raises DeviceError(bad_option) where there is none."""
    if not Path(path).is_file():
        raise DeviceError(Fault.BAD_OPTION, f"option 'photo' is {path[:60]!r}; there is no such program")

    def decode(wlt: bytes) -> bytes:
        try:
            done = subprocess.run([path], input=wlt, capture_output=True, timeout=within_s, check=False)
        except subprocess.TimeoutExpired as late:
            raise DeviceError(Fault.MUTE, f"the photo decoder did not end within {within_s:g} s") from late
        except OSError as trouble:
            raise DeviceError(Fault.CRASHED, f"the photo decoder: {trouble.strerror}") from trouble
        if done.returncode:
            raise DeviceError(Fault.CRASHED, f"the photo decoder ended with {done.returncode}")
        if not is_bmp(done.stdout):
            raise DeviceError(Fault.REFUSED, "the photo decoder made no picture of the right size")
        return done.stdout

    return decode


def is_bmp(data: bytes) -> bool:
    """Whether these bytes are the one kind of picture that a plug-in may make."""
    return (
        len(data) == BMP_LENGTH
        and data[:2] == b"BM"
        and int.from_bytes(data[18:22], "little") == WIDTH
        and abs(int.from_bytes(data[22:26], "little", signed=True)) == HEIGHT
        and data[28:30] == b"\x18\x00"
    )


def placeholder() -> bytes:
    """A PNG of the same size that shows a crossed-out frame and no person: the photo was not decoded."""
    from PIL import Image, ImageDraw

    blank = Image.new("RGB", (WIDTH, HEIGHT), (236, 236, 236))
    pen = ImageDraw.Draw(blank)
    pen.rectangle((4, 4, WIDTH - 5, HEIGHT - 5), outline=(150, 150, 150), width=2)
    pen.line((4, 4, WIDTH - 5, HEIGHT - 5), fill=(150, 150, 150), width=2)
    pen.line((4, HEIGHT - 5, WIDTH - 5, 4), fill=(150, 150, 150), width=2)
    made = BytesIO()
    blank.save(made, "PNG")
    return made.getvalue()
