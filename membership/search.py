"""Every way a bill could be priced, and the lowest of them (X-33, X-90).

The search works on amounts alone. Two laws keep it short and exact: more taken off before a coupon never makes the
bill dearer unless it carries the coupon below its threshold; and neither does a goods coupon but for the same reason.
So gentler ways are tried only when a threshold is missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, product

from membership.bill import Bill, Guest, Offer, Wishes
from membership.chain import cash_off, percent_off, points_off, unit_off
from membership.money import Fen
from membership.preset import Preset, PricingRules, StepName, Tier
from membership.prices import BIT, Entry, PriceRule, assign, mask

COUPON, TIER, BALANCE, POINTS = BIT["coupon"], BIT["tier"], BIT["balance_tier"], BIT["points"]


@dataclass(frozen=True, slots=True)
class Ticketed:
    """An offer with what the search needs of it worked out: its pieces, the order to give units in, its exclusions."""

    offer: Offer
    on: tuple[int, ...]
    order: tuple[int, ...]
    excludes: int
    gross: Fen


@dataclass(frozen=True, slots=True)
class Plan:
    """One way through the chain: price rules used, per cents paid (100 = left out), coupons in their order."""

    prices: tuple[PriceRule, ...] = ()
    tier_percent: int = 100
    balance_percent: int = 100
    points: int = 0
    goods: tuple[Ticketed, ...] = ()
    money: tuple[Ticketed, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A plan and what it comes to. `cost` is what the guest gives: the due and the worth of the points taken."""

    plan: Plan
    due: Fen
    cost: Fen
    points: int
    in_order: bool

    def rank(self) -> tuple[int, int, int, tuple[date, ...]]:
        """Ways of one cost: fewest points, fewest coupons, and of coupons those that end first (contract: ties)."""
        used = self.plan.goods + self.plan.money
        return self.cost, self.points, len(used), tuple(sorted(ticket.offer.last_day for ticket in used))


@dataclass(slots=True)
class Case:
    """A bill made ready for the search: everything that stays the same over all ways."""

    bill: Bill
    guest: Guest
    wishes: Wishes
    preset: Preset
    entry: Entry
    own_tier_percent: int
    balance_percent: int
    money: tuple[Ticketed, ...]
    goods: tuple[Ticketed, ...]
    must: frozenset[str] | None
    start: list[Fen] = field(default_factory=list)
    rooms: list[int] = field(default_factory=list)
    discountable: list[int] = field(default_factory=list)

    @property
    def pricing(self) -> PricingRules:
        return self.preset.pricing

    def tier_on(self, prices: Sequence[PriceRule]) -> list[int]:
        """Pieces the member's discount works on: not rooms at a cohort, festival or special price (X-117)."""
        pieces = self.entry.pieces
        return [
            n for n in self.discountable
            if not (pieces[n].room and (pieces[n].special or any(rule.covers[n] for rule in prices)))
        ]


def make_ready(
    bill: Bill, guest: Guest, wishes: Wishes, preset: Preset, entry: Entry, balance_percent: int,
    offers: Sequence[Offer],
) -> Case:
    """The case of a bill; `offers` are those that may be used on it at all."""
    pieces = entry.pieces
    own = preset.tiers.ladder[guest.tier - 1].pay_percent if guest.tier is not None else 100
    tickets = [ticket for offer in offers if (ticket := _ticket(offer, bill, entry)).on]
    order = {name: n for n, name in enumerate(wishes.coupons or ())}
    money = [ticket for ticket in tickets if ticket.offer.kind != "goods"]
    goods = [ticket for ticket in tickets if ticket.offer.kind == "goods"]
    if wishes.coupons is not None:
        money = sorted((t for t in money if t.offer.id in order), key=lambda t: order[t.offer.id])
        goods = [t for t in goods if t.offer.id in order]
    goods.sort(key=lambda ticket: (len(ticket.on), ticket.offer.last_day))
    case = Case(
        bill, guest, wishes, preset, entry, own, balance_percent, tuple(money), tuple(goods),
        frozenset(wishes.coupons) if wishes.coupons is not None else None,
    )
    case.start = [piece.gross for piece in pieces]
    for fixed in entry.fixed:
        case.start[fixed.piece] -= fixed.off
    case.rooms = [n for n, piece in enumerate(pieces) if piece.room and piece.discountable]
    case.discountable = [n for n, piece in enumerate(pieces) if piece.discountable]
    return case


