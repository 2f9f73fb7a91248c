"""Runs of days that head office sets: a festival that comes round every year, or days of one year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

YEARLY = re.compile(r"\d\d-\d\d")
DATED = re.compile(r"\d{4}-\d\d-\d\d")
LEAP_YEAR = tuple(date(2024, 1, 1) + timedelta(days=n) for n in range(366))


@dataclass(frozen=True, slots=True)
class Days:
    """A run of days, both ends included (X-125): `MM-DD` comes round every year, `YYYY-MM-DD` once (CS-3)."""

    first: str
    last: str

    @property
    def yearly(self) -> bool:
        """Whether the run comes round every year."""
        return len(self.first) == 5

    def covers(self, day: date) -> bool:
        """Whether `day` lies in the run; a yearly run may pass over the year's end (CS-3, X-125)."""
        iso = day.isoformat()[5:] if self.yearly else day.isoformat()
        if self.first <= self.last:
            return self.first <= iso <= self.last
        return iso >= self.first or iso <= self.last

    def meets(self, other: Days) -> bool:
        """Whether any day lies in both runs (CS-3)."""
        if self.yearly and other.yearly:
            return any(self.covers(day) and other.covers(day) for day in LEAP_YEAR)
        if not self.yearly and not other.yearly:
            return self.first <= other.last and other.first <= self.last
        dated, yearly = (other, self) if self.yearly else (self, other)
        return any(yearly.covers(day) for day in dated.some_days())

    def some_days(self) -> list[date]:
        """The days of a dated run, at most those between two leap days: enough to meet any yearly run."""
        first, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        return [first + timedelta(days=n) for n in range(min((last - first).days, 8 * 366) + 1)]

    def is_sound(self) -> bool:
        """Whether both ends are dates of one kind, in order where they carry a year."""
        if YEARLY.fullmatch(self.first) and YEARLY.fullmatch(self.last):
            return _is_date(f"2024-{self.first}") and _is_date(f"2024-{self.last}")
        if DATED.fullmatch(self.first) and DATED.fullmatch(self.last):
            return _is_date(self.first) and _is_date(self.last) and self.first <= self.last
        return False


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
