"""Tiers given away: old members' cards raised to gold, gold cards for the first thirty (docs/rules.md, TI-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from membership.preset import Promotion, TierRules
from membership.reasons import Reason
from membership.verdict import refuse


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a limited promotion, kept for a member until its ID number comes (X-92)."""

    promotion: str
    until: datetime | None      # None: taken for good


def judge_promotion(promotion: Promotion, cohort: str | None, taken: int, today: date) -> Reason | None:
    """Why this person may not have the promotion now; None if it may (TI-16, X-54).

    `taken` counts places given and places kept, at central only: a terminal never promises one.
    """
    if cohort != promotion.cohort:
        return refuse("promotion.not_for_you", "TI-16", name=promotion.name)
    if promotion.days is not None and not promotion.days.covers(today):
        return refuse("promotion.not_now", "TI-16", first=promotion.days.first, last=promotion.days.last)
    if promotion.limit is not None and taken >= promotion.limit:
        return refuse("promotion.all_taken", "X-54", limit=promotion.limit)
    return None


def keep_place(promotion: Promotion, has_id: bool, now: datetime, rules: TierRules) -> Place:
    """A place among the limited: for good with an ID number, else kept for it 24 hours (X-92)."""
    return Place(promotion.name, None if has_id else now + timedelta(hours=rules.pending_hours))


def is_kept(place: Place, now: datetime) -> bool:
    """Whether the place still counts as taken; the last moment is included (X-138)."""
    return place.until is None or now <= place.until
