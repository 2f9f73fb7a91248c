"""The chain against a second price that tries every way, and what must hold of any quote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from membership.bill import Bill, Guest, Offer, Wishes
from membership.preset import Preset, Tier
from membership.preset_check import check
from membership.pricing import lowest, quote
from membership.quote import Quote, with_random
from tests.membership import bills, model_pricing


def priced(bill: Bill, guest: Guest, offers: list[Offer], wishes: Wishes, house: Preset) -> Quote:
    found = quote(bill, guest, offers, wishes, house, bills.TODAY, bills.HOLIDAYS)
    assert isinstance(found, Quote), found
    return found


def worth(found: Quote) -> int:
    return sum(step.off for step in found.steps if step.kind == "points")


@pytest.mark.rules("SV-8", "X-31", "X-32", "X-33", "X-51", "X-90", "X-111", "X-117", "X-118", "X-119", "CP-12")
@settings(max_examples=500, deadline=None)
@given(bills.bills, bills.guests, bills.offers, bills.wishes, bills.houses())
def test_no_way_is_cheaper_than_the_quote(
    bill: Bill, guest: Guest, offers: list[Offer], wishes: Wishes, house: Preset
) -> None:
    assert check(house) == ()
    found = priced(bill, guest, offers, wishes, house)
    assert found.due + worth(found) == model_pricing.lowest_cost(bill, guest, offers, wishes, house, bills.TODAY)
    assert lowest(bill, guest, offers, wishes, house, bills.TODAY, bills.HOLIDAYS) == found.due


@pytest.mark.rules("X-32", "X-118", "SV-8")
@settings(max_examples=300, deadline=None)
@given(bills.bills, bills.guests, bills.offers, bills.wishes, bills.houses(), st.integers(0, 500))
def test_no_fen_is_lost_or_made_and_every_step_follows_on_the_last(
    bill: Bill, guest: Guest, offers: list[Offer], wishes: Wishes, house: Preset, drawn: int
) -> None:
    found = priced(bill, guest, offers, wishes, house)
    after = with_random(found, min(drawn, found.up_to_random))
    assert isinstance(after, Quote)
    for one in (found, after):
        running = one.gross
        for step in one.steps:
            assert step.before == running
            assert step.off >= 0
            assert step.after == step.before - step.off
            running = step.after
        assert running == one.due == sum(one.line_dues)
        assert all(0 <= due <= line.gross for due, line in zip(one.line_dues, one.lines, strict=True))
    for due, line in zip(after.line_dues, bill.lines, strict=True):
        assert line.category not in house.pricing.undiscounted_categories or due == line.gross
    ranks = ["room_price", "category_price", "room_cut", *house.pricing.stack_order]
    order = [ranks.index(step.kind) for step in after.steps]
    assert order == sorted(order)


@pytest.mark.rules("TI-18", "X-9")
@settings(max_examples=200, deadline=None)
@given(bills.bills, bills.guests, bills.offers, bills.wishes, bills.houses())
def test_a_higher_tier_never_pays_more(
    bill: Bill, guest: Guest, offers: list[Offer], wishes: Wishes, house: Preset
) -> None:
    costs = []
    for tier in (None, *Tier):
        found = priced(bill, replace(guest, tier=tier), offers, wishes, house)
        costs.append(found.due + worth(found))
    assert costs == sorted(costs, reverse=True)


@pytest.mark.rules("X-33", "X-119", "X-48")
@settings(max_examples=200, deadline=None)
@given(bills.bills, bills.guests, bills.offers, bills.wishes, bills.houses())
def test_every_coupon_is_either_used_or_left_out_with_a_reason(
    bill: Bill, guest: Guest, offers: list[Offer], wishes: Wishes, house: Preset
) -> None:
    found = priced(bill, guest, offers, wishes, house)
    left = [one.offer for one in found.left_out if one.offer in {offer.id for offer in offers}]
    assert len(left) == len(set(left))
    assert set(found.coupons) | set(left) == {offer.id for offer in offers}
    assert not set(found.coupons) & set(left)
    money = [offer for offer in offers if offer.id in found.coupons and offer.kind != "goods"]
    assert len(money) <= house.pricing.max_money_coupons


@pytest.mark.rules("X-33")
@settings(max_examples=100, deadline=None)
@given(bills.bills, bills.guests, bills.offers, bills.wishes, bills.houses())
def test_asking_for_what_was_found_finds_the_same_and_no_coupon_makes_it_dearer(
    bill: Bill, guest: Guest, offers: list[Offer], wishes: Wishes, house: Preset
) -> None:
    found = priced(bill, guest, offers, wishes, house)
    assert priced(bill, guest, offers, wishes, house) == found
    again = quote(bill, guest, offers, replace(wishes, coupons=found.coupons), house, bills.TODAY, bills.HOLIDAYS)
    assert isinstance(again, Quote)
    assert again.due + worth(again) == found.due + worth(found)
    without = priced(bill, guest, offers[1:], wishes, house)
    assert without.due + worth(without) >= found.due + worth(found)
