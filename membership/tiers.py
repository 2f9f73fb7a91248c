"""The ladder: entering a tier by spend, keeping it for a year, falling from it, and being given one.

Two clocks (X-5): entry looks at a rolling 365 days after every bill; keeping looks at the validity year that began on
the day the tier was granted. Amounts are fen of qualifying spend; days are hotel dates of the enrolling property.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from membership.hotel_time import months_later
from membership.money import Fen
from membership.preset import Rung, Tier, TierRules
from membership.reasons import Reason
from membership.spend import Spend, order_dates, total_between
from membership.verdict import known_tier, refuse, whole

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands on the ladder, and since when.

    `counts_after`: bills up to this day no longer open a higher tier (X-86). `before`: the standing that an entry
    replaced, kept so that a whole refund can withdraw what the bill had opened (X-98). `has_id`: an ID number
    is on file, for an enterprise its licence number (X-13, X-102).
    """

    tier: Tier
    since: date
    has_id: bool = False
    enterprise: bool = False
    how: Literal["registered", "entry", "grant", "evaluation", "cancelled"] = "registered"
    counts_after: date | None = None
    before: Standing | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """The standing after an event, why, and the tier that waits for an ID number (X-13)."""

    standing: Standing
    why: Reason
    pending: Tier | None = None


def register(day: date, has_id: bool = False, enterprise: bool = False) -> Standing:
    """A new member's standing: anyone may register, free (TI-1, ME-7)."""
    return Standing(Tier.REGISTERED, day, has_id, enterprise)


def rung(tier: Tier, rules: TierRules) -> Rung:
    """The terms of a tier."""
    return rules.ladder[tier - 1]


# -- entering ---------------------------------------------------------------------------------------------------------
def entry_sum(standing: Standing, spends: Sequence[Spend], day: date, rules: TierRules) -> Fen:
    """The rolling sum that opens tiers: the date and the 364 before it, none from before a fall (X-5, X-86, X-89)."""
    first = day - timedelta(days=rules.rolling_days - 1)
    if standing.counts_after is not None:
        first = max(first, standing.counts_after + DAY)
    return total_between(spends, first, day)


def opened_by(amount: Fen, has_id: bool, enterprise: bool, rules: TierRules) -> tuple[Tier, Tier | None]:
    """The highest tier that `amount` opens, and the higher one that only waits for an ID number (X-6, X-13, X-107).

    Entry amounts are reached at their exact value (X-50). Enterprises stop below the individuals' tiers (X-7, X-102).
    """
    reached = Tier.REGISTERED
    for step in rules.ladder:
        if step.enter <= amount and not (enterprise and step.individuals_only):
            reached = step.tier
    allowed = max(step.tier for step in rules.ladder if step.tier <= reached and (has_id or not step.needs_id))
    return allowed, reached if reached > allowed else None


def after_bill(standing: Standing, spends: Sequence[Spend], day: date, rules: TierRules) -> Move:
    """The entry test after a posted bill of `day`: at once, without application (TI-2 .. TI-10, X-2, X-5).

    `spends` are the member's bills net of refunds, that bill included. Years that ran out before are evaluated first.
    """
    standing = up_to(standing, spends, day, rules)
    amount = entry_sum(standing, spends, day, rules)
    tier, pending = opened_by(amount, standing.has_id, standing.enterprise, rules)
    waiting = pending if pending is not None and pending > standing.tier else None
    if tier <= standing.tier:
        unchanged = Reason("tier.unchanged", (("tier", _name(standing.tier)),), "X-5")
        return Move(standing, unchanged if waiting is None else _waits(waiting), waiting)
    entered = replace(standing, tier=tier, since=day, how="entry", before=standing)
    why = Reason("tier.entered", (("amt", amount), ("tier", _name(tier))), f"TI-{int(tier)}")
    return Move(entered, why, waiting)


