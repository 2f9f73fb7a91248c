"""Days, slots and spans at the property: the edges people argue about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.hotel_time import (
    DateRange,
    Holidays,
    Slot,
    Span,
    age_on,
    birthday_in,
    day_begins,
    hotel_date,
    months_later,
)
from membership.verdict import BadInput
from tests.membership.houses import at, occasion

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Asia/Urumqi", "Europe/Paris", "America/New_York", "UTC")]
MOMENTS = st.builds(lambda seconds: datetime.fromtimestamp(seconds, UTC), st.integers(1577836800, 1956528000))
DATES = st.dates(date(2020, 1, 1), date(2032, 1, 1))
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@pytest.mark.rules("X-106")
def test_the_hotel_day_turns_at_the_propertys_midnight_or_where_it_says() -> None:
    assert occasion("2026-03-05 23:59").today == date(2026, 3, 5)
    assert occasion("2026-03-06 00:00").today == date(2026, 3, 6)
    assert replace(occasion("2026-03-06 03:59"), day_start=time(4)).today == date(2026, 3, 5)
    assert replace(occasion("2026-03-06 04:00"), day_start=time(4)).today == date(2026, 3, 6)
    assert replace(occasion("2026-03-06 00:30"), zone=ZoneInfo("Europe/Paris")).today == date(2026, 3, 5)


@pytest.mark.rules("X-106")
def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        _ = replace(occasion(), now=datetime(2026, 3, 5, 12)).today  # noqa: DTZ001
    assert refused.value.reason.key == "input.naive_time"


@given(MOMENTS, st.sampled_from(ZONES))
def test_each_moment_lies_in_exactly_the_day_that_has_begun(moment: datetime, zone: ZoneInfo) -> None:
    day = hotel_date(moment, zone)
    assert day_begins(day, zone) <= moment < day_begins(day + timedelta(days=1), zone)


@pytest.mark.rules("X-125")
@given(MOMENTS, DATES, st.integers(0, 400), st.sampled_from(ZONES))
def test_dates_include_both_whole_days(moment: datetime, first: date, more: int, zone: ZoneInfo) -> None:
    days = DateRange(first, first + timedelta(days=more))
    assert days.span(zone).holds(moment) == days.holds(hotel_date(moment, zone))


@pytest.mark.rules("X-125")
def test_instants_include_the_start_and_not_the_end() -> None:
    span = Span(at("2026-03-01 10:00"), at("2026-03-01 11:00"))
    assert span.holds(at("2026-03-01 10:00"))
    assert not span.holds(at("2026-03-01 11:00"))


@pytest.mark.rules("X-124")
def test_a_slot_over_midnight_belongs_to_the_day_it_began() -> None:
    friday_night = Slot(time(22), time(2), frozenset({4}))
    assert friday_night.holds(at("2026-03-06 22:00"))  # a Friday
    assert friday_night.holds(at("2026-03-07 01:59"))
    assert not friday_night.holds(at("2026-03-07 02:00"))
    assert not friday_night.holds(at("2026-03-07 22:00"))
    assert not friday_night.holds(at("2026-03-06 01:00"))


@pytest.mark.rules("X-124")
@given(MOMENTS, TIMES, TIMES, st.frozensets(st.integers(0, 6)))
def test_a_slot_agrees_with_walking_its_minutes(
    moment: datetime, start: time, end: time, weekdays: frozenset[int]
) -> None:
    if start == end:
        with pytest.raises(BadInput):
            Slot(start, end, weekdays)
        return
    minute = moment.replace(tzinfo=None)
    found = False
    for begun in (minute.date(), minute.date() - timedelta(days=1)):
        opens = datetime.combine(begun, start)
        closes = datetime.combine(begun + timedelta(days=end < start), end)
        found = found or (begun.weekday() in weekdays and opens <= minute < closes)
    assert Slot(start, end, weekdays).holds(minute) == found


@pytest.mark.rules("X-36")
def test_months_later_clips_to_the_months_end() -> None:
    assert [months_later(date(2026, 8, 31), n) for n in (1, 4, 6)] == [
        date(2026, 9, 30),
        date(2026, 12, 31),
        date(2027, 2, 28),
    ]
    assert months_later(date(2027, 8, 31), 6) == date(2028, 2, 29)


@pytest.mark.rules("X-36")
@given(DATES, st.integers(0, 60))
def test_months_later_is_the_last_day_that_fits(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or ((later + timedelta(days=1)).day == 1 and later.day < day.day)


@pytest.mark.rules("X-110", "X-50")
def test_born_on_29_february_is_a_year_older_on_28_february() -> None:
    born = date(1964, 2, 29)
    assert age_on(born, born) == 0
    assert birthday_in(2023, born) == date(2023, 2, 28)
    assert birthday_in(2024, born) == date(2024, 2, 29)
    assert (age_on(date(2023, 2, 27), born), age_on(date(2023, 2, 28), born)) == (58, 59)
    assert (age_on(date(2024, 2, 28), born), age_on(date(2024, 2, 29), born)) == (59, 60)


@pytest.mark.rules("CP-24")
def test_outside_the_published_calendar_nobody_knows_a_holiday() -> None:
    calendar = Holidays(DateRange(date(2026, 1, 1), date(2026, 12, 31)), frozenset({date(2026, 10, 1)}))
    assert [calendar.is_holiday(date(y, 10, 1)) for y in (2025, 2026, 2027)] == [None, True, None]
    assert calendar.is_holiday(date(2026, 10, 9)) is False


def test_ranges_that_end_before_they_start_are_refused() -> None:
    with pytest.raises(BadInput):
        DateRange(date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(BadInput):
        Span(at("2026-03-01 10:00"), at("2026-03-01 10:00"))
