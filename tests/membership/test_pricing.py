"""The pricing chain, rule by rule, with figures that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from membership.bill import Bill, Guest, Line, Listed, Offer, Wishes
from membership.hotel_time import DateRange, Holidays
from membership.preset import BalancePeriod, BalanceStep, CategoryPrice, OfferClass, Preset, Tier
from membership.preset_values import HOTEL, choose
from membership.pricing import draw_random, lowest, quote
from membership.quote import Quote, with_random
from membership.reasons import Reason
from membership.season import Days
from tests.membership.bills import HOLIDAY, HOLIDAYS, TODAY, bill, cash, house

GOLD = Guest("li", Tier.GOLD, balance=300_00, points=1_000)
PLAIN = Guest()
WITH_BALANCE = Wishes(use_balance=True)
FESTIVAL = date(2026, 9, 6)


def price(
    what: Bill, guest: Guest = GOLD, offers: list[Offer] | None = None, wishes: Wishes | None = None,
    preset: Preset | None = None, today: date = TODAY, holidays: Holidays = HOLIDAYS,
) -> Quote:
    found = quote(what, guest, offers or [], wishes or Wishes(), preset or house(), today, holidays)
    assert isinstance(found, Quote), found
    return found


def refused(
    what: Bill, guest: Guest = GOLD, offers: list[Offer] | None = None, wishes: Wishes | None = None,
    preset: Preset | None = None, catalog: dict[str, Listed] | None = None,
) -> str:
    found = quote(what, guest, offers or [], wishes or Wishes(), preset or house(), TODAY, HOLIDAYS, catalog)
    assert isinstance(found, Reason), found
    return found.key


def steps(found: Quote) -> list[tuple[str, int, int]]:
    return [(step.kind, step.off, step.after) for step in found.steps]


def left_out(found: Quote) -> dict[str, str]:
    return {one.offer: one.why.key for one in found.left_out}


def ways(found: Quote) -> dict[str, int]:
    return {way.kind: way.due for way in found.alternatives}


def room(*nights: tuple[date, int], **more: object) -> Bill:
    lines = tuple(Line("deluxe", "room", 1, fen, night) for night, fen in nights)
    return replace(Bill(lines), **more)     # type: ignore[arg-type]


# -- the order of steps -----------------------------------------------------------------------------------------------
@pytest.mark.rules("X-32", "SV-8", "TI-18", "SV-7", "PT-16")
def test_the_worked_check() -> None:
    found = price(bill(300_00), offers=[cash("c20", 20_00)], wishes=Wishes(points=200, use_balance=True),
                  preset=house(random=5_00))
    drawn = with_random(found, 3_21)
    assert isinstance(drawn, Quote)
    assert steps(drawn) == [
        ("member_tier", 30_00, 270_00), ("balance_tier", 54_00, 216_00), ("points", 20_00, 196_00),
        ("coupon", 20_00, 176_00), ("random_cut", 3_21, 172_79)]
    assert (found.due, drawn.due, drawn.points, drawn.coupons) == (176_00, 172_79, 200, ("c20",))
    assert drawn.needs_balance
    assert [step.why.key for step in drawn.steps] == [
        "price.tier", "price.balance", "price.points", "price.coupon_cash", "price.random"]


@pytest.mark.rules("X-90", "X-33", "X-32")
def test_leaving_the_tier_discount_out_can_be_lower_and_is_shown() -> None:
    only_gold = house(percents={Tier.GOLD: 90})
    found = price(bill(220_00), Guest("li", Tier.GOLD), [cash("50", 50_00, 200_00)], preset=only_gold)
    assert (found.due, ways(found)) == (170_00, {"in_order": 198_00})
    assert left_out(found) == {"member_tier": "price.less_is_lower"}


@pytest.mark.rules("X-9", "TI-18", "X-90")
def test_a_higher_tier_may_use_a_lower_tiers_discount_to_reach_a_threshold() -> None:
    offers = [cash("50", 50_00, 210_00)]
    silver = price(bill(220_00), replace(GOLD, tier=Tier.SILVER), offers)       # 97 %: 213.40 - 50
    gold = price(bill(220_00), GOLD, offers)
    assert silver.due == gold.due == 163_40
    assert dict(gold.steps[0].why.values)["tier"] == "silver"


@pytest.mark.rules("X-9", "X-117", "X-51", "X-90")
def test_a_threshold_kept_by_a_gentler_tier_on_a_room_without_its_cohort_price() -> None:
    breakfast = Offer("b", "goods", 1, TODAY, 100_00, skus=frozenset({"deluxe"}))
    stay = Bill((Line("deluxe", "room", 4, 26_32),))
    found = price(stay, Guest("li", Tier.GOLD, "new_member"), [breakfast])
    assert (found.due, found.coupons) == (76_59, ("b",))      # silver's 97 %: 102.12, a quarter of it given


@pytest.mark.rules("X-32", "X-50")
def test_a_threshold_is_inclusive_and_looks_at_its_step_unless_told_otherwise() -> None:
    coupon = [cash("50", 50_00, 200_00)]
    assert price(bill(200_00), PLAIN, coupon).due == 150_00
    below = price(bill(199_99), PLAIN, coupon)
    assert (below.due, left_out(below)) == (199_99, {"50": "price.threshold_missed"})
    preset = house()
    original = replace(preset, pricing=replace(preset.pricing, threshold_on="original"))
    assert price(bill(220_00), GOLD, coupon, preset=original).due == 148_00


@pytest.mark.rules("X-32", "X-118")
def test_each_step_rounds_half_up_once_and_spreads_by_largest_remainder() -> None:
    found = price(bill(33, 33, 34, 5))      # 105 at 90 % = 94.5 -> 95, 10 off
    assert (found.due, found.line_dues) == (95, (30, 30, 31, 4))
    one = price(bill(3, 7))                 # a single fen off goes to the larger remainder
    assert (one.due, one.line_dues) == (9, (3, 6))
    assert price(bill(5, 5)).line_dues == (4, 5)        # of equal remainders, to the earlier line
    assert price(bill(5)).due == 5          # 4.5 rounds up: nothing off
    assert price(bill(4)).due == 4


@pytest.mark.rules("X-118", "CP-25", "SV-7")
def test_tips_and_recharges_on_the_bill_are_never_reduced() -> None:
    lines = (Line("duck", "dining", 1, 100_00), Line("tip", "tip", 1, 10_00), Line("card", "recharge", 1, 200_00))
    found = price(Bill(lines), replace(GOLD, balance=10**6), [cash("c", 500_00)], Wishes(points=100, use_balance=True))
    assert found.line_dues == (0, 10_00, 200_00)
    assert found.due == 210_00


# -- the balance tier -------------------------------------------------------------------------------------------------
@pytest.mark.rules("X-29", "X-30", "SV-7")
def test_the_balance_discount_needs_the_rest_paid_whole_from_the_balance() -> None:
    rich, poor = replace(GOLD, tier=None, balance=240_00), replace(GOLD, tier=None, balance=239_99)
    enough = price(bill(300_00), rich, wishes=WITH_BALANCE)
    assert (enough.due, enough.needs_balance, ways(enough)) == (240_00, True, {"other_tender": 300_00})
    short = price(bill(300_00), poor, wishes=WITH_BALANCE)
    assert (short.due, short.needs_balance, left_out(short)) == (300_00, False, {"balance_tier": "price.balance_short"})
    dearer = price(bill(300_00), rich, [cash("c90", 90_00, excludes=frozenset({"balance_tier"}))])
    assert (dearer.due, dearer.alternatives) == (210_00, ())
    not_asked = price(bill(300_00), rich)
    assert (not_asked.due, ways(not_asked)) == (300_00, {"by_balance": 240_00})


@pytest.mark.rules("X-29", "X-33")
def test_a_balance_discount_that_takes_nothing_off_does_not_bind_the_guest_to_the_balance() -> None:
    found = price(bill(10_00, category="tip"), replace(GOLD, balance=500_00), wishes=WITH_BALANCE)
    assert (found.due, found.needs_balance) == (10_00, False)


@pytest.mark.rules("X-29", "SV-3", "X-40")
def test_below_the_first_step_and_switched_off_there_is_no_balance_discount() -> None:
    below = price(bill(50_00), Guest("li", balance=99_99), wishes=WITH_BALANCE)
    assert (below.due, left_out(below)) == (50_00, {"balance_tier": "price.balance_below"})
    off = price(bill(50_00), Guest("li", balance=900_00), wishes=WITH_BALANCE, preset=house(balance=False))
    assert (off.due, left_out(off)) == (50_00, {"balance_tier": "price.balance_off"})


@pytest.mark.rules("SV-9", "CS-3", "X-125")
def test_in_a_special_period_its_own_steps_hold() -> None:
    preset = house()
    table = (BalancePeriod(Days("2026-03-05", "2026-03-05"), (BalanceStep(50_00, 60),)),)
    special = replace(preset, stored_value=replace(preset.stored_value, balance_periods=table))
    guest = Guest("li", balance=99_00)
    assert price(bill(100_00), guest, wishes=WITH_BALANCE, preset=special).due == 60_00
    assert price(bill(90_00), guest, wishes=WITH_BALANCE, preset=special, today=date(2026, 3, 6)).due == 90_00


@pytest.mark.rules("X-31", "SV-8")
def test_with_stacking_off_the_balance_discount_stands_alone_and_the_cheaper_wins() -> None:
    preset = house(stacking=False, random=5_00)
    guest = replace(GOLD, balance=1_000_00)
    alone = price(bill(300_00), guest, [cash("c20", 20_00)], WITH_BALANCE, preset)
    assert (alone.due, ways(alone), alone.coupons) == (210_00, {"others": 250_00}, ())
    assert left_out(alone) == {"member_tier": "price.balance_is_lower", "c20": "price.balance_is_lower"}
    assert alone.up_to_random == 0
    others = price(bill(300_00), guest, [cash("c90", 90_00)], WITH_BALANCE, preset)
    assert (others.due, ways(others), left_out(others)) == (
        180_00, {"balance_alone": 210_00}, {"balance_tier": "price.others_are_lower"})
    assert others.up_to_random == 5_00


@pytest.mark.rules("X-121", "X-31")
def test_a_tie_goes_to_the_balance_discount_alone_so_that_coupon_and_points_are_kept() -> None:
    guest = replace(GOLD, tier=None, balance=1_000_00)
    tie = price(bill(300_00), guest, [cash("c90", 90_00)], WITH_BALANCE, house(stacking=False))
    assert (tie.due, tie.needs_balance, tie.coupons) == (210_00, True, ())
    points = price(bill(300_00), guest, [], Wishes(points=900, use_balance=True), house(stacking=False))
    assert (points.due, points.points, left_out(points)) == (210_00, 0, {"points": "price.balance_is_lower"})


# -- points -----------------------------------------------------------------------------------------------------------
@pytest.mark.rules("X-111", "PT-16", "X-114")
def test_points_only_when_asked_for_and_cut_to_the_largest_step_with_a_word() -> None:
    assert price(bill(100_00), replace(GOLD, tier=None)).points == 0
    cut = price(bill(100_00), replace(GOLD, tier=None), wishes=Wishes(points=205))
    assert (cut.due, cut.points, cut.steps[0].why.key) == (80_00, 200, "price.points_cut")
    preset = house()
    half = replace(preset, points=replace(preset.points, max_share_percent=50))
    shared = price(bill(100_50), replace(GOLD, tier=None), wishes=Wishes(points=1_000), preset=half)
    assert (shared.points, shared.due) == (500, 50_50)
    debt = price(bill(100_00), Guest("li", points=-5), wishes=Wishes(points=100))
    assert (debt.due, left_out(debt)) == (100_00, {"points": "price.points_none"})


# -- coupons ----------------------------------------------------------------------------------------------------------
@pytest.mark.rules("X-119", "CP-12")
def test_one_money_coupon_the_best_and_goods_coupons_beside_it() -> None:
    what = Bill((Line("duck", "dining", 1, 200_00), Line("breakfast", "dining", 2, 30_00)))
    breakfast = Offer("b", "goods", 1, TODAY, skus=frozenset({"breakfast"}))
    discount = Offer("d80", "discount", 80, TODAY)
    found = price(what, PLAIN, [cash("c20", 20_00), cash("c30", 30_00), discount, breakfast])
    assert found.coupons == ("b", "d80")
    assert found.due == 184_00          # (260 - 30) at 80 %
    assert left_out(found) == {"c20": "price.another_is_lower", "c30": "price.another_is_lower"}


@pytest.mark.rules("X-119")
def test_several_stackable_money_coupons_go_in_the_order_of_the_guests_choice() -> None:
    preset = house()
    two = replace(preset, pricing=replace(preset.pricing, max_money_coupons=2))
    offers = [cash("c20", 20_00, stackable=True), replace(Offer("d80", "discount", 80, TODAY), stackable=True)]
    first_cash = price(bill(100_00), PLAIN, offers, Wishes(coupons=("c20", "d80")), two)
    first_percent = price(bill(100_00), PLAIN, offers, Wishes(coupons=("d80", "c20")), two)
    assert (first_cash.due, first_percent.due) == (64_00, 60_00)
    assert refused(bill(100_00), PLAIN, offers, Wishes(coupons=("d80", "c20"))) == "price.too_many_money_coupons"
    unstackable = [cash("a", 20_00), cash("b", 20_00)]
    assert refused(bill(100_00), PLAIN, unstackable, Wishes(coupons=("a", "b")), two) == "price.not_applicable"
    assert price(bill(100_00), PLAIN, unstackable, preset=two).due == 80_00


@pytest.mark.rules("X-33", "X-90")
def test_of_equal_ways_the_one_that_keeps_more_and_keeps_the_later_coupon() -> None:
    offers = [cash("late", 20_00, last=date(2026, 12, 31)), cash("early", 20_00, last=date(2026, 4, 1))]
    assert price(bill(100_00), PLAIN, offers).coupons == ("early",)
    assert price(bill(100_00), PLAIN, [cash("nothing", 0)]).coupons == ()
    free = [Offer("b", "goods", 1, TODAY, skus=frozenset({"sku0"})), cash("all", 500_00)]
    assert price(bill(10_00), PLAIN, free).coupons in (("b",), ("all",))


@pytest.mark.rules("X-90", "X-119")
def test_a_goods_coupon_is_kept_back_when_it_would_cost_a_better_coupon() -> None:
    what = Bill((Line("duck", "dining", 1, 180_00), Line("breakfast", "dining", 1, 30_00)))
    breakfast = Offer("b", "goods", 1, TODAY, skus=frozenset({"breakfast"}))
    found = price(what, PLAIN, [breakfast, cash("c50", 50_00, 200_00)])
    assert (found.due, found.coupons) == (160_00, ("c50",))
    assert left_out(found)["b"] == "price.another_is_lower"


@pytest.mark.rules("CP-3", "X-119", "X-44")
@pytest.mark.parametrize(
    ("coupons", "units", "due"), [(1, 1, 60_00), (2, 1, 30_00), (3, 1, 0), (4, 1, 0), (1, 2, 30_00)]
)
def test_each_goods_coupon_gives_its_units_and_none_is_used_for_nothing(coupons: int, units: int, due: int) -> None:
    what = Bill((Line("breakfast", "dining", 3, 30_00),))
    offers = [Offer(f"b{n}", "goods", units, TODAY, skus=frozenset({"breakfast"})) for n in range(coupons)]
    found = price(what, PLAIN, offers)
    assert (found.due, len(found.coupons)) == (due, min(coupons, 3))


@pytest.mark.rules("CP-3", "X-119")
def test_the_dearest_unit_is_given_and_the_narrower_coupon_first() -> None:
    what = Bill((Line("tea", "dining", 1, 20_00), Line("wine", "dining", 1, 90_00)))
    drink = Offer("any", "goods", 1, date(2026, 4, 1), skus=frozenset({"tea", "wine"}))
    wine = Offer("wine", "goods", 1, date(2026, 12, 1), skus=frozenset({"wine"}))
    assert price(what, PLAIN, [drink]).line_dues == (20_00, 0)
    assert price(what, PLAIN, [drink, wine]).coupons == ("wine", "any")


@pytest.mark.rules("CP-2", "CP-3", "X-44")
def test_coupons_fit_their_goods_and_a_discount_may_have_a_most() -> None:
    what = Bill((Line("duck", "dining", 1, 100_00), Line("massage", "spa", 1, 200_00)))
    spa = Offer("spa", "discount", 50, TODAY, categories=frozenset({"spa"}))
    found = price(what, PLAIN, [spa])
    assert found.line_dues == (100_00, 100_00)
    assert found.steps[0].why == Reason(
        "price.coupon_discount", (("amt", 100_00), ("coupon", "spa"), ("percent", 50)), "CP-2")
    assert price(what, PLAIN, [cash("c", 5_00, 10_00)]).steps[0].why == Reason(
        "price.coupon_cash_from", (("amt", 5_00), ("coupon", "c"), ("amt_least", 10_00)), "X-32")
    assert price(what, PLAIN, [replace(spa, most=30_00)]).line_dues == (100_00, 170_00)
    assert left_out(price(bill(10_00), PLAIN, [spa])) == {"spa": "price.nothing_fits"}
    not_new = replace(spa, categories=None, except_categories=frozenset({"dining"}))
    assert price(what, PLAIN, [not_new]).line_dues == (100_00, 100_00)


@pytest.mark.rules("CP-8", "X-48")
def test_a_coupon_of_another_member_is_refused_a_friends_coupon_is_not() -> None:
    other = cash("c", 20_00, owner="wang")
    assert left_out(price(bill(100_00), GOLD, [other])) == {"c": "coupon.not_yours"}
    assert refused(bill(100_00), GOLD, [other], Wishes(coupons=("c",))) == "coupon.not_yours"
    assert price(bill(100_00), PLAIN, [replace(other, shared=True)]).due == 80_00


@pytest.mark.rules("CP-29", "X-33")
def test_a_coupon_judged_unusable_before_is_shown_with_that_reason() -> None:
    barred = cash("c", 20_00, barred=Reason("coupon.holiday", (), "CP-24"))
    found = price(bill(100_00), PLAIN, [barred])
    assert (found.due, left_out(found)) == (100_00, {"c": "coupon.holiday"})
    assert refused(bill(100_00), PLAIN, [barred], Wishes(coupons=("c",))) == "coupon.holiday"


@pytest.mark.rules("X-33")
def test_the_guests_own_choice_is_kept_even_if_dearer_and_refused_if_impossible() -> None:
    offers = [cash("c20", 20_00), cash("c30", 30_00), cash("c90", 90_00, 500_00)]
    assert price(bill(100_00), PLAIN, offers, Wishes(coupons=("c20",))).due == 80_00
    none = price(bill(100_00), PLAIN, offers, Wishes(coupons=()))
    assert (none.due, set(left_out(none).values())) == (100_00, {"price.not_chosen"})
    assert refused(bill(100_00), PLAIN, offers, Wishes(coupons=("c90",))) == "price.threshold_missed"
    assert refused(bill(100_00), PLAIN, offers, Wishes(coupons=("c99",))) == "price.coupon_unknown"
    assert price(bill(500_00), PLAIN, offers, Wishes(coupons=("c90",))).due == 410_00
    impossible = Wishes(coupons=("c90",))
    assert lowest(bill(100_00), PLAIN, offers, impossible, house(), TODAY, HOLIDAYS) is None
    alone = cash("alone", 50_00, excludes=frozenset({"coupon"}))
    goods = Offer("b", "goods", 1, TODAY, skus=frozenset({"sku1"}))
    both = bill(100_00, 20_00)
    assert refused(both, PLAIN, [alone, goods], Wishes(coupons=("alone", "b"))) == "price.not_with_coupon"
    assert price(both, PLAIN, [alone, goods], Wishes(coupons=("alone",))).due == 70_00


@pytest.mark.rules("CP-23", "X-53", "BK-12")
@pytest.mark.parametrize(("name", "with_group_buy", "beside_goods"), [
    ("voucher_300", False, True), ("voucher_100", False, False), ("voucher_50", False, True),
])
def test_the_three_vouchers_exclude_what_the_wheel_says(name: str, with_group_buy: bool, beside_goods: bool) -> None:
    prize = next(prize for prize in HOTEL.play.games[0].prizes if prize.key == name)
    voucher = cash(name, prize.worth, excludes=frozenset(prize.excludes))
    grouped = price(bill(400_00, group_buy=True), PLAIN, [voucher])
    assert (name in grouped.coupons) is with_group_buy
    assert left_out(grouped) == {name: "price.not_with_group_buy"}
    what = Bill((Line("duck", "dining", 1, 500_00), Line("breakfast", "dining", 1, 30_00)))
    goods = Offer("b", "goods", 1, TODAY, skus=frozenset({"breakfast"}))
    found = price(what, PLAIN, [voucher, goods])
    assert ("b" in found.coupons) is beside_goods
    if not beside_goods:
        assert left_out(found) == {"b": "price.not_with_coupon"}


@pytest.mark.rules("X-33", "CP-23")
@pytest.mark.parametrize(("excluded", "wishes"), [
    ("tier", Wishes()), ("balance_tier", WITH_BALANCE), ("points", Wishes(points=10)),
])
def test_an_offers_own_exclusion_is_never_overridden_by_stacking(excluded: OfferClass, wishes: Wishes) -> None:
    small = cash("c", 1_00, excludes=frozenset({excluded}))
    found = price(bill(100_00), GOLD, [small], wishes)
    assert left_out(found) == {"c": "price.not_with_step"}
    large = cash("c", 60_00, excludes=frozenset({excluded}))
    if excluded != "points":        # asked for, so they stay
        kinds = {step.kind for step in price(bill(100_00), GOLD, [large], wishes).steps}
        assert "coupon" in kinds
        assert {"tier": "member_tier", "balance_tier": "balance_tier"}[excluded] not in kinds


# -- rooms, festivals, categories -------------------------------------------------------------------------------------
@pytest.mark.rules("BK-5", "BK-6", "X-51", "X-117", "CP-23")
@pytest.mark.parametrize(("cohort", "due"), [("old_member", 320_00), ("new_member", 380_00), (None, 360_00)])
def test_a_cohorts_room_price_enters_the_chain_and_takes_no_tier_discount(cohort: str | None, due: int) -> None:
    assert price(room((TODAY, 400_00)), replace(GOLD, cohort=cohort)).due == min(due, 360_00)


@pytest.mark.rules("X-51", "X-33", "CP-23", "BK-12")
def test_a_cohort_price_excludes_coupons_and_group_buy_and_the_lower_wins() -> None:
    old = Guest("li", cohort="old_member")
    small = price(room((TODAY, 400_00)), old, [cash("c", 50_00)])
    assert (small.due, left_out(small)) == (320_00, {"c": "price.not_with_price"})
    large = price(room((TODAY, 400_00)), old, [cash("c", 100_00)])
    assert (large.due, left_out(large)) == (300_00, {"old_member": "price.another_is_lower"})
    grouped = price(room((TODAY, 400_00), group_buy=True), old)
    assert (grouped.due, left_out(grouped)) == (400_00, {"old_member": "price.not_with_group_buy"})


@pytest.mark.rules("BK-3", "X-117")
def test_twenty_yuan_off_for_wechat_come_after_the_percentage() -> None:
    found = price(room((TODAY, 400_00), channel="wechat"), Guest("li", cohort="old_member"))
    assert steps(found) == [("room_price", 80_00, 320_00), ("room_cut", 20_00, 300_00)]
    tiered = price(room((TODAY, 400_00), channel="wechat"))
    assert steps(tiered) == [("room_cut", 20_00, 380_00), ("member_tier", 38_00, 342_00)]
    assert price(room((TODAY, 15_00), channel="wechat"), PLAIN).due == 0
    assert price(bill(100_00, channel="wechat"), PLAIN).due == 100_00


@pytest.mark.rules("CP-26", "X-51", "X-122", "X-125", "CS-4")
def test_the_festival_price_holds_on_its_days_from_200_on_beside_coupons_and_group_buy() -> None:
    days = [date(2026, 9, 5), FESTIVAL, date(2026, 9, 8), date(2026, 9, 9)]
    assert [price(bill(200_00), PLAIN, today=day).due for day in days] == [200_00, 180_00, 180_00, 200_00]
    below = price(bill(199_99), PLAIN, today=FESTIVAL)
    assert (below.due, left_out(below)) == (199_99, {"mid_autumn": "price.min_bill"})
    assert price(bill(300_00, group_buy=True), PLAIN, [cash("c", 20_00)], today=FESTIVAL).due == 250_00
    assert price(room((FESTIVAL, 400_00)), replace(PLAIN, cohort="new_member"), today=FESTIVAL).due == 360_00
    assert price(room((FESTIVAL, 400_00)), replace(PLAIN, cohort="old_member"), today=FESTIVAL).due == 320_00


@pytest.mark.rules("CP-25", "X-51")
def test_a_price_that_takes_nothing_off_is_no_offer() -> None:
    preset = house()
    none = replace(preset, pricing=replace(preset.pricing, category_prices=(CategoryPrice("none", 100),)))
    found = price(bill(100_00), PLAIN, preset=none)
    assert (found.due, found.steps, found.left_out) == (100_00, (), ())


@pytest.mark.rules("CP-25", "X-118")
def test_category_prices_with_new_products_in_or_out() -> None:
    event = replace(choose(HOTEL, "pricing.category_prices", "event"))
    lines = (Line("cream", "new_product", 1, 100_00), Line("soap", "soap", 1, 100_00))
    assert price(Bill(lines), PLAIN, preset=event).line_dues == (80_00, 70_00)


@pytest.mark.rules("SC-9", "CP-25")
def test_members_alone_have_an_offer_from_an_amount_on() -> None:
    preset = house(percents={})
    rule = CategoryPrice("members_from_500", 95, min_bill=500_00, members_only=True)
    club = replace(preset, pricing=replace(preset.pricing, category_prices=(rule,)))
    registered = Guest("li", Tier.REGISTERED)
    assert [price(bill(fen), registered, preset=club).due for fen in (499_99, 500_00)] == [499_99, 475_00]
    stranger = price(bill(500_00), PLAIN, preset=club)
    assert (stranger.due, left_out(stranger)) == (500_00, {"members_from_500": "price.members_only"})


@pytest.mark.rules("CP-25", "CP-24")
def test_a_holiday_price_asks_the_calendar_and_says_when_it_does_not_know() -> None:
    pharmacy = choose(HOTEL, "pricing.category_prices", "pharmacy")
    medicine = bill(10_00, category="cold_medicine")
    assert price(medicine, PLAIN, preset=pharmacy).due == 10_00
    assert price(medicine, PLAIN, preset=pharmacy, today=HOLIDAY).due == 9_00
    unknown = price(medicine, PLAIN, preset=pharmacy, today=date(2027, 1, 1))
    assert (unknown.due, left_out(unknown)) == (10_00, {"cold_medicine": "price.calendar_unknown"})


@pytest.mark.rules("X-123", "X-117", "CP-26")
def test_each_night_is_priced_by_the_date_of_its_evening() -> None:
    nights = room((date(2026, 9, 5), 300_00), (date(2026, 9, 6), 300_00))
    found = price(nights, PLAIN, today=date(2026, 8, 1))
    assert found.line_dues == (300_00, 270_00)
    tiered = price(nights, GOLD, today=date(2026, 8, 1))
    assert tiered.line_dues == (270_00, 270_00)


@pytest.mark.rules("BK-5", "BK-6", "X-52", "X-91", "X-123", "CP-24")
def test_the_99_night_is_one_once_when_asked_and_not_on_holidays_for_new_guests() -> None:
    stay = room((HOLIDAY, 600_00), (date(2026, 10, 9), 400_00))
    asked = Wishes(special_night=True)
    new, old = Guest("li", cohort="new_member"), Guest("li", cohort="old_member")
    assert not price(stay, new).special_night
    found = price(stay, new, wishes=asked)
    assert (found.line_dues, found.special_night) == ((570_00, 99_00), True)
    assert price(stay, old, wishes=asked).line_dues == (99_00, 320_00)
    used = price(stay, replace(new, special_night_used=True), wishes=asked)
    assert (used.special_night, left_out(used)["special_night"]) == (False, "price.used_up")
    only_holiday = price(room((HOLIDAY, 600_00)), new, wishes=asked)
    assert left_out(only_holiday)["special_night"] == "price.no_such_night"
    cheap = price(room((TODAY, 100_00)), old, wishes=asked)
    assert (cheap.due, left_out(cheap)["special_night"]) == (80_00, "price.another_is_lower")
    same = price(room((TODAY, 123_75)), old, wishes=asked)
    assert (same.due, same.special_night) == (99_00, False)
    assert left_out(price(stay, PLAIN, wishes=asked))["special_night"] == "price.not_your_benefit"


@pytest.mark.rules("X-123", "X-117", "CP-3", "CP-23")
def test_a_night_split_off_for_99_leaves_the_other_units_of_its_line_whole() -> None:
    three = Bill((Line("deluxe", "room", 3, 400_00, TODAY),))
    free = Offer("night", "goods", 1, TODAY, skus=frozenset({"deluxe"}))
    found = price(three, Guest("li", cohort="old_member"), [free], Wishes(special_night=True))
    assert (found.due, found.coupons) == (499_00, ("night",))       # 99 + 2 x 400, one of them given
    assert left_out(found) == {"old_member": "price.another_is_lower"}


@pytest.mark.rules("BK-6", "X-91", "X-123")
def test_a_new_guests_free_trial_night_is_one_of_several_rooms_and_not_on_a_holiday() -> None:
    two_rooms = Bill((Line("deluxe", "room", 2, 400_00, date(2026, 10, 9)), Line("deluxe", "room", 1, 600_00, HOLIDAY)))
    found = price(two_rooms, Guest("li", cohort="new_member"), wishes=Wishes(free_nights=2))
    assert (found.free_nights, found.line_dues) == (1, (380_00, 570_00))
    assert left_out(found)["free_night"] == "price.used_up"
    unknown = Holidays(DateRange(date(2025, 1, 1), date(2025, 12, 31)), frozenset())
    blind = price(two_rooms, Guest("li", cohort="new_member"), wishes=Wishes(free_nights=1), holidays=unknown)
    assert (blind.free_nights, left_out(blind)["free_night"]) == (0, "price.no_such_night")


@pytest.mark.rules("X-33", "CP-25", "X-51")
def test_a_category_price_may_exclude_the_tier_and_is_left_out_where_that_is_lower() -> None:
    preset = house()
    rule = CategoryPrice("spa_week", 95, ("spa",), excludes=("tier",))
    week = replace(preset, pricing=replace(preset.pricing, category_prices=(rule,)))
    assert price(bill(100_00, category="spa"), GOLD, preset=week).due == 90_00
    assert price(bill(100_00, category="spa"), PLAIN, preset=week).due == 95_00


# -- the random reduction ---------------------------------------------------------------------------------------------
@pytest.mark.rules("SV-8", "X-31")
def test_the_random_reduction_is_drawn_once_within_its_bounds_and_never_below_zero() -> None:
    preset = house(random=5_00)
    found = price(bill(3_00, 1_00), PLAIN, preset=preset)
    assert found.up_to_random == 4_00
    assert draw_random(found, lambda n: n - 1) == 4_00
    assert draw_random(found, lambda n: 0) == 0
    assert draw_random(price(bill(3_00), PLAIN), lambda n: n) == 0
    drawn = with_random(found, 4_00)
    assert isinstance(drawn, Quote)
    assert (drawn.due, drawn.line_dues, drawn.up_to_random) == (0, (0, 0), 0)
    again = with_random(drawn, 0)
    assert isinstance(again, Reason)
    assert again.key == "price.random_drawn"
    too_much = with_random(found, 4_01)
    assert isinstance(too_much, Reason)
    assert too_much.key == "price.random_too_large"
    none = cash("c", 1_00, excludes=frozenset({"random"}))
    assert price(bill(30_00), PLAIN, [none], preset=preset).up_to_random == 0
    least = replace(preset, pricing=replace(preset.pricing, random_min_bill=30_00))
    assert [price(bill(fen), PLAIN, preset=least).up_to_random for fen in (29_99, 30_00)] == [0, 5_00]


# -- as the contract carries it ---------------------------------------------------------------------------------------
@pytest.mark.rules("SV-8", "X-32")
def test_a_quote_and_what_it_starts_from_travel_as_they_are() -> None:
    what, coupon = room((TODAY, 300_00)), cash("c20", 20_00, excludes=frozenset({"group_buy"}))
    found = price(what, offers=[coupon], wishes=Wishes(points=200, use_balance=True))
    for value in (found, what, coupon, GOLD, Wishes(coupons=("c20",))):
        assert msgspec.json.decode(msgspec.json.encode(value), type=type(value), strict=True) == value


# -- bad input --------------------------------------------------------------------------------------------------------
@pytest.mark.rules("X-118")
@pytest.mark.parametrize(("line", "key"), [
    (Line("a", "dining", 0, 100), "input.out_of_range"),
    (Line("a", "dining", -1, 100), "input.out_of_range"),
    (Line("a", "dining", 10_000, 100), "input.out_of_range"),
    (Line("a", "dining", 1, -1), "input.out_of_range"),
    (Line("a", "dining", 1, 10**12 + 1), "input.out_of_range"),
    (Line("a", "dining", 9_999, 10**9), "price.too_large"),
    (Line("a", "dining", 1, 9.5), "input.not_whole"),             # type: ignore[arg-type]
    (Line("a", "dining", True, 100), "input.not_whole"),
    (Line("a", "dining", 1, "100"), "input.not_whole"),           # type: ignore[arg-type]
])
def test_a_bill_that_cannot_be_is_refused_by_name(line: Line, key: str) -> None:
    assert refused(Bill((line,))) == key


@pytest.mark.rules("X-118", "X-32")
def test_currency_catalogue_and_length_are_checked() -> None:
    assert refused(bill(1_00, currency="USD")) == "price.currency"
    assert refused(Bill(())) == "price.lines"
    assert refused(Bill(bill(1).lines * 201)) == "price.lines"
    assert price(Bill(bill(1).lines * 200), PLAIN).due == 200
    assert price(Bill((Line("a", "dining", 1, 10**12),)), PLAIN).due == 10**12
    catalog = {"sku0": Listed("dining", 10_00)}
    assert quote(bill(10_00), GOLD, [], Wishes(), house(), TODAY, HOLIDAYS, catalog) == price(bill(10_00))
    assert refused(bill(10_00, 1_00), catalog=catalog) == "price.sku_unknown"
    assert refused(bill(9_99), catalog=catalog) == "price.price_differs"
    assert refused(bill(10_00, category="spa"), catalog=catalog) == "price.category_differs"


@pytest.mark.rules("X-119", "X-48")
def test_impossible_coupons_and_wishes_are_refused_by_name() -> None:
    twice = [cash("c", 1_00), cash("c", 2_00)]
    assert refused(bill(10_00), offers=twice) == "price.coupon_twice"
    assert refused(bill(10_00), offers=[cash("c", 1)], wishes=Wishes(coupons=("c", "c"))) == "price.coupon_twice"
    assert refused(bill(10_00), offers=[cash(str(n), 1) for n in range(17)]) == "price.too_many_coupons"
    assert price(bill(10_00), PLAIN, [cash(str(n), 1) for n in range(16)]).due == 9_99
    assert refused(bill(10_00), offers=[cash("c", -1)]) == "input.out_of_range"
    assert refused(bill(10_00), offers=[Offer("d", "discount", 101, TODAY)]) == "input.out_of_range"
    assert refused(bill(10_00), wishes=Wishes(points=-10)) == "input.out_of_range"
    assert refused(bill(10_00), wishes=Wishes(points=1.5)) == "input.not_whole"        # type: ignore[arg-type]
    assert refused(bill(10_00), Guest("li", balance=-1)) == "input.out_of_range"


@pytest.mark.rules("X-32")
def test_a_bill_of_nothing_is_priced_at_nothing() -> None:
    found = price(bill(0, 0), offers=[cash("c", 5_00)], wishes=Wishes(points=100, use_balance=True))
    assert (found.due, found.steps, found.coupons, found.points) == (0, (), (), 0)
