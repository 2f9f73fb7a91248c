"""Points: earned by spending and by deeds, spent in seven ways, taken back with a refund."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership import points, points_reverse, points_spend
from membership.chain import points_off
from membership.occasion import Audience, Person
from membership.points import Paid
from membership.preset import Tier
from membership.preset_values import HOTEL, choose
from membership.reasons import Reason
from membership.season import Days
from membership.spend import LinePaid, Tender
from membership.verdict import BadInput
from tests.membership import model_value

RULES, TIERS = HOTEL.points, HOTEL.tiers
ON = replace(HOTEL.stored_value, enabled=True)
DAY = date(2026, 3, 5)
BORN = date(1990, 7, 1)
FAST = replace(TIERS, ladder=tuple(replace(s, speed_percent=150) if s.tier is Tier.GOLD else s for s in TIERS.ladder))


def paid(fen: int, kind: str = "cash", category: str = "dining", day: date = DAY) -> Paid:
    return Paid((Tender(kind, fen),), (LinePaid(category, fen),), day)      # type: ignore[arg-type]


def earned(bill: Paid, tier: Tier | None = Tier.IRON, born: date | None = BORN) -> int:
    return points.earn(bill, tier, born, RULES, TIERS).points


def key(result: object) -> str:
    assert isinstance(result, Reason), result
    return result.key


# -- earning ----------------------------------------------------------------------------------------------------------
@pytest.mark.rules("PT-1", "PT-2", "X-16", "X-17", "X-50")
@pytest.mark.parametrize(("fen", "expected"), [
    (0, 0), (99, 0), (100, 1), (199, 1), (199_99, 199), (200_00, 400), (200_99, 400), (999_99, 1_998),
    (1_000_00, 3_000), (1_000_01, 3_000),
])
def test_whole_yuan_earn_and_the_whole_bill_gets_the_multiplier(fen: int, expected: int) -> None:
    assert earned(paid(fen)) == expected


@pytest.mark.rules("PT-3", "X-15", "X-22", "X-110")
def test_the_birthday_doubles_and_the_larger_multiplier_wins() -> None:
    on_birthday = date(2026, 7, 1)
    assert earned(paid(100_00, day=on_birthday)) == 200
    assert earned(paid(1_000_00, day=on_birthday)) == 3_000
    product = replace(RULES, combine="product")
    assert points.earn(paid(1_000_00, day=on_birthday), Tier.IRON, BORN, product, TIERS).points == 6_000
    leap = date(1992, 2, 29)
    assert [points.is_birthday(leap, day) for day in (date(2026, 2, 28), date(2028, 2, 28), date(2028, 2, 29))] == [
        True, False, True]
    assert earned(paid(100_00, day=on_birthday), born=None) == 100


@pytest.mark.rules("X-15", "X-109", "TI-17")
def test_tier_speed_multiplies_on_top_and_is_floored_once() -> None:
    assert points.earn(paid(33_00), Tier.GOLD, None, RULES, FAST).points == 49
    assert points.earn(paid(333_00), Tier.GOLD, None, RULES, FAST).points == 999


@pytest.mark.rules("X-17", "X-108", "X-12", "PT-6")
def test_only_collected_money_on_earning_lines_earns() -> None:
    assert [earned(paid(120_00, kind)) for kind in ("principal", "bonus", "coupon", "gift_card", "points")] == [
        120, 0, 0, 0, 0]
    categories = ("times_card_purchase", "duration_card_purchase", "recharge", "gift_card_purchase", "tip")
    assert [earned(paid(120_00, category=what)) for what in categories] == [120, 120, 0, 0, 0]
    split = Paid((Tender("cash", 150_00), Tender("gift_card", 60_00)), (LinePaid("dining", 210_00),), DAY)
    assert earned(split) == 300     # the threshold looks at 210, the points at 150
    with_tip = Paid((Tender("cash", 210_00),), (LinePaid("dining", 190_00), LinePaid("tip", 20_00)), DAY)
    assert earned(with_tip) == 190


@pytest.mark.rules("PT-1")
def test_a_guest_who_is_no_member_earns_nothing() -> None:
    assert points.earn(paid(500_00), None, None, RULES, TIERS).why.key == "points.no_member"
    assert earned(paid(500_00), tier=None) == 0


@pytest.mark.rules("X-109", "PT-2", "TI-17")
@given(st.integers(0, 10**8), st.integers(0, 10**6), st.sampled_from(list(Tier)))
def test_more_money_and_a_higher_tier_never_earn_less(fen: int, more: int, tier: Tier) -> None:
    assert earned(paid(fen + more), tier) >= earned(paid(fen), tier)
    higher = Tier(min(tier + 1, 10))
    assert earned(paid(fen), higher) >= earned(paid(fen), tier)


KINDS = ["cash", "wechat", "principal", "bonus", "coupon", "gift_card", "red_packet", "group_buy", "points", "room"]
WHAT = ["dining", "room", "tip", "recharge", "times_card_purchase", "coupon_purchase"]
AMOUNTS = st.one_of(st.integers(0, 2_000_00), st.sampled_from([199_99, 200_00, 999_99, 1_000_00]))


@pytest.mark.rules("PT-1", "PT-2", "PT-3", "X-15", "X-16", "X-17", "X-108", "X-109")
@given(
    st.lists(st.tuples(st.sampled_from(KINDS), AMOUNTS), max_size=4),
    st.lists(st.tuples(st.sampled_from(WHAT), AMOUNTS), max_size=4), st.booleans(), st.booleans(),
)
def test_earning_agrees_with_the_sentences(
    tenders: list[tuple[str, int]], lines: list[tuple[str, int]], birthday: bool, fast: bool
) -> None:
    day = BORN.replace(year=2026) if birthday else DAY
    lines = [*lines, ("spa", max(0, sum(fen for _, fen in tenders) - sum(fen for _, fen in lines)))]
    bill = Paid(tuple(Tender(kind, fen) for kind, fen in tenders),      # type: ignore[arg-type]
                tuple(LinePaid(what, fen) for what, fen in lines), day)
    result = points.earn(bill, Tier.GOLD if fast else Tier.IRON, BORN, RULES, FAST)
    assert result.points == model_value.points(tenders, lines, birthday, Fraction(3, 2) if fast else Fraction(1))


@pytest.mark.rules("PT-4", "X-22")
def test_the_birthday_visit_gives_300_once_a_year_to_who_is_identified() -> None:
    day = date(2026, 7, 1)
    assert points.birthday_gift(BORN, day, None, True, RULES) == 300
    assert points.birthday_gift(BORN, day, 2025, True, RULES) == 300
    assert key(points.birthday_gift(BORN, day, 2026, True, RULES)) == "points.had_already"
    assert key(points.birthday_gift(BORN, day, None, False, RULES)) == "points.identify_first"
    assert key(points.birthday_gift(BORN, DAY, None, True, RULES)) == "points.not_birthday"


@pytest.mark.rules("PT-7", "PT-8", "X-20", "X-21")
def test_one_sign_in_and_five_shares_a_day() -> None:
    assert points.sign_in(0, RULES) == RULES.sign_in
    assert key(points.sign_in(1, RULES)) == "points.signed_in"
    assert points.share(4, RULES) == RULES.share
    assert key(points.share(5, RULES)) == "points.shared_enough"


@pytest.mark.rules("PT-9", "RF-1", "X-19", "X-93")
def test_a_friend_brings_ten_in_mid_autumn_fifty_elsewhere_twenty() -> None:
    days = [date(2026, 9, 5), date(2026, 9, 6), date(2026, 9, 8), date(2026, 9, 9)]
    assert [points.referral(day, RULES) for day in days] == [10, 50, 50, 10]
    general = choose(HOTEL, "points.referral", "general").points
    assert [points.referral(day, general) for day in days] == [20, 50, 50, 20]


@pytest.mark.rules("PT-5", "PT-6", "PT-10", "PT-11", "ME-11")
def test_deeds_have_their_points_and_custom_rules_their_people() -> None:
    assert [points.event_points(event, RULES) for event in ("registration", "share_follow", "review", "riddle")] == [
        0, 10, 10, 0]
    assert points.content_points(1, RULES) == 1
    assert points.content_points(50, RULES) == 50
    assert key(points.content_points(0, RULES)) == key(points.content_points(51, RULES)) == "points.content_range"
    rule = points.CustomRule("spa_lovers", 30, Audience(groups=frozenset({"spa"})), Days("2026-03-01", "2026-03-05"))
    lover = Person("li", "gold", frozenset({"spa"}))
    assert points.custom_points(rule, lover, DAY) == 30
    assert points.custom_points(rule, lover, date(2026, 3, 6)) == 0
    assert points.custom_points(rule, Person("wang", "gold"), DAY) == 0


@pytest.mark.rules("PT-12", "PT-28", "PT-29", "PT-31", "X-24", "X-78", "RF-8")
def test_guide_budget_event_and_expiry() -> None:
    assert [reason.key for reason in points.guide(RULES)].count("points.guide_times") == 2
    assert points.given_back_permille(1_000, 10_000_00, RULES) == 10
    assert points.given_back_permille(1_000, 0, RULES) == 0
    one = replace(RULES, budget_percent=1)
    assert [points.over_budget(amount, 10_000_00, one) for amount in (999, 1_000, 1_001)] == [False, False, True]
    assert not points.over_budget(10**9, 100, RULES)
    assert points.judge_event_entry(3_000, 20, True, True, RULES) is None
    assert key(points.judge_event_entry(2_999, 20, True, True, RULES)) == "event.points"
    assert key(points.judge_event_entry(3_000, 19, True, True, RULES)) == "event.friends"
    assert key(points.judge_event_entry(3_000, 20, True, False, RULES)) == "event.card_and_share"
    assert points.expires_on(DAY, RULES) is None
    assert points.expires_on(DAY, replace(RULES, expiry_days=30)) == date(2026, 4, 4)


# -- spending ---------------------------------------------------------------------------------------------------------
@pytest.mark.rules("PT-16", "PT-20", "X-23", "X-111", "X-114")
@pytest.mark.parametrize(("asked", "owned", "running", "share", "taken", "worth"), [
    (200, 500, 216_00, 100, 200, 20_00),
    (205, 500, 216_00, 100, 200, 20_00),
    (9, 500, 216_00, 100, 0, 0),
    (5_000, 500, 216_00, 100, 500, 50_00),
    (5_000, 5_000, 216_00, 50, 1_080, 108_00),
    (5_000, 5_000, 216_50, 100, 2_160, 216_00),
    (100, -1, 216_00, 100, 0, 0),
    (100, 0, 216_00, 100, 0, 0),
])
def test_cash_offset_is_cut_to_the_largest_step(
    asked: int, owned: int, running: int, share: int, taken: int, worth: int
) -> None:
    assert points_off(asked, owned, running, RULES.step, RULES.per_yuan_value, share) == (taken, worth)


@pytest.mark.rules("PT-14", "TI-17", "X-25", "X-7")
def test_a_tier_is_sold_for_points_only_where_a_price_is_set() -> None:
    assert key(points_spend.raise_tier(Tier.IRON, Tier.GOLD, 10**6, False, TIERS)) == "points.tier_not_sold"
    priced = replace(TIERS, ladder=tuple(
        replace(s, points_price=5_000) if s.tier in (Tier.GOLD, Tier.TWO_DIAMOND) else s for s in TIERS.ladder))
    price = points_spend.raise_tier(Tier.IRON, Tier.GOLD, 5_000, False, priced)
    assert isinstance(price, points_spend.Price)
    assert price.points == 5_000
    assert key(points_spend.raise_tier(Tier.IRON, Tier.GOLD, 4_999, False, priced)) == "points.too_few"
    assert key(points_spend.raise_tier(Tier.GOLD, Tier.GOLD, 9_999, False, priced)) == "points.tier_not_higher"
    assert key(points_spend.raise_tier(Tier.IRON, Tier.TWO_DIAMOND, 9_999, True, priced)) == "tier.individuals_only"
    assert isinstance(points_spend.raise_tier(Tier.IRON, Tier.GOLD, 5_000, True, priced), points_spend.Price)
    assert price.cash == 0


@pytest.mark.rules("PT-15", "PT-18", "PT-19", "PT-21", "PT-22", "PT-24", "PT-25", "X-54", "X-114", "CP-11", "TC-4")
@pytest.mark.parametrize("kind", ["gift", "times_card", "duration_card", "coupon", "play", "service", "virtual"])
def test_rewards_cost_points_and_perhaps_cash_while_stock_lasts(kind: str) -> None:
    reward = points_spend.Reward("cup", kind, 300, cash=5_00, stock=2)      # type: ignore[arg-type]
    price = points_spend.redeem(reward, 2, 600, DAY, RULES)
    assert isinstance(price, points_spend.Price)
    assert (price.points, price.cash, price.why.key) == (600, 10_00, "points.price")
    assert key(points_spend.redeem(reward, 3, 9_999, DAY, RULES)) == "points.sold_out"
    few = points_spend.redeem(reward, 2, 599, DAY, RULES)
    assert few == Reason("points.too_few", (("missing", 1), ("points", 599)), "PT-15")
    assert key(points_spend.redeem(reward, 1, -1, DAY, RULES)) == "points.in_debt"
    with pytest.raises(BadInput, match="out_of_range"):
        points_spend.redeem(reward, 0, 9_999, DAY, RULES)


@pytest.mark.rules("X-114", "X-26")
def test_in_debt_only_what_costs_nothing_may_be_had() -> None:
    assert points_spend.affordable(0, -50) is None
    assert key(points_spend.affordable(1, -50)) == key(points_spend.affordable(1, 0)) == "points.in_debt"


@pytest.mark.rules("PT-23", "X-115")
def test_in_the_half_price_month_half_of_an_odd_price_is_rounded_up() -> None:
    month = replace(RULES, half_price_days=Days("2026-03-01", "2026-03-31"), half_price_items=("cup",))
    cup, fan = points_spend.Reward("cup", "gift", 301), points_spend.Reward("fan", "gift", 301)
    costs = []
    for reward, day in ((cup, DAY), (fan, DAY), (cup, date(2026, 4, 1))):
        price = points_spend.redeem(reward, 2, 9_999, day, month)
        assert isinstance(price, points_spend.Price)
        costs.append((price.points, price.why.key))
    assert costs == [(302, "points.half"), (602, "points.price"), (602, "points.price")]


@pytest.mark.rules("PT-17", "SV-20", "X-112", "X-23")
def test_points_become_bonus_in_whole_steps() -> None:
    assert points_spend.to_balance(205, 500, RULES, ON) == (200, 20_00)
    assert key(points_spend.to_balance(9, 500, RULES, ON)) == "points.below_step"
    assert key(points_spend.to_balance(501, 500, RULES, ON)) == "points.too_few"
    closed = replace(RULES, to_balance_enabled=False)
    assert key(points_spend.to_balance(10, 500, closed, ON)) == "points.to_balance_off"


@pytest.mark.rules("X-40", "PT-17")
def test_points_become_no_balance_while_stored_value_is_off() -> None:
    refused = points_spend.to_balance(200, 500, RULES, HOTEL.stored_value)
    assert isinstance(refused, Reason)
    assert (refused.key, refused.rule) == ("recharge.off", "X-40")


@pytest.mark.rules("PT-30", "X-23", "X-116")
@pytest.mark.parametrize(("asked", "owned", "price", "expected"), [
    (3_000, 9_999, 999_00, (3_000, 300_00)), (4_000, 9_999, 999_00, (4_000, 400_00)),
    (4_999, 9_999, 999_00, (4_000, 400_00)), (2_999, 9_999, 999_00, None), (2_000, 9_999, 999_00, None),
    (5_000, 3_500, 999_00, (3_000, 300_00)), (9_000, 9_999, 350_00, (3_000, 300_00)), (9_000, 9_999, 299_99, None),
])
def test_bundles_take_3000_4000_and_so_on(asked: int, owned: int, price: int, expected: tuple[int, int] | None) -> None:
    result = points_spend.bundle_off(asked, owned, price, RULES)
    if expected is None:
        assert key(result) == "points.bundle_from"
    else:
        assert result == expected


@pytest.mark.rules("PT-27")
@given(st.integers(0, 10**6), st.integers(1, 100), st.integers(1, 100))
def test_alliance_exchange_never_makes_value(amount: int, ours: int, theirs: int) -> None:
    taken, given_points = points_spend.exchange(amount, points_spend.AllianceRate(ours, theirs))
    assert 0 <= taken <= amount
    assert given_points * ours <= taken * theirs
    assert (given_points + 1) * ours > amount * theirs


# -- taking back ------------------------------------------------------------------------------------------------------
@pytest.mark.rules("X-26", "X-113")
def test_a_partial_refund_takes_what_the_smaller_bill_would_not_have_earned() -> None:
    before = earned(paid(1_000_00))
    assert points_reverse.reverse(before, paid(999_00), Tier.IRON, None, RULES, TIERS) == 3_000 - 1_998
    assert points_reverse.reverse(before, paid(0), Tier.IRON, None, RULES, TIERS) == before
    settled = points_reverse.Settled(1_000_00, 205, 20_50)
    both = points_reverse.reversal(before, paid(500_00), settled, 510_25, Tier.IRON, None, RULES, TIERS)
    assert (both.taken, both.returned, both.change) == (2_000, 102, -1_898)


@pytest.mark.rules("X-26", "X-113")
@given(st.integers(0, 2_000_00), st.lists(st.integers(0, 2_000_00), max_size=4), st.integers(0, 5_000))
def test_refunds_in_parts_end_where_one_whole_refund_ends(fen: int, parts: list[int], spent: int) -> None:
    left, still, back, refunded = earned(paid(fen)), fen, 0, 0
    worth = spent * 100 // RULES.per_yuan_value
    settled = points_reverse.Settled(fen, spent, worth)
    for part in [*parts, fen]:
        part = min(part, still)
        still, refunded = still - part, refunded + part
        left -= points_reverse.reverse(left, paid(still), Tier.IRON, None, RULES, TIERS)
        back += points_reverse.give_back(settled, refunded, back)
        assert left == earned(paid(still))
        assert back <= spent
    back += points_reverse.give_back(settled, refunded + worth, back)
    assert (left, back) == (0, spent)


@pytest.mark.rules("X-26", "X-113")
def test_gifts_already_used_stay_and_an_impossible_refund_is_named() -> None:
    assert points_reverse.gifts_to_take_back((("c1", False), ("c2", True))) == ("c1",)
    with pytest.raises(BadInput, match="refund_range"):
        points_reverse.give_back(points_reverse.Settled(90, 1, 10), 101)


@pytest.mark.rules("X-113")
def test_a_bill_paid_wholly_by_points_is_refunded_in_part() -> None:
    by_points = points_reverse.Settled(0, 1_000, 100_00)
    assert points_reverse.give_back(by_points, 25_00) == 250
    assert points_reverse.give_back(by_points, 100_00, 250) == 750
    half = points_reverse.Settled(50_00, 500, 50_00)
    assert points_reverse.give_back(half, 50_00) == 250
    for bad in ((0, 10, 0), (-1, 0, 0), (0, 0, 5), (1.5, 0, 0)):
        with pytest.raises(BadInput) as refused:
            points_reverse.Settled(*bad)        # type: ignore[arg-type]
        assert refused.value.reason.rule == "X-113"
