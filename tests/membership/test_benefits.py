"""What counts as spend, what a tier brings, and tiers given away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership import benefits, promotions, tiers
from membership.preset import Tier
from membership.preset_values import HOTEL
from membership.spend import LinePaid, Spend, Tender, order_dates, qualifying
from membership.verdict import BadInput

RULES = HOTEL.tiers
DAY = date(2025, 3, 10)


@pytest.mark.rules("TI-15", "GC-10", "X-12", "X-63", "X-103")
@pytest.mark.parametrize(("kind", "counts"), [
    ("cash", True), ("card", True), ("wechat", True), ("alipay", True), ("nfc", True), ("transfer", True),
    ("room", True), ("principal", True), ("bonus", False), ("gift_bucket", False), ("points", False), ("coupon", False),
    ("gift_card", False), ("red_packet", False), ("group_buy", False),
])
def test_what_is_really_collected_counts_and_nothing_else(kind: str, counts: bool) -> None:
    amount = qualifying([Tender(kind, 120_00)], [LinePaid("room", 120_00)], RULES)      # type: ignore[arg-type]
    assert amount == (120_00 if counts else 0)


@pytest.mark.rules("TI-15", "X-12", "X-103")
def test_a_split_bill_counts_its_collected_part_without_tip_and_recharge() -> None:
    tenders = [Tender("cash", 90_000_00), Tender("gift_card", 20_000_00), Tender("coupon", 10_000_00)]
    assert qualifying(tenders, [LinePaid("room", 120_000_00)], RULES) == 90_000_00
    lines = [LinePaid("dining", 100_00), LinePaid("tip", 20_00), LinePaid("recharge", 500_00),
             LinePaid("times_card_purchase", 80_00)]
    assert qualifying([Tender("cash", 700_00)], lines, RULES) == 180_00
    assert qualifying([Tender("gift_card", 120_00)], [LinePaid("tip", 20_00), LinePaid("room", 100_00)], RULES) == 0


@pytest.mark.rules("TI-15")
def test_a_negative_or_fractional_tender_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="out_of_range"):
        qualifying([Tender("cash", -1)], [], RULES)
    with pytest.raises(BadInput, match="not_whole"):
        qualifying([Tender("cash", 1.5)], [], RULES)      # type: ignore[arg-type]


@pytest.mark.rules("X-8", "X-99", "X-100")
def test_dates_with_several_bills_are_one_and_dates_without_spend_are_none() -> None:
    bills = [Spend("a", DAY, 100), Spend("b", DAY, 200), Spend("c", DAY + timedelta(days=1), 0),
             Spend("d", DAY + timedelta(days=2), 1)]
    assert order_dates(bills, DAY, DAY + timedelta(days=9)) == 2


@pytest.mark.rules("TI-21", "X-9")
@given(st.sampled_from(list(Tier)), st.sampled_from(list(Tier)))
def test_benefits_are_inherited_upward(one: Tier, other: Tier) -> None:
    low, high = sorted((one, other))
    assert set(benefits.benefits(low, RULES)) <= set(benefits.benefits(high, RULES))
    assert benefits.places(low, RULES) <= benefits.places(high, RULES)
    assert all(a <= b for a, b in zip(benefits.travel(low, RULES), benefits.travel(high, RULES), strict=True))


@pytest.mark.rules("TI-21", "GM-14")
def test_the_two_draws_are_for_gold_and_above_on_their_two_days() -> None:
    joins = [benefits.draws_on(tier, date(2025, 6, 18), RULES) for tier in (Tier.SILVER, Tier.GOLD, Tier.FIVE_DIAMOND)]
    assert joins == [False, True, True]
    assert benefits.draws_on(Tier.GOLD, date(2025, 12, 31), RULES)
    assert not benefits.draws_on(Tier.GOLD, date(2025, 6, 19), RULES)
    assert benefits.travel(Tier.FOUR_DIAMOND, RULES) == (2, 1)


@pytest.mark.rules("TI-21", "RO-3", "X-140")
def test_delivery_is_free_from_an_amount_and_always_from_one_diamond() -> None:
    over = replace(RULES, delivery_free_from=50_00)
    assert [benefits.delivery_is_free(Tier.GOLD, net, over) for net in (49_99, 50_00, 50_01)] == [False, True, True]
    assert benefits.delivery_is_free(Tier.ONE_DIAMOND, 0, over)
    assert not benefits.delivery_is_free(Tier.GOLD, 10**9, RULES)
    assert not benefits.delivery_is_free(None, 10**9, over)


@pytest.mark.rules("RO-4", "X-141", "TI-20")
def test_after_sales_end_fifteen_days_after_delivery_and_places_follow_the_ladder() -> None:
    assert benefits.after_sales_until(date(2025, 2, 20), RULES) == date(2025, 3, 7)
    ladder = tuple(replace(step, places=("pool",)) if step.tier is Tier.GOLD else step for step in RULES.ladder)
    pool = replace(RULES, ladder=ladder)
    assert [benefits.places(t, pool) for t in (Tier.SILVER, Tier.TWO_DIAMOND)] == [frozenset(), frozenset({"pool"})]


@pytest.mark.rules("X-14")
def test_progress_says_what_is_missing_and_warns_thirty_days_before() -> None:
    member = tiers.Standing(Tier.GOLD, DAY, True)
    bills = [Spend("a", DAY, 4_000_00)]
    end = date(2026, 3, 9)
    seen = benefits.progress(member, bills, end - timedelta(days=31), RULES)
    assert (seen.next_tier, seen.to_next, seen.to_keep, seen.expires) == (Tier.ONE_DIAMOND, 11_000_00, 1_000_00, end)
    assert not seen.warn
    assert benefits.progress(member, bills, end - timedelta(days=30), RULES).warn
    assert not benefits.progress(member, [Spend("a", DAY, 5_000_00)], end, RULES).warn
    top = benefits.progress(tiers.Standing(Tier.FIVE_DIAMOND, DAY, True), [], DAY, RULES)
    assert (top.next_tier, top.to_next, top.dates_to_keep) == (None, 0, 10)
    assert benefits.progress(tiers.Standing(Tier.IRON, DAY), bills, DAY, RULES).expires is None


@pytest.mark.rules("TI-16", "X-54", "X-92", "X-138")
def test_thirty_gold_cards_are_thirty_and_a_place_waits_a_day_for_the_id() -> None:
    thirty = next(promotion for promotion in RULES.promotions if promotion.limit == 30)
    assert promotions.judge_promotion(thirty, "new_member", 29, DAY) is None
    refused = promotions.judge_promotion(thirty, "new_member", 30, DAY)
    assert refused is not None
    assert refused.key == "promotion.all_taken"
    stranger = promotions.judge_promotion(thirty, "old_member", 0, DAY)
    assert stranger is not None
    assert stranger.key == "promotion.not_for_you"
    now = datetime(2025, 3, 10, 12, tzinfo=UTC)
    place = promotions.keep_place(thirty, has_id=False, now=now, rules=RULES)
    assert promotions.is_kept(place, now + timedelta(hours=24))
    assert not promotions.is_kept(place, now + timedelta(hours=24, microseconds=1))
    assert promotions.is_kept(promotions.keep_place(thirty, True, now, RULES), now + timedelta(days=999))
