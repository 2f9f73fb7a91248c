"""Every way a bill could be priced, and the lowest of them (X-33, X-90).

The search works on amounts alone. Two laws keep it short and exact where coupons are the last step: more taken off
before a coupon never makes the bill dearer unless it carries the coupon below its threshold; and neither does a goods
coupon but for the same reason. So gentler ways are tried only when a threshold is missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

from membership.case import (
    Case,
    Plan,
    Ticketed,
    enter,
    money_off,
    reached,
    take_coupon,
    take_coupons,
    take_steps,
    tier_percents,
)
from membership.money import MAX_FEN, Fen, half_up
from membership.preset import StepName
from membership.prices import BIT, PriceRule

COUPON, TIER, BALANCE, POINTS = BIT["coupon"], BIT["tier"], BIT["balance_tier"], BIT["points"]

Tickets = tuple[Ticketed, ...]
Way = tuple[Fen, int, Fen, Tickets, Tickets]
"""Due, points taken after the coupons and their worth, goods coupons, money coupons."""


@dataclass(frozen=True, slots=True)
class Found:
    """A plan and what it comes to. `cost` is what the guest gives: the due and the worth of the points taken."""

    plan: Plan
    due: Fen
    cost: Fen
    points: int
    in_order: bool

    def rank(self) -> tuple[int, int, int, tuple[date, ...]]:
        """Ways of one cost: fewest points, fewest coupons, and of coupons those that end first (X-33)."""
        used = self.plan.goods + self.plan.money
        return self.cost, self.points, len(used), tuple(sorted(ticket.offer.last_day for ticket in used))


@dataclass(slots=True)
class Best:
    """The lowest way found with the balance tier and without it, and the lowest that leaves nothing out."""

    plain: Found | None = None
    balance: Found | None = None
    plain_in_order: Found | None = None
    balance_in_order: Found | None = None

    def limit(self, uses_balance: bool, in_order: bool) -> Fen:
        """The highest cost that is still of interest."""
        kept = self.balance if uses_balance else self.plain
        return MAX_FEN if kept is None or in_order else kept.cost

    def wants(self, cost: Fen, uses_balance: bool, in_order: bool) -> bool:
        """Whether a way of this cost could still be kept: most are not, and need not be written down."""
        kept = self.balance if uses_balance else self.plain
        if kept is None or cost <= kept.cost:
            return True
        if not in_order:
            return False
        kept = self.balance_in_order if uses_balance else self.plain_in_order
        return kept is None or cost <= kept.cost

    def offer(self, found: Found) -> None:
        """Keep `found` where it is lower than what was kept."""
        if found.plan.balance_percent < 100:
            self.balance = _lower(found, self.balance)
            if found.in_order:
                self.balance_in_order = _lower(found, self.balance_in_order)
        else:
            self.plain = _lower(found, self.plain)
            if found.in_order:
                self.plain_in_order = _lower(found, self.plain_in_order)


def _lower(found: Found, kept: Found | None) -> Found:
    if kept is None or found.cost < kept.cost:
        return found
    return found if found.cost == kept.cost and found.rank() < kept.rank() else kept


def search(case: Case) -> Best:
    """The best ways (X-31, X-33, X-90). With stacking off, the balance tier stands alone: no other step with it."""
    best = Best()
    order = [name for name in case.pricing.stack_order if name != "random_cut"]
    at = order.index("coupon")
    before, after = order[:at], order[at + 1:]
    quick = case.must is None and case.pricing.max_money_coupons == 1 and not after
    balances = [100, case.balance_percent] if case.pricing.stack_with_all and case.balance_percent < 100 else [100]
    tiers = _tiers_to_try(case, before, balances[-1]) if quick else tier_percents(case)
    most_off = _most_off(case)
    for start in _starts(case, before, tiers, balances):
        limit = best.limit(start.plan.balance_percent < 100, start.in_order) - start.worth + most_off
        ways = _quick_ways(case, start, limit) if quick else _all_ways(case, start, after)
        for total, more_points, more_worth, goods, money in ways:
            plan, cost = start.plan, total + start.worth + more_worth
            uses_balance = plan.balance_percent < 100
            if uses_balance and total > case.guest.balance:
                continue
            if best.wants(cost, uses_balance, start.in_order):
                chosen = Plan(plan.prices, plan.tier_percent, plan.balance_percent, plan.points, goods, money)
                best.offer(Found(chosen, total, cost, start.points + more_points, start.in_order))
    if not case.pricing.stack_with_all and case.balance_percent < 100 and not case.must:
        _alone(case, best)
    return best


def _alone(case: Case, best: Best) -> None:
    """The balance tier on the price that enters, and nothing else (X-31)."""
    for prices in _subsets(case.entry.rules):
        if _excluded(prices) & BALANCE:
            continue
        amounts, plan = enter(case, prices), Plan(prices, balance_percent=case.balance_percent)
        take_steps(("balance_tier",), plan, amounts, (), case)
        due = sum(amounts)
        if due <= case.guest.balance:
            best.offer(Found(plan, due, due, 0, in_order=False))


@dataclass(frozen=True, slots=True)
class Start:
    """A way as far as the coupons: the amounts there, points taken and their worth, classes used and excluded."""

    plan: Plan
    amounts: list[Fen]
    points: int
    worth: Fen
    used: int
    excluded: int
    in_order: bool


def _starts(case: Case, before: Sequence[StepName], tiers: Sequence[int], balances: Sequence[int]) -> Iterator[Start]:
    """Every choice of prices, tier and balance tier whose exclusions allow it (X-33)."""
    for prices in _subsets(case.entry.rules):
        entered, tier_on, excluded = enter(case, prices), case.tier_on(prices), _excluded(prices)
        all_prices = len(prices) == len(case.entry.rules)
        for tier, balance in product(tiers, balances):
            plan = Plan(prices, tier, balance, case.wishes.points)
            used = (TIER if tier < 100 else 0) | (BALANCE if balance < 100 else 0) | (POINTS if plan.points else 0)
            if used & excluded:
                continue
            amounts = entered.copy()
            points, worth = take_steps(before, plan, amounts, tier_on, case)
            in_order = all_prices and tier == case.own_tier_percent
            yield Start(plan, amounts, points, worth, used, excluded, in_order)


def _subsets(rules: Sequence[PriceRule]) -> Iterator[tuple[PriceRule, ...]]:
    """Every choice of price rules, all of them first."""
    for size in range(len(rules), -1, -1):
        yield from combinations(rules, size)


def _excluded(prices: Sequence[PriceRule]) -> int:
    excluded = 0
    for rule in prices:
        excluded |= rule.excludes
    return excluded


def _tiers_to_try(case: Case, before: Sequence[StepName], balance: int) -> list[int]:
    """The discounts of the tier and of those below it; only the own one, and none, where a gentler one cannot help."""
    if _gentle_helps(case, before, balance):
        return tier_percents(case)
    excluded = _excluded(case.entry.rules)
    for ticket in case.money + case.goods:
        excluded |= ticket.excludes
    return [case.own_tier_percent, 100] if excluded & TIER and case.own_tier_percent < 100 else [case.own_tier_percent]


def _gentle_helps(case: Case, before: Sequence[StepName], balance: int) -> bool:
    """Whether some coupon can miss its threshold through what is taken off before it: only then can less off be more.

    It is asked of amounts that no way goes below: every price, the own tier on every piece, every goods coupon, less
    the fen of rounding and a step of points. On a bill of a few yuan it is always so: there a fen outweighs a per cent.
    """
    prices, points = case.entry.rules, case.preset.points
    if sum(case.start) < 100 * (len(case.start) + 4):
        return True
    tickets = [ticket for ticket in case.goods + case.money if 0 < ticket.offer.threshold <= ticket.gross]
    if not tickets or case.pricing.threshold_on == "original":
        return False
    amounts, plan = enter(case, prices), Plan(prices, case.own_tier_percent, balance, case.wishes.points)
    take_steps(before, plan, amounts, case.discountable, case)
    left = list(case.units)
    for ticket in case.goods:
        take_coupon(ticket, amounts, left)
    slack = 4 * len(amounts) + (points.step * 100 // points.per_yuan_value if plan.points else 0)
    return any(sum([amounts[n] for n in ticket.on]) - slack < ticket.offer.threshold for ticket in tickets)


def _most_off(case: Case) -> Fen:
    """The most that a money coupon, or a goods coupon that stands alone, could take off this bill."""
    most = 0
    for ticket in case.money:
        if ticket.offer.threshold <= ticket.gross:
            cash = ticket.offer.kind == "cash"
            off = ticket.offer.value if cash else half_up(ticket.gross * (100 - ticket.offer.value), 100) + 1
            most = max(most, off if ticket.offer.most is None else min(off, ticket.offer.most))
    return max([most, *(ticket.gross for ticket in case.goods if ticket.excludes & COUPON)])


# -- coupons: every set of them ---------------------------------------------------------------------------------------
def _all_ways(case: Case, start: Start, after: Sequence[StepName]) -> Iterator[Way]:
    """Every set of coupons, one by one: for the guest's own choice, several money coupons, another order of steps."""
    tier_on = case.tier_on(start.plan.prices) if after else ()
    for goods, money in _sets(case, start):
        amounts = start.amounts.copy()
        if take_coupons(goods, money, amounts, case):
            points, worth = take_steps(after, start.plan, amounts, tier_on, case)
            yield sum(amounts), points, worth, goods, money


