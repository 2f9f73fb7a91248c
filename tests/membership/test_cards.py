"""Times cards and duration cards: begun, used, renewed, over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership import duration_cards as duration
from membership import times_cards as times
from membership.cards import Source
from membership.duration_cards import DurationCard, DurationTerms, PhotoDecision
from membership.occasion import Surface
from membership.preset_values import HOTEL
from membership.times_cards import TimesTerms
from membership.verdict import Allowed, BadInput
from tests.membership.houses import at, occasion, why

WASH = TimesTerms("wash", "Car wash", uses=3, valid_days=30)
MONTH = DurationTerms("gym", "Month", days=30, price=50_000, uses_per_day=1)
WEEK = DurationTerms("gym", "Week", days=7, price=15_000, uses_per_day=2)
TODAY = date(2026, 3, 5)


def wash(**changes: object) -> times.TimesCard:
    return replace(times.open_card(WASH, "t1", "li", Source.BOUGHT, TODAY), **changes)  # type: ignore[arg-type]


# -- times cards --


@pytest.mark.rules("TC-1")
@given(st.integers(1, 20), st.lists(st.integers(1, 5), max_size=12))
def test_uses_add_up_and_never_fall_below_none(uses: int, counts: list[int]) -> None:
    card = times.open_card(replace(WASH, uses=uses), "t1", "li", Source.BOUGHT, TODAY)
    taken = 0
    for count in counts:
        verdict = times.judge_use(card, occasion("2026-03-05 18:00"), count)
        assert isinstance(verdict, Allowed) == (taken + count <= uses)
        if isinstance(verdict, Allowed):
            card, taken = times.use(card, occasion("2026-03-05 18:00"), count), taken + count
        else:
            with pytest.raises(BadInput):
                times.use(card, occasion("2026-03-05 18:00"), count)
        assert card.left == uses - taken >= 0


@pytest.mark.rules("TC-1")
def test_an_empty_card_says_so_and_a_short_one_says_how_many_are_left() -> None:
    assert why(times.judge_use(wash(left=0), occasion())) == "card.no_uses_left"
    refusal = times.judge_use(wash(left=1), occasion(), 2)
    assert why(refusal) == "card.too_few_left"
    assert refusal == replace(refusal, values=(("n", 1),))


@pytest.mark.rules("TC-1", "TC-2", "X-66")
def test_a_card_for_one_use_on_one_day() -> None:
    card = times.open_card(replace(WASH, uses=1, valid_days=1), "t1", "li", Source.BOUGHT, TODAY)
    assert card.last_day == TODAY
    assert why(times.judge_use(card, occasion("2026-03-05 23:59"))) == "allowed"
    assert times.use(card, occasion("2026-03-05 23:59")).left == 0
    assert why(times.judge_use(card, occasion("2026-03-06 00:00"))) == "card.expired"
    with pytest.raises(BadInput, match=r"card\.expired"):
        times.use(card, occasion("2026-03-06 00:00"))


@pytest.mark.rules("TC-2", "CP-29")
def test_a_card_off_or_past_its_sale_is_not_given() -> None:
    assert why(times.judge_open(WASH, Source.CAMPAIGN, occasion())) == "allowed"
    assert why(times.judge_open(replace(WASH, enabled=False), Source.CAMPAIGN, occasion())) == "card.off"
    ended = replace(WASH, until=date(2026, 3, 4))
    assert why(times.judge_open(ended, Source.CAMPAIGN, occasion())) == "card.sale_over"
    assert why(times.judge_open(replace(WASH, until=TODAY), Source.CAMPAIGN, occasion())) == "allowed"


@pytest.mark.rules("TC-4", "TC-6", "DC-8", "PT-18")
@pytest.mark.parametrize("source", list(Source))
def test_only_staff_add_cards_for_cash_as_gift_or_as_a_record(source: Source) -> None:
    alone = why(times.judge_open(WASH, source, occasion(operator=None)))
    assert alone == ("card.needs_operator" if source in {Source.CASH, Source.GIFT, Source.RECORDED} else "allowed")
    assert why(times.judge_open(WASH, source, occasion(operator="wang"))) == "allowed"
    assert why(duration.judge_purchase(MONTH, source, occasion(operator=None))) == alone


@pytest.mark.rules("TC-7")
@pytest.mark.parametrize(
    ("moment", "minutes"), [("18:00", 0), ("18:09", 9), ("18:10", 10), ("18:11", None), ("17:59", None)]
)
def test_a_second_use_within_minutes_is_asked_about(moment: str, minutes: int | None) -> None:
    card = wash(last_use=at("2026-03-05 18:00"))
    verdict = times.judge_use(card, occasion(f"2026-03-05 {moment}"))
    assert isinstance(verdict, Allowed)
    assert [dict(note.values)["m"] for note in verdict.notes] == ([] if minutes is None else [minutes])


@pytest.mark.rules("TC-7", "X-66")
def test_the_opening_day_is_day_one() -> None:
    card = wash()
    assert card.last_day == date(2026, 4, 3)
    assert why(times.judge_use(card, occasion("2026-04-03 23:59"))) == "allowed"
    assert why(times.judge_use(card, occasion("2026-04-04 00:00"))) == "card.expired"
    endless = times.open_card(replace(WASH, valid_days=None), "t1", "li", Source.BOUGHT, TODAY)
    assert why(times.judge_use(endless, occasion("2036-04-04 00:00"))) == "allowed"


@pytest.mark.rules("ME-15", "X-60")
def test_a_card_is_its_owners_and_good_in_its_stores() -> None:
    assert why(times.judge_use(wash(), occasion(presenter="zhao"))) == "card.not_yours"
    assert why(times.judge_use(wash(), occasion(presenter=None))) == "allowed"
    here = wash(terms=replace(WASH, stores=frozenset({"garage"})))
    assert why(times.judge_use(here, occasion(store="spa"))) == "card.not_here"
    assert why(times.judge_use(here, occasion(store="garage"))) == "allowed"


@pytest.mark.parametrize("bad", [{"uses": 0}, {"uses": 2.5}, {"uses": True}, {"uses": 10**6}, {"valid_days": 0}])
def test_nonsense_terms_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        replace(WASH, **bad)
    with pytest.raises(BadInput):
        times.judge_use(wash(), occasion(), 0)


# -- duration cards --


@pytest.mark.rules("DC-7", "X-135")
def test_five_days_left_and_thirty_bought_are_thirty_five() -> None:
    begun = duration.use(duration.buy(MONTH, "d1", "li", TODAY), TODAY)
    later = TODAY + timedelta(days=25)
    assert begun.days_left(later) == 5
    renewed = duration.buy(MONTH, "d2", "li", later, begun)
    assert (renewed.id, renewed.days_left(later)) == ("d1", 35)
    assert renewed.last_day == begun.last_day + timedelta(days=30)  # type: ignore[operator]


@pytest.mark.rules("DC-7", "X-65", "X-66", "X-135")
@given(
    st.lists(st.tuples(st.integers(0, 45), st.sampled_from([WEEK, MONTH])), min_size=1, max_size=8),
    st.booleans(),
)
def test_renewals_agree_with_a_list_of_days(purchases: list[tuple[int, DurationTerms]], at_once: bool) -> None:
    """The second model: the set of dates on which the card is good, extended one date at a time."""
    card: DurationCard | None = None
    good: list[date] = []
    day = TODAY
    for wait, terms in purchases:
        day += timedelta(days=wait)
        alive = card is not None and bool(good) and good[-1] >= day
        start = good[-1] + timedelta(days=1) if alive else day
        good = (good if alive else []) + [start + timedelta(days=n) for n in range(terms.days)]
        card = duration.buy(replace(terms, delay_days=0), f"d{day}", "li", day, card)
        assert card.days_left(day) == len([d for d in good if d >= day])
        assert card.last_day == good[-1]
    assert card is not None
    for probe in (good[0], good[-1], good[-1] + timedelta(days=1)):
        assert card.expired(probe) == (probe > good[-1])


@pytest.mark.rules("X-65", "X-134")
def test_the_newer_terms_hold_from_the_renewal_on_but_not_the_way_it_begins() -> None:
    held = duration.buy(MONTH, "d1", "li", TODAY)
    assert held.first_day is None
    renewed = duration.buy(replace(WEEK, delay_days=3), "d2", "li", TODAY, held)
    assert (renewed.days, renewed.terms.uses_per_day, renewed.terms.delay_days) == (37, 2, None)
    used = duration.use(duration.use(renewed, TODAY), TODAY)
    assert (used.first_day, used.last_day) == (TODAY, TODAY + timedelta(days=36))


@pytest.mark.rules("X-65")
def test_another_product_or_an_expired_card_makes_a_new_card() -> None:
    begun = duration.use(duration.buy(WEEK, "d1", "li", TODAY), TODAY)
    assert duration.buy(replace(WEEK, product="pool"), "d2", "li", TODAY, begun).id == "d2"
    last = TODAY + timedelta(days=6)
    assert duration.buy(WEEK, "d2", "li", last, begun).id == "d1"
    assert duration.buy(WEEK, "d2", "li", last + timedelta(days=1), begun) == DurationCard("d2", "li", WEEK, 7)
    with pytest.raises(BadInput):
        duration.buy(WEEK, "d2", "zhao", TODAY, begun)


@pytest.mark.rules("DC-4", "X-66")
def test_a_week_from_the_first_use_ends_with_day_seven() -> None:
    card = duration.buy(WEEK, "d1", "li", TODAY - timedelta(days=90))
    assert why(duration.judge_use(card, occasion("2026-03-05 23:59"))) == "allowed"
    used = duration.use(card, TODAY)
    assert why(duration.judge_use(used, occasion("2026-03-11 23:59"))) == "allowed"
    assert why(duration.judge_use(used, occasion("2026-03-12 00:00"))) == "card.expired"


@pytest.mark.rules("DC-4", "X-136")
def test_three_days_after_purchase_is_by_date() -> None:
    card = duration.buy(replace(WEEK, delay_days=3), "d1", "li", TODAY)
    refusal = duration.judge_use(card, occasion("2026-03-07 23:59"))
    assert refusal == replace(refusal, key="card.early", values=(("date", "2026-03-08"),))
    assert why(duration.judge_use(card, occasion("2026-03-08 00:00"))) == "allowed"
    assert card.last_day == date(2026, 3, 14)
    assert (card.days_left(TODAY), card.days_left(date(2026, 3, 14)), card.days_left(date(2026, 3, 15))) == (7, 1, 0)


@pytest.mark.rules("DC-1", "DC-3", "X-66")
def test_once_a_day_turns_at_the_propertys_midnight() -> None:
    card = duration.use(duration.buy(MONTH, "d1", "li", TODAY), TODAY)
    refusal = duration.judge_use(card, occasion("2026-03-05 23:59"))
    assert why(refusal) == "card.day_limit"
    assert refusal == replace(refusal, values=(("n", 1),))
    assert why(duration.judge_use(card, occasion("2026-03-06 00:00"))) == "allowed"
    with pytest.raises(BadInput):
        duration.use(card, TODAY)


@pytest.mark.rules("DC-3")
@given(st.one_of(st.none(), st.integers(1, 4)), st.lists(st.integers(0, 2), max_size=15))
def test_the_day_limit_agrees_with_a_tally(limit: int | None, waits: list[int]) -> None:
    card = duration.buy(replace(MONTH, uses_per_day=limit, days=60), "d1", "li", TODAY)
    tally: dict[date, int] = {}
    day = TODAY
    for wait in waits:
        day += timedelta(days=wait)
        allowed = limit is None or tally.get(day, 0) < limit
        here = replace(occasion(), now=at("2026-03-05 12:00") + (day - TODAY))
        assert isinstance(duration.judge_use(card, here), Allowed) == allowed
        if allowed:
            card, tally[day] = duration.use(card, day), tally.get(day, 0) + 1


@pytest.mark.rules("DC-2", "DC-5", "DC-6", "X-67", "CS-10")
def test_a_product_taken_down_or_changed_leaves_cards_as_they_were_bought() -> None:
    card = duration.buy(MONTH, "d1", "li", TODAY)
    off = replace(MONTH, on_sale=False, days=20, uses_per_day=None)
    assert why(duration.judge_purchase(off, Source.BOUGHT, occasion())) == "card.off"
    assert why(duration.judge_purchase(WEEK, Source.BOUGHT, occasion())) == "allowed"
    assert (card.days, card.terms.uses_per_day) == (30, 1)
    assert why(duration.judge_use(card, occasion())) == "allowed"


@pytest.mark.rules("DC-2", "DC-3", "X-66")
def test_a_product_has_the_houses_lengths_that_have_a_price() -> None:
    prices = {"month": 50_000, "week": 15_000}
    week, month = duration.lengths_on_sale("gym", prices, replace(HOTEL.cards, uses_per_day=1))
    assert (week, month) == (replace(WEEK, name="week", uses_per_day=1), replace(MONTH, name="month"))
    assert [terms.days for terms in duration.lengths_on_sale("gym", {"quarter": 1}, HOTEL.cards)] == [90]
    assert duration.lengths_on_sale("gym", prices, replace(HOTEL.cards, photo_check=True))[0].photo_check
    with pytest.raises(BadInput):
        duration.lengths_on_sale("gym", {"decade": 1}, HOTEL.cards)


@pytest.mark.rules("DC-9", "ME-13", "X-59")
def test_photos_are_compared_by_staff_and_by_nobody_else() -> None:
    card = duration.buy(replace(MONTH, photo_check=True), "d1", "li", TODAY)
    assert why(duration.judge_use(card, occasion(surface=Surface.LOBBY))) == "card.photo_staff"
    assert why(duration.judge_use(card, occasion(surface=Surface.ROOM))) == "card.photo_staff"
    without = duration.judge_use(card, occasion())
    with_photo = duration.judge_use(replace(card, photo=True), occasion())
    assert isinstance(without, Allowed)
    assert isinstance(with_photo, Allowed)
    assert [note.key for note in (*without.notes, *with_photo.notes)] == ["card.photo_take", "card.photo_compare"]


@pytest.mark.rules("DC-9", "X-59")
def test_another_person_needs_a_reason_whatever_staff_decide() -> None:
    assert PhotoDecision("d1", "wang", same_person=True, redeem=True).redeem
    assert not PhotoDecision("d1", "wang", same_person=False, redeem=False, why="a stranger").redeem
    assert PhotoDecision("d1", "wang", same_person=False, redeem=True, why="his son, owner stands by").redeem
    for operator, said in (("wang", "  "), ("", "a stranger")):
        with pytest.raises(BadInput):
            PhotoDecision("d1", operator, same_person=False, redeem=True, why=said)


@pytest.mark.rules("X-60")
def test_a_duration_card_is_its_owners() -> None:
    card = duration.buy(MONTH, "d1", "li", TODAY)
    assert why(duration.judge_use(card, occasion(presenter="zhao"))) == "card.not_yours"
    spa = duration.buy(replace(MONTH, stores=frozenset({"spa"})), "d1", "li", TODAY)
    assert why(duration.judge_use(spa, occasion(store="gym"))) == "card.not_here"


@pytest.mark.rules("DC-2", "DC-3", "X-66")
def test_a_day_card_is_good_for_its_day() -> None:
    day = DurationTerms("pool", "Day", days=1, price=0, uses_per_day=1, delay_days=0)
    card = duration.use(duration.buy(day, "d1", "li", TODAY), TODAY)
    assert (card.first_day, card.last_day, card.days_left(TODAY)) == (TODAY, TODAY, 1)
    assert why(duration.judge_use(card, occasion("2026-03-06 00:00"))) == "card.expired"
    for bad in ({"days": 0}, {"days": 7.0}, {"price": -1}, {"uses_per_day": 0}, {"delay_days": -1}):
        with pytest.raises(BadInput):
            replace(day, **bad)  # type: ignore[arg-type]


@pytest.mark.rules("X-66")
def test_a_card_over_29_february_counts_that_day() -> None:
    leap = duration.use(duration.buy(WEEK, "d1", "li", date(2028, 2, 25)), date(2028, 2, 25))
    common = duration.use(duration.buy(WEEK, "d1", "li", date(2027, 2, 25)), date(2027, 2, 25))
    assert (leap.last_day, common.last_day) == (date(2028, 3, 2), date(2027, 3, 3))
