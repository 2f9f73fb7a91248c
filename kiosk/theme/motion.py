"""How things move, in seconds. Profiles: `gpu` moves, `soft` (software drawing) and `off` (less motion) cut."""

from __future__ import annotations

PRESS = 0.08
"""How long a pressed look is held at least, so that a quick tap is seen."""
ENTER = 0.2
DIALOG = 0.16
TICK = 0.4
DOTS = 0.5
"""The step of the waiting dots: twice a second."""
SLOWER = 5.0
"""After this long a waiting screen says that it takes longer than usual."""
WAY_OUT = 15.0
"""After this long a waiting screen names the way out."""
DOUBLE_TOUCH = 0.6
"""A second touch on the same command within this time is the same touch."""

PROFILES = ("gpu", "soft", "off")
