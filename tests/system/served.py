"""A terminal without a window in a process of its own, for tests that kill it. Prints each screen, agrees always.

    python -m tests.system.served FILE [WRITE before|after]

With WRITE the process kills itself, as a power cut would, just before or just after the journal has committed that
write: nothing in the product knows of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from demo.clock import SystemClock
from demo.steps import name_of
from kiosk import app
from kiosk.journal import Page
from kiosk.models.chrome import Chrome
from kiosk.models.lobby import Attract, CheckedIn, ConfirmStay, Notice
from kiosk.models.screen import Pressed, Screen
from kiosk.terminal_file import load


class Agreeing:
    """A guest who agrees to everything, and says what was shown."""

    def __init__(self, cut: tuple[int, str] | None) -> None:
        self.house: app.House | None = None
        self._cut = cut

    def show(self, model: Screen) -> None:
        print(name_of(model), flush=True)
        if isinstance(model, Attract) and self._cut is not None and self.house is not None:
            self.house.journal.write = Cut(self.house.journal, *self._cut)  # type: ignore[method-assign]
            self._cut = None
        answers = {ConfirmStay: "agree", CheckedIn: "finish"}
        action = model.choices[-1] if isinstance(model, Notice) else answers.get(type(model))
        if action is not None and self.house is not None:
            asyncio.get_running_loop().call_soon(self.house.answered, Pressed(action))

    def overlay(self, model: Screen | None) -> None: ...

    def chrome(self, chrome: Chrome) -> None: ...

    def wipe(self) -> None: ...


class Cut:
    """Wraps a journal's `write` so that the power goes at the `nth` one since it was armed."""

    def __init__(self, journal: Any, nth: int, when: str) -> None:
        self._write, self._nth, self._when, self._count = journal.write, nth, when, 0
        self._lock = threading.Lock()

    def __call__(self, change: Callable[[Page], Any]) -> Future[Any]:
        with self._lock:
            self._count += 1
            mine = self._count == self._nth
        if not mine:
            return self._write(change)
        if self._when == "before":
            self._write(lambda page: (change(page), os.kill(os.getpid(), signal.SIGKILL)))
        written = self._write(change)
        written.result()
        os.kill(os.getpid(), signal.SIGKILL)
        return written


async def main(path: Path, cut: tuple[int, str] | None) -> None:
    view = Agreeing(cut)
    house = view.house = await app.build(load(path), path.parent, view, SystemClock())
    print(f"recovered {house.recovered.any}", flush=True)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, house.stop)

    def settle(out: bool) -> None:
        for hold in house.till.doubts():
            _kept.append(asyncio.ensure_future(house.till.settle(hold, out, by="desk")))

    loop.add_signal_handler(signal.SIGUSR1, settle, True)
    loop.add_signal_handler(signal.SIGUSR2, settle, False)
    serving = asyncio.ensure_future(house.serve())
    reporting = asyncio.ensure_future(_report(house))
    await serving
    reporting.cancel()
    await house.close()


async def _report(house: app.House) -> None:
    said = ""
    while True:
        facts = house.till.facts()
        now = f"facts outbox={facts.outbox} doubt={facts.in_doubt} link={house.till.pulse.state.value}"
        if now != said:
            said = now
            print(now, flush=True)
        await asyncio.sleep(0.02)


_kept: list[Any] = []

if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), (int(sys.argv[2]), sys.argv[3]) if len(sys.argv) > 3 else None))
