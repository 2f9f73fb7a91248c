"""Times cards: so many uses, never below none (docs/rules.md, TC)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from membership.cards import Source, not_by_staff, not_here, not_owner
from membership.hotel_time import aware
from membership.occasion import Occasion
from membership.reasons import Reason
from membership.verdict import BadInput, Verdict, first, must, refuse, whole


@dataclass(frozen=True, slots=True)
class TimesTerms:
    """What a times card promises; a card keeps the terms it was opened under (X-67).

    `valid_days` None: without end; else the opening day is day 1 (as X-66). `enabled` and `until` say whether it may
    still be sold or given (TC-2). A second use within `ask_again_minutes` is asked about before it is done (TC-7).
    """

    product: str
    name: str
    uses: int
    valid_days: int | None = None
    stores: frozenset[str] | None = None
    enabled: bool = True
    until: date | None = None
    ask_again_minutes: int = 10

    def __post_init__(self) -> None:
        whole("uses", self.uses, least=1, most=9_999)
        if self.valid_days is not None:
            whole("valid_days", self.valid_days, least=1, most=36_500)
        whole("ask_again_minutes", self.ask_again_minutes, most=1_440)


@dataclass(frozen=True, slots=True)
class TimesCard:
    """A card in somebody's hands: `left` uses, and when the last was."""

    id: str
    owner: str
    terms: TimesTerms
    source: Source
    opened_on: date
    left: int
    last_use: datetime | None = None

    def __post_init__(self) -> None:
        whole("left", self.left, most=self.terms.uses)

    @property
    def last_day(self) -> date | None:
        """The last day it may be used; None: without end."""
        days = self.terms.valid_days
        return None if days is None else self.opened_on + timedelta(days=days - 1)


def judge_open(terms: TimesTerms, source: Source, occasion: Occasion) -> Verdict:
    """May a card on these terms be sold or given now (TC-2, CP-29)?"""
    ended = terms.until is not None and occasion.today > terms.until
    return first(
        None if terms.enabled else refuse("card.off", "TC-2", name=terms.name),
        refuse("card.sale_over", "TC-2", name=terms.name, date=str(terms.until)) if ended else None,
        not_by_staff(source, occasion),
    )


def open_card(terms: TimesTerms, card: str, owner: str, source: Source, today: date) -> TimesCard:
    """A new card with all its uses."""
    return TimesCard(card, owner, terms, source, today, left=terms.uses)


def judge_use(card: TimesCard, occasion: Occasion, count: int = 1) -> Verdict:
    """May `count` uses be taken now and here? Notes a use of a few minutes ago."""
    whole("count", count, least=1, most=9_999)
    return first(
        not_owner(card.owner, occasion),
        _not_over(card, occasion),
        not_here(card.terms.stores, occasion),
        refuse("card.no_uses_left", "TC-1") if card.left == 0 else None,
        refuse("card.too_few_left", "TC-1", n=card.left) if count > card.left else None,
        notes=_used_just_now(card, occasion),
    )


def use(card: TimesCard, occasion: Occasion, count: int = 1) -> TimesCard:
    """The card after `count` uses. More than are left, so that a count never falls below none, or past its last day:
    `BadInput`."""
    whole("count", count, least=1, most=9_999)
    must(first(_not_over(card, occasion)))
    if count > card.left:
        raise BadInput("card.too_few_left", rule="TC-1", n=card.left)
    return replace(card, left=card.left - count, last_use=occasion.now)


def _not_over(card: TimesCard, occasion: Occasion) -> Reason | None:
    last_day = card.last_day
    over = last_day is not None and occasion.today > last_day
    return refuse("card.expired", "TC-2", date=str(last_day)) if over else None


def _used_just_now(card: TimesCard, occasion: Occasion) -> tuple[Reason, ...]:
    if card.last_use is None:
        return ()
    since = aware(occasion.now) - aware(card.last_use)
    if not timedelta(0) <= since <= timedelta(minutes=card.terms.ask_again_minutes):
        return ()
    return (refuse("card.used_just_now", "TC-7", m=int(since.total_seconds()) // 60),)
