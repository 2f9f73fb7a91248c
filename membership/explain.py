"""The chosen way written out: every step with the amount before and after and why; what was left out (X-31, X-90)."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from membership.case import Case, Plan, Ticketed, reached, take_coupon, take_points, tier_of
from membership.chain import cash_off, percent_off
from membership.money import Fen
from membership.prices import BIT, PriceRule, assign
from membership.quote import LeftOut, Quote, Step, StepKind, Way
from membership.reasons import Reason
from membership.search import Best, Found
from membership.verdict import refuse

COUPON_KEYS = MappingProxyType({
    "cash": "price.coupon_cash", "discount": "price.coupon_discount", "goods": "price.coupon_goods",
})
FROM_KEYS = MappingProxyType({
    "cash": "price.coupon_cash_from", "discount": "price.coupon_discount_from", "goods": "price.coupon_goods_from",
})


class Walk:
    """The chosen way walked once more, with a step written down wherever something is taken off."""

    __slots__ = ("amounts", "at_coupons", "case", "plan", "points", "running", "steps")

    def __init__(self, plan: Plan, case: Case) -> None:
        self.plan, self.case = plan, case
        self.amounts: list[Fen] = [piece.gross for piece in case.entry.pieces]
        self.at_coupons: list[Fen] = self.amounts
        self.running: Fen = sum(self.amounts)
        self.steps: list[Step] = []
        self.points = 0

    def note(self, rule: str, kind: StepKind, off: Fen, why: Reason) -> None:
        """Write a step down, unless nothing was taken off."""
        if off:
            before = self.running
            self.running = before - off
            self.steps.append(Step(rule, kind, before, off, self.running, why))

    def enter(self) -> None:
        """The price that enters the chain (X-117)."""
        case = self.case
        for fixed in case.entry.fixed:
            self.amounts[fixed.piece] -= fixed.off
            self.note(fixed.why.rule, "room_price", fixed.off, fixed.why)
        for rule, on in assign(case.entry, self.plan.prices):
            off = percent_off(rule.pay_percent, self.amounts, on)
            kind: StepKind = "room_price" if rule.key == "price.cohort" else "category_price"
            self.note(rule.rule, kind, off, _price_why(rule))
        if case.bill.channel == case.preset.rooms.wechat_channel and case.rooms:
            off = cash_off(case.preset.rooms.wechat_cut, self.amounts, case.rooms)
            self.note("BK-3", "room_cut", off, Reason("price.wechat", (("amt", off),), "BK-3"))

    def member_tier(self) -> None:
        """The member's discount (TI-18)."""
        percent = self.plan.tier_percent
        if percent < 100:
            off = percent_off(percent, self.amounts, self.case.tier_on(self.plan.prices))
            values = (("percent", percent), ("tier", tier_of(percent, self.case).name.lower()))
            self.note("TI-18", "member_tier", off, Reason("price.tier", values, "TI-18"))

    def balance_tier(self) -> None:
        """The balance-tier discount (SV-7, X-29)."""
        percent = self.plan.balance_percent
        if percent < 100:
            off = percent_off(percent, self.amounts, self.case.discountable)
            values = (("amt", self.case.guest.balance), ("percent", percent))
            self.note("SV-7", "balance_tier", off, Reason("price.balance", values, "SV-7"))

    def take_points(self) -> None:
        """Points asked for, cut to the largest allowed step; the quote says so (PT-16, X-111)."""
        asked = self.plan.points
        self.points, off = take_points(asked, self.amounts, self.case)
        key = "price.points" if self.points == asked else "price.points_cut"
        values: tuple[tuple[str, str | int], ...] = (("amt", off), ("asked", asked), ("points", self.points))
        self.note("PT-16", "points", off, Reason(key, values, "X-111"))

    def coupons(self) -> None:
        """Goods coupons, then money coupons in their order (X-119)."""
        self.at_coupons = self.amounts.copy()
        left = list(self.case.units)
        for ticket in self.plan.goods + self.plan.money:
            off = take_coupon(ticket, self.amounts, left)
            self.note("CP-2", "coupon", off, _coupon_why(ticket, off))

    def go(self) -> None:
        """The whole way, in the configured order (SV-8)."""
        self.enter()
        for name in self.case.pricing.stack_order:
            if name == "member_tier":
                self.member_tier()
            elif name == "balance_tier":
                self.balance_tier()
            elif name == "points":
                self.take_points()
            elif name == "coupon":
                self.coupons()


def explain(won: Found, best: Best, case: Case, left_out: Sequence[LeftOut]) -> Quote:
    """The quote of the way that won."""
    walk = Walk(won.plan, case)
    walk.go()
    dues = [0] * len(case.bill.lines)
    discounted = [False] * len(case.bill.lines)
    for piece, amount in zip(case.entry.pieces, walk.amounts, strict=True):
        dues[piece.line] += amount
        discounted[piece.line] = piece.discountable
    uses_balance = won.plan.balance_percent < 100
    return Quote(
        lines=case.bill.lines,
        steps=tuple(walk.steps),
        due=walk.running,
        line_dues=tuple(dues),
        up_to_random=_up_to_random(walk, case, uses_balance),
        coupons=tuple(ticket.offer.id for ticket in won.plan.goods + won.plan.money),
        points=walk.points,
        needs_balance=uses_balance,
        special_night=case.entry.special_night,
        free_nights=case.entry.free_nights,
        alternatives=_ways(won, best, case),
        left_out=(*left_out, *_left_out(walk, best, case)),
        discounted=tuple(discounted),
    )


