"""Opens the one window there is, with Kivy tied down first, and takes pictures of it.

Kivy reads its environment and its configuration while it is imported, so `prepare_window` must run before anything of
kiosk.widgets or kiosk.screens is imported. Why each line stands here: docs/ux.md, The window.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parents[2] / "assets" / "fonts"
ICONS = Path(__file__).parents[2] / "assets" / "icons"


class NoWindow(RuntimeError):
    """SDL could not open a window: no display, or no GL."""


def prepare_window(
    size: tuple[int, int], title: str, headless: bool, density: float = 1.0, closable: bool = False,
    frames_per_s: int = 30,
) -> Any:
    """Tie Kivy down, open the window and register our faces. `size` in pixels, `density` from kiosk.theme.sizes.

    Headless draws without a display server (EGL). Only a `closable` window can be closed by keys or by its frame; a
    kiosk's cannot. `frames_per_s` 0 draws as fast as it can: for tests, whose frames nobody watches. Returns Kivy's
    Window.
    """
    _environment(headless, density)
    _configuration(size, frames_per_s)
    log = logging.getLogger("kivy")
    log.setLevel(logging.CRITICAL)      # input libraries that are not there are no news
    from kivy.core.window import Window

    log.setLevel(logging.WARNING)
    if Window is None:
        raise NoWindow("no window can be opened: is there a screen, or are the GL libraries missing (script/setup)?")
    Window.set_title(title)
    Window.bind(on_request_close=lambda *_: not closable)
    if headless:
        Window.bind(on_draw=lambda *_: _finish_drawing())
    register_fonts()
    return Window


def _environment(headless: bool, density: float) -> None:
    """The variables that Kivy and SDL read once."""
    os.environ.update(
        KIVY_NO_ARGS="1",           # our command line is ours
        KIVY_NO_CONFIG="1",         # nothing is read from or written to a home directory
        KIVY_NO_FILELOG="1",        # flash wears
        KIVY_NO_CONSOLELOG="1",
        KIVY_LOG_MODE="PYTHON",     # the default replaces standard error
        SDL_NO_SIGNAL_HANDLERS="1",
        KIVY_WINDOW="sdl2",         # with others allowed, a failure hides behind the last one tried
        KIVY_DPI="96",
        KIVY_METRICS_DENSITY=str(density),
        KIVY_METRICS_FONTSCALE="1",
    )
    if headless:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"


def _configuration(size: tuple[int, int], frames_per_s: int) -> None:
    """One input path, no escapes, no anti-aliasing of whole frames, half the frames."""
    from kivy.config import Config

    for name, _ in Config.items("input"):
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch")    # two providers would report each tap twice
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "keyboard_mode", "")
    Config.set("graphics", "width", str(size[0]))
    Config.set("graphics", "height", str(size[1]))
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "multisamples", "0")
    Config.set("graphics", "maxfps", str(frames_per_s))


def register_fonts() -> None:
    """`UI` with its bold, `IC` the icons and `ICF` the filled ones; labels without a face get UI as well."""
    from kivy.core.text import LabelBase

    regular, bold = str(FONTS / "UI-Regular.otf"), str(FONTS / "UI-Bold.otf")
    for name in ("UI", "Roboto"):
        LabelBase.register(name, fn_regular=regular, fn_bold=bold)
    LabelBase.register("IC", fn_regular=str(ICONS / "Icons.ttf"))
    LabelBase.register("ICF", fn_regular=str(ICONS / "IconsFilled.ttf"))


def _finish_drawing() -> None:
    """Wait for the GPU; the offscreen driver keeps unfinished work for ever otherwise."""
    from kivy.graphics.opengl import glFinish

    glFinish()


def settle(frames: int = 3) -> None:
    """Run a few frames, so that layouts and textures are what they will stay."""
    from kivy.base import EventLoop

    for _ in range(frames):
        EventLoop.idle()


def picture(path: Path) -> None:
    """Write the whole window as a PNG. The same widgets give the same bytes."""
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glFinish, glReadPixels
    from PIL import Image

    Window.clear()
    Window.render_context.draw()
    glFinish()
    width, height = Window.system_size
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    image = Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    image.save(path, optimize=False, compress_level=6)
