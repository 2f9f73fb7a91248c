"""How large things are: type, targets and space, in pixels of the role's reference screen (docs/ux.md, Sizes).

Widgets pass every figure through `dp`, whose factor is the pixel density of the screen against the reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot


@dataclass(frozen=True)
class Type:
    """The type scale of a role. `minimum` is the smallest text there is; `large` is what large-text mode multiplies
    reading text by, `large_head` what it multiplies headings and buttons by, which are large already."""

    hero: float
    figure: float
    amount: float
    display: float
    h1: float
    h2: float
    button: float
    body: float
    secondary: float
    minimum: float
    large: float
    large_head: float = 1.1


@dataclass(frozen=True)
class Targets:
    """What a finger hits. Below `floor` there is nothing to touch."""

    floor: float
    standard: float
    primary: float
    key_width: float
    key_height: float
    row: float
    gap_min: float
    gap: float
    margin: float


@dataclass(frozen=True)
class Role:
    """A role's sizes and the screen they are written for: pixels, and pixels a millimetre."""

    name: str
    width: int
    height: int
    px_per_mm: float
    type: Type
    targets: Targets


LOBBY = Role(
    name="lobby", width=1080, height=1920, px_per_mm=4.03,
    type=Type(hero=144, figure=112, amount=64, display=72, h1=64, h2=48,
              button=48, body=40, secondary=36, minimum=32, large=1.25),
    targets=Targets(floor=61, standard=81, primary=136, key_width=301, key_height=136, row=120,
                    gap_min=12, gap=24, margin=64),
)
HANDHELD = Role(
    name="handheld", width=720, height=1280, px_per_mm=10.51,
    type=Type(hero=96, figure=96, amount=88, display=56, h1=48, h2=40,
              button=48, body=32, secondary=28, minimum=28, large=1.3),
    targets=Targets(floor=80, standard=96, primary=132, key_width=216, key_height=128, row=108,
                    gap_min=12, gap=16, margin=24),
)
ROOM = Role(
    name="room", width=1280, height=800, px_per_mm=5.88,
    type=Type(hero=64, figure=56, amount=44, display=48, h1=40, h2=36,
              button=34, body=28, secondary=26, minimum=24, large=1.4),
    targets=Targets(floor=60, standard=72, primary=84, key_width=120, key_height=96, row=80,
                    gap_min=8, gap=16, margin=28),
)
ROLES = {role.name: role for role in (LOBBY, HANDHELD, ROOM)}


def density(role: Role, width: int, height: int, diagonal_inch: float) -> float:
    """The factor for `dp` on a screen of this size: physical size stays, pixels change."""
    return hypot(width, height) / diagonal_inch / 25.4 / role.px_per_mm