def _up_to_random(walk: Walk, case: Case, uses_balance: bool) -> Fen:
    """The most a random reduction may take: nothing beside a balance tier that stands alone (X-31), or if excluded."""
    pricing = case.pricing
    excluded = 0
    for rule in walk.plan.prices:
        excluded |= rule.excludes
    for ticket in walk.plan.goods + walk.plan.money:
        excluded |= ticket.excludes
    alone = uses_balance and not pricing.stack_with_all
    if alone or excluded & BIT["random"] or walk.running < pricing.random_min_bill:
        return 0
    return min(pricing.random_up_to, sum(walk.amounts[n] for n in case.discountable))


def _ways(won: Found, best: Best, case: Case) -> tuple[Way, ...]:
    """The other ways worth showing: the other side of the comparison (X-31), another tender (X-30), all in order."""
    ways = []
    balance, plain = best.balance, best.plain
    stacking = case.pricing.stack_with_all
    if balance is not None and plain is not None:
        if won is balance:
            values = (("amt", plain.due),)
            if stacking:
                ways.append(Way("other_tender", plain.due, Reason("price.way_other_tender", values, "X-30")))
            else:
                ways.append(Way("others", plain.due, Reason("price.way_others", values, "X-31")))
        elif case.wishes.use_balance and not stacking:
            why = Reason("price.way_balance_alone", (("amt", balance.due),), "X-31")
            ways.append(Way("balance_alone", balance.due, why))
        elif balance.cost < plain.cost:
            ways.append(Way("by_balance", balance.due, Reason("price.way_by_balance", (("amt", balance.due),), "X-30")))
    in_order = best.balance_in_order if won is balance else best.plain_in_order
    if in_order is not None and not won.in_order and in_order.due != won.due:
        why = Reason("price.way_in_order", (("amt", in_order.due),), "X-90")
        ways.append(Way("in_order", in_order.due, why))
    return tuple(ways)


def _left_out(walk: Walk, best: Best, case: Case) -> list[LeftOut]:
    """What could have been used and was not, each with its reason (X-90)."""
    plan, found = walk.plan, []
    alone = plan.balance_percent < 100 and not case.pricing.stack_with_all
    for rule in case.entry.rules:
        if rule not in plan.prices:
            found.append(LeftOut(rule.name, refuse("price.another_is_lower", "X-51")))
    if plan.tier_percent == 100 and case.own_tier_percent < 100:
        key, why = ("price.balance_is_lower", "X-31") if alone else ("price.less_is_lower", "X-90")
        found.append(LeftOut("member_tier", refuse(key, why)))
    if case.wishes.use_balance and case.balance_percent < 100 and plan.balance_percent == 100:
        key, why = ("price.others_are_lower", "X-31") if best.balance else ("price.balance_short", "X-30")
        found.append(LeftOut("balance_tier", refuse(key, why)))
    if case.wishes.points and not walk.points:
        key, why = ("price.balance_is_lower", "X-31") if alone else ("price.points_none", "X-111")
        found.append(LeftOut("points", refuse(key, why)))
    used = plan.goods + plan.money
    for ticket in case.goods + case.money:
        if ticket not in used:
            found.append(LeftOut(ticket.offer.id, _coupon_left_out(ticket, walk, case, alone)))
    return found


def _coupon_left_out(ticket: Ticketed, walk: Walk, case: Case, alone: bool) -> Reason:
    """Why this coupon was not used: excluded, below its threshold at its step, another way is lower (X-32, CP-23)."""
    plan = walk.plan
    if alone:
        return refuse("price.balance_is_lower", "X-31")
    for rule in plan.prices:
        if rule.excludes & BIT["coupon"]:
            return refuse("price.not_with_price", "CP-23", name=rule.name)
    if not reached(ticket, walk.at_coupons, case.pricing):
        amount = sum(walk.at_coupons[n] for n in ticket.on)
        return refuse("price.threshold_missed", "X-32", amt=amount, amt_least=ticket.offer.threshold)
    used = plan.goods + plan.money
    if used and (ticket.excludes | _excludes(used)) & BIT["coupon"]:
        return refuse("price.not_with_coupon", "CP-23")
    classes = (
        (BIT["tier"] if plan.tier_percent < 100 else 0)
        | (BIT["balance_tier"] if plan.balance_percent < 100 else 0)
        | (BIT["points"] if plan.points else 0)
    )
    if ticket.excludes & classes:
        return refuse("price.not_with_step", "X-33")
    return refuse("price.another_is_lower", "X-90")


def _excludes(tickets: Sequence[Ticketed]) -> int:
    excluded = 0
    for ticket in tickets:
        excluded |= ticket.excludes
    return excluded


def _price_why(rule: PriceRule) -> Reason:
    return Reason(rule.key, (("name", rule.name), ("percent", rule.pay_percent)), rule.rule)


def _coupon_why(ticket: Ticketed, off: Fen) -> Reason:
    offer = ticket.offer
    values: tuple[tuple[str, str | int], ...] = (("amt", off), ("coupon", offer.id))
    if offer.kind == "discount":
        values = (*values, ("percent", offer.value))
    if offer.threshold:
        return Reason(FROM_KEYS[offer.kind], (*values, ("amt_least", offer.threshold)), "X-32")
    return Reason(COUPON_KEYS[offer.kind], values, "CP-2")
