"""Virtual time and a view without a window, for tests of what surrounds a journey."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kiosk.models.chrome import Chrome
from kiosk.models.screen import Screen


class VirtualClock:
    """Time that moves only when told to."""

    def __init__(self, start: datetime = datetime(2026, 11, 24, 7, tzinfo=UTC)) -> None:
        self.at = 0.0
        self.start = start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def wall(self) -> datetime:
        return self.start + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.at + max(0.0, seconds), next(self._order), future))
        await future

    async def pass_(self, seconds: float) -> None:
        """Let `seconds` go by, waking sleepers in order and letting everybody run."""
        end = self.at + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.at, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
            await settle()
        self.at = end
        await settle()


async def settle() -> None:
    """Let every ready task run until nothing moves any more."""
    for _ in range(20):
        await asyncio.sleep(0)


@dataclass
class Glass:
    """A view that only remembers."""

    shown: list[Screen] = field(default_factory=list)
    overlays: list[Screen | None] = field(default_factory=list)
    chromes: list[Chrome] = field(default_factory=list)
    wipes: int = 0

    def show(self, model: Screen) -> None:
        self.shown.append(model)

    def overlay(self, model: Screen | None) -> None:
        self.overlays.append(model)

    def chrome(self, chrome: Chrome) -> None:
        self.chromes.append(chrome)

    def wipe(self) -> None:
        self.wipes += 1

    @property
    def now(self) -> Screen:
        return self.shown[-1]

    @property
    def on_top(self) -> Screen | None:
        return self.overlays[-1] if self.overlays else None
