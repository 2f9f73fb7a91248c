"""What a terminal costs that nobody uses: the attract screen, per cent of one processor, children included."""

from __future__ import annotations

from time import sleep

from benchmarks._windows import bare, hotel, terminal

SETTLE_S = 5.0
LOOK_S = 15.0


def measure() -> dict[str, float]:
    """`cpu_percent` of the terminal and its camera's processes, `bare_percent` of a window with one label."""
    with hotel() as house, terminal(house) as program:
        sleep(SETTLE_S)
        ours = program.busy(LOOK_S)
    with bare() as window:
        sleep(SETTLE_S)
        least = window.busy(LOOK_S)
    return {"cpu_percent": round(ours, 1), "bare_percent": round(least, 1)}
