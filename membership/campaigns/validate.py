"""Is a campaign sound? Asked when head office enters it; each objection is a sentence a person understands (CS-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta, tzinfo
from itertools import pairwise

from membership.campaigns.gift import Catalog, Gift
from membership.campaigns.kinds import Campaign, CardOpen, Exchange, PostPayment, Recharge, Spend, Step
from membership.campaigns.scope import Scope
from membership.campaigns.taking_part import SignInCampaign, Vote
from membership.coupons import Access
from membership.hotel_time import Span, aware, day_begins
from membership.preset import CampaignRules, StoredValueRules
from membership.reasons import Reason
from membership.verdict import refuse

Entered = Campaign | SignInCampaign | Vote
"""Whatever head office enters that gives something."""


def in_order(campaign: Span, given: Span) -> bool:
    """Whether what a campaign gives starts and ends no earlier than the campaign (CS-2, X-43)."""
    return aware(given.start) >= aware(campaign.start) and aware(given.end) >= aware(campaign.end)


def objections(
    campaign: Entered,
    catalog: Catalog,
    rules: CampaignRules,
    recharge: StoredValueRules,
    zone: tzinfo,
    others: Iterable[Entered] = (),
) -> tuple[Reason, ...]:
    """Everything that must be changed before the campaign may be switched on; empty if it is sound."""
    gifts = _gifts(campaign)
    limit = _coupon_limit(campaign, rules, recharge)
    return tuple(
        reason
        for reason in (
            *_own(campaign, rules, others),
            *(_too_many(gift, limit) for gift in _repeated(campaign, gifts, limit)),
            *(reason for gift in gifts for reason in _contents(campaign, gift, catalog, zone)),
            refuse("campaign.gives_nothing", "PM-1", name=campaign.scope.name) if _gives_nothing(gifts) else None,
        )
        if reason is not None
    )


def _gifts(campaign: Entered) -> tuple[Gift, ...]:
    match campaign:
        case CardOpen() | Exchange() | SignInCampaign() | Vote():
            return (campaign.gift,)
        case PostPayment():
            return tuple(gift for _, gift in campaign.by_tier) or (campaign.gift,)
        case Recharge() | Spend():
            return tuple(step.gift for step in campaign.steps)


def _gives_nothing(gifts: tuple[Gift, ...]) -> bool:
    return not gifts or any(gift.empty for gift in gifts)


def _own(campaign: Entered, rules: CampaignRules, others: Iterable[Entered]) -> Iterable[Reason | None]:
    """What each kind asks for by itself."""
    match campaign:
        case CardOpen():
            yield _either_or(campaign)
            yield _one_at_a_time(campaign, rules, others)
        case Recharge() | Spend():
            yield _steps_rise(campaign.scope, campaign.steps)
        case Exchange():
            yield _one_thing(campaign)
        case PostPayment():
            yield _tiers_once(campaign)


def _either_or(campaign: CardOpen) -> Reason | None:
    """Points or coupons, and nothing else (CP-20, X-55)."""
    gift = campaign.gift
    other = gift.experience or gift.balance or gift.times_cards or gift.plays
    if bool(gift.points) != bool(gift.coupons) and not other:
        return None
    return refuse("campaign.points_or_coupons", "CP-20", name=campaign.scope.name)


def _one_at_a_time(campaign: CardOpen, rules: CampaignRules, others: Iterable[Entered]) -> Reason | None:
    """So many card-open campaigns at a time, as a rule one (CP-20, CS-5)."""
    beside = [
        other.scope.name
        for other in others
        if isinstance(other, CardOpen) and other.scope.id != campaign.scope.id and _meet(campaign.scope, other.scope)
    ]
    if len(beside) < rules.card_open_active_max:
        return None
    return refuse("campaign.card_open_runs", "CS-5", other=", ".join(sorted(beside)))


def _meet(one: Scope, other: Scope) -> bool:
    return aware(one.span.start) < aware(other.end) and aware(other.span.start) < aware(one.end)


def _steps_rise(scope: Scope, steps: tuple[Step, ...]) -> Reason | None:
    amounts = [step.at for step in steps]
    return None if amounts == sorted(set(amounts)) else refuse("campaign.steps_rise", "X-34", name=scope.name)


def _one_thing(campaign: Exchange) -> Reason | None:
    """A play or a coupon (PT-24)."""
    gift = campaign.gift
    if len(gift.plays) + len(gift.coupons) == 1 and gift == Gift(coupons=gift.coupons, plays=gift.plays):
        return None
    return refuse("campaign.play_or_coupon", "PT-24", name=campaign.scope.name)


def _tiers_once(campaign: PostPayment) -> Reason | None:
    tiers = [tier for tier, _ in campaign.by_tier]
    return None if len(set(tiers)) == len(tiers) else refuse("campaign.tier_twice", "PM-5", name=campaign.scope.name)


Limit = tuple[int, str] | None
"""How many coupons at a time, and the rule that says so."""


def _coupon_limit(campaign: Entered, rules: CampaignRules, recharge: StoredValueRules) -> Limit:
    """Three coupons for a card, five for a recharge, five for spending (CP-20, SV-11, X-39)."""
    match campaign:
        case CardOpen():
            return rules.card_open_max, "CP-20"
        case Recharge():
            return recharge.max_coupons, "SV-11"
        case Spend():
            return rules.spend_gift_max, "X-39"
        case _:
            return None


def _repeated(campaign: Entered, gifts: tuple[Gift, ...], limit: Limit) -> Iterable[Gift]:
    """The gifts, coupons as often as a repeatable step brings them below the next one (X-128). The highest step has no
    next: one more than the limit stands for that."""
    if limit is None or not isinstance(campaign, Recharge | Spend) or not campaign.repeatable:
        return gifts
    steps, beyond = campaign.steps, limit[0] + 1
    most = [(following.at - 1) // step.at for step, following in pairwise(steps)]
    return [
        replace(gift, coupons=gift.coupons * max(1, min(times, beyond)))
        for gift, times in zip(gifts, [*most, beyond][: len(gifts)], strict=True)
    ]


def _too_many(gift: Gift, limit: Limit) -> Reason | None:
    if limit is None or len(gift.coupons) <= limit[0]:
        return None
    return refuse("campaign.too_many_coupons", limit[1], n=limit[0])


def _contents(campaign: Entered, gift: Gift, catalog: Catalog, zone: tzinfo) -> Iterable[Reason | None]:
    """Everything given exists and is meant for campaigns; in the four gift kinds it starts and ends no earlier (CS-2),
    after a payment, a vote or a sign-in it need only be unexpired when it is given (PM-1)."""
    scope = campaign.scope
    span = None if isinstance(campaign, PostPayment | SignInCampaign | Vote) else scope.span
    for name in dict.fromkeys(gift.coupons):
        yield _coupon(span, name, catalog, zone)
        yield _per_person(gift, name, catalog)
    for name in dict.fromkeys(gift.times_cards):
        yield _times_card(scope.span, span is not None, name, catalog, zone)
    for name in dict.fromkeys(gift.plays):
        yield _game(span, name, catalog)


def _coupon(span: Span | None, name: str, catalog: Catalog, zone: tzinfo) -> Reason | None:
    batch = catalog.batches.get(name)
    if batch is None:
        return refuse("campaign.coupon_unknown", "CP-1", coupon=name)
    if batch.access is not Access.CAMPAIGN:
        return refuse("campaign.coupon_access", "CP-1", coupon=batch.name)
    if not batch.enabled:
        return refuse("campaign.coupon_off", "CP-29", coupon=batch.name)
    if span is None or in_order(span, batch.valid.span(zone)):
        return None
    return refuse("campaign.dates", "CS-2", coupon=batch.name)


def _per_person(gift: Gift, name: str, catalog: Catalog) -> Reason | None:
    """No gift holds more of a batch than one person may have (X-143)."""
    batch = catalog.batches.get(name)
    if batch is None or gift.coupons.count(name) <= batch.per_person:
        return None
    return refuse("campaign.per_person", "X-143", coupon=batch.name, n=batch.per_person)


def _times_card(span: Span, whole_span: bool, name: str, catalog: Catalog, zone: tzinfo) -> Reason | None:
    """Enabled, and given out when the campaign begins; `whole_span`: until it ends (TC-2, CP-29, CS-2)."""
    terms = catalog.times_cards.get(name)
    if terms is None:
        return refuse("campaign.card_unknown", "TC-2", card=name)
    if not terms.enabled:
        return refuse("card.off", "TC-2", name=terms.name)
    if terms.until is None:
        return None
    ends = day_begins(terms.until + timedelta(days=1), zone)
    if ends <= aware(span.start):
        return refuse("card.sale_over", "TC-2", name=terms.name, date=str(terms.until))
    return refuse("campaign.dates", "CS-2", coupon=terms.name) if whole_span and ends < aware(span.end) else None


def _game(span: Span | None, name: str, catalog: Catalog) -> Reason | None:
    game = catalog.games.get(name)
    if game is None:
        return refuse("campaign.game_unknown", "PT-24", game=name)
    if span is None or in_order(span, game.span):
        return None
    return refuse("campaign.dates", "CS-2", coupon=game.name)
