"""From the coupon in a guest's hands to the bill: judged first, then priced, and why not where it may not be used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from membership.bill import Bill, Guest, Line, Wishes
from membership.coupons import Access, Batch, Coupon, Kind, claim
from membership.hotel_time import DateRange, Slot
from membership.occasion import Occasion, Surface
from membership.preset import Prize, Tier
from membership.preset_values import HOTEL
from membership.pricing import quote
from membership.quote import Quote
from membership.verdict import BadInput
from membership.worth import Worth, offer_of, worth_of_prize
from tests.membership.houses import HOLIDAYS, at, occasion

BATCH = Batch(
    "b1", "¥20 off dining", Access.SELF, Kind.CASH, DateRange(date(2026, 3, 1), date(2026, 12, 31)), stock=100,
    stores=frozenset({"restaurant"}), slots=(Slot(time(17), time(22)),), goods=frozenset({"dining"}), blackout=True,
)  # fmt: skip
WORTH = Worth(2_000, threshold=10_000)
DINNER = Bill((Line("duck", "dining", 1, 16_800),))


def coupon(batch: Batch = BATCH) -> Coupon:
    return claim(batch, "sn-1", "li", via="lobby-1", now=at("2026-03-02 10:00"))


def priced(here: Occasion, batch: Batch = BATCH, bill: Bill = DINNER, worth: Worth = WORTH) -> Quote:
    offer = offer_of(batch, worth, coupon(batch), here, HOLIDAYS)
    guest = Guest(here.presenter, Tier.IRON)
    found = quote(bill, guest, [offer], Wishes(), HOTEL, here.today, HOLIDAYS)
    assert isinstance(found, Quote)
    return found


@pytest.mark.rules("CP-4", "CP-12", "CP-18")
def test_a_coupon_good_now_and_here_lowers_the_bill() -> None:
    found = priced(occasion())
    assert (found.due, found.left_out) == (14_800, ())


@pytest.mark.rules("CP-5", "CP-24", "X-90")
@pytest.mark.parametrize(
    ("here", "said"),
    [
        (occasion(store="spa"), "coupon.not_here"),
        (occasion("2026-03-05 16:59"), "coupon.not_now"),
        (occasion("2026-10-01 18:00"), "coupon.holiday"),
        (occasion("2026-02-28 18:00"), "coupon.early"),
        (occasion(presenter="zhao"), "coupon.not_yours"),
    ],
)
def test_where_it_may_not_be_used_the_quote_says_why(here: Occasion, said: str) -> None:
    found = priced(here)
    assert found.due == 16_800
    assert [left.why.key for left in found.left_out if left.offer == "sn-1"] == [said]


@pytest.mark.rules("CP-3", "CP-8", "RF-7", "X-47")
def test_goods_need_staff_friends_are_welcome_and_other_goods_do_not_count() -> None:
    duck = replace(BATCH, kind=Kind.GOODS, access=Access.CAMPAIGN, goods=frozenset({"duck"}))
    assert priced(occasion(), duck, worth=Worth(1)).due == 0
    assert priced(occasion(surface=Surface.LOBBY), duck, worth=Worth(1)).due == 16_800
    assert priced(occasion(presenter="zhao"), replace(BATCH, friend_shared=True)).due == 14_800
    assert priced(occasion(), replace(BATCH, goods=frozenset({"spa"}))).due == 16_800


@pytest.mark.rules("X-48", "CP-7")
def test_a_code_shown_by_nobody_is_good_for_its_owner_only() -> None:
    nobody = priced(occasion(presenter=None))
    assert (nobody.due, [left.why.key for left in nobody.left_out]) == (16_800, ["coupon.not_yours"])
    offer = offer_of(BATCH, WORTH, coupon(), occasion(presenter=None), HOLIDAYS)
    dues = {}
    for member in ("li", "zhao"):
        found = quote(DINNER, Guest(member, Tier.IRON), [offer], Wishes(), HOTEL, date(2026, 3, 5), HOLIDAYS)
        assert isinstance(found, Quote)
        dues[member] = found.due
    assert dues == {"li": 14_800, "zhao": 16_800}
    friends = replace(BATCH, friend_shared=True)
    assert priced(occasion(presenter=None), friends).due == 14_800


@pytest.mark.rules("CP-15", "X-47")
@pytest.mark.parametrize("presenter", ["li", None])
def test_a_printed_coupon_is_good_for_a_member_and_for_anybody(presenter: str | None) -> None:
    printed = replace(coupon(), owner="", taker="")
    here = occasion(presenter=presenter)
    offer = offer_of(BATCH, WORTH, printed, here, HOLIDAYS)
    found = quote(DINNER, Guest(presenter, Tier.IRON), [offer], Wishes(), HOTEL, here.today, HOLIDAYS)
    assert isinstance(found, Quote)
    assert (found.due, found.left_out) == (14_800, ())


@pytest.mark.rules("X-123", "CP-24")
def test_a_stay_is_judged_by_its_nights() -> None:
    nights = [date(2026, 10, 1), date(2026, 9, 30)]
    here = occasion("2026-09-20 18:00")
    assert offer_of(BATCH, WORTH, coupon(), here, HOLIDAYS).barred is None
    barred = offer_of(BATCH, WORTH, coupon(), here, HOLIDAYS, nights).barred
    assert barred is not None
    assert barred.key == "coupon.holiday"


@pytest.mark.rules("CP-23", "GM-5", "X-53")
def test_vouchers_won_exclude_what_the_game_says() -> None:
    by_key = {prize.key: prize for prize in HOTEL.play.games[0].prizes}
    assert worth_of_prize(by_key["voucher_100"]) == Worth(10_000, excludes=frozenset({"group_buy", "coupon"}))
    group = replace(DINNER, group_buy=True)
    assert priced(occasion(), bill=group, worth=worth_of_prize(by_key["voucher_50"])).due == 16_800
    assert priced(occasion(), worth=worth_of_prize(by_key["voucher_50"])).due == 11_800
    with pytest.raises(BadInput):
        worth_of_prize(Prize("night", 1, "room_night"))


def test_nonsense_is_refused() -> None:
    for bad in ({"value": 0}, {"value": 1.5}, {"threshold": -1}, {"most": 0}):
        with pytest.raises(BadInput):
            replace(WORTH, **bad)
    discount = replace(BATCH, kind=Kind.DISCOUNT)
    assert [offer_of(discount, Worth(n, most=1), coupon(), occasion(), HOLIDAYS).value for n in (1, 99)] == [1, 99]
    with pytest.raises(BadInput):
        offer_of(discount, Worth(100), coupon(), occasion(), HOLIDAYS)
    ticket = replace(BATCH, kind=Kind.TICKET, access=Access.CAMPAIGN)
    with pytest.raises(BadInput):
        offer_of(ticket, WORTH, coupon(ticket), occasion(), HOLIDAYS)
