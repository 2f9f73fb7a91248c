"""Points when a bill is refunded: what was earned goes, what was spent comes back (docs/rules.md, X-26 and X-113)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from membership.money import Fen
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
    whole("earned", earned)
    return max(0, earned - earn(after, tier, born, rules, tiers).points)


def give_back(spent: int, refunded: Fen, paid: Fen, returned_before: int = 0) -> int:
    """Points spent on the bill that come back: the refunded share of them, floored, less what came back before (X-113).

    `refunded` is the sum of all refunds so far, `paid` what the bill was paid with in money.
    """
    whole("spent", spent)
    if not 0 <= refunded <= paid:
        raise BadInput("points.refund_range", rule="X-113", amt=refunded, amt_most=paid)
    whole_bill = refunded == paid
    due_back = spent if whole_bill else spent * refunded // paid
    return max(0, due_back - returned_before)


def reversal(
    earned: int, spent: int, after: Paid, refunded: Fen, paid: Fen, tier: Tier | None, born: date | None,
    rules: PointsRules, tiers: TierRules, returned_before: int = 0,
) -> Reversal:
    """Both sides of a refund at once (X-26, X-113)."""
    return Reversal(
        reverse(earned, after, tier, born, rules, tiers), give_back(spent, refunded, paid, returned_before)
    )


def gifts_to_take_back(gifts: tuple[tuple[str, bool], ...]) -> tuple[str, ...]:
    """Of the gifts that came with the bill - (id, used) - those not used yet: only they are taken back (X-26)."""
    return tuple(gift for gift, used in gifts if not used)
