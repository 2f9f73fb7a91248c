"""What a tier brings: benefits inherited upward, free delivery, draws, after-sales days, travel (TI-21, ME-18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from membership.money import Fen
from membership.preset import Tier, TierRules
from membership.spend import Spend, order_dates, total_between
from membership.tiers import Standing, entry_sum, last_day, rung


def benefits(tier: Tier, rules: TierRules) -> tuple[str, ...]:
    """Every benefit of the tier, its own and those of the tiers below, lowest first (TI-21, X-9)."""
    return tuple(name for step in rules.ladder if step.tier <= tier for name in step.benefits)


def places(tier: Tier, rules: TierRules) -> frozenset[str]:
    """The service places open to the tier, inherited upward (TI-20, X-9)."""
    return frozenset(place for step in rules.ladder if step.tier <= tier for place in step.places)


def travel(tier: Tier, rules: TierRules) -> tuple[int, int]:
    """Free journeys a year, at home and abroad (TI-21)."""
    return rung(tier, rules).travel_home, rung(tier, rules).travel_abroad


def delivery_is_free(tier: Tier | None, net: Fen, rules: TierRules) -> bool:
    """Whether delivery costs nothing: always from one-diamond, else from an amount on (TI-21, RO-3, X-140).

    `net` is the order after its reductions; without a configured amount only the high tiers have it free.
    """
    if tier is None:
        return False
    if tier >= rules.delivery_always_free_from:
        return True
    return rules.delivery_free_from is not None and net >= rules.delivery_free_from


def after_sales_until(delivered: date, rules: TierRules) -> date:
    """Last day for an after-sales message: delivery day + 15 days (TI-21, RO-4, X-141)."""
    return delivered + timedelta(days=rules.after_sales_days)


def draws_on(tier: Tier, day: date, rules: TierRules) -> bool:
    """Whether the tier takes part in a draw on `day`: gold and above, twice a year (TI-21, GM-14)."""
    return tier >= rules.draw_from and day.isoformat()[5:] in rules.draw_days


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a member is: what is missing to the next tier and to keeping this one, and when it is examined (X-14)."""

    next_tier: Tier | None
    to_next: Fen
    expires: date | None
    to_keep: Fen
    dates_to_keep: int
    warn: bool


def progress(standing: Standing, spends: Sequence[Spend], today: date, rules: TierRules) -> Progress:
    """The member's progress on `today`; `warn` from 30 days before the year ends while something is missing (X-14)."""
    own = rung(standing.tier, rules)
    higher = [step for step in rules.ladder[standing.tier:] if not (standing.enterprise and step.individuals_only)]
    to_next = max(0, higher[0].enter - entry_sum(standing, spends, today, rules)) if higher else 0
    end = last_day(standing, rules)
    if end is None:
        return Progress(higher[0].tier if higher else None, to_next, None, 0, 0, warn=False)
    to_keep = max(0, own.keep - total_between(spends, standing.since, end))
    dates = max(0, own.order_dates - order_dates(spends, standing.since, end))
    soon = today >= end - timedelta(days=rules.warn_days)
    return Progress(higher[0].tier if higher else None, to_next, end, to_keep, dates, soon and bool(to_keep or dates))
