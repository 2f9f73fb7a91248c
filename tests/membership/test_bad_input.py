"""What no rule can work with is refused by name and rule: never a traceback, never a silent default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from membership import dues, plays, points, points_spend, stored_value, tiers
from membership.bill import Bill, Guest, Line, Offer, Wishes
from membership.occasion import Surface
from membership.preset import Tier
from membership.preset_values import HOTEL
from membership.pricing import quote
from membership.quote import Quote
from membership.reasons import Reason
from membership.spend import LinePaid, Spend, Tender, order_dates, qualifying, total_between
from membership.verdict import BadInput
from tests.membership.bills import HOLIDAYS, TODAY, bill, cash, house

DAY = date(2026, 3, 5)
SV = replace(HOTEL.stored_value, enabled=True)
TWICE = [Spend("b", DAY, 100), Spend("b", DAY, 100)]
NO_WHOLE: list[Any] = [-1, 1.5, True, "7", None]


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(BadInput) as refused:
        act()
    return refused.value.reason.key, refused.value.reason.rule


@pytest.mark.rules("X-32", "X-99", "X-103", "X-108", "TI-12", "TI-13", "PT-15", "PT-25", "PT-27", "PT-5", "PT-7",
                   "PT-8", "SV-1", "SV-10", "X-18", "SV-23")
@pytest.mark.parametrize("bad", NO_WHOLE)
@pytest.mark.parametrize(("rule", "act"), [
    ("X-99", lambda bad: Spend("b", DAY, bad)),
    ("X-103", lambda bad: Tender("cash", bad)),
    ("PT-15", lambda bad: points_spend.affordable(bad, 10)),
    ("X-108", lambda bad: LinePaid("dining", bad)),
    ("TI-12", lambda bad: tiers.kept_tier(Tier.GOLD, bad, 0, HOTEL.tiers)),
    ("TI-13", lambda bad: tiers.kept_tier(Tier.GOLD, 0, bad, HOTEL.tiers)),
    ("PT-15", lambda bad: points_spend.Reward("cup", "gift", bad)),
    ("PT-25", lambda bad: points_spend.Reward("cup", "gift", 10, bad)),
    ("PT-5", lambda bad: points.CustomRule("r", bad)),
    ("PT-7", lambda bad: points.sign_in(bad, HOTEL.points)),
    ("PT-8", lambda bad: points.share(bad, HOTEL.points)),
    ("SV-10", lambda bad: stored_value.instalments(bad, 5, DAY)),
    ("SV-10", lambda bad: stored_value.instalments(100, bad, DAY)),
    ("SV-1", lambda bad: stored_value.judge_recharge(100_00, "wechat", Surface.LOBBY, bad, True, SV)),
    ("X-18", lambda bad: plays.Played(free_today=bad)),
    ("X-18", lambda bad: plays.Played(chances=bad)),
    ("SV-23", lambda bad: dues.corporate_batch("acme", bad, 100_00, True, DAY, SV)),
])
def test_a_number_that_is_no_whole_number_is_refused_by_its_rule(
    act: Callable[[Any], object], rule: str, bad: Any
) -> None:
    key, cited = refusal(lambda: act(bad))
    assert key in ("input.not_whole", "input.out_of_range")
    assert cited == rule


@pytest.mark.rules("X-99", "TI-13")
def test_a_bill_that_stands_there_twice_is_not_counted_twice() -> None:
    assert refusal(lambda: total_between(TWICE, DAY, DAY)) == ("spend.bill_twice", "X-99")
    assert refusal(lambda: order_dates(TWICE, DAY, DAY)) == ("spend.bill_twice", "X-99")
    iron = tiers.Standing(Tier.IRON, DAY)
    assert refusal(lambda: tiers.after_bill(iron, TWICE, DAY, HOTEL.tiers)) == ("spend.bill_twice", "X-99")


@pytest.mark.rules("X-103", "X-108")
def test_a_bill_is_not_paid_in_strange_ways_nor_with_more_than_it_is_worth() -> None:
    strange: Any = "shells"
    assert refusal(lambda: Tender(strange, 100)) == ("input.unknown", "X-103")
    much, line = (Tender("cash", 100), Tender("card", 1)), (LinePaid("dining", 100),)
    assert refusal(lambda: points.Paid(much, line, DAY)) == ("spend.over_tendered", "X-103")
    assert refusal(lambda: qualifying(much, line, HOTEL.tiers)) == ("spend.over_tendered", "X-103")


@pytest.mark.rules("X-8")
def test_a_bill_has_a_hotel_date() -> None:
    assert refusal(lambda: Spend("b", TEXT, 1)) == ("input.not_a_day", "X-8")


@pytest.mark.rules("PT-27", "PT-15")
def test_an_exchange_at_nothing_and_a_reward_of_no_kind_are_refused() -> None:
    strange: Any = "yacht"
    assert refusal(lambda: points_spend.AllianceRate(0, 1)) == ("input.out_of_range", "PT-27")
    assert refusal(lambda: points_spend.AllianceRate(1, 0)) == ("input.out_of_range", "PT-27")
    assert refusal(lambda: points_spend.Reward("y", strange, 1)) == ("input.unknown", "PT-15")


@pytest.mark.rules("SV-23", "SV-4")
def test_a_corporate_purchase_names_its_buyer_and_keeps_to_the_least() -> None:
    assert refusal(lambda: dues.corporate_batch("  ", 2, 100_00, True, DAY, SV)) == ("corporate.buyer", "SV-23")
    little = dues.corporate_batch("acme", 2, SV.min_recharge - 1, True, DAY, SV)
    assert isinstance(little, Reason)
    assert (little.key, little.rule) == ("recharge.too_little", "SV-4")
    assert not isinstance(dues.corporate_batch("acme", 2, SV.min_recharge, True, DAY, SV), Reason)


NUMBER: Any = 99
TRUE: Any = True
TEXT: Any = "2026-03-05"
KIND: Any = "lottery"


@pytest.mark.rules("X-11", "BK-5", "X-123", "CP-2", "CP-6", "CP-23", "X-29")
@pytest.mark.parametrize(("what", "guest", "offers", "key", "rule"), [
    (bill(100_00), Guest("li", NUMBER), [], "input.unknown", "X-11"),
    (bill(100_00), Guest("li", TRUE), [], "input.unknown", "X-11"),
    (bill(100_00), Guest("li", cohort="nobody"), [], "input.unknown", "BK-5"),
    (Bill((Line("suite", "room", 1, 100_00, TEXT),)), Guest("li"), [], "input.not_a_day", "X-123"),
    (bill(100_00), Guest("li"), [replace(cash("c", 10), kind=KIND)], "input.unknown", "CP-2"),
    (bill(100_00), Guest("li"), [Offer("c", "discount", 0, TODAY)], "input.out_of_range", "CP-2"),
    (bill(100_00), Guest("li"), [replace(cash("c", 10), last_day=TEXT)], "input.not_a_day", "CP-6"),
    (bill(100_00), Guest("li"), [Offer("c", "goods", 0, TODAY)], "input.out_of_range", "CP-2"),
    (bill(100_00), Guest("li"), [cash("c", 10, excludes=frozenset({"all"}))], "input.unknown", "CP-23"),
    (bill(100_00), Guest("li", balance=-1), [], "input.out_of_range", "X-29"),
])
def test_a_quote_refuses_what_does_not_exist(
    what: Bill, guest: Guest, offers: list[Offer], key: str, rule: str
) -> None:
    refused = quote(what, guest, offers, Wishes(), house(), TODAY, HOLIDAYS)
    assert isinstance(refused, Reason)
    assert (refused.key, refused.rule) == (key, rule)


@pytest.mark.rules("CP-6")
def test_a_coupon_whose_last_day_is_past_is_left_out_and_refused_if_chosen() -> None:
    old = cash("old", 10_00, last=date(2026, 3, 4))
    found = quote(bill(100_00), Guest("li"), [old], Wishes(), house(), TODAY, HOLIDAYS)
    assert isinstance(found, Quote)
    assert (found.due, {one.offer: one.why.key for one in found.left_out}["old"]) == (100_00, "coupon.expired")
    refused = quote(bill(100_00), Guest("li"), [old], Wishes(coupons=("old",)), house(), TODAY, HOLIDAYS)
    assert isinstance(refused, Reason)
    assert (refused.key, refused.rule) == ("coupon.expired", "CP-6")
    last = replace(old, last_day=TODAY)
    assert quote(bill(100_00), Guest("li"), [last], Wishes(), house(), TODAY, HOLIDAYS).due == 90_00  # type: ignore[union-attr]


@pytest.mark.rules("BK-6", "X-123")
def test_free_nights_are_as_many_as_owned_and_the_rest_has_its_reason() -> None:
    new = replace(HOTEL.rooms.cohorts[1], free_nights=120, free_nights_blackout=False)
    preset = replace(house(), rooms=replace(HOTEL.rooms, cohorts=(new,)))
    stay = Bill((Line("suite", "room", 130, 100_00),))
    found = quote(stay, Guest("li", cohort=new.name), [], Wishes(free_nights=125), preset, TODAY, HOLIDAYS)
    assert isinstance(found, Quote)
    assert found.free_nights == 120
    assert {one.offer: one.why.key for one in found.left_out}["free_night"] == "price.used_up"
