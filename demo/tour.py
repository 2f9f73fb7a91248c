"""Plays journeys in a real window: real devices' bytes, real broker, real central; only idle time is skipped."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.album import Played, write
from demo.clock import TourClock
from demo.hotel import Hotel
from demo.journey import Journey, read
from demo.steps import Passed, Steps, name_of
from kiosk import app, front
from kiosk.models.chrome import Chrome
from kiosk.models.screen import Screen
from kiosk.terminal_file import TerminalFile, load

JOURNEYS = Path(__file__).parent.parent / "journeys"
SETTLE_FRAMES = 2


def journeys(names: tuple[str, ...] = ()) -> list[Journey]:
    """The scripts of journeys/, straight ways first. Raises BadJourney."""
    found = [read(path, Steps.verbs()) for path in sorted(JOURNEYS.glob("*.txt"))]
    chosen = [j for j in found if not names or j.name in names]
    return sorted(chosen, key=lambda j: (bool(j.twin), j.name))


@dataclass
class Watched:
    """The shell, watched: what passes over it is noted."""

    shell: Any
    passed: Passed

    def show(self, model: Screen) -> None:
        self.shell.show(model)
        self.passed.shown.append(model)
        self.passed.on_show(model)

    def overlay(self, model: Screen | None) -> None:
        self.shell.overlay(model)
        new = model is not None and type(model) is not type(self.passed.overlay)
        self.passed.overlay = model
        if new and model is not None:
            self.passed.on_show(model)

    def chrome(self, chrome: Chrome) -> None:
        self.shell.chrome(chrome)

    def wipe(self) -> None:
        self.passed.overlay = None
        self.shell.wipe()


@dataclass
class Stage:
    """The window, kept for all journeys; the hotel is new for each."""

    shell: Any
    out: Path
    template: Path
    finger: Any
    reach: list[app.House] = field(default_factory=list)

    async def play(self, journey: Journey, language: str) -> Played:
        """One journey, from a fresh hotel to its end. Never raises: what failed is in the answer."""
        played = Played(journey.name, journey.role, language, title=journey.title, about=journey.about)
        clock = TourClock()
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="tour-") as place:
            hotel = Hotel(Path(place), clock.wall)
            shutil.copytree(self.template, hotel.directory, dirs_exist_ok=True)
            try:
                await asyncio.to_thread(hotel.start)
                await self._played(journey, hotel, clock, played)
            except Exception as error:
                played.why = played.why or f"{type(error).__name__}: {error}"
            finally:
                await asyncio.to_thread(hotel.stop)
        played.seconds = round(time.monotonic() - began, 2)
        return played

    async def _played(self, journey: Journey, hotel: Hotel, clock: TourClock, played: Played) -> None:
        passed = Passed()
        photographer = Photographer(self, played, passed)
        house = await app.build(load(hotel.terminal_file), hotel.directory, Watched(self.shell, passed), clock)
        self.reach[:] = [house]
        passed.on_show = photographer.saw
        serving = asyncio.ensure_future(house.serve())
        steps = Steps(hotel, house, passed, clock, self.touch, self.words, played.language)
        try:
            for step in journey.steps:
                try:
                    await steps.do(step.words)
                except Exception as error:
                    played.why = f"line {step.line}, {step}: {error}"
                    return
                await photographer.caught_up(step.words[0] == "see")
            played.ok = True
        finally:
            await photographer.done()
            house.stop()
            await clock.skip(60)
            await asyncio.wait_for(serving, 20)
            await house.close()
            self.reach.clear()
            self._slips(hotel, played)

    def touch(self, action: str) -> None:
        """A finger: down and up inside the control that carries `action`."""
        control = self.shell.controls().get(action)
        if control is None:
            raise LookupError(f"nothing to touch for {action!r}; there are: {', '.join(self.shell.controls())}")
        self.finger(*control.to_window(*control.center))

    def words(self) -> str:
        """Every text in every widget of the view, shown or kept."""
        return "\n".join(str(getattr(widget, "text", "")) for widget in self.shell.walk())

    def _slips(self, hotel: Hotel, played: Played) -> None:
        for n, slip in enumerate(hotel.printer.slips, 1):
            if slip.png:
                name = f"{played.name}.{played.language}.slip-{n}.png"
                (self.out / name).write_bytes(slip.png)
                played.slips.append(name)
                played.captions[name] = f"slip {n}"


class Photographer:
    """Takes each kind of screen once a journey, a few frames after it was shown."""

    def __init__(self, stage: Stage, played: Played, passed: Passed) -> None:
        self._stage, self._played, self._passed = stage, played, passed
        self._taken: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def saw(self, screen: Screen) -> None:
        """From the view; only what nobody waits for must be caught on the fly."""
        if name_of(screen) not in self._taken and self._task is None:
            self._task = asyncio.ensure_future(self._take())

    async def caught_up(self, still: bool) -> None:
        """After a step: the picture of what stands there, if it has not been taken."""
        await self._idle()
        now = self._passed.now
        if still and now is not None and name_of(now) not in self._taken:
            await self._take()

    async def done(self) -> None:
        await self._idle()

    async def _idle(self) -> None:
        if self._task is not None:
            await self._task
            self._task = None

    async def _take(self) -> None:
        from kiosk.screens.window import picture

        await frames(SETTLE_FRAMES)
        now = self._passed.now
        if now is None or name_of(now) in self._taken:
            self._task = None
            return
        name = name_of(now)
        self._taken.add(name)
        played = self._played
        file = f"{played.name}.{played.language}.{len(played.screens) + 1:02d}-{name.replace(' ', '-')}.png"
        picture(self._stage.out / file)
        played.screens.append(file)
        played.captions[file] = name
        self._task = None


async def frames(count: int) -> None:
    """Let the window draw."""
    from kivy.clock import Clock

    loop = asyncio.get_running_loop()
    for _ in range(count):
        drawn: asyncio.Future[None] = loop.create_future()
        Clock.schedule_once(lambda _, drawn=drawn: drawn.done() or drawn.set_result(None), 0)
        await drawn


def play(
    out: Path, template: Path, file: TerminalFile, chosen: list[Journey], language: str = "",
    say: Callable[[Played], None] = lambda _: None,
) -> list[Played]:  # fmt: skip
    """Play `chosen` (in `language` alone if given), write the album into `out`. All of it in one real window."""
    out.mkdir(parents=True, exist_ok=True)
    front.open_window(file, headless=True, closable=True)
    return asyncio.run(_toured(out, template, file, chosen, language, say))


async def _toured(
    out: Path, template: Path, file: TerminalFile, chosen: list[Journey], language: str, say: Callable[[Played], None]
) -> list[Played]:
    from kivy.app import App

    reach: list[app.House] = []
    shell = front.make_shell(file, lambda: reach[0] if reach else None, time.monotonic)

    class TourApp(App):  # type: ignore[misc]
        def build(self) -> Any:
            return shell

    window = TourApp()
    drawing = asyncio.ensure_future(window.async_run(async_lib="asyncio"))
    await frames(3)
    stage = Stage(shell, out, template, finger(), reach)
    played = []
    try:
        for journey in chosen:
            for spoken in journey.languages if not language else (language,):
                played.append(await stage.play(journey, spoken))
                say(played[-1])
    finally:
        write(out, played)
        window.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await drawing
    return played


def finger() -> Callable[[float, float], None]:
    """Touches the window where it is told to, as a finger would: down, then up in the same place."""
    from kivy.core.window import Window
    from kivy.input.motionevent import MotionEvent

    class Touch(MotionEvent):  # type: ignore[misc]
        def depack(self, args: tuple[float, float]) -> None:
            self.is_touch = True
            self.sx, self.sy = args
            self.profile = ["pos"]
            super().depack(args)

    count = iter(range(1, 1_000_000_000))

    def touch(x: float, y: float) -> None:
        width, height = Window.system_size
        event = Touch("tour", next(count), (x / max(1, width - 1), y / max(1, height - 1)))
        event.scale_for_screen(width, height)
        event.ud.clear()
        Window.dispatch("on_touch_down", event)
        event.grab_exclusive_class = None
        for widget in [ref() for ref in event.grab_list]:
            event.grab_current = widget
            if widget is not None:
                widget.dispatch("on_touch_up", event)
        event.grab_current = None
        Window.dispatch("on_touch_up", event)

    return touch