def _sets(case: Case, start: Start) -> Iterator[tuple[Tickets, Tickets]]:
    """The sets of coupons that may stand together: so many money coupons, several only if stackable (X-119)."""
    most = case.pricing.max_money_coupons
    if case.must is None:
        goods_sets = [one for n in range(len(case.goods) + 1) for one in combinations(case.goods, n)]
        money_sets = [one for n in range(min(most, len(case.money)) + 1) for one in combinations(case.money, n)]
    elif len(case.goods) + len(case.money) < len(case.must) or len(case.money) > most:
        return
    else:
        goods_sets, money_sets = [case.goods], [case.money]
    for goods, money in product(goods_sets, money_sets):
        together = goods + money
        if (together and start.excluded & COUPON) or any(ticket.excludes & start.used for ticket in together):
            continue
        if len(together) > 1 and any(ticket.excludes & COUPON for ticket in together):
            continue
        if len(money) < 2 or all(ticket.offer.stackable for ticket in money):
            yield goods, money


# -- coupons: the sets that can be lowest -----------------------------------------------------------------------------
def _quick_ways(case: Case, start: Start, limit: Fen) -> Iterator[Way]:
    """The sets of coupons that can be lowest, when they are the last step and one of them at most is money.

    Above `limit` before the money coupon nothing can become lower than what was found.
    """
    amounts, used = start.amounts, start.used
    total = sum(amounts)
    if start.excluded & COUPON:
        yield total, 0, 0, (), ()
        return
    goods = [ticket for ticket in case.goods if not ticket.excludes & (used | COUPON)]
    given, rest = _give(case, goods, amounts) if goods else ((), amounts)
    left = sum(rest) if given else total
    if left > limit:
        return
    yield left, 0, 0, given, ()
    fewer: list[tuple[Tickets, list[Fen]]] = []
    for ticket in case.money:
        if ticket.excludes & used:
            continue
        if ticket.excludes & COUPON:
            off, _ = money_off(ticket, amounts, case)
            if off:
                yield total - off, 0, 0, (), (ticket,)
            continue
        off, sated = money_off(ticket, rest, case)
        if off:
            yield left - off, 0, 0, given, (ticket,)
        if given and (sated or (not off and reached(ticket, amounts, case.pricing))):
            fewer = fewer or list(_fewer_goods(case, given, amounts))
            for kept, kept_rest in fewer:
                off, _ = money_off(ticket, kept_rest, case)
                if off:
                    yield sum(kept_rest) - off, 0, 0, kept, (ticket,)
    for ticket in case.goods:
        if ticket.excludes & COUPON and not ticket.excludes & used:
            alone, after = _give(case, [ticket], amounts)
            if alone:
                yield sum(after), 0, 0, alone, ()


def _give(case: Case, goods: Sequence[Ticketed], amounts: list[Fen]) -> tuple[Tickets, list[Fen]]:
    """The goods coupons that give something, and the amounts after them."""
    after, left = amounts.copy(), list(case.units)
    ready = [ticket for ticket in goods if reached(ticket, amounts, case.pricing)]
    return tuple(ticket for ticket in ready if take_coupon(ticket, after, left)), after


def _fewer_goods(case: Case, given: Sequence[Ticketed], amounts: list[Fen]) -> Iterator[tuple[Tickets, list[Fen]]]:
    """Some goods coupons kept back, because they would carry a money coupon below its threshold (X-90).

    Of coupons that are alike those that end first are given.
    """
    alike: dict[tuple[object, ...], list[Ticketed]] = {}
    for one in given:
        alike.setdefault((one.on, one.offer.value, one.offer.threshold), []).append(one)
    for counts in product(*(range(len(group) + 1) for group in alike.values())):
        some = [one for group, n in zip(alike.values(), counts, strict=True) for one in group[:n]]
        yield _give(case, some, amounts)
