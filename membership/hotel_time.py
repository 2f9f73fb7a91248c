"""Dates as the hotel counts them: its own zone, its own start of the day (X-106), ends as X-124 and X-125 say."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from membership.verdict import BadInput

MIDNIGHT = time(0)


def aware(moment: datetime) -> datetime:
    """`moment` in UTC. A datetime without a zone means nothing here: `BadInput`."""
    if moment.utcoffset() is None:
        raise BadInput("input.naive_time", rule="X-106", value=moment.isoformat())
    return moment.astimezone(UTC)


def hotel_local(moment: datetime, zone: tzinfo) -> datetime:
    """`moment` on the property's wall clock."""
    return aware(moment).astimezone(zone)


def hotel_date(moment: datetime, zone: tzinfo, day_start: time = MIDNIGHT) -> date:
    """The calendar date at the property, cut at `day_start` (X-106)."""
    local = hotel_local(moment, zone)
    return local.date() if local.time() >= day_start else local.date() - timedelta(days=1)


def day_begins(day: date, zone: tzinfo, day_start: time = MIDNIGHT) -> datetime:
    """The instant (UTC) at which the hotel's `day` begins."""
    return datetime.combine(day, day_start, zone).astimezone(UTC)


def same_day_in(day_of_month: int, month: date) -> date:
    """`day_of_month` in the month of `month`, clipped to its last day (X-36)."""
    return month.replace(day=min(day_of_month, calendar.monthrange(month.year, month.month)[1]))


def months_later(day: date, months: int) -> date:
    """The same day of the month `months` later, clipped to the month's end (X-36)."""
    index = day.year * 12 + day.month - 1 + months
    return same_day_in(day.day, date(index // 12, index % 12 + 1, 1))


def birthday_in(year: int, born: date) -> date:
    """The birthday kept in `year`; born on 29 February it is 28 February in a common year (X-110)."""
    return same_day_in(born.day, date(year, born.month, 1))


def age_on(day: date, born: date) -> int:
    """Full years on `day`; the birthday itself counts (X-50). Born after `day`: `BadInput`."""
    if born > day:
        raise BadInput("input.born_later", born=born.isoformat(), day=day.isoformat())
    return day.year - born.year - (day < birthday_in(day.year, born))


@dataclass(frozen=True, slots=True)
class Span:
    """Instants from `start` (included) to `end` (excluded) (X-125)."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if aware(self.start) >= aware(self.end):
            raise BadInput("input.dates_order", rule="CS-1", first=self.start.isoformat(), last=self.end.isoformat())

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies in the span."""
        return aware(self.start) <= aware(moment) < aware(self.end)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Whole days, both ends included (X-125)."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise BadInput("input.dates_order", rule="X-125", first=self.first.isoformat(), last=self.last.isoformat())

    def holds(self, day: date) -> bool:
        """Whether `day` is one of the days."""
        return self.first <= day <= self.last

    def days(self) -> Iterator[date]:
        """Every day, in order."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def span(self, zone: tzinfo, day_start: time = MIDNIGHT) -> Span:
        """The same days as instants at the property."""
        return Span(day_begins(self.first, zone, day_start), day_begins(self.last + timedelta(days=1), zone, day_start))


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of day, `start` included, `end` excluded; `end` < `start` runs into the next day (X-124).

    `weekdays` are 0 (Monday) to 6 of the day the slot began; None is every day.
    """

    start: time
    end: time
    weekdays: frozenset[int] | None = None

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise BadInput("input.slot_empty", rule="X-124", at=self.start.strftime("%H:%M"))
        if self.weekdays is not None and not self.weekdays <= frozenset(range(7)):
            raise BadInput("input.weekday", rule="X-124", days=",".join(map(str, sorted(self.weekdays))))

    def holds(self, local: datetime) -> bool:
        """Whether the wall-clock moment `local` lies in the slot."""
        at = local.time()
        if self.start < self.end:
            return self.start <= at < self.end and self._begins_on(local.date())
        if at >= self.start:
            return self._begins_on(local.date())
        return at < self.end and self._begins_on(local.date() - timedelta(days=1))

    def _begins_on(self, day: date) -> bool:
        return self.weekdays is None or day.weekday() in self.weekdays


@dataclass(frozen=True, slots=True)
class Holidays:
    """The statutory holidays head office has published, and for which days (CP-24); outside `known` nobody knows."""

    known: DateRange
    dates: frozenset[date]

    def is_holiday(self, day: date) -> bool | None:
        """True or False inside the published calendar, None outside it."""
        return day in self.dates if self.known.holds(day) else None
