"""What holds for every table of a preset: its steps rise, its periods share no day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from membership.preset_plain import Problem
from membership.season import Days
from membership.verdict import refuse


def no_overlap(path: str, runs: Sequence[Days], rule: str) -> Iterator[Problem]:
    """Two periods of one table never share a day: nobody could say which one rules (CS-3)."""
    for (m, one), (n, other) in combinations(enumerate(runs), 2):
        if one.is_sound() and other.is_sound() and one.meets(other):
            yield Problem(f"{path}[{n}]", refuse("preset.overlap", rule, first=other.first, last=other.last, other=m))


def rising(values: Sequence[int]) -> bool:
    """Whether each value is above the one before it."""
    return all(lower < upper for lower, upper in pairwise(values))