def id_arrived(standing: Standing, spends: Sequence[Spend], day: date, rules: TierRules) -> Move:
    """An ID number was read: the entry test runs again on that day; nothing had been frozen (TI-4, X-13, X-104)."""
    return after_bill(replace(standing, has_id=True), spends, day, rules)


def after_whole_refund(standing: Standing, spends: Sequence[Spend], today: date, rules: TierRules) -> Move:
    """A bill was refunded whole: the entry test runs again without it (X-98). `spends` no longer hold the bill.

    A tier that the other bills would not have opened is withdrawn at once; one that another bill carries since then
    stays with its year as it began; grants and evaluations stand. A lower tier begins on the day its bill opened it.
    """
    kept = _without(standing, spends, today, rules)
    if kept.tier == standing.tier:
        return _brought_up(kept, spends, today, rules)
    move = Move(kept, Reason("tier.withdrawn"))
    for day in sorted({today} | {spend.day for spend in spends if standing.since <= spend.day < today}):
        move = after_bill(move.standing, spends, day, rules)
    return replace(move, why=Reason("tier.withdrawn", (("tier", _name(move.standing.tier)),), "X-98"))


def _without(standing: Standing, spends: Sequence[Spend], today: date, rules: TierRules) -> Standing:
    """The standing without those entries that no bill left opens, on their day or on a later bill's (X-98)."""
    if standing.how != "entry" or standing.before is None:
        return standing
    before = _without(standing.before, spends, today, rules)
    days = {standing.since} | {spend.day for spend in spends if standing.since < spend.day <= today}
    sums = (entry_sum(before, spends, day, rules) for day in days)
    if any(opened_by(amount, standing.has_id, standing.enterprise, rules)[0] >= standing.tier for amount in sums):
        return replace(standing, before=before)
    return replace(before, has_id=standing.has_id)


def _brought_up(standing: Standing, spends: Sequence[Spend], today: date, rules: TierRules) -> Move:
    """The refund took no tier away; a year that ran out meanwhile may have, and then that is the reason (X-98, X-5)."""
    move = Move(standing, Reason("tier.unchanged", (("tier", _name(standing.tier)),), "X-98"))
    while (evaluated := evaluate(move.standing, spends, today, rules)) is not None:
        move = evaluated
    return move


# -- keeping ----------------------------------------------------------------------------------------------------------
def last_day(standing: Standing, rules: TierRules) -> date | None:
    """Last day of the validity year: the day before the same date a year later; None if it never ends (TI-11, X-88)."""
    if not rung(standing.tier, rules).expires:
        return None
    end = months_later(standing.since, 12 * rules.validity_years)
    return end if end.day < standing.since.day else end - DAY


def band(amount: Fen, rules: TierRules) -> Tier:
    """The tier whose band holds a year's spend: lower edge in, upper edge out, never below iron (TI-12, TI-14)."""
    return max((step.tier for step in rules.ladder if step.expires and step.keep <= amount), default=Tier.IRON)


def kept_tier(tier: Tier, amount: Fen, dates: int, rules: TierRules) -> Tier:
    """The tier after a validity year with `amount` qualifying spend on `dates` order dates (TI-12, TI-13, TI-14).

    From two-diamond up, missing order dates cost one tier and missing spend falls into the band, whichever is lower
    (X-3, X-85, X-101). Below, each lower tier is tested with its own spend and count (X-4).
    """
    whole("spend", amount, rule="TI-12")
    whole("order_dates", dates, rule="TI-13")
    ladder = rules.ladder
    step = ladder[known_tier(tier) - 1]
    if not step.expires:
        return tier
    if tier < rules.cascade_below:
        while step.expires and (amount < step.keep or dates < step.order_dates):
            step = ladder[step.tier - 2]
        return step.tier
    kept = tier if amount >= step.keep else min(tier, band(amount, rules))
    if dates < step.order_dates:
        kept = min(kept, ladder[tier - 2].tier)
    return max(kept, Tier.IRON)


