"""What a campaign gives, checked again at the moment of giving (CP-29), and taken back with a refund (X-26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from membership.cards import Source
from membership.coupons import Batch, judge_hand_over
from membership.games import Draft
from membership.money import Fen
from membership.occasion import Occasion
from membership.reasons import Reason
from membership.times_cards import TimesTerms, judge_open
from membership.verdict import Verdict, refuse, whole


@dataclass(frozen=True, slots=True)
class Gift:
    """Points, experience, balance (fen of bonus), coupons by batch, times cards by product, plays of a game; any
    mixture (PM-1). A batch named twice is two coupons."""

    points: int = 0
    experience: int = 0
    balance: Fen = 0
    coupons: tuple[str, ...] = ()
    times_cards: tuple[str, ...] = ()
    plays: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        whole("points", self.points)
        whole("experience", self.experience)
        whole("balance", self.balance)

    @property
    def empty(self) -> bool:
        """Whether it gives nothing at all."""
        return self == NOTHING

    def times(self, n: int) -> Gift:
        """The gift `n` times over (X-49 repeatable)."""
        whole("n", n, most=9_999)
        return Gift(
            self.points * n, self.experience * n, self.balance * n,
            self.coupons * n, self.times_cards * n, self.plays * n,
        )  # fmt: skip


NOTHING = Gift()


@dataclass(frozen=True, slots=True)
class Catalog:
    """What there is to give: coupon batches, times cards and games, by id."""

    batches: Mapping[str, Batch] = field(default_factory=dict)
    times_cards: Mapping[str, TimesTerms] = field(default_factory=dict)
    games: Mapping[str, Draft] = field(default_factory=dict)


def still_good(gift: Gift, catalog: Catalog, occasion: Occasion) -> tuple[Gift, tuple[Reason, ...]]:
    """What of the gift can be handed over now, and why the rest cannot (CP-29, PM-1)."""
    coupons = {name: _coupon(name, catalog, occasion) for name in gift.coupons}
    cards = {name: _times_card(name, catalog, occasion) for name in gift.times_cards}
    good = replace(
        gift,
        coupons=tuple(name for name in gift.coupons if not isinstance(coupons[name], Reason)),
        times_cards=tuple(name for name in gift.times_cards if not isinstance(cards[name], Reason)),
    )
    reasons = (*coupons.values(), *cards.values())
    return good, tuple(reason for reason in reasons if isinstance(reason, Reason))


def taken_back(gift: Gift, coupons_used: tuple[str, ...], cards_used: tuple[str, ...]) -> Gift:
    """What a refund takes back: points, experience and balance whole, coupons and cards that were not used (X-26)."""
    coupons, cards = _without(gift.coupons, coupons_used), _without(gift.times_cards, cards_used)
    return replace(gift, coupons=coupons, times_cards=cards)


def _coupon(name: str, catalog: Catalog, occasion: Occasion) -> Verdict:
    batch = catalog.batches.get(name)
    if batch is None:
        return refuse("campaign.coupon_unknown", "CP-29", coupon=name)
    return judge_hand_over(batch, occasion)


def _times_card(name: str, catalog: Catalog, occasion: Occasion) -> Verdict:
    terms = catalog.times_cards.get(name)
    if terms is None:
        return refuse("campaign.card_unknown", "CP-29", card=name)
    return judge_open(terms, Source.CAMPAIGN, occasion)


def _without(names: tuple[str, ...], used: tuple[str, ...]) -> tuple[str, ...]:
    rest = list(names)
    for name in used:
        if name in rest:
            rest.remove(name)
    return tuple(rest)
