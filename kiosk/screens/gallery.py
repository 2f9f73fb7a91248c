"""Draws every state of every screen in each language and text size, to look at: `script/gallery OUT [part of name]`."""

from __future__ import annotations

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.screens.window import picture, prepare_window, settle

TEXTS = Path(__file__).parents[2] / "assets" / "texts"
SIZE = (1080, 1920)


def main(out: Path, only: str = "") -> int:
    """Write `{screen}-{state}-{language}-{size}.png`. Returns how many."""
    window = prepare_window(SIZE, "gallery", headless=True, frames_per_s=0)
    from kiosk.models import lobby
    from kiosk.models.chrome import Chrome
    from kiosk.screens.registry import OVERLAYS, PAGES
    from kiosk.screens.samples import samples
    from kiosk.screens.shell import Shell
    from kiosk.texts import LANGUAGES, Texts, load_catalogues
    from kiosk.theme.tokens import Tokens

    texts = Texts(load_catalogues(TEXTS), ZoneInfo("Asia/Shanghai"), _tell_missing)
    shell = Shell(texts, Tokens(), lambda _: None, lambda _: None, lambda: None)
    window.add_widget(shell)
    _start()
    out.mkdir(parents=True, exist_ok=True)
    drawn = 0
    for kind in (*PAGES, *OVERLAYS):
        for state, model in samples(kind).items():
            for language in LANGUAGES:
                for large in (False, True):
                    name = f"{kind.__name__}-{state}-{language}-{'large' if large else 'normal'}"
                    if only not in name:
                        continue
                    shell.chrome(Chrome(language=language, large_text=large))
                    shell.show(samples(lobby.VerifyId)["first"] if kind in OVERLAYS else model)
                    shell.overlay(model if kind in OVERLAYS else None)
                    settle()
                    picture(out / f"{name}.png")
                    drawn += 1
    return drawn


def _tell_missing(language: str, key: str) -> None:
    sys.stderr.write(f"no words in {language} for {key}\n")


def _start() -> None:
    from kivy.base import EventLoop, runTouchApp

    if EventLoop.status != "started":
        runTouchApp(embedded=True)


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]), *sys.argv[2:3])} pictures\n")
