"""Stored value: paid in, added to, credited month by month, spent from two buckets, paid back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership import balance_discount, buckets, dues, stored_value
from membership.buckets import Money, Recharge
from membership.occasion import Surface
from membership.preset import BalancePeriod, BalanceStep, RechargePeriod, RechargeStep
from membership.preset_values import HOTEL, choose
from membership.reasons import Reason
from membership.season import Days
from membership.verdict import BadInput
from tests.membership import model_value

DAY = date(2026, 1, 31)
ON = replace(HOTEL.stored_value, enabled=True, recharge_gift_enabled=True, balance_discount_enabled=True)
TABLE = buckets.gift_table(ON, DAY)
XIAOZHU = replace(choose(HOTEL, "stored_value.recharge_steps", "xiaozhu").stored_value, enabled=True,
                  recharge_gift_enabled=True)


def key(result: object) -> str:
    assert isinstance(result, Reason), result
    return result.key


# -- recharging -------------------------------------------------------------------------------------------------------
@pytest.mark.rules("SV-4", "SV-5", "X-28", "X-34", "X-50")
@pytest.mark.parametrize(("yuan", "bonus"), [
    (199.99, 0), (200, 20), (499.99, 20), (500, 100), (999.99, 100), (1_000, 300), (1_200, 300), (5_000, 300),
])
def test_the_highest_step_reached_counts_once(yuan: float, bonus: int) -> None:
    assert stored_value.recharge_gift(round(yuan * 100), ON, DAY).bonus == bonus * 100


@pytest.mark.rules("SV-4", "X-34", "X-50")
@given(st.integers(0, 3_000_00))
def test_the_table_agrees_with_the_sentence(fen: int) -> None:
    assert stored_value.recharge_gift(fen, ON, DAY).bonus == model_value.bonus(fen)


@pytest.mark.rules("SV-10", "X-28", "X-36")
def test_a_thousand_gives_a_thousand_half_now_half_over_five_months() -> None:
    gift = stored_value.recharge_gift(1_000_00, XIAOZHU, DAY)
    assert (gift.bonus, gift.whole_bonus) == (500_00, 1_000_00)
    assert [(part.day, part.amount) for part in gift.instalments] == [
        (date(2026, 2, 28), 100_00), (date(2026, 3, 31), 100_00), (date(2026, 4, 30), 100_00),
        (date(2026, 5, 31), 100_00), (date(2026, 6, 30), 100_00)]


@pytest.mark.rules("X-36", "X-129")
@given(st.integers(0, 10**7), st.integers(0, 36), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_instalments_are_equal_whole_and_on_the_day_of_the_month(total: int, months: int, day: date) -> None:
    plan = stored_value.instalments(total, months, day)
    assert sum(part.amount for part in plan) == (total if months else 0)
    assert all(part.amount > 0 for part in plan)
    assert len({part.amount for part in plan[:-1]}) <= 1
    for part in plan:
        after = (day.year * 12 + day.month - 1) + part.number
        assert (part.day.year, part.day.month) == (after // 12, after % 12 + 1)
        clipped = (part.day + timedelta(days=1)).day == 1
        assert part.day.day == day.day or (clipped and part.day.day < day.day)


@pytest.mark.rules("X-36", "X-129", "X-96")
def test_an_instalment_is_credited_from_its_day_on_and_once() -> None:
    plan = stored_value.recharge_gift(1_000_00, XIAOZHU, DAY).instalments
    assert stored_value.due_by(plan, date(2026, 2, 27), frozenset()) == ()
    assert [part.number for part in stored_value.due_by(plan, date(2026, 2, 28), frozenset())] == [1]
    assert [part.number for part in stored_value.due_by(plan, date(2026, 4, 30), frozenset({1}))] == [2, 3]
    assert stored_value.due_by(plan, date(2027, 1, 1), frozenset({1, 2, 3, 4, 5})) == ()


@pytest.mark.rules("X-34", "X-128", "SV-11", "SV-13", "X-39", "ME-21")
def test_repeatable_steps_and_at_most_five_coupons() -> None:
    step = RechargeStep(500_00, bonus_now=100_00, points=50, experience=5, coupons=tuple("abcdef"))
    rules = replace(ON, recharge_steps=(step,))
    once = stored_value.recharge_gift(1_700_00, rules, DAY)
    assert (once.bonus, once.points, once.experience, once.coupons) == (100_00, 50, 5, tuple("abcde"))
    often = stored_value.recharge_gift(1_700_00, replace(rules, repeatable=True), DAY)
    assert (often.bonus, often.points, often.experience, often.coupons) == (300_00, 150, 15, tuple("abcde"))


@pytest.mark.rules("SV-12", "CS-3", "X-125")
def test_a_special_period_replaces_the_recharge_table_on_its_days() -> None:
    rules = replace(ON, recharge_periods=(
        RechargePeriod(Days("2026-02-01", "2026-02-03"), (RechargeStep(100_00, bonus_now=50_00),)),))
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 3), date(2026, 2, 4)]
    assert [stored_value.recharge_gift(200_00, rules, day).bonus for day in days] == [20_00, 50_00, 50_00, 20_00]


@pytest.mark.rules("SV-2", "SV-3", "X-40")
def test_everything_is_off_by_default() -> None:
    assert not stored_value.shows_stored_value(HOTEL.stored_value)
    assert stored_value.recharge_gift(1_000_00, HOTEL.stored_value, DAY) == stored_value.Gift()
    assert stored_value.recharge_gift(1_000_00, replace(ON, recharge_gift_enabled=False), DAY) == stored_value.Gift()
    refused = stored_value.judge_recharge(100_00, "cash", Surface.HANDHELD, 0, True, HOTEL.stored_value)
    assert key(refused) == "recharge.off"


@pytest.mark.rules("SV-6", "X-42", "X-40")
@pytest.mark.parametrize(("surface", "tender", "refused"), [
    (Surface.LOBBY, "wechat", None), (Surface.LOBBY, "nfc", None), (Surface.LOBBY, "cash", "recharge.tender"),
    (Surface.HANDHELD, "cash", None), (Surface.HANDHELD, "wechat", None), (Surface.ROOM, "wechat", "recharge.not_here"),
    (Surface.PHONE, "wechat", None), (Surface.PHONE, "cash", "recharge.tender"),
    (Surface.HANDHELD, "room", "recharge.tender"),
])
def test_who_recharges_where_and_with_what(surface: Surface, tender: str, refused: str | None) -> None:
    result = stored_value.judge_recharge(100_00, tender, surface, 0, True, ON)      # type: ignore[arg-type]
    assert (result.key if result else None) == refused


@pytest.mark.rules("SV-1", "SV-23")
def test_the_caps_of_prepaid_cards_hold_to_the_fen() -> None:
    def judged(amount: int, principal: int, named: bool) -> str | None:
        result = stored_value.judge_recharge(amount, "wechat", Surface.LOBBY, principal, named, ON)
        return result.key if result else None
    assert judged(1_000_00, 4_000_00, True) is None
    assert judged(1_000_01, 4_000_00, True) == "recharge.over_cap"
    assert judged(1_000_00, 0, False) is None
    assert judged(1_000_01, 0, False) == "recharge.over_cap"
    assert judged(99, 0, True) == "recharge.too_little"
    assert judged(100, 0, True) is None
    over = stored_value.judge_recharge(1_000_01, "wechat", Surface.LOBBY, 4_000_00, True, ON)
    assert over is not None
    assert over.values == (("amt", 5_000_00), ("amt_most", 1_000_00))
    assert stored_value.room_under_cap(4_990_00, True, ON) == 10_00
    assert stored_value.room_under_cap(9_999_00, True, ON) == 0
    assert stored_value.room_under_cap(1, True, replace(ON, cap_named=None)) is None
    with pytest.raises(BadInput, match="out_of_range"):
        judged(0, 0, True)


@pytest.mark.rules("SV-14", "X-41", "X-30")
@pytest.mark.parametrize(("mode", "lifetime", "prompted", "shown"), [
    ("off", 0, False, False), ("once", 0, False, True), ("once", 0, True, False), ("every", 0, True, True),
    ("every", 1, False, False), ("once", 1, False, False),
])
def test_the_prompt_for_members_who_never_recharged(mode: str, lifetime: int, prompted: bool, shown: bool) -> None:
    rules = replace(ON, never_recharged_prompt=mode)        # type: ignore[arg-type]
    assert stored_value.prompt_to_recharge(lifetime, prompted, rules) is shown
    assert not stored_value.prompt_to_recharge(lifetime, prompted, replace(rules, enabled=False))


# -- the balance tier -------------------------------------------------------------------------------------------------
@pytest.mark.rules("SV-7", "X-29", "X-120", "X-50")
@pytest.mark.parametrize(("balance", "percent"), [(99_99, None), (100_00, 80), (499_99, 80), (500_00, 70), (10**9, 70)])
def test_the_step_is_the_highest_that_the_balance_reaches(balance: int, percent: int | None) -> None:
    step = balance_discount.balance_step(balance, ON, DAY)
    if percent is None:
        assert key(step) == "price.balance_below"
    else:
        assert isinstance(step, BalanceStep)
        assert step.pay_percent == percent


@pytest.mark.rules("SV-9", "CS-3", "SV-3")
def test_a_period_replaces_the_table_and_off_is_off() -> None:
    rules = replace(ON, balance_periods=(BalancePeriod(Days("12-31", "01-02"), (BalanceStep(1_000_00, 50),)),))
    for day, expected in ((date(2026, 12, 30), 70), (date(2026, 12, 31), None), (date(2027, 1, 2), None),
                          (date(2027, 1, 3), 70)):
        step = balance_discount.balance_step(999_99, rules, day)
        assert (step.pay_percent if isinstance(step, BalanceStep) else None) == expected
    assert key(balance_discount.balance_step(10**9, HOTEL.stored_value, DAY)) == "price.balance_off"


# -- two buckets ------------------------------------------------------------------------------------------------------
@pytest.mark.rules("X-37", "X-97", "X-130", "SV-22")
@pytest.mark.parametrize(("order", "expected"), [
    ("principal_first", Money(100, 50)), ("bonus_first", Money(70, 80)), ("pro_rata", Money(83, 67)),
])
def test_the_spending_order(order: str, expected: Money) -> None:
    rules = replace(ON, spend_order=order)      # type: ignore[arg-type]
    assert buckets.split(150, Money(100, 80), rules) == expected
    short = buckets.split(181, Money(100, 80), rules)
    assert short == Reason("balance.short", (("amt", 180), ("amt_missing", 1)), "X-30")


@pytest.mark.rules("X-37", "X-97", "X-126", "SV-22")
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.lists(st.integers(0, 10**6), max_size=4),
       st.sampled_from(["principal_first", "bonus_first", "pro_rata"]))
def test_what_was_taken_from_a_bucket_comes_back_to_it(
    principal: int, bonus: int, amount: int, refunds: list[int], order: str
) -> None:
    rules = replace(ON, spend_order=order)      # type: ignore[arg-type]
    free = Money(principal, bonus)
    taken = buckets.split(min(amount, free.total), free, rules)
    assert isinstance(taken, Money)
    assert taken.total == min(amount, free.total)
    assert 0 <= taken.principal <= principal
    assert 0 <= taken.bonus <= bonus
    left = taken
    for refund in [*refunds, taken.total]:
        back = buckets.give_back(min(refund, left.total), left, rules)
        assert 0 <= back.principal <= left.principal
        assert 0 <= back.bonus <= left.bonus
        left = Money(left.principal - back.principal, left.bonus - back.bonus)
    assert left == Money(0, 0)


@pytest.mark.rules("X-126")
def test_a_partial_refund_runs_the_spending_order_backwards() -> None:
    assert buckets.give_back(60, Money(100, 50), ON) == Money(10, 50)
    assert buckets.give_back(60, Money(100, 50), replace(ON, spend_order="bonus_first")) == Money(60, 0)
    with pytest.raises(BadInput, match="refund_exceeds"):
        buckets.give_back(151, Money(100, 50), ON)


@pytest.mark.rules("X-29", "X-120", "SV-24")
def test_what_is_held_is_not_free() -> None:
    assert buckets.spendable(Money(500, 80), Money(100, 80)) == Money(400, 0)


@pytest.mark.rules("SV-18", "X-38", "X-127")
def test_a_part_of_the_principal_back_recomputes_the_step() -> None:
    one = Recharge("r1", DAY, 1_000_00, 300_00, TABLE)
    plan = buckets.refund_unspent(400_00, [one], Money(1_000_00, 300_00))
    assert isinstance(plan, buckets.Payout)
    assert (plan.paid_out, plan.principal, plan.bonus) == (400_00, 400_00, 200_00)
    spent = buckets.refund_unspent(400_00, [one], Money(1_000_00, 50_00))
    assert isinstance(spent, buckets.Payout)
    assert (spent.paid_out, spent.bonus) == (250_00, 50_00)
    none_left = buckets.refund_unspent(150_00, [one], Money(150_00, 0))
    assert none_left == Reason("refund.bonus_spent", (("amt", 200_00),), "X-127")
    exactly = buckets.refund_unspent(200_00, [one], Money(200_00, 0))
    assert key(exactly) == "refund.bonus_spent"
    assert key(buckets.refund_unspent(400_01, [one], Money(400_00, 0))) == "refund.only_principal"


@pytest.mark.rules("X-127", "SV-3", "SV-12")
def test_a_later_preset_takes_no_earned_bonus_away() -> None:
    """1,000 + 300; 1 back leaves 999, which stays at the step of 500 with its 100, whatever the table is by then."""
    one = Recharge("r1", DAY, 1_000_00, 300_00, TABLE)
    plan = buckets.refund_unspent(1_00, [one], Money(1_000_00, 300_00))
    assert isinstance(plan, buckets.Payout)
    assert (plan.paid_out, plan.bonus) == (1_00, 200_00)
    assert TABLE.earned(999_99, DAY) == 100_00

    off = replace(ON, recharge_gift_enabled=False)
    assert buckets.gift_table(off, DAY) == buckets.gift_table(replace(ON, enabled=False), DAY) == buckets.GiftTable()
    assert buckets.gift_table(off, DAY).earned(1_000_00, DAY) == 0
    week = RechargePeriod(Days("2026-01-31", "2026-01-31"), (RechargeStep(100_00, 50_00),))
    special = buckets.gift_table(replace(ON, recharge_periods=(week,), repeatable=True), DAY)
    assert [special.earned(fen, DAY) for fen in (99_99, 100_00, 250_00)] == [0, 50_00, 100_00]
    assert buckets.gift_table(replace(ON, recharge_periods=(week,)), DAY + timedelta(days=1)) == TABLE


@pytest.mark.rules("X-127", "X-96")
def test_recharges_are_refunded_last_in_first_out() -> None:
    old = Recharge("old", DAY, 500_00, 100_00, TABLE)
    new = Recharge("new", DAY + timedelta(days=1), 200_00, 20_00, TABLE)
    plan = buckets.refund_unspent(300_00, [old, new], Money(700_00, 120_00))
    assert isinstance(plan, buckets.Payout)
    assert [(part.recharge, part.principal, part.bonus) for part in plan.parts] == [
        ("new", 200_00, 20_00), ("old", 100_00, 80_00)]
    assert (plan.paid_out, plan.bonus) == (300_00, 100_00)


@pytest.mark.rules("X-127", "X-38")
@given(st.lists(st.integers(1, 3_000_00), min_size=1, max_size=5), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_refund_never_pays_out_bonus_nor_more_than_was_asked(paid: list[int], bonus: int, ask: int) -> None:
    made = [
        Recharge(str(n), DAY, fen, stored_value.recharge_gift(fen, ON, DAY).bonus, TABLE) for n, fen in enumerate(paid)
    ]
    asked = min(max(ask, 1), sum(paid))
    plan = buckets.refund_unspent(asked, made, Money(sum(paid), bonus))
    expected = model_value.refund(asked, paid, bonus)
    if isinstance(plan, Reason):
        assert plan.key == "refund.bonus_spent"
        assert expected is None
        return
    assert (plan.paid_out, plan.bonus) == expected
    assert 0 < plan.paid_out <= asked == plan.principal == sum(part.principal for part in plan.parts)
    assert 0 <= plan.bonus <= bonus
    taken_back = sum(part.bonus for part in plan.parts)
    assert taken_back == plan.bonus + (asked - plan.paid_out)


# -- in parts and for many --------------------------------------------------------------------------------------------
@pytest.mark.rules("SV-19")
def test_a_year_of_1200_is_twelve_times_a_hundred() -> None:
    months, quarters = ON.dues_plans
    schedule = dues.dues(months, DAY)
    assert [due.amount for due in schedule] == [100_00] * 12
    assert [due.day for due in schedule[:3]] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert [due.day.month for due in dues.dues(quarters, DAY)] == [1, 4, 7, 10]
    assert [due.number for due in dues.open_dues(schedule, {1}, date(2026, 3, 31))] == [2, 3]


@pytest.mark.rules("SV-23", "X-103")
def test_an_enterprise_buys_cards_within_the_caps() -> None:
    batch = dues.corporate_batch("acme", 10, 1_000_00, False, DAY, ON)
    assert isinstance(batch, dues.CorporateBatch)
    assert (batch.total, batch.gift_each.bonus) == (10_000_00, 300_00)
    assert key(dues.corporate_batch("acme", 10, 1_000_01, False, DAY, ON)) == "recharge.over_cap"
    assert isinstance(dues.corporate_batch("acme", 10, 5_000_00, True, DAY, ON), dues.CorporateBatch)
    assert key(dues.corporate_batch("acme", 501, 100_00, True, DAY, ON)) == "corporate.too_many"
    assert key(dues.corporate_batch("acme", 1, 100_00, True, DAY, HOTEL.stored_value)) == "recharge.off"
    uncapped = replace(ON, cap_named=None)
    assert key(dues.corporate_batch("acme", 500, 10**11, True, DAY, uncapped)) == "corporate.too_much"
