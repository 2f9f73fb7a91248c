"""The way in: read the terminal's file, build the house, run it."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from datetime import UTC, datetime
from pathlib import Path


class SystemClock:
    """Real time, given from here on."""

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


def main() -> int:
    """Exit codes: 0 stopped in order, 2 the file is wrong, 3 start me again."""
    parser = argparse.ArgumentParser(description="A terminal of the hotel: lobby, handheld or room.")
    parser.add_argument("file", type=Path, help="the terminal's file (docs/operations.md)")
    parser.add_argument("--headless", action="store_true", help="draw without a screen")
    parser.add_argument("--closable", action="store_true", help="let the window be closed (never in a lobby)")
    options = parser.parse_args()

    gc.disable()    # nothing made while starting is garbage; front.run lets it collect again once the terminal is ready
    from kiosk import logs
    from kiosk.terminal_file import BadTerminalFile, load

    logs.configure()
    try:
        file = load(options.file)
    except BadTerminalFile as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    from kiosk import front

    return front.run(file, options.file.parent, SystemClock(), headless=options.headless, closable=options.closable)


if __name__ == "__main__":
    sys.exit(main())