def evaluate(standing: Standing, spends: Sequence[Spend], today: date, rules: TierRules) -> Move | None:
    """The evaluation at the end of the validity year's last day; None while the year still runs (TI-11, X-5, X-87).

    The result opens a new validity year on the next day; after a fall, older bills open no higher tier (X-86). Asking
    again with the new standing gives None: twice is once.
    """
    end = last_day(standing, rules)
    if end is None or today <= end:
        return None
    amount, dates = total_between(spends, standing.since, end), order_dates(spends, standing.since, end)
    return after_year(standing, end, amount, dates, rules)


def after_year(standing: Standing, end: date, amount: Fen, dates: int, rules: TierRules) -> Move:
    """The same evaluation from sums that the books already hold: `amount` fen on `dates` dates in the year to `end`."""
    tier = kept_tier(standing.tier, amount, dates, rules)
    values = (("amt", amount), ("dates", dates), ("tier", _name(tier)))
    counts_after = standing.counts_after
    why = Reason("tier.kept", values, "TI-11")
    if tier < standing.tier:
        short = amount < rules.ladder[standing.tier - 1].keep
        why, counts_after = Reason("tier.fell", values, "TI-12" if short else "TI-13"), end
    return Move(Standing(tier, end + DAY, standing.has_id, standing.enterprise, "evaluation", counts_after), why)


def up_to(standing: Standing, spends: Sequence[Spend], day: date, rules: TierRules) -> Standing:
    """The standing on `day`, after every validity year that has run out before it, one after the other (X-5)."""
    while (move := evaluate(standing, spends, day, rules)) is not None:
        standing = move.standing
    return standing


# -- given and taken --------------------------------------------------------------------------------------------------
def grant(
    standing: Standing, tier: Tier, reason: str, spends: Sequence[Spend], day: date, rules: TierRules
) -> Move:
    """A tier given with a reason code - promotion, points, experience - for a year, then ordinary evaluation (X-10).

    Years that ran out before `day` are evaluated first: a tier no longer held neither stands in the way nor is renewed.
    Below the present tier it has no effect, the same tier begins a new validity year (X-105); without the ID number
    that the tier needs it waits (X-92); an enterprise cannot be given an individuals' tier (X-7).
    """
    known_tier(tier)
    standing = up_to(standing, spends, day, rules)
    if tier < standing.tier:
        return Move(standing, Reason("tier.grant_below", (("tier", _name(standing.tier)),), "X-105"))
    if standing.enterprise and rung(tier, rules).individuals_only:
        return Move(standing, refuse("tier.individuals_only", "X-7", tier=_name(tier)))
    if rung(tier, rules).needs_id and not standing.has_id:
        return Move(standing, _waits(tier), tier)
    given = replace(standing, tier=tier, since=day, how="grant", before=None)
    return Move(given, Reason("tier.granted", (("reason", reason), ("tier", _name(tier))), "X-10"))


def cancel(standing: Standing, day: date) -> Move:
    """The account was lent: the tier's qualification ends at once, down to iron (ME-12, TI-14).

    Bills of the past open no tier again (X-86).
    """
    fallen = replace(
        standing, tier=min(standing.tier, Tier.IRON), since=day, how="cancelled", before=None, counts_after=day
    )
    return Move(fallen, Reason("tier.cancelled", (("tier", _name(fallen.tier)),), "ME-12"))


def tier_for_experience(experience: int, rules: TierRules) -> Tier | None:
    """The tier that an experience value is mapped to; None while head office has mapped nothing (X-10, ME-21)."""
    return max((tier for tier, least in rules.experience_ladder if least <= experience), default=None)


def _waits(tier: Tier) -> Reason:
    return Reason("tier.pending_id", (("tier", _name(tier)),), "X-13")


def _name(tier: Tier) -> str:
    return tier.name.lower()
