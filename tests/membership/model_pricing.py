"""A second, slow price, written from the sentences of the rules: it tries every way, with fractions, line by line.

It knows nothing of the search in `membership/`: it takes the same bill, walks each combination of offers from list
price to the end, and keeps the lowest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations, product
from math import floor
from typing import Any

from membership.bill import Bill, Guest, Offer, Wishes
from membership.preset import Preset


@dataclass
class Unit:
    """One line, or the rest of it; `units` are how many have not been given away."""

    line: int
    category: str
    sku: str
    price: int
    units: int
    now: int
    room: bool
    may: bool
    own_price: bool = False


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def share_out(off: int, parts: list[Unit]) -> None:
    """The largest remainder: everybody gets the whole part of his share, the left-over fen go to the largest rests."""
    total = sum(part.now for part in parts)
    if total == 0:
        return
    exact = [Fraction(off * part.now, total) for part in parts]
    given = [int(one) for one in exact]
    by_rest = sorted(range(len(parts)), key=lambda n: (-(exact[n] - given[n]), n))
    for n in by_rest[: off - sum(given)]:
        given[n] += 1
    for part, one in zip(parts, given, strict=True):
        part.now -= one


def pay_percent(percent: int, parts: list[Unit]) -> int:
    total = sum(part.now for part in parts)
    off = total - half_up(Fraction(total * percent, 100))
    share_out(off, parts)
    return off


@dataclass
class Walked:
    due: int
    worth: int
    points: int
    steps: list[int]


def walk(
    bill: Bill, guest: Guest, preset: Preset, prices: tuple[Any, ...], tier: int, balance: int, points: int,
    goods: tuple[Offer, ...], money: tuple[Offer, ...],
) -> Walked | None:
    """One way from list price to the end; None where it is forbidden or a coupon of it does nothing."""
    used = {name for name, on in (("tier", tier < 100), ("balance_tier", balance < 100), ("points", points > 0),
                                  ("group_buy", bill.group_buy)) if on}
    coupons = goods + money
    if any(set(price.excludes) & (used | ({"coupon"} if coupons else set())) for price in prices):
        return None
    for one in coupons:
        others = {"coupon"} if len(coupons) > 1 else set()
        if set(one.excludes) & (used | others):
            return None
    parts = [
        Unit(n, line.category, line.sku, line.unit_price, line.qty, line.gross, line.category == preset.rooms.category,
             line.category not in preset.pricing.undiscounted_categories)
        for n, line in enumerate(bill.lines)
    ]
    listed = [part.now for part in parts]
    may = [part for part in parts if part.may]
    steps: list[int] = []
    for price in prices:
        mine = [part for part in may if covers(price, part, preset) and lowest_price(price, prices, part, preset)]
        steps.append(pay_percent(percent_of(price), mine))
        for part in mine:
            part.own_price = True
    if bill.channel == preset.rooms.wechat_channel:
        rooms = [part for part in may if part.room]
        off = min(preset.rooms.wechat_cut, sum(part.now for part in rooms))
        share_out(off, rooms)
        steps.append(off)
    worth = taken = 0
    for name in preset.pricing.stack_order:
        if name == "member_tier" and tier < 100:
            steps.append(pay_percent(tier, [part for part in may if not (part.room and part.own_price)]))
        if name == "balance_tier" and balance < 100:
            steps.append(pay_percent(balance, may))
        if name == "points":
            running = sum(part.now for part in may)
            rules = preset.points
            one_step = rules.step * 100 // rules.per_yuan_value
            while (taken + rules.step <= min(points, guest.points)
                   and (worth + one_step) * 100 <= running * rules.max_share_percent):
                taken, worth = taken + rules.step, worth + one_step
            share_out(worth, may)
            steps.append(worth)
        if name == "coupon":
            before = [part.now for part in parts]
            for one in goods + money:
                fitting = [part for part in may if one.fits(bill.lines[part.line])]
                amounts = before if one.kind == "goods" else [part.now for part in parts]
                seen = listed if preset.pricing.threshold_on == "original" else amounts
                if sum(seen[part.line] for part in fitting) < one.threshold:
                    return None
                off = coupon(one, fitting)
                if off == 0:
                    return None
                steps.append(off)
    return Walked(sum(part.now for part in parts), worth, taken, [off for off in steps if off])


def coupon(one: Offer, fitting: list[Unit]) -> int:
    if one.kind == "cash":
        off = min(one.value, sum(part.now for part in fitting))
        share_out(off, fitting)
        return off
    if one.kind == "discount":
        total = sum(part.now for part in fitting)
        off = total - half_up(Fraction(total * one.value, 100))
        off = off if one.most is None else min(off, one.most)
        share_out(off, fitting)
        return off
    off = 0
    for _ in range(one.value):
        left = [part for part in fitting if part.units]
        if left:
            dearest = max(left, key=lambda part: (part.price, -part.line))
            unit = half_up(Fraction(dearest.now, dearest.units))
            dearest.now -= unit
            dearest.units -= 1
            off += unit
    return off


def percent_of(price: Any) -> int:
    return int(price.room_pay_percent if hasattr(price, "room_pay_percent") else price.pay_percent)


def covers(price: Any, part: Unit, preset: Preset) -> bool:
    if hasattr(price, "room_pay_percent"):
        return part.room
    return (not price.categories or part.category in price.categories) and part.category not in price.except_categories


def lowest_price(price: Any, prices: tuple[Any, ...], part: Unit, preset: Preset) -> bool:
    """Only one price a line: the lowest, of equals the first."""
    covering = [one for one in prices if covers(one, part, preset)]
    return min(covering, key=percent_of) is price


def subsets(things: list[Any]) -> list[tuple[Any, ...]]:
    return [one for n in range(len(things) + 1) for one in combinations(things, n)]


def every_way(
    bill: Bill, guest: Guest, offers: list[Offer], wishes: Wishes, preset: Preset, today: date
) -> tuple[list[Walked], list[Walked]]:
    """All permitted ways without the balance tier, and with it."""
    base = sum(line.gross for line in bill.lines if line.category not in preset.pricing.undiscounted_categories)
    prices: list[Any] = [one for one in preset.rooms.cohorts if one.name == guest.cohort]
    prices += [one for one in preset.pricing.category_prices
               if (one.days is None or one.days.covers(today)) and base >= one.min_bill]
    prices = [one for one in prices if not (bill.group_buy and "group_buy" in one.excludes) and percent_of(one) < 100]
    tiers = {100} | {step.pay_percent for step in preset.tiers.ladder if guest.tier and step.tier <= guest.tier}
    stored = preset.stored_value
    steps = [step.pay_percent for step in stored.balance_steps if step.balance <= guest.balance]
    balance = steps[-1] if steps and stored.enabled and stored.balance_discount_enabled else 100
    goods = [one for one in offers if one.kind == "goods"]
    fitting = {one.id: sum(1 for line in bill.lines if one.fits(line)
                           and line.category not in preset.pricing.undiscounted_categories) for one in goods}
    goods.sort(key=lambda one: (fitting[one.id], one.last_day))
    money = [one for one in offers if one.kind != "goods"]
    plain, with_balance = [], []
    for some, tier, balanced in product(subsets(prices), sorted(tiers), {100, balance}):
        alone = balanced < 100 and not preset.pricing.stack_with_all
        if alone and tier < 100:
            continue
        for these_goods, these_money in product(subsets(goods), subsets(money)):
            if len(these_money) > preset.pricing.max_money_coupons or (alone and these_goods + these_money):
                continue
            if len(these_money) > 1 and not all(one.stackable for one in these_money):
                continue
            points = 0 if alone else wishes.points
            way = walk(bill, guest, preset, some, tier, balanced, points, these_goods, these_money)
            if way is not None and (balanced == 100 or way.due <= guest.balance):
                (with_balance if balanced < 100 else plain).append(way)
    return plain, with_balance


def lowest_cost(bill: Bill, guest: Guest, offers: list[Offer], wishes: Wishes, preset: Preset, today: date) -> int:
    """The least that the guest can give, in money and in the worth of points."""
    plain, with_balance = every_way(bill, guest, offers, wishes, preset, today)
    ways = plain + (with_balance if wishes.use_balance else [])
    return min(way.due + way.worth for way in ways)
