"""The least window: Kivy alone, one label in the house's face. It says READY=1 when it has been drawn."""

from __future__ import annotations

import os
from pathlib import Path

FACE = Path(__file__).parents[1] / "assets" / "fonts" / "UI-Regular.otf"
SIZE = (1080, 1920)


def main() -> None:
    """Open, draw, say so, and stay until ended."""
    os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1", KIVY_WINDOW="sdl2")
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    from kivy.config import Config

    for name, value in (("width", SIZE[0]), ("height", SIZE[1]), ("multisamples", 0), ("maxfps", 30)):
        Config.set("graphics", name, str(value))
    from kivy.app import App
    from kivy.core.window import Window
    from kivy.uix.label import Label

    from kiosk.notify import Notifier

    notifier = Notifier(os.environ.get("NOTIFY_SOCKET"))

    class Bare(App):
        def build(self) -> Label:
            return Label(text="欢迎光临 Welcome", font_name=str(FACE), font_size=64)

    def drawn(*_: object) -> None:
        Window.funbind("on_flip", drawn)
        notifier.ready()

    Window.fbind("on_flip", drawn)
    Bare().run()


if __name__ == "__main__":
    main()