def _ticket(offer: Offer, bill: Bill, entry: Entry) -> Ticketed:
    fitting = [offer.fits(line) for line in bill.lines]
    pieces = entry.pieces
    on = tuple(n for n, piece in enumerate(pieces) if piece.discountable and fitting[piece.line])
    order = tuple(sorted(on, key=lambda n: (-(pieces[n].gross // pieces[n].units), n)))
    return Ticketed(offer, on, order, mask(offer.excludes), sum(pieces[n].gross for n in on))


# -- one way, from list price to the end ------------------------------------------------------------------------------
def enter(case: Case, prices: Sequence[PriceRule]) -> list[Fen]:
    """The amounts that enter the chain under the price rules used, and the booking channel's cut (X-117)."""
    amounts = case.start.copy()
    for rule, on in assign(case.entry, prices):
        percent_off(rule.pay_percent, amounts, on)
    if case.bill.channel == case.preset.rooms.wechat_channel and case.rooms:
        cash_off(case.preset.rooms.wechat_cut, amounts, case.rooms)
    return amounts


def reached(ticket: Ticketed, amounts: Sequence[Fen], rules: PricingRules) -> bool:
    """Whether the coupon's threshold is reached by the lines it fits, running or at list price (X-32, X-50)."""
    least = ticket.offer.threshold
    if least == 0:
        return True
    return (ticket.gross if rules.threshold_on == "original" else sum([amounts[n] for n in ticket.on])) >= least


def take_coupon(ticket: Ticketed, amounts: list[Fen], left: list[int]) -> Fen:
    """What the coupon takes off the amounts (CP-2, X-44)."""
    offer = ticket.offer
    if offer.kind == "cash":
        return cash_off(offer.value, amounts, ticket.on)
    if offer.kind == "discount":
        return percent_off(offer.value, amounts, ticket.on, offer.most)
    return unit_off(offer.value, amounts, left, ticket.order)


def take_coupons(plan: Plan, amounts: list[Fen], case: Case) -> bool:
    """Take the plan's coupons off, goods first, then money in its order (X-119); False if one of them does nothing."""
    left = [piece.units for piece in case.entry.pieces]
    usable = [reached(ticket, amounts, case.pricing) for ticket in plan.goods]
    if not all(usable):
        return False
    if any(take_coupon(ticket, amounts, left) == 0 for ticket in plan.goods):
        return False
    for ticket in plan.money:
        if not reached(ticket, amounts, case.pricing) or take_coupon(ticket, amounts, left) == 0:
            return False
    return True


def run(plan: Plan, case: Case) -> Found | None:
    """What a plan comes to, step by step in the configured order (SV-8); None if one of its coupons does nothing."""
    amounts = enter(case, plan.prices)
    worth = taken = 0
    for name in case.pricing.stack_order:
        if name == "member_tier":
            percent_off(plan.tier_percent, amounts, case.tier_on(plan.prices))
        elif name == "balance_tier":
            percent_off(plan.balance_percent, amounts, case.discountable)
        elif name == "points":
            taken, worth = take_points(plan.points, amounts, case)
        elif name == "coupon" and not take_coupons(plan, amounts, case):
            return None
    due = sum(amounts)
    in_order = len(plan.prices) == len(case.entry.rules) and plan.tier_percent == case.own_tier_percent
    return Found(plan, due, due + worth, taken, in_order)


def take_points(asked: int, amounts: list[Fen], case: Case) -> tuple[int, Fen]:
    """Take points off the amounts: how many, and their worth in fen (PT-16, X-111)."""
    if not asked:
        return 0, 0
    rules, on = case.preset.points, case.discountable
    running = sum([amounts[n] for n in on])
    taken, worth = points_off(
        asked, case.guest.points, running, rules.step, rules.per_yuan_value, rules.max_share_percent
    )
    cash_off(worth, amounts, on)
    return taken, worth


# -- all ways ---------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Best:
    """The lowest way found with the balance tier and without it, and the lowest that leaves nothing out."""

    plain: Found | None = None
    balance: Found | None = None
    plain_in_order: Found | None = None
    balance_in_order: Found | None = None

    def wants(self, cost: Fen, uses_balance: bool, in_order: bool) -> bool:
        """Whether a way of this cost could still be kept: most are not, and need not be written down."""
        kept = self.balance if uses_balance else self.plain
        if kept is None or cost <= kept.cost:
            return True
        if not in_order:
            return False
        kept = self.balance_in_order if uses_balance else self.plain_in_order
        return kept is None or cost <= kept.cost

    def offer(self, found: Found, uses_balance: bool) -> None:
        """Keep `found` where it is lower than what was kept."""
        if uses_balance:
            if _lower(found, self.balance):
                self.balance = found
            if found.in_order and _lower(found, self.balance_in_order):
                self.balance_in_order = found
        else:
            if _lower(found, self.plain):
                self.plain = found
            if found.in_order and _lower(found, self.plain_in_order):
                self.plain_in_order = found


def _lower(found: Found, kept: Found | None) -> bool:
    if kept is None or found.cost < kept.cost:
        return True
    return found.cost == kept.cost and found.rank() < kept.rank()


def search(case: Case) -> Best:
    """The best ways (X-31, X-33, X-90). With stacking off, the balance tier stands alone: no other step with it."""
    best = Best()
    stacking = case.pricing.stack_with_all
    quick = case.pricing.max_money_coupons == 1 and _coupons_last(case.pricing.stack_order)
    plain = [100] if not stacking or case.balance_percent == 100 else [100, case.balance_percent]
    ways = _quick_ways(case, plain, best) if quick and case.must is None else _all_ways(case, plain)
    for found in ways:
        uses = found.plan.balance_percent < 100
        if not uses or found.due <= case.guest.balance:
            best.offer(found, uses)
    if not stacking and case.balance_percent < 100 and not case.must:
        for prices in _subsets(case.entry.rules):
            if not any(rule.excludes & BALANCE for rule in prices):
                alone = run(Plan(prices, balance_percent=case.balance_percent), case)
                if alone is not None and alone.due <= case.guest.balance:
                    best.offer(alone, True)
    return best


def _coupons_last(order: Sequence[StepName]) -> bool:
    return order.index("coupon") == len(order) - 2


def _subsets(rules: Sequence[PriceRule]) -> Iterator[tuple[PriceRule, ...]]:
    """Every choice of price rules, all of them first."""
    for size in range(len(rules), -1, -1):
        yield from combinations(rules, size)


def tier_percents(case: Case) -> list[int]:
    """The member's own discount, then those of the tiers below - benefits are inherited upward (X-9) - then none."""
    if case.guest.tier is None:
        return [100]
    ladder = case.preset.tiers.ladder[: case.guest.tier]
    return sorted({step.pay_percent for step in ladder} | {100})


def tier_of(percent: int, case: Case) -> Tier:
    """The highest tier up to the guest's own that gives this discount (X-9)."""
    ladder = case.preset.tiers.ladder[: case.guest.tier or 1]
    return max((step.tier for step in ladder if step.pay_percent == percent), default=Tier.REGISTERED)


def _used(prices: Sequence[PriceRule], tier: int, balance: int, points: int) -> tuple[int, int]:
    """The classes in use before the coupons, and the classes that the prices exclude."""
    used = (TIER if tier < 100 else 0) | (BALANCE if balance < 100 else 0) | (POINTS if points else 0)
    excluded = 0
    for rule in prices:
        excluded |= rule.excludes
    return used, excluded


def _all_ways(case: Case, balances: Sequence[int]) -> Iterator[Found]:
    """Every way, one by one: for the guest's own choice of coupons, several of them, another order of steps."""
    for prices in _subsets(case.entry.rules):
        for tier in tier_percents(case):
            for balance in balances:
                used, excluded = _used(prices, tier, balance, case.wishes.points)
                if used & excluded:
                    continue
                for goods, money in _coupon_sets(case, used, excluded):
                    found = run(Plan(prices, tier, balance, case.wishes.points, goods, money), case)
                    if found is not None:
                        yield found


def _coupon_sets(
    case: Case, used: int, excluded: int
) -> Iterator[tuple[tuple[Ticketed, ...], tuple[Ticketed, ...]]]:
    """Every set of coupons that may stand together: so many money coupons, several only if stackable (X-119)."""
    if case.must is not None:
        goods_sets: list[tuple[Ticketed, ...]] = [case.goods]
        money_sets: list[tuple[Ticketed, ...]] = [case.money]
        if len(case.goods) + len(case.money) < len(case.must):
            return
    else:
        goods_sets = [one for n in range(len(case.goods) + 1) for one in combinations(case.goods, n)]
        most = case.pricing.max_money_coupons
        money_sets = [one for n in range(min(most, len(case.money)) + 1) for one in combinations(case.money, n)]
    for goods in goods_sets:
        for money in money_sets:
            together = goods + money
            if together and excluded & COUPON:
                continue
            if any(ticket.excludes & used for ticket in together):
                continue
            if len(together) > 1 and any(ticket.excludes & COUPON for ticket in together):
                continue
            if len(money) > case.pricing.max_money_coupons:
                continue
            if len(money) > 1 and not all(ticket.offer.stackable for ticket in money):
                continue
            yield goods, money


# -- the quick way ----------------------------------------------------------------------------------------------------
def _quick_ways(case: Case, balances: Sequence[int], best: Best) -> Iterator[Found]:
    """The ways that can be lowest, when coupons are the last step and at most one of them is money."""
    before = [name for name in case.pricing.stack_order if name not in ("coupon", "random_cut")]
    gentle = _gentle_needed(case, before, max(balances, key=lambda percent: 100 - percent))
    masks = 0
    for ticket in case.money + case.goods:
        masks |= ticket.excludes
    for rule in case.entry.rules:
        masks |= rule.excludes
    tiers = tier_percents(case) if gentle else [case.own_tier_percent, *([100] if masks & TIER else [])]
    for prices in _subsets(case.entry.rules):
        entered = enter(case, prices)
        tier_on = case.tier_on(prices)
        for tier in dict.fromkeys(tiers):
            for balance in balances:
                used, excluded = _used(prices, tier, balance, case.wishes.points)
                if used & excluded:
                    continue
                amounts, taken, worth = _before_coupons(case, before, entered, tier_on, tier, balance)
                in_order = len(prices) == len(case.entry.rules) and tier == case.own_tier_percent
                for total, goods, money in _coupon_ways(case, amounts, used, excluded):
                    if best.wants(total + worth, balance < 100, in_order):
                        plan = Plan(prices, tier, balance, case.wishes.points, goods, money)
                        yield Found(plan, total, total + worth, taken, in_order)


def _before_coupons(
    case: Case, before: Sequence[StepName], entered: list[Fen], tier_on: Sequence[int], tier: int, balance: int
) -> tuple[list[Fen], int, Fen]:
    """The amounts when the coupons' turn comes, points taken and their worth."""
    amounts = entered.copy()
    taken = worth = 0
    for name in before:
        if name == "member_tier":
            if tier < 100:
                percent_off(tier, amounts, tier_on)
        elif name == "balance_tier":
            if balance < 100:
                percent_off(balance, amounts, case.discountable)
        else:
            taken, worth = take_points(case.wishes.points, amounts, case)
    return amounts, taken, worth


def _gentle_needed(case: Case, before: Sequence[StepName], balance: int) -> bool:
    """Whether some coupon misses its threshold on the lowest amounts there can be: only then can less off be more.

    On a bill of a few yuan it is always worth trying: there a fen of rounding outweighs a per cent.
    """
    if sum(case.start) < 100 * (len(case.start) + 4):
        return True
    if not any(ticket.offer.threshold for ticket in case.money + case.goods):
        return False
    prices = case.entry.rules
    if case.wishes.points and any(rule.excludes for rule in prices):
        return True     # points are cut to whole steps, so less before them may be more after them
    amounts, _, _ = _before_coupons(
        case, before, enter(case, prices), case.tier_on(prices), case.own_tier_percent, balance
    )
    if not all(reached(ticket, amounts, case.pricing) for ticket in case.goods):
        return True
    left = [piece.units for piece in case.entry.pieces]
    for ticket in case.goods:
        take_coupon(ticket, amounts, left)
    return not all(reached(ticket, amounts, case.pricing) for ticket in case.money)


def _coupon_ways(
    case: Case, amounts: list[Fen], used: int, excluded: int
) -> Iterator[tuple[Fen, tuple[Ticketed, ...], tuple[Ticketed, ...]]]:
    """Due, goods and money coupons of every way that can be lowest from these amounts."""
    total = sum(amounts)
    if excluded & COUPON:
        yield total, (), ()
        return
    goods = [ticket for ticket in case.goods if not ticket.excludes & (used | COUPON)]
    given, rest = _give(case, goods, amounts) if goods else ((), amounts)
    left = sum(rest) if given else total
    yield left, given, ()
    for ticket in case.money:
        if ticket.excludes & used:
            continue
        if ticket.excludes & COUPON:
            off, _ = _money_off(ticket, amounts, case)
            if off:
                yield total - off, (), (ticket,)
            continue
        off, sated = _money_off(ticket, rest, case)
        if off:
            yield left - off, given, (ticket,)
        if given and (sated or (not off and reached(ticket, amounts, case.pricing))):
            yield from _fewer_goods(case, ticket, given, amounts)
    for ticket in case.goods:
        if ticket.excludes & COUPON and not ticket.excludes & used:
            alone, after = _give(case, [ticket], amounts)
            if alone:
                yield sum(after), alone, ()


def _give(
    case: Case, goods: Sequence[Ticketed], amounts: list[Fen]
) -> tuple[tuple[Ticketed, ...], list[Fen]]:
    """The goods coupons that give something, and the amounts after them."""
    after, left = amounts.copy(), [piece.units for piece in case.entry.pieces]
    ready = [ticket for ticket in goods if reached(ticket, amounts, case.pricing)]
    given = tuple(ticket for ticket in ready if take_coupon(ticket, after, left))
    return given, after


def _money_off(ticket: Ticketed, amounts: Sequence[Fen], case: Case) -> tuple[Fen, bool]:
    """What a money coupon would take off, and whether there was no more to take."""
    offer = ticket.offer
    total = sum([amounts[n] for n in ticket.on])
    if offer.threshold and (ticket.gross if case.pricing.threshold_on == "original" else total) < offer.threshold:
        return 0, False
    if offer.kind == "cash":
        return (offer.value, False) if offer.value < total else (total, True)
    off = total - (2 * total * offer.value + 100) // 200
    return off if offer.most is None else min(off, offer.most), off == total


def _fewer_goods(
    case: Case, ticket: Ticketed, given: Sequence[Ticketed], amounts: list[Fen]
) -> Iterator[tuple[Fen, tuple[Ticketed, ...], tuple[Ticketed, ...]]]:
    """The same money coupon with some goods coupons kept back: they would carry it below its threshold (X-90)."""
    alike: dict[tuple[object, ...], list[Ticketed]] = {}
    for one in given:
        alike.setdefault((one.on, one.offer.value, one.offer.threshold), []).append(one)
    for counts in product(*(range(len(group) + 1) for group in alike.values())):
        some = [one for group, n in zip(alike.values(), counts, strict=True) for one in group[:n]]
        kept, rest = _give(case, some, amounts)
        off, _ = _money_off(ticket, rest, case)
        if off:
            yield sum(rest) - off, kept, (ticket,)
