"""What is told, to whom, on which day; and the evaluation of everybody whose year has run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership import times_cards
from membership.cards import Source
from membership.coupons import Access, Batch, Kind, State, claim, transfer
from membership.dues import dues
from membership.hotel_time import DateRange
from membership.preset import DuesPlan, Tier
from membership.preset_values import HOTEL
from membership.reminders import (
    About,
    Reminder,
    birthdays,
    cards_unused,
    coupons_ending,
    dues_near,
    judge_event_notice,
    judge_send,
    long_absent,
    next_promotion,
    tier_examined,
)
from membership.spend import Spend
from membership.tiers import Standing
from membership.times_cards import TimesTerms
from membership.verdict import Allowed, BadInput
from membership.year_end import Member, evaluate_all, summary
from tests.membership.houses import SHANGHAI, at, occasion

RULES = HOTEL.reminders
BATCH = Batch("b1", "¥20 off", Access.SELF, Kind.CASH, DateRange(date(2026, 3, 1), date(2026, 3, 31)), stock=9)
COUPON = claim(BATCH, "sn1", "li", "lobby-1", at("2026-03-02 10:00"))


@pytest.mark.rules("CP-6", "SM-4")
def test_a_coupon_still_to_be_used_is_reminded_of_a_week_and_a_day_before() -> None:
    held = [(COUPON, BATCH)]
    days = [BATCH.valid.first + timedelta(days=n) for n in range(40)]
    told = [day for day in days if coupons_ending(held, day, RULES)]
    assert told == [date(2026, 3, 24), date(2026, 3, 30)]
    assert coupons_ending([(replace(COUPON, state=State.USED), BATCH)], told[0], RULES) == ()
    assert coupons_ending([(transfer(COUPON, "zhao"), BATCH)], told[0], RULES)[0].member == "zhao"


@pytest.mark.rules("X-14")
def test_the_tier_is_warned_of_once_thirty_days_before() -> None:
    gold = Standing(Tier.GOLD, date(2026, 3, 5))
    days = [date(2026, 3, 5) + timedelta(days=n) for n in range(380)]
    told = [day for day in days if tier_examined("li", gold, day, HOTEL.tiers)]
    assert told == [date(2027, 2, 2)]
    assert tier_examined("li", gold, told[0], HOTEL.tiers)[0].day == date(2027, 3, 4)
    assert not any(tier_examined("li", Standing(Tier.IRON, days[0]), day, HOTEL.tiers) for day in days)


@pytest.mark.rules("SV-19", "X-36")
def test_a_due_part_is_told_of_before_and_on_its_day_unless_paid() -> None:
    schedule = dues(DuesPlan("year", 120_000, 12), date(2026, 1, 31))
    told = [
        (day, reminder.day)
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(95))
        for reminder in dues_near("li", "year", schedule, {1}, day, RULES)
    ]
    assert told == [
        (date(2026, 2, 25), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 3, 28), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 3, 31)),
    ]


@pytest.mark.rules("TC-7")
def test_a_times_card_that_lies_still_is_told_of_once() -> None:
    card = times_cards.open_card(TimesTerms("wash", "Car wash", 3), "t1", "li", Source.BOUGHT, date(2026, 3, 1))
    used = times_cards.use(card, occasion("2026-03-20 23:59"))
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(90)]

    def told(one: times_cards.TimesCard) -> list[date]:
        return [day for day in days if cards_unused([one], day, SHANGHAI, RULES)]

    assert told(card) == [date(2026, 3, 31)]
    assert told(used) == [date(2026, 4, 19)]
    assert told(replace(used, left=1)) == [date(2026, 4, 19)]
    assert told(replace(used, left=0)) == []
    assert told(replace(card, terms=replace(card.terms, valid_days=30))) == []
    assert told(replace(card, terms=replace(card.terms, valid_days=31))) == [date(2026, 3, 31)]
    assert cards_unused([card], date(2026, 3, 31), SHANGHAI, replace(RULES, unused_card_days=None)) == ()


@pytest.mark.rules("SM-2", "X-110")
def test_birthdays_of_29_february() -> None:
    born = [("li", date(1988, 2, 29)), ("zhao", date(1990, 2, 28))]
    assert [reminder.member for reminder in birthdays(born, date(2027, 2, 28))] == ["li", "zhao"]
    assert [reminder.member for reminder in birthdays(born, date(2028, 2, 28))] == ["zhao"]
    assert [reminder.member for reminder in birthdays(born, date(2028, 2, 29))] == ["li"]


@pytest.mark.rules("CP-10")
def test_who_is_long_absent_is_head_offices_to_say() -> None:
    visits = [("li", date(2026, 1, 1)), ("zhao", date(2026, 2, 1))]
    assert long_absent(visits, date(2026, 4, 1), RULES) == ()
    told = long_absent(visits, date(2026, 4, 1), replace(RULES, absent_days=90))
    assert told == (Reminder("li", About.LONG_ABSENT, "", date(2026, 1, 1)),)


@pytest.mark.rules("SM-5")
@pytest.mark.parametrize("about", list(About))
def test_an_opt_out_stops_promotion_and_nothing_else(about: About) -> None:
    reminder = Reminder("li", about, "", date(2026, 3, 5))
    assert isinstance(judge_send(reminder, opted_out=False), Allowed)
    assert isinstance(judge_send(reminder, opted_out=True), Allowed) == (not about.promotion)
    assert about.promotion == (about in {About.BIRTHDAY, About.LONG_ABSENT})


@pytest.mark.rules("SM-7")
@given(st.integers(0, 60 * 24 * 60), st.none() | st.integers(0, 60 * 24 * 60))
def test_promotion_waits_for_monday_or_thursday_evening_and_keeps_its_distance(
    minutes: int, last_minutes: int | None
) -> None:
    now = at("2026-03-01 00:00") + timedelta(minutes=minutes)
    last = None if last_minutes is None else at("2026-03-01 00:00") + timedelta(minutes=last_minutes)
    slot = next_promotion(now, last, SHANGHAI, RULES)
    assert slot >= now
    assert (slot.weekday() in (0, 3), slot.hour, slot.minute) == (True, 20, 0)
    assert last is None or (slot.date() - last.date()).days >= 2
    earlier = slot - timedelta(days=1)
    while earlier >= now:
        assert earlier.weekday() not in (0, 3) or (last is not None and (earlier.date() - last.date()).days < 2)
        earlier -= timedelta(days=1)


@pytest.mark.rules("SM-7")
def test_at_eight_sharp_it_still_goes_out_the_same_evening() -> None:
    assert next_promotion(at("2026-03-05 20:00"), None, SHANGHAI, RULES) == at("2026-03-05 20:00")
    assert next_promotion(at("2026-03-05 20:01"), None, SHANGHAI, RULES) == at("2026-03-09 20:00")


@pytest.mark.rules("SM-7", "X-77")
def test_two_events_a_month_are_announced() -> None:
    assert [isinstance(judge_event_notice(n, RULES), Allowed) for n in (0, 1, 2, 3)] == [True, True, False, False]
    with pytest.raises(BadInput):
        judge_event_notice(-1, RULES)


@pytest.mark.rules("SM-7", "SM-4", "CS-1")
def test_the_numbers_of_reminders_are_head_offices() -> None:
    rules = replace(HOTEL.reminders, promotion_weekdays=(5,), promotion_hour="09:30", coupon_days_before=(2,))
    assert next_promotion(at("2026-03-05 20:00"), None, SHANGHAI, rules) == at("2026-03-07 09:30")
    assert coupons_ending([(COUPON, BATCH)], BATCH.valid.last - timedelta(days=2), rules)
    assert coupons_ending([(COUPON, BATCH)], BATCH.valid.last - timedelta(days=1), rules) == ()


# -- year end --


def member(name: str, tier: Tier, yuan: int, dates: int, since: date = date(2025, 3, 5)) -> Member:
    spends = [Spend(f"{name}{n}", since + timedelta(days=n), 0) for n in range(dates)]
    paid = [replace(spend, amount=yuan * 100 // dates) for spend in spends]
    return Member(name, Standing(tier, since, has_id=True), paid)


@pytest.mark.rules("TI-11", "TI-12", "TI-13", "X-5")
def test_whoever_is_due_is_evaluated_once_and_counted() -> None:
    members = [
        member("kept", Tier.GOLD, 6_000, 3),
        member("fell", Tier.FIVE_DIAMOND, 12_000, 3),
        member("dates", Tier.TWO_DIAMOND, 60_000, 9),
        member("young", Tier.GOLD, 0, 1, since=date(2025, 9, 1)),
        member("iron", Tier.IRON, 0, 1),
    ]
    today = date(2026, 3, 5)
    assert list(evaluate_all(members, today - timedelta(days=1), HOTEL.tiers)) == []
    evaluated = list(evaluate_all(members, today, HOTEL.tiers))
    assert [(one.member, one.move.standing.tier) for one in evaluated] == [
        ("kept", Tier.GOLD),
        ("fell", Tier.GOLD),
        ("dates", Tier.ONE_DIAMOND),
    ]
    assert summary(evaluated) == (
        (Tier.FIVE_DIAMOND, Tier.GOLD, 1),
        (Tier.TWO_DIAMOND, Tier.ONE_DIAMOND, 1),
        (Tier.GOLD, Tier.GOLD, 1),
    )
    again = [replace(one, standing=move.move.standing) for one, move in zip(members, evaluated, strict=False)]
    assert list(evaluate_all(again[:1], today, HOTEL.tiers)) == []


@pytest.mark.rules("TI-11", "TI-14", "X-5")
def test_years_missed_are_run_through_one_after_the_other() -> None:
    late = member("late", Tier.FIVE_DIAMOND, 600_000, 10, since=date(2023, 3, 5))
    (only,) = evaluate_all([late], date(2026, 3, 5), HOTEL.tiers)
    assert (only.before, only.move.standing.tier) == (Tier.FIVE_DIAMOND, Tier.IRON)
    assert only.move.standing.since == date(2025, 3, 5)
