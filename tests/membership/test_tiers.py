"""The ladder: who enters, who keeps, who falls, and how far."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from membership import tiers
from membership.hotel_time import day_begins, hotel_date
from membership.preset import Tier
from membership.preset_values import ALTERNATIVES, HOTEL, choose
from membership.spend import Spend
from tests.membership import model_tiers as model

RULES = HOTEL.tiers
DAY = date(2025, 3, 10)
EDGES = sorted({yuan * 100 + by for yuan in (1_000, 2_500, 5_000, 15_000, 50_000, 100_000, 150_000, 300_000, 500_000,
                                             600_000, 1_000_000) for by in (-1, 0, 1)} | {0, 1, 2})


def tier(name: str) -> Tier:
    return Tier[name.upper()]


def standing(name: str, since: date = DAY, has_id: bool = True) -> tiers.Standing:
    return tiers.Standing(tier(name), since, has_id, how="entry")


def spend(fen: int, day: date = DAY, bill: str = "b") -> Spend:
    return Spend(bill, day, fen)


@pytest.mark.rules("TI-12", "TI-13", "TI-14", "X-1", "X-3", "X-4", "X-85", "X-101")
@pytest.mark.parametrize(("now", "yuan", "dates", "then"), [
    ("five_diamond", 500_000, 10, "five_diamond"),
    ("five_diamond", 499_999.99, 12, "four_diamond"),
    ("five_diamond", 700_000, 9, "four_diamond"),
    ("five_diamond", 400_000, 9, "four_diamond"),
    ("five_diamond", 12_000, 3, "gold"),
    ("five_diamond", 999.99, 40, "iron"),
    ("four_diamond", 300_000, 10, "four_diamond"),
    ("four_diamond", 299_999.99, 10, "three_diamond"),
    ("three_diamond", 150_000, 10, "three_diamond"),
    ("three_diamond", 149_999.99, 10, "two_diamond"),
    ("two_diamond", 60_000, 10, "two_diamond"),
    ("two_diamond", 60_000, 9, "one_diamond"),
    ("two_diamond", 15_000, 10, "one_diamond"),
    ("two_diamond", 4_999.99, 10, "silver"),
    ("one_diamond", 15_000, 0, "one_diamond"),
    ("one_diamond", 14_999.99, 5, "gold"),
    ("silver", 2_499.99, 5, "bronze"),
    ("bronze", 0, 0, "iron"),
    ("iron", 0, 0, "iron"),
])
def test_the_table_of_examples_keeping(now: str, yuan: float, dates: int, then: str) -> None:
    assert tiers.kept_tier(tier(now), round(yuan * 100), dates, RULES) is tier(then)


@pytest.mark.rules("TI-12", "TI-13", "TI-14", "X-3", "X-4", "X-50")
@pytest.mark.parametrize("now", model.NAMES)
@pytest.mark.parametrize("dates", [0, 9, 10, 11])
def test_every_band_edge_a_fen_below_on_and_above(now: str, dates: int) -> None:
    for fen in EDGES:
        assert tiers.kept_tier(tier(now), fen, dates, RULES) is tier(model.year_end(now, fen, dates)), (now, fen, dates)


@pytest.mark.rules("TI-12", "TI-13", "TI-14")
@given(st.sampled_from(model.NAMES), st.integers(0, 150_000_000), st.integers(0, 366), st.integers(0, 10_000_000))
def test_keeping_agrees_with_the_sentences_and_more_is_never_worse(now: str, fen: int, dates: int, more: int) -> None:
    result = tiers.kept_tier(tier(now), fen, dates, RULES)
    assert result is tier(model.year_end(now, fen, dates))
    assert result <= tier(now)
    assert result >= min(tier(now), Tier.IRON)
    assert tiers.kept_tier(tier(now), fen + more, dates, RULES) >= result
    assert tiers.kept_tier(tier(now), fen, dates + 1, RULES) >= result


@pytest.mark.rules("X-4", "X-101")
def test_counts_set_for_lower_tiers_bind_the_cascade_but_not_a_falling_diamond() -> None:
    counting = replace(RULES, ladder=tuple(
        replace(step, order_dates=5) if step.tier in (Tier.GOLD, Tier.ONE_DIAMOND) else step for step in RULES.ladder))
    assert tiers.kept_tier(Tier.ONE_DIAMOND, 20_000_00, 4, counting) is Tier.SILVER
    assert tiers.kept_tier(Tier.ONE_DIAMOND, 20_000_00, 5, counting) is Tier.ONE_DIAMOND
    assert tiers.kept_tier(Tier.FOUR_DIAMOND, 20_000_00, 0, counting) is Tier.ONE_DIAMOND
    assert tiers.kept_tier(Tier.TWO_DIAMOND, 20_000_00, 0, counting) is Tier.ONE_DIAMOND


@pytest.mark.rules("TI-1", "TI-2", "TI-3", "TI-4", "TI-5", "TI-6", "TI-7", "TI-8", "TI-9", "TI-10", "X-2", "X-6")
@pytest.mark.parametrize("has_id", [True, False])
def test_every_entry_edge_a_fen_below_on_and_above(has_id: bool) -> None:
    for fen in EDGES:
        opened, pending = tiers.opened_by(fen, has_id, False, RULES)
        name, waiting = model.entry(fen, has_id)
        assert (opened, pending) == (tier(name), tier(waiting) if waiting else None), fen


@pytest.mark.rules("ME-7", "TI-1")
def test_anyone_registers_free_and_is_at_once_a_member() -> None:
    member = tiers.register(DAY)
    assert (member.tier, member.since, tiers.last_day(member, RULES)) == (Tier.REGISTERED, DAY, None)
    assert tiers.after_bill(member, [], DAY, RULES).standing == member


@pytest.mark.rules("TI-11", "X-5", "X-106", "X-125")
@pytest.mark.parametrize(("zone", "day_start"), [("Asia/Shanghai", time(0)), ("Asia/Urumqi", time(6)),
                                                 ("America/New_York", time(0))])
def test_the_year_ends_with_its_last_day_at_the_property(zone: str, day_start: time) -> None:
    member = standing("gold", date(2025, 1, 1))
    new_year = day_begins(date(2026, 1, 1), ZoneInfo(zone), day_start)
    last_moment = hotel_date(new_year - timedelta(microseconds=1), ZoneInfo(zone), day_start)
    assert tiers.evaluate(member, [], last_moment, RULES) is None
    move = tiers.evaluate(member, [], hotel_date(new_year, ZoneInfo(zone), day_start), RULES)
    assert move is not None
    assert (move.standing.tier, move.standing.since) == (Tier.IRON, date(2026, 1, 1))


@pytest.mark.rules("TI-11", "TI-12", "TI-13", "X-5", "X-86", "X-87", "X-88", "X-89", "X-100")
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1_150), st.one_of(st.integers(0, 9_000_00), st.integers(0, 400_000_00))),
             max_size=14),
    st.dates(date(2023, 12, 1), date(2024, 3, 31)), st.booleans(), st.integers(0, 1_200),
)
def test_a_life_on_the_ladder_agrees_with_one_lived_day_by_day(
    bills: list[tuple[int, int]], enrolled: date, has_id: bool, days: int
) -> None:
    until = enrolled + timedelta(days=days)
    dated = sorted((enrolled + timedelta(days=after), fen) for after, fen in bills if after <= days)
    member, posted = tiers.register(enrolled, has_id), []
    for n, (day, fen) in enumerate(dated):
        posted.append(Spend(str(n), day, fen))
        if n + 1 == len(dated) or dated[n + 1][0] != day:
            member = tiers.after_bill(member, posted, day, RULES).standing
    member = tiers.up_to(member, posted, until, RULES)
    name, since = model.life(enrolled, has_id, dated, until)
    assert (member.tier, member.since) == (tier(name), since)


@pytest.mark.rules("TI-15", "X-5", "X-13", "X-107")
@pytest.mark.parametrize(("fen", "has_id", "then", "pending"), [
    (100_000_00, True, "two_diamond", None),
    (3_000_00, False, "bronze", "silver"),
    (90_000_00, True, "one_diamond", None),
])
def test_the_table_of_examples_entering(fen: int, has_id: bool, then: str, pending: str | None) -> None:
    move = tiers.after_bill(tiers.register(DAY, has_id), [spend(fen)], DAY, RULES)
    assert move.standing.tier is tier(then)
    assert move.pending is (tier(pending) if pending else None)


@pytest.mark.rules("X-5", "X-89")
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60_000_00)), max_size=12))
def test_the_rolling_sum_agrees_with_a_day_by_day_count(bills: list[tuple[int, int]]) -> None:
    dated = [(DAY - timedelta(days=back), fen) for back, fen in bills]
    spends = [Spend(str(n), day, fen) for n, (day, fen) in enumerate(dated)]
    assert tiers.entry_sum(standing("iron"), spends, DAY, RULES) == model.rolling(dated, DAY)


@pytest.mark.rules("X-89")
def test_a_bill_of_364_days_ago_counts_and_one_of_365_does_not() -> None:
    for back, reached in ((364, Tier.BRONZE), (365, Tier.IRON)):
        bills = [spend(999_99, DAY - timedelta(days=back), "old"), spend(1, DAY, "new")]
        assert tiers.after_bill(standing("iron"), bills, DAY, RULES).standing.tier is reached


@pytest.mark.rules("X-7", "X-102")
def test_an_enterprise_stops_at_one_diamond_and_its_licence_stands_for_the_id() -> None:
    firm = tiers.register(DAY, has_id=True, enterprise=True)
    assert tiers.after_bill(firm, [spend(2_000_000_00)], DAY, RULES).standing.tier is Tier.ONE_DIAMOND
    assert tiers.grant(firm, Tier.FIVE_DIAMOND, "promotion", [], DAY, RULES).standing == firm
    unlicensed = tiers.register(DAY, enterprise=True)
    move = tiers.after_bill(unlicensed, [spend(2_000_000_00)], DAY, RULES)
    assert (move.standing.tier, move.pending) == (Tier.BRONZE, Tier.ONE_DIAMOND)


@pytest.mark.rules("X-13", "X-104", "TI-4")
def test_silver_waits_for_the_id_and_is_tested_again_on_the_day_it_comes() -> None:
    bills = [spend(3_000_00)]
    waiting = tiers.after_bill(tiers.register(DAY), bills, DAY, RULES)
    assert (waiting.standing.tier, waiting.pending, waiting.why.key) == (Tier.BRONZE, Tier.SILVER, "tier.entered")
    again = tiers.after_bill(waiting.standing, bills, DAY, RULES)
    assert again.why.key == "tier.pending_id"
    assert tiers.id_arrived(waiting.standing, bills, DAY, RULES).standing.tier is Tier.SILVER
    late = tiers.id_arrived(waiting.standing, bills, DAY + timedelta(days=365), RULES)
    assert late.standing.tier < Tier.SILVER
    assert late.standing.has_id


@pytest.mark.rules("TI-11", "X-88")
@given(st.dates(date(2023, 1, 1), date(2029, 12, 31)))
def test_the_validity_year_ends_the_day_before_the_same_date(day: date) -> None:
    assert tiers.last_day(standing("gold", day), RULES) == model.year_ends_on(day)


@pytest.mark.rules("TI-11", "X-88")
def test_registered_and_iron_never_expire_and_a_leap_day_ends_on_the_28th() -> None:
    assert tiers.last_day(standing("iron"), RULES) is None
    assert tiers.last_day(standing("registered"), RULES) is None
    assert tiers.last_day(standing("gold", date(2024, 2, 29)), RULES) == date(2025, 2, 28)
    assert tiers.last_day(standing("gold", date(2023, 3, 1)), RULES) == date(2024, 2, 29)


@pytest.mark.rules("X-5", "X-87", "TI-11")
def test_the_bill_that_opened_the_tier_counts_in_its_year_and_evaluation_waits_for_the_last_day() -> None:
    bills = [Spend(str(n), DAY + timedelta(days=n), 10_000_00) for n in range(10)]
    entered = tiers.after_bill(tiers.register(DAY, True), bills, DAY + timedelta(days=9), RULES).standing
    assert (entered.tier, entered.since) == (Tier.TWO_DIAMOND, DAY + timedelta(days=9))
    end = tiers.last_day(entered, RULES)
    assert end is not None
    assert tiers.evaluate(entered, bills, end, RULES) is None
    move = tiers.evaluate(entered, bills, end + timedelta(days=1), RULES)
    assert move is not None
    assert move.standing.tier is Tier.GOLD      # only the opening bill of 10 000 is dated in the year
    assert move.standing.since == end + timedelta(days=1)
    assert tiers.evaluate(move.standing, bills, end + timedelta(days=1), RULES) is None


@pytest.mark.rules("X-86")
def test_after_a_fall_old_bills_open_no_higher_tier() -> None:
    bills = [Spend(str(n), DAY + timedelta(days=300 + n), 13_400_00) for n in range(9)]      # 120 600 on nine dates
    member = standing("two_diamond")
    after = DAY + timedelta(days=365)
    move = tiers.evaluate(member, bills, after, RULES)
    assert move is not None
    fallen = move.standing
    assert fallen.tier is Tier.ONE_DIAMOND
    one_yuan = [*bills, spend(100, after, "next")]
    assert tiers.after_bill(fallen, one_yuan, after, RULES).standing.tier is Tier.ONE_DIAMOND
    much = [*bills, spend(100_000_00, after, "next")]
    assert tiers.after_bill(fallen, much, after, RULES).standing.tier is Tier.TWO_DIAMOND


@pytest.mark.rules("TI-11", "X-5", "X-86")
def test_a_year_well_kept_opens_the_next_and_its_bills_still_count_for_entry() -> None:
    bills = [Spend(str(n), DAY + timedelta(days=300 + n), 9_000_00) for n in range(10)]
    after = DAY + timedelta(days=365)
    move = tiers.evaluate(standing("two_diamond"), bills, after, RULES)
    assert move is not None
    kept = move.standing
    assert (kept.tier, kept.since, kept.counts_after, move.why.key) == (Tier.TWO_DIAMOND, after, None, "tier.kept")
    more = [*bills, spend(210_000_00, after, "next")]
    assert tiers.after_bill(kept, more, after, RULES).standing.tier is Tier.THREE_DIAMOND


@pytest.mark.rules("X-98", "X-26")
def test_a_whole_refund_withdraws_what_that_bill_alone_had_opened() -> None:
    start = standing("iron")
    first = tiers.after_bill(start, [spend(100_000_00, DAY, "big")], DAY, RULES).standing
    assert first.tier is Tier.TWO_DIAMOND
    back = tiers.after_whole_refund(first, [], DAY + timedelta(days=1), RULES)
    assert (back.standing.tier, back.standing.since, back.why.key) == (Tier.IRON, DAY, "tier.withdrawn")
    second_day = DAY + timedelta(days=1)
    both = [spend(100_000_00, DAY, "big"), spend(200_000_00, second_day, "bigger")]
    higher = tiers.after_bill(first, both, second_day, RULES).standing
    assert higher.tier is Tier.THREE_DIAMOND
    assert tiers.after_whole_refund(higher, both[:1], second_day, RULES).standing == first
    assert tiers.after_whole_refund(higher, both[1:], second_day, RULES).standing.tier is Tier.TWO_DIAMOND


@pytest.mark.rules("X-98")
def test_a_refund_of_another_bill_changes_nothing() -> None:
    bills = [spend(100_000_00, DAY, "big")]
    member = tiers.after_bill(standing("iron"), bills, DAY, RULES).standing
    assert tiers.after_whole_refund(member, bills, DAY, RULES).standing == member


@pytest.mark.rules("X-10", "X-92", "X-105", "TI-17")
def test_grants_raise_renew_or_wait_and_never_lower() -> None:
    gold = standing("gold")
    later = DAY + timedelta(days=50)
    assert tiers.grant(gold, Tier.SILVER, "promotion", [], later, RULES).standing == gold
    assert tiers.grant(gold, Tier.GOLD, "promotion", [], later, RULES).standing.since == later
    assert tiers.grant(gold, Tier.TWO_DIAMOND, "points", [], later, RULES).standing.tier is Tier.TWO_DIAMOND
    waiting = tiers.grant(tiers.register(DAY), Tier.GOLD, "promotion", [], DAY, RULES)
    assert (waiting.standing.tier, waiting.pending, waiting.why.key) == (Tier.REGISTERED, Tier.GOLD, "tier.pending_id")
    given_tier = tiers.grant(tiers.register(DAY, True), Tier.GOLD, "promotion", [], DAY, RULES).standing
    fallen = tiers.up_to(given_tier, [], DAY + timedelta(days=366), RULES)
    assert fallen.tier is Tier.IRON


@pytest.mark.rules("X-105", "X-10", "X-5")
def test_a_grant_looks_at_the_tier_still_held_not_at_one_that_ran_out() -> None:
    gold, later = standing("gold"), DAY + timedelta(days=400)
    given = tiers.grant(gold, Tier.SILVER, "promotion", [], later, RULES)
    assert (given.standing.tier, given.standing.since, given.why.key) == (Tier.SILVER, later, "tier.granted")
    spent = [spend(5_000_00, DAY + timedelta(days=100))]
    kept = tiers.grant(gold, Tier.SILVER, "promotion", spent, later, RULES)
    assert (kept.standing.tier, kept.standing.since, kept.why.key) == (
        Tier.GOLD, DAY + timedelta(days=365), "tier.grant_below")


@pytest.mark.rules("X-98")
def test_a_tier_that_a_later_bill_carries_keeps_its_year_through_a_refund() -> None:
    big, too = spend(100_000_00, DAY, "big"), spend(100_000_00, DAY + timedelta(days=10), "too")
    member = tiers.after_bill(standing("iron"), [big], DAY, RULES).standing
    member = tiers.after_bill(member, [big, too], too.day, RULES).standing
    move = tiers.after_whole_refund(member, [too], DAY + timedelta(days=50), RULES)
    assert (move.standing.tier, move.standing.since) == (Tier.TWO_DIAMOND, DAY)
    assert (move.why.key, move.why.rule) == ("tier.unchanged", "X-98")
    gone = tiers.after_whole_refund(move.standing, [], DAY + timedelta(days=60), RULES)
    assert (gone.standing.tier, gone.why.key) == (Tier.IRON, "tier.withdrawn")


@pytest.mark.rules("X-98")
def test_what_other_bills_open_after_a_withdrawal_begins_on_their_day() -> None:
    big, small = spend(100_000_00, DAY, "big"), spend(5_000_00, DAY + timedelta(days=10), "small")
    member = tiers.after_bill(standing("iron"), [big], DAY, RULES).standing
    move = tiers.after_whole_refund(member, [small], DAY + timedelta(days=50), RULES)
    assert (move.standing.tier, move.standing.since, move.why.key) == (Tier.GOLD, small.day, "tier.withdrawn")


@pytest.mark.rules("X-98", "X-5")
def test_a_refund_after_the_year_ran_out_names_the_evaluation() -> None:
    gold = standing("gold")
    move = tiers.after_whole_refund(gold, [], DAY + timedelta(days=400), RULES)
    assert (move.standing.tier, move.why.key, move.why.rule) == (Tier.IRON, "tier.fell", "TI-12")


@pytest.mark.rules("ME-12")
def test_a_lent_account_loses_its_tier_at_once_and_past_bills_open_none() -> None:
    lent = tiers.cancel(standing("five_diamond"), DAY)
    assert lent.standing.tier is Tier.IRON
    assert tiers.after_bill(lent.standing, [spend(1_000_000_00)], DAY, RULES).standing.tier is Tier.IRON


@pytest.mark.rules("X-10", "ME-21")
def test_experience_opens_no_tier_until_head_office_maps_it() -> None:
    assert tiers.tier_for_experience(10**9, RULES) is None
    mapped = replace(RULES, experience_ladder=((Tier.BRONZE, 100), (Tier.GOLD, 1_000)))
    assert [tiers.tier_for_experience(value, mapped) for value in (99, 100, 1_000)] == [None, Tier.BRONZE, Tier.GOLD]


@pytest.mark.rules("X-2")
def test_the_other_reading_of_the_entry_amounts_is_a_preset_of_its_own() -> None:
    assert "twice_keep" in ALTERNATIVES["tiers.ladder"]
    rules = choose(HOTEL, "tiers.ladder", "twice_keep").tiers
    assert tiers.opened_by(1_999_99, True, False, rules)[0] is Tier.IRON
    assert tiers.opened_by(2_000_00, True, False, rules)[0] is Tier.BRONZE


@pytest.mark.rules("X-5", "TI-11", "X-87")
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 400_000_00)), max_size=15), st.integers(0, 1200))
def test_evaluating_day_by_day_or_all_at_once_is_the_same(bills: list[tuple[int, int]], days: int) -> None:
    spends = [Spend(str(n), DAY + timedelta(days=ago), fen) for n, (ago, fen) in enumerate(bills)]
    member = standing("five_diamond")
    today = DAY + timedelta(days=days)
    stepped = member
    for n in range(0, days + 1, 40):
        stepped = tiers.up_to(stepped, spends, DAY + timedelta(days=n), RULES)
    assert tiers.up_to(stepped, spends, today, RULES) == tiers.up_to(member, spends, today, RULES)
