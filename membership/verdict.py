"""Yes or no with a reason: what every instrument answers, and how bad input is refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from membership.preset import Tier
from membership.reasons import Reason


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be done; `notes` are things a person should see before doing it (a second use within minutes, a photo)."""

    notes: tuple[Reason, ...] = ()


Verdict = Allowed | Reason
"""`Allowed`, or the one reason why not."""


class BadInput(ValueError):
    """A value no rule can work with; `reason` names it, so that it can be shown and never becomes a silent default."""

    def __init__(self, key: str, rule: str = "", **values: str | int) -> None:
        self.reason = Reason(key, tuple(sorted(values.items())), rule)
        super().__init__(f"{key} {dict(self.reason.values)}")


def refuse(key: str, rule: str, **values: str | int) -> Reason:
    """A refusal: text key, the rule it follows from, and the values of its placeholders."""
    return Reason(key, tuple(sorted(values.items())), rule)


def first(*checks: Reason | None, notes: tuple[Reason, ...] = ()) -> Verdict:
    """The first check that refuses, or `Allowed`. The most useful reason stands first: it is what the guest reads."""
    return next((check for check in checks if check is not None), Allowed(notes))


def must(verdict: Verdict) -> None:
    """Nothing if allowed; else `BadInput` with the reason: an action is done only after it was judged."""
    if isinstance(verdict, Reason):
        raise BadInput(verdict.key, verdict.rule, **dict(verdict.values))


def whole(name: str, value: int, least: int = 0, most: int = 10**12, rule: str = "X-32") -> int:
    """`value` if it is an integer (no bool, no float) within [least, most]; else `BadInput`.

    `rule` is the one that the number belongs to; X-32, all amounts are integers, where it belongs to none alone.
    """
    if type(value) is not int:
        raise BadInput("input.not_whole", rule, name=name, value=repr(value))
    if not least <= value <= most:
        raise BadInput("input.out_of_range", rule, name=name, value=value, least=least, most=most)
    return value


def a_day(name: str, value: date, rule: str) -> date:
    """`value` if it is a date, no text and no moment; else `BadInput`."""
    if type(value) is not date:
        raise BadInput("input.not_a_day", rule, name=name, value=repr(value)[:60])
    return value


def known(name: str, value: str, choices: Collection[str], rule: str) -> str:
    """`value` if it is one of `choices`; else `BadInput`."""
    if value not in choices:
        raise BadInput("input.unknown", rule, name=name, value=repr(value)[:60])
    return value


def known_tier(value: Tier, rule: str = "X-11") -> Tier:
    """`value` if it is one of the ten tiers, no bare number and no bool; else `BadInput` (X-11)."""
    if type(value) is not Tier:
        raise BadInput("input.unknown", rule, name="tier", value=repr(value)[:60])
    return value
