"""A clock that stands still until it is moved, for workers with real threads and no real waiting."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

SAFETY_S = 10.0
"""Real seconds after which a test that would hang fails."""


class VirtualClock:
    """hw.device.Clock. `settle(n)` blocks until `n` threads wait on it; only then is it safe to move."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._guard = threading.Condition()
        self._waiting: dict[int, threading.Condition] = {}

    def monotonic(self) -> float:
        return self._now

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 15, 6, tzinfo=UTC)

    def wait(self, wake: threading.Condition, timeout_s: float | None) -> None:
        me = threading.get_ident()
        with self._guard:
            self._waiting[me] = wake
            self._guard.notify_all()
        until = None if timeout_s is None else self._now + timeout_s
        if until is None or self._now < until:
            assert wake.wait(SAFETY_S * 3), "nobody moved the clock"
        with self._guard:
            self._waiting.pop(me, None)

    def settle(self, threads: int) -> None:
        with self._guard:
            settled = self._guard.wait_for(lambda: len(self._waiting) >= threads, SAFETY_S)
        assert settled, f"{len(self._waiting)} of {threads} threads wait"

    def advance(self, seconds: float) -> None:
        """Move the clock and wake everybody who waits: each looks at the time again, and waits on if it is early."""
        with self._guard:
            waiting = set(self._waiting.values())
        for wake in waiting:
            with wake:
                self._now += seconds / len(waiting)
                with self._guard:
                    self._waiting = {who: on for who, on in self._waiting.items() if on is not wake}
                wake.notify_all()
