"""Points when a bill is refunded: what was earned goes, what was spent comes back (docs/rules.md, X-26 and X-113)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from membership.money import MAX_FEN, Fen
from membership.points import Paid, earn
from membership.preset import PointsRules, Tier, TierRules
from membership.verdict import BadInput, whole


@dataclass(frozen=True, slots=True)
class Reversal:
    """`taken` leaves the member, `returned` comes back; the account may go below zero by it (X-26)."""

    taken: int
    returned: int

    @property
    def change(self) -> int:
        """What the points account changes by."""
        return self.returned - self.taken


def reverse(
    earned: int, after: Paid, tier: Tier | None, born: date | None, rules: PointsRules, tiers: TierRules
) -> int:
    """Earned points to take back: `earned` less what the bill would have earned net of the refund (X-26, X-113).

    `earned`: what the bill has earned less what earlier refunds took. `after`: the bill net of all its refunds; it may
    have fallen below a multiplier. `tier`: as it was when the bill was paid.
    """
    whole("earned", earned, rule="X-26")
    return max(0, earned - earn(after, tier, born, rules, tiers).points)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a bill was paid with: `money` in fen, and `points` that were worth `worth` fen on it (X-113).

    A bill may be paid wholly by points; points that were worth nothing are refused.
    """

    money: Fen
    points: int = 0
    worth: Fen = 0

    def __post_init__(self) -> None:
        whole("money", self.money, rule="X-113")
        whole("points", self.points, rule="X-113")
        whole("worth", self.worth, least=1 if self.points else 0, most=MAX_FEN if self.points else 0, rule="X-113")

    @property
    def total(self) -> Fen:
        """Money and points' worth together, in fen."""
        return self.money + self.worth


def give_back(settled: Settled, refunded: Fen, returned_before: int = 0) -> int:
    """Points spent on the bill that come back: the refunded share of them, floored, less what came back before (X-113).

    `refunded`: the worth of all refunds so far, out of money and points' worth together, in fen. What of it goes back
    in money is the rest: `refunded` less the worth of the points that came back.
    """
    whole("refunded", refunded, rule="X-113")
    whole("returned_before", returned_before, rule="X-113")
    if refunded > settled.total:
        raise BadInput("points.refund_range", "X-113", amt=refunded, amt_most=settled.total)
    if not settled.points:
        return 0
    return max(0, settled.points * refunded // settled.total - returned_before)


def reversal(
    earned: int, after: Paid, settled: Settled, refunded: Fen, tier: Tier | None, born: date | None,
    rules: PointsRules, tiers: TierRules, returned_before: int = 0,
) -> Reversal:
    """Both sides of a refund at once (X-26, X-113)."""
    return Reversal(
        reverse(earned, after, tier, born, rules, tiers), give_back(settled, refunded, returned_before)
    )


def gifts_to_take_back(gifts: tuple[tuple[str, bool], ...]) -> tuple[str, ...]:
    """Of the gifts that came with the bill - (id, used) - those not used yet: only they are taken back (X-26)."""
    return tuple(gift for gift, used in gifts if not used)
