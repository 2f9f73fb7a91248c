"""Yes or no with a reason: what every instrument answers, and how bad input is refused."""

from __future__ import annotations

from dataclasses import dataclass

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


def whole(name: str, value: int, least: int = 0, most: int = 10**12) -> int:
    """`value` if it is an integer (no bool, no float) within [least, most]; else `BadInput`."""
    if type(value) is not int:
        raise BadInput("input.not_whole", name=name, value=repr(value))
    if not least <= value <= most:
        raise BadInput("input.out_of_range", name=name, value=value, least=least, most=most)
    return value
