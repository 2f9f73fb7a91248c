"""How many bills a second are priced: the full chain, ten coupons, the best combination, every step itemised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from time import process_time

from membership.bill import Bill, Guest, Line, Offer, Wishes
from membership.hotel_time import DateRange, Holidays
from membership.preset import Preset, Tier
from membership.preset_values import HOTEL, choose
from membership.pricing import lowest, quote
from membership.quote import Quote

TODAY = date(2026, 3, 5)
HOLIDAYS = Holidays(DateRange(date(2026, 1, 1), date(2026, 12, 31)), frozenset({date(2026, 10, 1)}))
LAST = date(2026, 12, 31)


def house() -> Preset:
    """The hotel with tier discounts, the balance tier on, everything stacking, a random reduction up to 5 yuan."""
    preset = choose(HOTEL, "tiers.ladder", "discounted")
    return replace(
        preset,
        stored_value=replace(preset.stored_value, enabled=True, balance_discount_enabled=True),
        pricing=replace(preset.pricing, stack_with_all=True, random_up_to=500),
    )


def bills() -> list[tuple[Bill, Guest, Wishes]]:
    """A dinner, a night with breakfast, a day at the spa, a long room order: by an old guest of some tier each."""
    dinner = Bill((Line("duck", "dining", 1, 16_800), Line("rice", "dining", 3, 600), Line("tea", "dining", 2, 3_800)))
    night = Bill((Line("deluxe", "room", 1, 58_800), Line("breakfast", "dining", 2, 6_800)), channel="wechat")
    spa = Bill((Line("massage", "spa", 2, 29_800), Line("oil", "spa", 1, 8_800), Line("tip", "tip", 1, 2_000)))
    order = Bill(tuple(Line(f"dish{n}", "dining", n % 3 + 1, 1_200 + 700 * n) for n in range(8)))
    return [
        (dinner, Guest("li", Tier.GOLD, None, 80_000, 5_000), Wishes(points=205, use_balance=True)),
        (night, Guest("li", Tier.TWO_DIAMOND, "old_member", 300_000, 5_000), Wishes(use_balance=True)),
        (spa, Guest("li", Tier.SILVER, None, 9_000, 500), Wishes(points=1_000, use_balance=True)),
        (order, Guest("li", Tier.FIVE_DIAMOND, None, 500_000, 9_000), Wishes(use_balance=True)),
    ]


def coupons() -> list[Offer]:
    """Ten coupons of one member: six of money with thresholds, two discounts, two for goods."""
    cash = [
        Offer(f"cash{n}", "cash", value * 100, LAST, least * 100, owner="li")
        for n, (value, least) in enumerate([(5, 0), (20, 100), (30, 200), (50, 300), (100, 600), (300, 2_000)])
    ]
    discounts = [
        Offer("dine95", "discount", 95, LAST, categories=frozenset({"dining"}), owner="li"),
        Offer("spa80", "discount", 80, LAST, 20_000, most=15_000, categories=frozenset({"spa"}), owner="li"),
    ]
    goods = [
        Offer("breakfast", "goods", 1, LAST, skus=frozenset({"breakfast"}), owner="li"),
        Offer("tea", "goods", 1, LAST, skus=frozenset({"tea", "dish2"}), owner="li"),
    ]
    return cash + discounts + goods


def seconds(once: Callable[[], None], rounds: int) -> float:
    """Processor seconds of one round, the shortest of fifteen: what other programs take away is not counted."""
    taken = []
    for _ in range(15):
        start = process_time()
        for _ in range(rounds):
            once()
        taken.append((process_time() - start) / rounds)
    return min(taken)


def measure() -> dict[str, float]:
    """`per_second`: itemised quotes in one process. `ratio`: their time over that of the same search unexplained."""
    preset, cases, offers = house(), bills(), coupons()

    def itemised() -> None:
        for bill, guest, wishes in cases:
            found = quote(bill, guest, offers, wishes, preset, TODAY, HOLIDAYS)
            if not isinstance(found, Quote):
                raise RuntimeError(f"a bill of the measurement was refused: {found}")

    def amounts_only() -> None:
        for bill, guest, wishes in cases:
            lowest(bill, guest, offers, wishes, preset, TODAY, HOLIDAYS)

    explained, bare = seconds(itemised, 25), seconds(amounts_only, 25)
    return {"per_second": round(len(cases) / explained, 1), "ratio": round(explained / bare, 2)}
