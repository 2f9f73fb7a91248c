"""A second, slow ladder, written from the sentences of the rules and nothing else: every edge spelt out in yuan."""

from __future__ import annotations

from datetime import date, timedelta

NAMES = ["registered", "iron", "bronze", "silver", "gold", "one_diamond", "two_diamond", "three_diamond",
         "four_diamond", "five_diamond"]
BANDS = [(0, 1_000, "iron"), (1_000, 2_500, "bronze"), (2_500, 5_000, "silver"), (5_000, 15_000, "gold"),
         (15_000, 50_000, "one_diamond"), (50_000, 150_000, "two_diamond"), (150_000, 300_000, "three_diamond"),
         (300_000, 500_000, "four_diamond"), (500_000, 10**12, "five_diamond")]
KEEP = {name: low for low, _, name in BANDS}
DIAMONDS = ["two_diamond", "three_diamond", "four_diamond", "five_diamond"]
ENTRY = [("five_diamond", 1_000_000), ("four_diamond", 600_000), ("three_diamond", 300_000), ("two_diamond", 100_000),
         ("one_diamond", 15_000), ("gold", 5_000), ("silver", 2_500), ("bronze", 1_000)]


def year_end(tier: str, fen: int, dates: int) -> str:
    """The tier after the year, read top-down."""
    if tier in ("registered", "iron"):
        return tier
    in_band = next(name for low, high, name in BANDS if low * 100 <= fen < high * 100)
    if tier in DIAMONDS:
        by_spend = tier if fen >= KEEP[tier] * 100 else in_band
        by_orders = tier if dates >= 10 else NAMES[NAMES.index(tier) - 1]
        return min(by_spend, by_orders, key=NAMES.index)
    for candidate in reversed(NAMES[2: NAMES.index(tier) + 1]):
        if fen >= KEEP[candidate] * 100:
            return candidate
    return "iron"


def entry(fen: int, has_id: bool) -> tuple[str, str | None]:
    """What a rolling sum opens, and what waits for an ID number."""
    reached = next((name for name, yuan in ENTRY if fen >= yuan * 100), "iron" if fen > 0 else "registered")
    if has_id or NAMES.index(reached) < NAMES.index("silver"):
        return reached, None
    return "bronze", reached


def rolling(bills: list[tuple[date, int]], day: date, after: date | None = None) -> int:
    """The sum of the bills of the day and of the 364 days before it, one day after the other."""
    total = 0
    for back in range(365):
        looked_at = day - timedelta(days=back)
        if after is None or looked_at > after:
            total += sum(fen for dated, fen in bills if dated == looked_at)
    return total


def year_ends_on(granted: date) -> date:
    """The last day of the validity year, by counting days forward to the same date."""
    if (granted.month, granted.day) == (2, 29):
        return date(granted.year + 1, 2, 28)
    day = granted + timedelta(days=1)
    while (day.month, day.day) != (granted.month, granted.day):
        day += timedelta(days=1)
    return day - timedelta(days=1)


def life(enrolled: date, has_id: bool, bills: list[tuple[date, int]], until: date) -> tuple[str, date]:
    """A member's tier and its first day, lived day by day: the year ends first, then the day's bills are posted."""
    tier, since, after = "registered", enrolled, None
    day = enrolled
    while day <= until:
        if tier not in ("registered", "iron") and day > year_ends_on(since):
            year = [(dated, fen) for dated, fen in bills if since <= dated <= year_ends_on(since)]
            dates = len({dated for dated, fen in year if fen > 0})
            kept = year_end(tier, sum(fen for _, fen in year), dates)
            if kept != tier:
                after = day - timedelta(days=1)
            tier, since = kept, day
        if any(dated == day for dated, _ in bills):
            opened, _ = entry(rolling([bill for bill in bills if bill[0] <= day], day, after), has_id)
            if NAMES.index(opened) > NAMES.index(tier):
                tier, since = opened, day
        day += timedelta(days=1)
    return tier, since
