"""How long a terminal takes to its first screen that can be touched, against a bare Kivy window with one label.

Both processes start from nothing, in turns, with the machine's caches as warm as they are on a second start. Ready is
what systemd hears: the terminal's journal is recovered, its link is up, its first screen is drawn.
"""

from __future__ import annotations

from statistics import median

from benchmarks._windows import bare, hotel, terminal

AT_MOST = {"ratio": 2.0}
ROUNDS = 7


def measure() -> dict[str, float]:
    """`ratio` of the medians; `terminal_s` and `bare_s`."""
    ours, least = [], []
    with hotel() as house:
        for round_ in range(ROUNDS + 1):
            with terminal(house) as program:
                took = program.ready_s
            with bare() as window:
                floor = window.ready_s
            if round_:
                ours.append(took)
                least.append(floor)
    return {
        "ratio": round(median(ours) / median(least), 2),
        "terminal_s": round(median(ours), 3),
        "bare_s": round(median(least), 3),
    }
