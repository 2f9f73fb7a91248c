"""The terminal behind its window: Kivy's loop and the terminal's are one (docs/architecture.md, A flow is a story)."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk import app
from kiosk.errors import OUT_OF_SERVICE
from kiosk.journal import JournalFailed
from kiosk.models.lobby import OutOfService
from kiosk.notify import Notifier
from kiosk.screens.window import prepare_window
from kiosk.terminal_file import TerminalFile
from kiosk.theme import sizes
from mqtt.timing import Clock, within

log = logging.getLogger(__name__)

UNCLEAN = 3
READY_S = 5.0
LOAD_PAUSE_S = 0.1
SHOWN_S = 10.0


def open_window(file: TerminalFile, headless: bool, closable: bool) -> Any:
    """Tie Kivy down and open the window, before anything of it is imported. Returns Kivy's Window."""
    role = sizes.ROLES[file.place.role]
    density = sizes.density(role, file.screen.width, file.screen.height, file.screen.diagonal_inch)
    return prepare_window(
        (file.screen.width, file.screen.height), file.hotel.name_zh, headless, density=density, closable=closable
    )


def make_shell(file: TerminalFile, reach: Callable[[], app.House | None], now: Callable[[], float]) -> Any:
    """The shell, whose touches go to the house that `reach` gives once there is one."""
    from zoneinfo import ZoneInfo

    from kiosk.screens.shell import Shell
    from kiosk.texts import Texts, load_catalogues
    from kiosk.theme.tokens import Tokens

    def told(method: str) -> Callable[..., None]:
        def call(*values: Any) -> None:
            house = reach()
            if house is not None:
                getattr(house, method)(*values)

        return call

    texts = Texts(
        load_catalogues(app.TEXTS), ZoneInfo(file.place.zone),
        lambda language, key: log.warning("text.missing language=%s key=%s", language, key),
    )  # fmt: skip
    tokens = Tokens(role=sizes.ROLES[file.place.role], motion=file.screen.motion)
    return Shell(texts, tokens, told("answered"), told("chrome_touched"), told("touched"), now)


def run(file: TerminalFile, base: Path, clock: Clock, *, headless: bool = False, closable: bool = False) -> int:
    """Serve until told to stop. Answers the exit code: 0 in order, 3 where a restart is needed."""
    open_window(file, headless, closable)
    return asyncio.run(_served(file, base, clock))


async def _served(file: TerminalFile, base: Path, clock: Clock) -> int:
    from kivy.app import App
    from kivy.clock import Clock as Frames

    house: app.House | None = None
    shell = make_shell(file, lambda: house, clock.monotonic)
    notifier = Notifier(os.environ.get("NOTIFY_SOCKET"))

    class KioskApp(App):  # type: ignore[misc]
        use_kivy_settings = False

        def build(self) -> Any:
            return shell

        def open_settings(self, *_: Any) -> bool:
            return False

    kivy_app = KioskApp()
    window = asyncio.ensure_future(kivy_app.async_run(async_lib="asyncio"))
    code = 0
    try:
        house = await app.build(file, base, shell, clock)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, house.stop)
        serving = asyncio.ensure_future(house.serve())
        app_ready = asyncio.ensure_future(_ready(house, clock, notifier))
        Frames.schedule_interval(lambda _: notifier.watchdog(), _watchdog_s())
        await asyncio.wait({serving, window}, return_when=asyncio.FIRST_COMPLETED)
        house.stop()
        app_ready.cancel()
        await serving
        code = UNCLEAN if house.terminal.unclean else 0
    except JournalFailed as failure:
        # Nothing may be sold that cannot be written down: say so, and let the service come again.
        log.critical("journal.failed code=%s", failure.code)
        code = UNCLEAN
        reason = "s.journal.full" if failure.code == "full" else "s.journal.broken"
        shell.show(OutOfService(reason, OUT_OF_SERVICE[reason]))
        await clock.sleep(SHOWN_S)
    finally:
        notifier.stopping()
        if house is not None:
            await house.close()
        kivy_app.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await window
    return code


async def _ready(house: app.House, clock: Clock, notifier: Notifier) -> None:
    """READY=1 with the first screen that a guest can use; one that cannot serve yet is ready a little later. The other
    screens are loaded after that, one at a time."""
    from kiosk.screens.registry import load_all

    with contextlib.suppress(TimeoutError):
        await within(clock, READY_S, house.terminal.opened.wait())
    notifier.ready()
    gc.collect()
    gc.freeze()
    gc.enable()
    for _ in load_all():
        await clock.sleep(LOAD_PAUSE_S)


def _watchdog_s() -> float:
    """A third of what systemd allows; the interval runs on the UI thread, so a stuck one is noticed."""
    return int(os.environ.get("WATCHDOG_USEC", "30000000")) / 3_000_000
