"""What a caller-ID box says by itself: that it rings, who calls, and that it rings no more. Pushed while armed.

In the order of a call: RingStarted, CallerKnown (where the exchange sends it, before or after the first ring),
RingEnded. Nothing is ever answered or dialled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hw.device import Device


class Withheld(StrEnum):
    """Why there is no number."""

    PRIVATE = "private"  # the caller keeps it back
    UNAVAILABLE = "unavailable"  # the exchange does not know it


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. Personal data: never logged (repr shows whether there is a number). `number` is empty where it is
    withheld; `at` is the exchange's (month, day, hour, minute), None where it sent none."""

    number: str = field(repr=False)
    withheld: Withheld | None = None
    name: str = field(repr=False, default="")
    at: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class RingStarted:
    """It rings."""


@dataclass(frozen=True, slots=True)
class CallerKnown:
    caller: Caller


@dataclass(frozen=True, slots=True)
class RingEnded:
    """Answered elsewhere, or given up: no ring for some seconds."""


CallEvent = RingStarted | CallerKnown | RingEnded


class CallerId(Device, Protocol):
    """Listens to a telephone line and pushes `CallEvent`s while armed."""
