"""The real clock, made once at a composition root and handed down."""

from __future__ import annotations

import threading
import time
from datetime import datetime


class MonotonicClock:
    """hw.device.Clock over the system's monotonic clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def wait(self, wake: threading.Condition, timeout_s: float | None) -> None:
        wake.wait(timeout_s)
