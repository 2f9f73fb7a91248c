"""What may be asked of the terminal's own board and case: battery, heat, supply, lid; backlight, light ring, buzzer.

What a terminal does not have is not configured, and is None in a reading or NotDone(bad_request) as a job.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hw.device import Device, Outcome


class Light(StrEnum):
    """What the light ring says without words."""

    OFF = "off"
    WHITE = "white"  # come here
    GREEN = "green"  # done
    AMBER = "amber"  # attention
    RED = "red"  # out of service


@dataclass(frozen=True, slots=True)
class Reading:
    """Percent, degrees Celsius; None: this terminal has no such sensor. `opened`: the tamper switch."""

    battery: int | None = None
    charging: bool | None = None
    temperature: float | None = None
    under_voltage: bool | None = None
    opened: bool | None = None


@dataclass(frozen=True, slots=True)
class BoardChanged:
    """Something but the temperature is not as it was at the last look. Pushed while armed."""

    reading: Reading


class Board(Device, Protocol):
    def reading(self) -> Outcome[Reading]:
        """Look at everything; harmless at any time."""

    def set_brightness(self, job_id: str, percent: int) -> Outcome[None]:
        """The screen's backlight, 1 to 100."""

    def light(self, job_id: str, colour: Light) -> Outcome[None]:
        """The light ring."""

    def beep(self, job_id: str, milliseconds: int) -> Outcome[None]:
        """The buzzer, 10 to 2,000 ms; does not wait for its end."""
