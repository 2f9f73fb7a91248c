"""One guest's visit: the idle timer, the language, what is forgotten when it ends (docs/ux.md, Timers, Wipe list)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from kiosk.desk import Left
from kiosk.models.chrome import Chrome
from kiosk.models.lobby import CallStaff, StillThere
from kiosk.models.screen import Answer, Idle, Pressed, Screen
from kiosk.settings import Settings
from kiosk.view import View
from mqtt.timing import Clock


@dataclass
class Session:
    """A visit from the first touch to the wipe. All of it lives on the UI thread.

    `ask` waits for the guest; `leave` ends the visit at the next moment it is asked something.
    """

    visit: str
    view: View
    clock: Clock
    settings: Settings
    chrome: Chrome
    on_staff: Callable[[], bool]
    """Calls a member of staff; False: nobody can hear it."""
    cleared: bool = False
    """Whether it ended by the clock, so that the next screen says what was cleared."""
    _screen: Screen | None = None
    _pending: asyncio.Future[Answer] | None = None
    _leaving: bool = False
    _touched: float = 0.0
    _dialog: StillThere | CallStaff | None = None
    _timer: asyncio.Task[None] | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        self._touched = self.clock.monotonic()
        self._timer = asyncio.get_running_loop().create_task(self._watch(), name="idle")

    async def end(self) -> None:
        """Forget everything: screens, dialogs, timers. The language goes back with the next visit."""
        self._leaving = True
        if self._timer is not None:
            self._timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timer
        self._screen = self._pending = self._dialog = None
        self.view.overlay(None)
        self.view.wipe()

    # what the flow does

    async def ask(self, screen: Screen) -> Answer:
        """Show `screen` and wait for its answer. Raises Left if the guest is gone."""
        if self._leaving:
            raise Left
        self._present(screen)
        self._pending = asyncio.get_running_loop().create_future()
        try:
            return await self._pending
        finally:
            self._pending = None

    def working(self, screen: Screen) -> None:
        """Show that something is being done; the timer stands still."""
        self._present(screen)

    def refresh(self, screen: Screen) -> None:
        """The same screen with a newer fact on it (a card was lifted); whoever waits keeps waiting."""
        if self._screen is not None and type(screen) is type(self._screen):
            self._screen = screen
            self.view.show(screen)

    @property
    def screen(self) -> Screen | None:
        return self._screen

    @property
    def waiting(self) -> bool:
        """Whether the guest is being asked something right now, with no dialog in between."""
        return self._pending is not None and not self._pending.done() and not self._leaving

    @property
    def listening(self) -> bool:
        """Whether a code or a card is an answer now: no dialog in between."""
        return self.waiting and self._dialog is None

    # what the guest and the readers do

    def answer(self, answer: Answer) -> None:
        """From the view or a reader. What comes when nobody waits, or under a dialog, is dropped."""
        if self._dialog is not None or not self.waiting:
            return
        self.touch()
        assert self._pending is not None
        self._pending.set_result(answer)

    def from_view(self, answer: Answer) -> None:
        """What was touched: a button of the dialog on top, or the screen's answer."""
        if self._dialog is not None and isinstance(answer, Pressed):
            self.dialog(answer.action)
        else:
            self.answer(answer)

    def touch(self) -> None:
        """A touch, a code or a card: somebody is there. Under the question about time only its button counts."""
        if not isinstance(self._dialog, StillThere):
            self._touched = self.clock.monotonic()
            self._wake.set()

    def dialog(self, action: str) -> None:
        """A button of the dialog on top."""
        if isinstance(self._dialog, StillThere):
            if action == "continue":
                self._close_dialog()
                self.touch()
            elif action == "finish":
                self.leave()
        elif isinstance(self._dialog, CallStaff):
            self._close_dialog()
            if action == "call":
                heard = self.on_staff()
                self.set_chrome(staff_called=heard)
                self._dialog = CallStaff("sent" if heard else "none", self.settings.text("desk.phone"))
                self.view.overlay(self._dialog)
            self.touch()

    def chrome_touched(self, name: str) -> None:
        """The shell's own controls: language, large_text, staff, home."""
        self.touch()
        if name == "language":
            self.set_chrome(language="en" if self.chrome.language == "zh-Hans" else "zh-Hans")
        elif name == "large_text":
            self.set_chrome(large_text=not self.chrome.large_text)
        elif name == "staff" and self._dialog is None:
            self._dialog = CallStaff("ask", self.settings.text("desk.phone"))
            self.view.overlay(self._dialog)
        elif name == "home":
            self.leave()

    def set_chrome(self, **changes: object) -> None:
        self.chrome = replace(self.chrome, **changes)
        self.view.chrome(self.chrome)

    def leave(self) -> None:
        """The guest is gone: delivered now if one is being asked, else at the next question."""
        self._leaving = True
        self._close_dialog()
        if self._pending is not None and not self._pending.done():
            self._pending.set_exception(Left())

    def _present(self, screen: Screen) -> None:
        self._screen = screen
        self._touched = self.clock.monotonic()
        self._close_dialog()
        self.view.show(screen)
        self._wake.set()

    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog = None
            self.view.overlay(None)
        if self.chrome.seconds_left is not None:
            self.set_chrome(seconds_left=None)

    # the timer

    async def _watch(self) -> None:
        while not self._leaving:
            left = self._seconds_left()
            if left is None or left > 0:
                await self._sleep(left)
            elif self._screen is not None and self._screen_idle() is Idle.DONE:
                self.leave()
            else:
                await self._ask_for_time()

    def _screen_idle(self) -> Idle:
        screen = self._screen
        assert screen is not None
        return Idle.DONE if getattr(screen, "done", False) else screen.idle

    def _seconds_left(self) -> float | None:
        """Until the guest is asked, or a done page goes; None while the timer stands still."""
        if self._screen is None or not self.waiting:
            return None
        idle = self._screen_idle()
        if idle is Idle.GUEST:
            patience = self.settings.number("idle.guest_s") * self._slow
        elif idle is Idle.DONE:
            # a failure's page is read, not glanced at: it stays as long as a question does
            key = "idle.done_s" if self._screen.idle is Idle.DONE else "idle.guest_s"
            patience = self.settings.number(key) * self._slow
        else:
            return None
        return self._touched + patience - self.clock.monotonic()

    @property
    def _slow(self) -> int:
        """Twice the time for guests who asked for large text (docs/ux.md, Timers)."""
        return 2 if self.chrome.large_text else 1

    async def _ask_for_time(self) -> None:
        seconds = self.settings.number("idle.warn_s") * self._slow
        until = self.clock.monotonic() + seconds
        shown = -1
        self._dialog = StillThere(seconds)
        while isinstance(self._dialog, StillThere) and not self._leaving:
            left = round(until - self.clock.monotonic())
            if left <= 0:
                self.cleared = True
                self.leave()
                return
            if left != shown:
                shown = left
                self._dialog = StillThere(left)
                self.view.overlay(self._dialog)
            await self._sleep(min(1.0, until - self.clock.monotonic()))

    async def _sleep(self, seconds: float | None) -> None:
        """Until `seconds` have passed on the given clock, or something happened."""
        self._wake.clear()
        woken = asyncio.ensure_future(self._wake.wait())
        tasks: set[asyncio.Future[object]] = {woken}  # type: ignore[arg-type]
        if seconds is not None:
            tasks.add(asyncio.ensure_future(self.clock.sleep(max(0.0, seconds))))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
