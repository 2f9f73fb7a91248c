"""One offscreen window for all tests of looks; no display server, no sleeping. Pictures are not compared, facts are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kiosk.texts import Texts, load_catalogues

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "assets" / "texts"
ZONE = ZoneInfo("Asia/Shanghai")
SIZE = (1080, 1920)


def compiled(folder: Path) -> Path:
    """The catalogues, compiled anew where the source is newer."""
    for source in folder.glob("*.po"):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            pybabel = Path(sys.executable).with_name("pybabel")
            subprocess.run([str(pybabel), "-q", "compile", "-i", str(source), "-o", str(made)], check=True)
    return folder


@pytest.fixture(scope="session")
def missing() -> list[tuple[str, str]]:
    """Everything that had no words."""
    return []


@pytest.fixture(scope="session")
def texts(missing: list[tuple[str, str]]) -> Texts:
    return Texts(load_catalogues(compiled(CATALOGUES)), ZONE, lambda language, key: missing.append((language, key)))


@pytest.fixture(scope="session")
def window() -> Any:
    from kivy.base import runTouchApp

    from kiosk.screens.window import prepare_window

    opened = prepare_window(SIZE, "tests", headless=True, frames_per_s=0)
    runTouchApp(embedded=True)
    return opened


@dataclass
class Stage:
    """A shell in the window, with what came out of it and a clock in the hand of the test."""

    shell: Any
    answers: list[Any] = field(default_factory=list)
    chrome: list[str] = field(default_factory=list)
    touches: int = 0
    now: float = 0.0

    def settle(self) -> None:
        """Let layouts and textures become what they will stay, without drawing a frame."""
        from kivy.clock import Clock
        from kivy.lang import Builder

        for _ in range(2):
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()

    def tap(self, control: Any, slide_to: tuple[float, float] | None = None) -> None:
        """One finger down in the middle of a control and up again, there or where it slid to."""
        from kivy.tests.common import UnitTestTouch

        touch = UnitTestTouch(*control.to_window(*control.center))
        touch.touch_down()
        if slide_to:
            touch.touch_move(*slide_to)
        touch.touch_up()


@pytest.fixture
def stage(window: Any, texts: Texts) -> Iterator[Stage]:
    from kiosk.screens.shell import Shell
    from kiosk.theme.tokens import Tokens

    made: dict[str, Stage] = {}

    def touched() -> None:
        made["stage"].touches += 1

    shell = Shell(
        texts, Tokens(), on_answer=lambda answer: made["stage"].answers.append(answer),
        on_chrome=lambda name: made["stage"].chrome.append(name), on_touch=touched, now=lambda: made["stage"].now,
    )  # fmt: skip
    made["stage"] = Stage(shell)
    window.add_widget(shell)
    yield made["stage"]
    window.remove_widget(shell)


@pytest.fixture
def words() -> Callable[[Any], list[Any]]:
    """Every label with words in it that can be seen under a widget."""
    from kiosk.widgets.base import Text

    def seen(root: Any) -> list[Any]:
        labels = [widget for widget in root.walk(restrict=True) if isinstance(widget, Text)]
        return [label for label in labels if label.words and shown(label)]

    return seen


def shown(widget: Any) -> bool:
    """Whether neither it nor anything around it is see-through."""
    while widget is not None and widget.parent is not widget:
        if not widget.opacity:
            return False
        widget = widget.parent
    return True
