"""A hotel and a moment, for tests: one place to say where and when."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from membership.hotel_time import DateRange, Holidays
from membership.occasion import Occasion, Surface
from membership.verdict import Allowed, Verdict

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR = DateRange(date(2026, 1, 1), date(2026, 12, 31))
HOLIDAYS = Holidays(YEAR, frozenset({date(2026, 1, 1), date(2026, 10, 1), date(2026, 10, 2)}))


def at(text: str) -> datetime:
    """A wall-clock moment in Shanghai, "2026-03-05 18:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def occasion(
    text: str = "2026-03-05 18:00",
    store: str = "restaurant",
    surface: Surface = Surface.HANDHELD,
    presenter: str | None = "li",
    operator: str | None = "wang",
) -> Occasion:
    return Occasion(at(text), SHANGHAI, store, surface, presenter, operator)


def why(verdict: Verdict) -> str:
    """The key of the refusal, or "allowed"."""
    return "allowed" if isinstance(verdict, Allowed) else verdict.key
