"""What the kernel's sysfs files say, and what is written into them: text <-> values, pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from hw.board.contract import Light
from hw.device import DeviceError, Fault

COLOURS: Mapping[Light, Mapping[str, int]] = MappingProxyType(
    {
        Light.OFF: {},
        Light.WHITE: {"red": 255, "green": 255, "blue": 255, "white": 255},
        Light.GREEN: {"green": 255},
        Light.AMBER: {"red": 255, "green": 110},
        Light.RED: {"red": 255},
    }
)
_CHARGING = {"charging": True, "full": True, "not charging": True, "discharging": False, "unknown": None}


def whole(text: str, low: int, high: int) -> int:
    """A number of a file. Raises DeviceError(garbled)."""
    bare = text.strip()
    if re.fullmatch(r"-?[0-9]{1,9}", bare) is None or not low <= int(bare) <= high:
        raise DeviceError(Fault.GARBLED, f"a file of the kernel holds {bare[:20]!r}")
    return int(bare)


def degrees(text: str) -> float:
    """Thousandths of a degree Celsius -> degrees."""
    return whole(text, -55_000, 200_000) / 1000


def on(text: str) -> bool:
    """A switch: 0 or 1."""
    return whole(text, 0, 1) == 1


def charging(text: str) -> bool | None:
    """A power supply's `status`: whether mains are there; None where the kernel does not know."""
    try:
        return _CHARGING[text.strip().lower()]
    except KeyError:
        raise DeviceError(Fault.GARBLED, f"a battery's status is {text.strip()[:20]!r}") from None


def scaled(percent: int, most: int) -> int:
    """Percent of a `max_brightness`, never quite dark: a black screen looks broken."""
    return max(1, round(most * percent / 100))


def intensities(index: str, colour: Light) -> str:
    """`multi_intensity` for the colours that `multi_index` lists."""
    wanted = COLOURS[colour]
    return " ".join(str(wanted.get(name, 0)) for name in index.split())
