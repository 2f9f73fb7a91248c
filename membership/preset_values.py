"""The numbers of the founding texts: the hotel's preset, and the named alternatives that other texts give.

`HOTEL` is the default. `ALTERNATIVES` names, setting by setting, what another merchant's text says instead (X-2, X-28,
X-76, X-93); `choose` puts one in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from membership.preset import (
    BalanceStep,
    CampaignRules,
    CardRules,
    CategoryPrice,
    Cohort,
    DuesPlan,
    GameRules,
    Length,
    Multiplier,
    PlayRules,
    PointsRules,
    Preset,
    PricingRules,
    Prize,
    Promotion,
    RechargeStep,
    ReferralPeriod,
    RoomRules,
    Rung,
    SpendGiftStep,
    StoredValueRules,
    TenderKind,
    Tier,
    TierRules,
)
from membership.season import Days

YUAN = 100
NO_SPEND: tuple[TenderKind, ...] = (
    "coupon", "gift_card", "red_packet", "gift_bucket", "bonus", "points", "group_buy",
)     # TI-15, X-12, X-63, X-103

DIAMOND: Mapping[str, Any] = {"order_dates": 10, "needs_id": True, "individuals_only": True}     # TI-7 .. TI-10, X-7

LADDER = (
    Rung(Tier.REGISTERED, enter=0, expires=False, benefits=("delivery_free_over", "exchange_15_days")),
    Rung(Tier.IRON, enter=1, expires=False, benefits=("auction", "points_to_voucher")),
    Rung(Tier.BRONZE, enter=1_000 * YUAN, keep=1_000 * YUAN),
    Rung(Tier.SILVER, enter=2_500 * YUAN, keep=2_500 * YUAN, needs_id=True),
    Rung(Tier.GOLD, enter=5_000 * YUAN, keep=5_000 * YUAN, needs_id=True,
         benefits=("two_draws_a_year", "tier_offers", "priority_purchase")),
    Rung(Tier.ONE_DIAMOND, enter=15_000 * YUAN, keep=15_000 * YUAN, needs_id=True, benefits=("delivery_free",)),
    Rung(Tier.TWO_DIAMOND, enter=100_000 * YUAN, keep=50_000 * YUAN, **DIAMOND,
         benefits=("executive_contact", "vip_line", "no_audit", "call_backs")),
    Rung(Tier.THREE_DIAMOND, enter=300_000 * YUAN, keep=150_000 * YUAN, **DIAMOND,
         travel_home=2),
    Rung(Tier.FOUR_DIAMOND, enter=600_000 * YUAN, keep=300_000 * YUAN, **DIAMOND,
         travel_home=2, travel_abroad=1),
    Rung(Tier.FIVE_DIAMOND, enter=1_000_000 * YUAN, keep=500_000 * YUAN, **DIAMOND,
         travel_home=2, travel_abroad=2),
)

WHEEL_PRIZES = (
    Prize("suite_deluxe", 1, "room_night", not_on_holidays=True),
    Prize("suite_standard", 2, "room_night", not_on_holidays=True),
    Prize("voucher_300", 6, "voucher", 300 * YUAN, not_on_holidays=True, excludes=("group_buy",)),
    Prize("voucher_100", 10, "voucher", 100 * YUAN, not_on_holidays=True, excludes=("group_buy", "coupon")),
    Prize("voucher_50", 99, "voucher", 50 * YUAN, excludes=("group_buy",)),
)

EKATONG = (
    RechargeStep(200 * YUAN, bonus_now=20 * YUAN),
    RechargeStep(500 * YUAN, bonus_now=100 * YUAN),
    RechargeStep(1_000 * YUAN, bonus_now=300 * YUAN),
)
XIAOZHU = (RechargeStep(1_000 * YUAN, bonus_now=500 * YUAN, later=500 * YUAN, months=5),)

HOTEL = Preset(
    tiers=TierRules(
        ladder=LADDER,
        excluded_tenders=NO_SPEND,
        excluded_categories=("tip", "recharge", "gift_card_purchase", "coupon_purchase"),
        promotions=(
            Promotion("old_members_gold", Tier.GOLD, "old_member"),
            Promotion("first_thirty_gold", Tier.GOLD, "new_member", limit=30),
        ),
    ),
    points=PointsRules(
        multipliers=(Multiplier(200 * YUAN, 2), Multiplier(1_000 * YUAN, 3)),
        excluded_tenders=NO_SPEND,
        excluded_categories=("tip", "recharge", "gift_card_purchase", "coupon_purchase"),
        referral_periods=(ReferralPeriod(Days("09-06", "09-08"), 50),),
    ),
    stored_value=StoredValueRules(
        balance_steps=(BalanceStep(100 * YUAN, 80), BalanceStep(500 * YUAN, 70)),
        recharge_steps=EKATONG,
        dues_plans=(DuesPlan("year_in_months", 1_200 * YUAN, 12), DuesPlan("year_in_quarters", 1_200 * YUAN, 4, 3)),
    ),
    pricing=PricingRules(
        category_prices=(CategoryPrice("mid_autumn", 90, days=Days("09-06", "09-08"), min_bill=200 * YUAN),),
        undiscounted_categories=("tip", "recharge", "gift_card_purchase", "coupon_purchase", "times_card_purchase",
                                 "duration_card_purchase", "deposit", "dues"),
    ),
    rooms=RoomRules(
        cohorts=(
            Cohort("old_member", 80, special_night=99 * YUAN),
            Cohort("new_member", 95, special_night=99 * YUAN, special_night_blackout=True, free_nights=1,
                   free_nights_blackout=True),
        ),
    ),
    campaigns=CampaignRules(
        spend_gift=(SpendGiftStep(100 * YUAN, 20 * YUAN),),
        post_payment_excluded=("tip", "recharge", "times_card_purchase", "coupon_purchase", "duration_card_purchase",
                               "gift_card_purchase"),
    ),
    play=PlayRules(
        games=(
            GameRules("hotel_wheel", free_per_day=1, paid_per_day=1, cost_points=5, prizes=WHEEL_PRIZES),
            GameRules("points_scratch", paid_per_day=99, cost_points=10, prizes=()),
            GameRules("event_wheel", paid_per_day=99, cost_points=20, prizes=()),
        ),
    ),
    cards=CardRules(lengths=(Length("week", 7), Length("month", 30), Length("quarter", 90))),
)


def _ladder(**columns: Mapping[Tier, int]) -> tuple[Rung, ...]:
    """The ladder with some columns set anew, rung by rung."""
    return tuple(
        replace(rung, **_row(columns, rung.tier))
        for rung in LADDER
    )



def _row(columns: Mapping[str, Mapping[Tier, int]], tier: Tier) -> dict[str, Any]:
    return {name: values[tier] for name, values in columns.items() if tier in values}


TWICE_KEEP = {
    Tier.BRONZE: 2_000 * YUAN, Tier.SILVER: 5_000 * YUAN, Tier.GOLD: 10_000 * YUAN, Tier.ONE_DIAMOND: 30_000 * YUAN,
}
DISCOUNTED = {Tier.SILVER: 98, Tier.GOLD: 95, Tier.ONE_DIAMOND: 92, Tier.TWO_DIAMOND: 90, Tier.THREE_DIAMOND: 88,
              Tier.FOUR_DIAMOND: 85, Tier.FIVE_DIAMOND: 80}

ALTERNATIVES: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "tiers.ladder": MappingProxyType({
        "stated": LADDER,                                   # keep floors as entry amounts
        "twice_keep": _ladder(enter=TWICE_KEEP),            # X-2: the diamonds' ratio carried down
        "discounted": _ladder(pay_percent=DISCOUNTED),      # TI-18 gives no numbers; these are this house's proposal
    }),
    "stored_value.recharge_steps": MappingProxyType({"ekatong": EKATONG, "xiaozhu": XIAOZHU}),
    "points.referral": MappingProxyType({"hotel": 10, "general": 20}),
    "play.games": MappingProxyType({
        "hotel": HOTEL.play.games,
        "three_a_campaign": (GameRules("hotel_wheel", free_per_day=3, max_total=3, prizes=WHEEL_PRIZES),),
    }),
    "pricing.category_prices": MappingProxyType({
        "hotel": HOTEL.pricing.category_prices,
        "pharmacy": (CategoryPrice("cold_medicine", 90, ("cold_medicine",), holidays_only=True),),              # CP-25
        "event": (CategoryPrice("new_products", 80, ("new_product",)),                                          # CP-25
                  CategoryPrice("all_but_new", 70, except_categories=("new_product",))),
    }),
})


def choose(preset: Preset, path: str, alternative: str) -> Preset:
    """The preset with one setting taken from a named alternative (X-28). KeyError names what is unknown."""
    section, setting = path.split(".")
    value = ALTERNATIVES[path][alternative]
    return replace(preset, **{section: replace(getattr(preset, section), **{setting: value})})
