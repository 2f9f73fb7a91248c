"""The campaigns that give something for a deed: card-open, recharge, spend, exchange, after payment."""

from __future__ import annotations

from dataclasses import dataclass, replace

from membership.campaigns.gift import NOTHING, Gift
from membership.campaigns.scope import Scope, judge_scope
from membership.money import Fen
from membership.occasion import Occasion, Person
from membership.preset import Tier
from membership.reasons import Reason
from membership.verdict import Verdict, first, refuse, whole


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` fen on, this gift."""

    at: Fen
    gift: Gift

    def __post_init__(self) -> None:
        whole("at", self.at, least=1)


@dataclass(frozen=True, slots=True)
class CardOpen:
    """For opening a card: points or coupons (CP-20, X-55)."""

    scope: Scope
    gift: Gift


@dataclass(frozen=True, slots=True)
class Recharge:
    """For a recharge (SV-5); the bonus table of the house is not here."""

    scope: Scope
    steps: tuple[Step, ...]
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Spend:
    """From a bill amount on (CP-18, CP-19, SC-9, X-56). `grantors`: who may grant it (ST-10); None: it comes alone."""

    scope: Scope
    steps: tuple[Step, ...]
    repeatable: bool = False
    grantors: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Points for a play or a coupon (PT-24), `times` a person in all."""

    scope: Scope
    points: int
    times: int
    gift: Gift

    def __post_init__(self) -> None:
        whole("points", self.points, least=1)
        whole("times", self.times, least=1, most=9_999)


@dataclass(frozen=True, slots=True)
class PostPayment:
    """After a payment from `threshold` on (PM-1). `by_tier` empty: the same for all, else each tier its own, and a tier
    not named gets nothing (PM-5, TI-19). Caps None: unlimited."""

    scope: Scope
    threshold: Fen
    gift: Gift = NOTHING
    by_tier: tuple[tuple[Tier, Gift], ...] = ()
    per_store: int | None = None
    in_total: int | None = None

    def __post_init__(self) -> None:
        whole("threshold", self.threshold, least=1)
        for name, cap in (("per_store", self.per_store), ("in_total", self.in_total)):
            if cap is not None:
                whole(name, cap, least=1)

    def gift_for(self, tier: Tier | None) -> Gift:
        """What that tier gets; a guest who is no member is reckoned as one who has just registered (PM-4)."""
        if not self.by_tier:
            return self.gift
        return dict(self.by_tier).get(tier or Tier.REGISTERED, NOTHING)


Campaign = CardOpen | Recharge | Spend | Exchange | PostPayment


def gift_for_amount(steps: tuple[Step, ...], amount: Fen, repeatable: bool, most_coupons: int) -> Gift:
    """The highest step that `amount` reaches, once; repeatable: as often as it goes into it (X-34, X-49, X-128).

    Its coupons never more than `most_coupons`: `max_coupons` for a recharge, `spend_gift_max` for spending (SV-11,
    X-39).
    """
    whole("amount", amount)
    reached = [step for step in steps if amount >= step.at]
    if not reached:
        return NOTHING
    highest = max(reached, key=lambda step: step.at)
    gift = highest.gift.times(amount // highest.at if repeatable else 1)
    return replace(gift, coupons=gift.coupons[:whole("most_coupons", most_coupons)])


def judge_exchange(campaign: Exchange, person: Person, points: int, done: int, occasion: Occasion) -> Verdict:
    """May this member exchange once more (PT-24)? In points debt nothing that costs points is possible (X-114)."""
    scope = judge_scope(campaign.scope, person, occasion)
    missing = campaign.points - points
    return first(
        scope if isinstance(scope, Reason) else None,
        refuse("exchange.limit", "PT-24", n=campaign.times) if done >= campaign.times else None,
        refuse("points.short", "X-114", n=missing) if missing > 0 else None,
    )


def judge_grant(campaign: Spend, role: str | None) -> Verdict:
    """May whoever is signed in grant this gift (ST-10)? None: nobody is."""
    allowed = campaign.grantors is None or role in campaign.grantors
    return first(None if allowed else refuse("campaign.not_your_grant", "ST-10", name=campaign.scope.name))


def copy(campaign: PostPayment, new_id: str, name: str) -> PostPayment:
    """The same rule under another id and name, to be changed and started on its own (PM-5, CS-6)."""
    return replace(campaign, scope=replace(campaign.scope, id=new_id, name=name, ended_at=None))
