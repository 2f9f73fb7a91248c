"""Virtual time: an hour passes at once when nobody has anything left to do."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
BEGIN = datetime(2025, 5, 1, 14, 0, tzinfo=UTC)


class VirtualClock:
    """mqtt.timing.Clock whose time moves only in `run`."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def wall(self) -> datetime:
        return BEGIN + timedelta(seconds=self.now)

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        timer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._timers, (self.now + max(seconds, 0.0), next(self._order), timer))
        await timer

    async def run(self, work: Awaitable[T]) -> T:
        """`work` to its end, time jumping whenever everybody waits."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await self.idle()
            if not task.done():
                assert self._tick(), "everybody waits and no timer runs"
        return task.result()

    async def pass_(self, seconds: float) -> None:
        """Let `seconds` go by."""
        await self.run(self.sleep(seconds))
        await self.idle()

    async def idle(self) -> None:
        """Until nobody has anything to do at this moment."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0)
        while loop._ready:  # type: ignore[attr-defined]
            await asyncio.sleep(0)

    def _tick(self) -> bool:
        while self._timers:
            when, _, timer = heapq.heappop(self._timers)
            if not timer.done():
                self.now = max(self.now, when)
                timer.set_result(None)
                return True
        return False
