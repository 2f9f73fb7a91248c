"""What a terminal keeps in memory at its attract screen, beside a bare window with one label."""

from __future__ import annotations

from time import sleep

from benchmarks._windows import bare, hotel, terminal

SETTLE_S = 10.0


def measure() -> dict[str, float]:
    """`rss_mb` of the terminal's own process, `whole_mb` with its camera's processes, `bare_mb` of the window alone."""
    with hotel() as house, terminal(house) as program:
        sleep(SETTLE_S)
        rss, whole = program.rss_mb(), program.whole_mb()
    with bare() as window:
        sleep(SETTLE_S)
        least = window.rss_mb()
    return {"rss_mb": round(rss, 1), "whole_mb": round(whole, 1), "bare_mb": round(least, 1)}
