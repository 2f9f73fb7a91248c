"""The ways to spend points: tier, gift, cash, balance, card, voucher, website; points with cash; bundles.

Cash offset on a bill, also on the website (PT-16, PT-20), is a step of the pricing chain, `chain.points_off`; the
others are priced here. What costs points needs points above zero (X-114).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from membership.money import MAX_FEN, Fen
from membership.preset import PointsRules, StoredValueRules, Tier, TierRules
from membership.reasons import Reason
from membership.verdict import known, known_tier, refuse, whole

RewardKind = Literal["gift", "times_card", "duration_card", "coupon", "play", "service", "virtual"]


@dataclass(frozen=True, slots=True)
class Reward:
    """Something in the points mall or the gift booklet: a gift, card, coupon, play, service - for points, or points and
    cash (PT-15, PT-18, PT-19, PT-21, PT-22, PT-25). `stock` None is unlimited; central alone counts it (X-54).
    """

    sku: str
    kind: RewardKind
    points: int
    cash: Fen = 0
    stock: int | None = None

    def __post_init__(self) -> None:
        known("reward", self.kind, get_args(RewardKind), "PT-15")
        whole("points", self.points, rule="PT-15")
        whole("cash", self.cash, rule="PT-25")
        if self.stock is not None:
            whole("stock", self.stock, rule="X-54")


@dataclass(frozen=True, slots=True)
class Price:
    """What a redemption costs, in points and in fen."""

    points: int
    cash: Fen
    why: Reason


def affordable(cost: int, owned: int) -> Reason | None:
    """Why points cannot pay this; None if they can. In debt only what is free may be had (X-114)."""
    whole("cost", cost, rule="PT-15")
    whole("owned", owned, least=-MAX_FEN, rule="X-114")
    if cost == 0:
        return None
    if owned <= 0:
        return refuse("points.in_debt", "X-114", points=owned)
    if cost > owned:
        return refuse("points.too_few", "PT-15", missing=cost - owned, points=owned)
    return None


def redeem(reward: Reward, count: int, owned: int, today: date, rules: PointsRules) -> Price | Reason:
    """The price of `count` rewards today, or why they cannot be had (PT-15, PT-18, PT-19, PT-21, PT-22, PT-24)."""
    whole("count", count, least=1, most=9_999, rule="PT-15")
    if reward.stock is not None and count > reward.stock:
        return refuse("points.sold_out", "PT-22", stock=reward.stock)
    half = is_half_price(reward.sku, today, rules)
    each = -(-reward.points // 2) if half else reward.points
    lacking = affordable(each * count, owned)
    if lacking is not None:
        return lacking
    values = (("amt", reward.cash * count), ("n", count), ("points", each * count))
    why = Reason("points.half", values, "PT-23") if half else Reason("points.price", values, "PT-15")
    return Price(each * count, reward.cash * count, why)


def is_half_price(sku: str, today: date, rules: PointsRules) -> bool:
    """Whether the item is at half its points today; half of an odd price is rounded up by `redeem` (PT-23, X-115)."""
    return rules.half_price_days is not None and rules.half_price_days.covers(today) and sku in rules.half_price_items


def raise_tier(current: Tier, wanted: Tier, owned: int, enterprise: bool, tiers: TierRules) -> Price | Reason:
    """The price of a higher tier in points, which are consumed (PT-14, TI-17, X-25); the tier is a grant (X-10)."""
    rung = tiers.ladder[known_tier(wanted, "PT-14") - 1]
    if wanted <= current:
        return refuse("points.tier_not_higher", "PT-14", tier=wanted.name.lower())
    if rung.points_price is None:
        return refuse("points.tier_not_sold", "X-25", tier=wanted.name.lower())
    if enterprise and rung.individuals_only:
        return refuse("tier.individuals_only", "X-7", tier=wanted.name.lower())
    lacking = affordable(rung.points_price, owned)
    if lacking is not None:
        return lacking
    values = (("points", rung.points_price), ("tier", wanted.name.lower()))
    return Price(rung.points_price, 0, Reason("points.tier_price", values, "PT-14"))


def to_balance(asked: int, owned: int, rules: PointsRules, stored: StoredValueRules) -> tuple[int, Fen] | Reason:
    """Points taken and the bonus they become - not refundable, not qualifying (PT-17, SV-20, X-112).

    Cut down to whole steps; less than a step is refused, and all of it while stored value is off (X-40).
    """
    whole("points", asked, rule="PT-17")
    if not stored.enabled:
        return refuse("recharge.off", "X-40")
    if not rules.to_balance_enabled:
        return refuse("points.to_balance_off", "PT-17")
    lacking = affordable(asked, owned)
    if lacking is not None:
        return lacking
    steps = asked // rules.step
    if steps == 0:
        return refuse("points.below_step", "X-23", step=rules.step)
    return steps * rules.step, steps * rules.step * 100 // rules.per_yuan_value


def bundle_off(asked: int, owned: int, price: Fen, rules: PointsRules) -> tuple[int, Fen] | Reason:
    """Points taken and fen off on a new-product bundle: from 3 000 in steps of 1 000 (PT-30, X-23, X-116).

    Cut down to what is owned and to the price.
    """
    whole("points", asked, rule="PT-30")
    whole("price", price, rule="PT-30")
    worth = rules.bundle_step * 100 // rules.per_yuan_value
    steps = min(asked // rules.bundle_step, max(owned, 0) // rules.bundle_step, price // worth)
    if steps * rules.bundle_step < rules.bundle_min:
        return refuse("points.bundle_from", "X-116", least=rules.bundle_min, step=rules.bundle_step)
    return steps * rules.bundle_step, steps * worth


@dataclass(frozen=True, slots=True)
class AllianceRate:
    """What points of one merchant are worth in another's: `theirs` of theirs for `ours` of ours (PT-27)."""

    ours: int
    theirs: int

    def __post_init__(self) -> None:
        whole("ours", self.ours, least=1, rule="PT-27")
        whole("theirs", self.theirs, least=1, rule="PT-27")


def exchange(points: int, rate: AllianceRate) -> tuple[int, int]:
    """Points taken and points given in an alliance exchange at equal value; what makes no whole point stays (PT-27)."""
    whole("points", points, rule="PT-27")
    given = points * rate.theirs // rate.ours
    return -(-given * rate.ours // rate.theirs), given
