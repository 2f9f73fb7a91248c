"""`python -m demo`: the whole hotel on this machine, with a window where there is a screen, else a tour of it."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from demo.album import Played
from demo.hotel import Hotel
from kiosk import logs
from kiosk.terminal_file import load

HERE = Path("var/demo")


def main() -> int:
    """Exit codes: 0 all journeys came true or the window was closed, 1 one did not."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--tour", action="store_true", help="play the journeys instead of opening a window")
    parser.add_argument("--out", type=Path, default=Path("var/tour"), help="where the tour's pictures go")
    parser.add_argument("--journey", action="append", default=[], help="only this one (may be given again)")
    parser.add_argument("--language", default="", help="only in this language: zh-Hans or en")
    parser.add_argument("--fresh", action="store_true", help="furnish the hotel anew")
    parser.add_argument("--list", action="store_true", help="what can be played")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))     # as Ctrl-C: what was started is stopped on the way out
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if options.list:
        return _list()
    if options.tour or not screen:
        return _tour(options.out, tuple(options.journey), options.language)
    return _window(options.fresh)


def _list() -> int:
    from demo.tour import journeys

    for journey in journeys():
        print(f"{journey.name:28} {' '.join(journey.languages):12} {journey.title}")
    return 0


def _tour(out: Path, names: tuple[str, ...], language: str) -> int:
    from demo.tour import journeys, play

    chosen = journeys(names)
    if not chosen:
        print("no such journey; --list says what there is", file=sys.stderr)
        return 2
    if out.exists():
        for old in (*out.glob("*.png"), out / "index.html", out / "summary.json"):
            old.unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "tour.log").open("w", encoding="utf-8") as log, tempfile.TemporaryDirectory(prefix="hotel-") as place:
        logs.configure(log)
        template = Path(place) / "hotel"
        print("Furnishing the hotel", flush=True)
        hotel = Hotel(template, _now)
        try:
            hotel.start(central=False)
            file = load(hotel.terminal_file)
        finally:
            hotel.stop()
        shutil.rmtree(template / "broker", ignore_errors=True)
        played = play(out, template, file, chosen, language, _say)
    good = sum(p.ok for p in played)
    print(f"{good} of {len(played)} came true; leaf through {out}/index.html")
    return 0 if good == len(played) else 1


def _say(played: Played) -> None:
    mark = "ok  " if played.ok else "FAIL"
    print(f"{mark} {played.name} {played.language} {played.seconds:.1f} s {played.why}", flush=True)


def _window(fresh: bool) -> int:
    from demo.clock import SystemClock
    from kiosk import front

    if fresh:
        shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir(parents=True, exist_ok=True)
    with (HERE / "demo.log").open("a", encoding="utf-8") as log:
        logs.configure(log)
        hotel = Hotel(HERE.absolute(), _now, draw_slips=False)
        try:
            hotel.start()
            with contextlib.suppress(KeyboardInterrupt):
                return front.run(load(hotel.terminal_file), hotel.directory, SystemClock(), closable=True)
            return 0
        finally:
            hotel.stop()


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
