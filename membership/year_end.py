"""The evaluation of all members whose validity year has run out, and its summary for head office (TI-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from membership.preset import Tier, TierRules
from membership.spend import Spend
from membership.tiers import Move, Standing, evaluate


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the evaluation sees him: no name, no number but the id."""

    id: str
    standing: Standing
    spends: Sequence[Spend]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A member whose year has run out: the tier before, and the move with its reason."""

    member: str
    before: Tier
    move: Move


def evaluate_all(members: Iterable[Member], today: date, rules: TierRules) -> Iterator[Evaluated]:
    """Whoever is due on `today`, each with his last move; several years that ran out are run through in order (X-5).

    Asked again with the new standings it finds nobody: an evaluation cut short is simply begun anew (TI-11).
    """
    for member in members:
        last: Move | None = None
        while (move := evaluate(last.standing if last else member.standing, member.spends, today, rules)) is not None:
            last = move
        if last is not None:
            yield Evaluated(member.id, member.standing.tier, last)


def summary(evaluated: Iterable[Evaluated]) -> tuple[tuple[Tier, Tier, int], ...]:
    """How many came from which tier to which, highest first."""
    moves = Counter((one.before, one.move.standing.tier) for one in evaluated)
    return tuple((before, after, count) for (before, after), count in sorted(moves.items(), reverse=True))
