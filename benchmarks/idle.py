"""What a terminal costs that nobody uses: its attract screen, readers armed, in per cent of one processor."""

from __future__ import annotations

from time import sleep

from benchmarks._windows import bare, hotel, terminal

SETTLE_S = 5.0
LOOK_S = 15.0


def measure() -> dict[str, float]:
    """`window_percent` of the terminal's own process, `cpu_percent` with its camera's, `bare_percent` of a bare one."""
    with hotel() as house, terminal(house) as program:
        sleep(SETTLE_S)
        own, whole = program.busy(LOOK_S)
    with bare() as window:
        sleep(SETTLE_S)
        least, _ = window.busy(LOOK_S)
    return {"window_percent": round(own, 1), "cpu_percent": round(whole, 1), "bare_percent": round(least, 1)}
