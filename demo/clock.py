"""The given clocks: the system's, and one whose idle time can be skipped."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime


class SystemClock:
    """Real time."""

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class TourClock:
    """Real time plus what was skipped: a guest who walks away for ninety seconds costs a tour none of them.

    Only deadlines move: the date and time of day stay central's. `skip` moves the clock forward; whoever sleeps past
    that moment wakes at once, in order.
    """

    def __init__(self) -> None:
        self.skipped = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped

    async def sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._sleepers, (self.monotonic() + seconds, next(self._order), future))
        timer = loop.call_later(max(0.0, seconds), _wake, future)
        try:
            await future
        finally:
            timer.cancel()

    async def skip(self, seconds: float) -> None:
        """Move forward, a second at a time, letting everybody do what that second brings."""
        left = seconds
        while left > 0:
            step = min(1.0, left)
            self.skipped += step
            left -= step
            while self._sleepers and self._sleepers[0][0] <= self.monotonic():
                _wake(heapq.heappop(self._sleepers)[2])
            for _ in range(3):
                await asyncio.sleep(0)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
