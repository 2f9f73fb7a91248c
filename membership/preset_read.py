"""A preset read from a plain document: of the right types, whole, and free of contradictions."""

from __future__ import annotations

from collections.abc import Mapping

from membership.preset import Preset
from membership.preset_check import check
from membership.preset_plain import Problem, read


def read_preset(plain: Mapping[str, object]) -> Preset | tuple[Problem, ...]:
    """The preset of a plain document, or every fault: unknown and missing settings, wrong types, contradictions."""
    problems: list[Problem] = []
    preset = read(Preset, plain, "", problems)
    if problems:
        return tuple(problems)
    assert isinstance(preset, Preset)
    return check(preset) or preset
