"""Members are treated as members, and a spend recorded later counts for the day it happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from membership import benefits, points, times_cards
from membership.bill import Bill, Guest, Line, Wishes
from membership.campaigns.gift import Gift
from membership.campaigns.kinds import PostPayment
from membership.campaigns.post_payment import Channel, Payment, judge_reward
from membership.campaigns.scope import Scope
from membership.cards import Source
from membership.hotel_time import DateRange
from membership.occasion import EVERY_MEMBER, Person
from membership.points import Paid
from membership.preset import Tier
from membership.preset_values import HOTEL
from membership.pricing import quote
from membership.quote import Quote
from membership.spend import LinePaid, Spend, Tender
from membership.tiers import Standing
from membership.times_cards import TimesTerms
from tests.membership.bills import house
from tests.membership.houses import HOLIDAYS, SHANGHAI, occasion, why

DAY = date(2026, 3, 5)
BORN = date(1990, 7, 1)
HOUSE = house(percents={Tier.GOLD: 90, Tier.FIVE_DIAMOND: 80})


def due(guest: Guest) -> int:
    found = quote(Bill((Line("room", "room", 1, 1_000_00),)), guest, [], Wishes(), HOUSE, DAY, HOLIDAYS)
    assert isinstance(found, Quote)
    return found.due


@pytest.mark.rules("ME-18", "TI-17", "TI-21")
def test_the_same_evening_is_another_one_for_a_member_and_better_the_higher_his_tier() -> None:
    stranger, gold, five = Guest(), Guest("li", Tier.GOLD), Guest("wu", Tier.FIVE_DIAMOND)
    assert [due(guest) for guest in (stranger, gold, five)] == [1_000_00, 900_00, 800_00]

    bill = Paid((Tender("cash", 1_000_00),), (LinePaid("dining", 1_000_00),), DAY)
    earned = {tier: points.earn(bill, tier, None, HOTEL.points, HOTEL.tiers).points for tier in (None, Tier.GOLD)}
    assert earned[None] == 0 < earned[Tier.GOLD]

    assert EVERY_MEMBER.includes(Person("li", Tier.GOLD))
    assert not EVERY_MEMBER.includes(Person(None))
    always = HOTEL.tiers.delivery_always_free_from
    assert [benefits.delivery_is_free(tier, 100, HOTEL.tiers) for tier in (None, Tier.GOLD, always)] == [
        False, False, True]  # fmt: skip
    assert set(benefits.benefits(Tier.GOLD, HOTEL.tiers)) < set(benefits.benefits(Tier.FIVE_DIAMOND, HOTEL.tiers))


@pytest.mark.rules("SC-8", "PT-3", "X-8")
def test_a_spend_recorded_later_counts_for_the_day_it_happened() -> None:
    """Recorded on 5 March 2026: what happened on a birthday earns as on the birthday, and in the year it fell in."""

    def earned(day: date) -> int:
        bill = Paid((Tender("cash", 100_00),), (LinePaid("dining", 100_00),), day)
        return points.earn(bill, Tier.GOLD, BORN, HOTEL.points, HOTEL.tiers).points

    assert earned(date(2025, 7, 1)) == 2 * earned(DAY)

    standing = Standing(Tier.GOLD, since=date(2025, 3, 10), has_id=True)

    def missing(*spends: Spend) -> int:
        return benefits.progress(standing, spends, DAY, HOTEL.tiers).to_keep

    assert missing() == 5_000_00
    assert missing(Spend("late", date(2025, 3, 10), 2_000_00)) == 3_000_00
    assert missing(Spend("late", date(2025, 3, 9), 2_000_00)) == 5_000_00


@pytest.mark.rules("SC-8", "PM-2", "DC-8")
def test_a_recorded_payment_is_rewarded_as_any_other_and_only_staff_record() -> None:
    rule = PostPayment(
        Scope("c1", "Spring", DateRange(date(2026, 3, 1), date(2026, 3, 31)).span(SHANGHAI)), 10_000, Gift(points=50)
    )
    payment = Payment("p1", Channel.RECORDED, (("food", 10_000), ("tip", 5_000)))
    li = Person("li", Tier.GOLD)
    assert why(judge_reward(rule, payment, li, (), HOTEL.campaigns, occasion())) == "allowed"
    less = replace(payment, paid=(("food", 9_999), ("tip", 5_000)))
    assert why(judge_reward(rule, less, li, (), HOTEL.campaigns, occasion())) == "reward.below"

    wash = TimesTerms("wash", "Car wash", uses=3)
    assert why(times_cards.judge_open(wash, Source.RECORDED, occasion(operator=None))) == "card.needs_operator"
    assert why(times_cards.judge_open(wash, Source.RECORDED, occasion())) == "allowed"
