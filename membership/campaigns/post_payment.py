"""After a payment: what it is worth, whether it is rewarded, and the claim of a guest who is no member yet (PM, PB)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from membership.campaigns.gift import Gift
from membership.campaigns.kinds import PostPayment
from membership.campaigns.scope import judge_scope
from membership.hotel_time import aware
from membership.money import Fen
from membership.occasion import Occasion, Person
from membership.preset import CampaignRules, Tier
from membership.reasons import Reason
from membership.verdict import BadInput, Verdict, first, must, refuse, whole


class Channel(StrEnum):
    """How a payment came about (PM-2); a supplementary record is one too (SC-8). Only the online shop has a switch, a
    room order is paid at the hotel (X-73)."""

    STAFF = "staff"
    KIOSK = "kiosk"
    ROOM = "room"
    QUICK_PAY = "quick_pay"
    RECORDED = "recorded"
    ONLINE_SHOP = "online_shop"


@dataclass(frozen=True, slots=True)
class Payment:
    """One completed payment, by however many tenders (X-56): what was paid for each category, in fen, net of
    reductions and refunds."""

    id: str
    channel: Channel
    paid: tuple[tuple[str, Fen], ...]

    def __post_init__(self) -> None:
        for category, amount in self.paid:
            whole(f"paid.{category}", amount)


@dataclass(frozen=True, slots=True)
class Rewarded:
    """A reward central gave this member under this rule; refunded, it no longer uses up a cap (X-137)."""

    payment: str
    store: str
    refunded: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A reward that waits for its guest to join: bound to the payment, nothing about the person (X-70, X-71)."""

    payment: str
    campaign: str
    gift: Gift
    made_at: datetime
    claimed_by: str | None = None


def rewardable(payment: Payment, rules: CampaignRules) -> Fen:
    """What counts: all that was paid but tips, recharges, buying cards and coupons (PM-2, RO-2, TC-3, X-68, X-137)."""
    return sum(amount for category, amount in payment.paid if category not in rules.post_payment_excluded)


def judge_reward(
    campaign: PostPayment,
    payment: Payment,
    person: Person,
    given: tuple[Rewarded, ...],
    rules: CampaignRules,
    occasion: Occasion,
) -> Verdict:
    """Is this payment rewarded under this rule? A guest not yet a member is judged as if he had joined (PM-4)."""
    scope = judge_scope(campaign.scope, _joined(person), occasion)
    missing = campaign.threshold - rewardable(payment, rules)
    return first(
        refuse("reward.given", "PM-1") if any(reward.payment == payment.id for reward in given) else None,
        scope if isinstance(scope, Reason) else None,
        _shop_takes_part(payment, rules),
        refuse("reward.below", "PM-1", diff=missing) if missing > 0 else None,
        refuse("reward.not_your_tier", "PM-5") if campaign.gift_for(_joined(person).tier).empty else None,
        *_caps(campaign, given, occasion.store),
    )


def reward(campaign: PostPayment, payment: Payment, person: Person, now: datetime) -> Gift | Claim:
    """A member's gift, or the claim by which a guest gets it when he joins (PM-4, PB-1)."""
    gift = campaign.gift_for(_joined(person).tier)
    return gift if person.member is not None else Claim(payment.id, campaign.scope.id, gift, now)


def keeps_reward(campaign: PostPayment, payment: Payment, rules: CampaignRules) -> bool:
    """Whether the payment, net of a refund, still reaches the threshold; else the reward is taken back (X-137)."""
    return rewardable(payment, rules) >= campaign.threshold


def judge_claim(claim: Claim, person: Person, rules: CampaignRules, now: datetime) -> Verdict:
    """May this person have the waiting reward? Joined, once, within the hours, the last moment included (X-138)."""
    waited = aware(now) - aware(claim.made_at)
    if waited < timedelta(0):
        raise BadInput("claim.before_payment", rule="X-70", payment=claim.payment)
    late = waited > timedelta(hours=rules.claim_hours)
    return first(
        refuse("claim.taken", "X-70") if claim.claimed_by is not None else None,
        refuse("claim.late", "X-70", n=rules.claim_hours) if late else None,
        refuse("claim.join_first", "X-71") if person.member is None else None,
    )


def take_claim(claim: Claim, person: Person, rules: CampaignRules, now: datetime) -> tuple[Claim, Gift]:
    """The claim, used, and its gift, which goes straight into the new card (TC-6)."""
    must(judge_claim(claim, person, rules, now))
    return replace(claim, claimed_by=person.member), claim.gift


def _joined(person: Person) -> Person:
    return person if person.member is not None else Person("joining", Tier.REGISTERED)


def _shop_takes_part(payment: Payment, rules: CampaignRules) -> Reason | None:
    if payment.channel is Channel.ONLINE_SHOP and not rules.post_payment_online:
        return refuse("reward.online_off", "PM-6")
    return None


def _caps(campaign: PostPayment, given: tuple[Rewarded, ...], store: str) -> tuple[Reason | None, ...]:
    """Both caps must permit (PM-5, X-69)."""
    counted = [reward for reward in given if not reward.refunded]
    here = sum(reward.store == store for reward in counted)
    store_full = campaign.per_store is not None and here >= campaign.per_store
    full = campaign.in_total is not None and len(counted) >= campaign.in_total
    return (
        refuse("reward.store_cap", "PM-5", n=campaign.per_store or 0) if store_full else None,
        refuse("reward.total_cap", "PM-5", n=campaign.in_total or 0) if full else None,
    )
