"""A bill made ready to be priced in many ways, and the steps that each way is made of.

Amounts are lists of fen, one per piece of the bill, changed in place (see `chain`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from membership.bill import Bill, Guest, Offer, Wishes
from membership.chain import cash_off, percent_off, points_off, unit_off
from membership.money import Fen
from membership.preset import Preset, PricingRules, StepName, Tier
from membership.prices import Entry, PriceRule, assign, mask


@dataclass(frozen=True, slots=True)
class Ticketed:
    """An offer with what pricing needs of it worked out: its pieces, the order to give units in, its exclusions."""

    offer: Offer
    on: tuple[int, ...]
    order: tuple[int, ...]
    excludes: int
    gross: Fen


@dataclass(frozen=True, slots=True)
class Plan:
    """One way through the chain: price rules used, per cents paid (100 = left out), points asked, coupons in order."""

    prices: tuple[PriceRule, ...] = ()
    tier_percent: int = 100
    balance_percent: int = 100
    points: int = 0
    goods: tuple[Ticketed, ...] = ()
    money: tuple[Ticketed, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about a bill that stays the same over all ways. `must`: the coupons the guest chose himself (X-33)."""

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
    start: tuple[Fen, ...]
    units: tuple[int, ...]
    rooms: tuple[int, ...]
    discountable: tuple[int, ...]
    pricing: PricingRules

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
    tickets = [ticket for offer in offers if (ticket := _ticket(offer, bill, entry)).on]
    money = [ticket for ticket in tickets if ticket.offer.kind != "goods"]
    goods = [ticket for ticket in tickets if ticket.offer.kind == "goods"]
    if wishes.coupons is not None:
        order = {name: n for n, name in enumerate(wishes.coupons)}
        money.sort(key=lambda ticket: order[ticket.offer.id])
    goods.sort(key=lambda ticket: (len(ticket.on), ticket.offer.last_day))
    start = [piece.gross for piece in pieces]
    for fixed in entry.fixed:
        start[fixed.piece] -= fixed.off
    return Case(
        bill, guest, wishes, preset, entry,
        own_tier_percent=preset.tiers.ladder[guest.tier - 1].pay_percent if guest.tier is not None else 100,
        balance_percent=balance_percent,
        money=tuple(money),
        goods=tuple(goods),
        must=None if wishes.coupons is None else frozenset(wishes.coupons),
        start=tuple(start),
        units=tuple(piece.units for piece in pieces),
        rooms=tuple(n for n, piece in enumerate(pieces) if piece.room and piece.discountable),
        discountable=tuple(n for n, piece in enumerate(pieces) if piece.discountable),
        pricing=preset.pricing,
    )


def _ticket(offer: Offer, bill: Bill, entry: Entry) -> Ticketed:
    fitting = [offer.fits(line) for line in bill.lines]
    pieces = entry.pieces
    on = tuple(n for n, piece in enumerate(pieces) if piece.discountable and fitting[piece.line])
    order = tuple(sorted(on, key=lambda n: (-(pieces[n].gross // pieces[n].units), n)))
    return Ticketed(offer, on, order, mask(offer.excludes), sum([pieces[n].gross for n in on]))


def tier_percents(case: Case) -> list[int]:
    """The member's own discount, then those of the tiers below - benefits are inherited upward (X-9) - then none."""
    if case.guest.tier is None:
        return [100]
    return sorted({step.pay_percent for step in case.preset.tiers.ladder[: case.guest.tier]} | {100})


def tier_of(percent: int, case: Case) -> Tier:
    """The highest tier up to the guest's own that gives this discount (X-9)."""
    ladder = case.preset.tiers.ladder[: case.guest.tier or 1]
    return max((step.tier for step in ladder if step.pay_percent == percent), default=Tier.REGISTERED)


# -- the steps --------------------------------------------------------------------------------------------------------
def enter(case: Case, prices: Sequence[PriceRule]) -> list[Fen]:
    """The amounts that enter the chain under the price rules used, and the booking channel's cut (X-117)."""
    amounts = list(case.start)
    for rule, on in assign(case.entry, prices):
        percent_off(rule.pay_percent, amounts, on)
    if case.bill.channel == case.preset.rooms.wechat_channel and case.rooms:
        cash_off(case.preset.rooms.wechat_cut, amounts, case.rooms)
    return amounts


def take_steps(
    names: Sequence[StepName], plan: Plan, amounts: list[Fen], tier_on: Sequence[int], case: Case
) -> tuple[int, Fen]:
    """Take tier, balance tier and points off in the order of `names`: points taken and their worth (SV-8)."""
    taken = worth = 0
    for name in names:
        if name == "member_tier":
            if plan.tier_percent < 100:
                percent_off(plan.tier_percent, amounts, tier_on)
        elif name == "balance_tier":
            if plan.balance_percent < 100:
                percent_off(plan.balance_percent, amounts, case.discountable)
        elif name == "points" and plan.points:
            taken, worth = take_points(plan.points, amounts, case)
    return taken, worth


def take_points(asked: int, amounts: list[Fen], case: Case) -> tuple[int, Fen]:
    """Take points off the amounts: how many, and their worth in fen (PT-16, X-111)."""
    rules, on = case.preset.points, case.discountable
    running = sum([amounts[n] for n in on])
    taken, worth = points_off(
        asked, case.guest.points, running, rules.step, rules.per_yuan_value, rules.max_share_percent
    )
    cash_off(worth, amounts, on)
    return taken, worth


def reached(ticket: Ticketed, amounts: Sequence[Fen], rules: PricingRules) -> bool:
    """Whether the coupon's threshold is reached by the lines it fits, running or at list price (X-32, X-50)."""
    least = ticket.offer.threshold
    if least == 0:
        return True
    return (ticket.gross if rules.threshold_on == "original" else sum([amounts[n] for n in ticket.on])) >= least


def take_coupon(ticket: Ticketed, amounts: list[Fen], left: list[int]) -> Fen:
    """What the coupon takes off the amounts; `left` counts the units of each piece not given away (CP-2, X-44)."""
    offer = ticket.offer
    if offer.kind == "cash":
        return cash_off(offer.value, amounts, ticket.on)
    if offer.kind == "discount":
        return percent_off(offer.value, amounts, ticket.on, offer.most)
    return unit_off(offer.value, amounts, left, ticket.order)


def take_coupons(
    goods: Sequence[Ticketed], money: Sequence[Ticketed], amounts: list[Fen], case: Case
) -> bool:
    """Take coupons off, goods first, then money in its order (X-119); False if one of them would do nothing."""
    left = list(case.units)
    if not all(reached(ticket, amounts, case.pricing) for ticket in goods):
        return False
    if any(take_coupon(ticket, amounts, left) == 0 for ticket in goods):
        return False
    return all(
        reached(ticket, amounts, case.pricing) and take_coupon(ticket, amounts, left) > 0 for ticket in money
    )


def money_off(ticket: Ticketed, amounts: Sequence[Fen], case: Case) -> tuple[Fen, bool]:
    """What a money coupon would take off, without taking it, and whether there was no more to take."""
    offer = ticket.offer
    total = sum([amounts[n] for n in ticket.on])
    if offer.threshold and (ticket.gross if case.pricing.threshold_on == "original" else total) < offer.threshold:
        return 0, False
    if offer.kind == "cash":
        return (offer.value, False) if offer.value < total else (total, True)
    off = total - (2 * total * offer.value + 100) // 200
    return off if offer.most is None else min(off, offer.most), off == total
