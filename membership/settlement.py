"""Who owes whom after members spent elsewhere: shops, departments, merchants of an alliance (docs/rules.md, XS).

Opened anywhere, used anywhere (XS-2): a movement says where value came from and where it was spent (SV-17). Whoever
took the money owes it to whoever delivered. Amounts are fen; each pair rounds once; all positions add up to nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from membership.hotel_time import aware
from membership.money import MAX_FEN, Fen, half_up, share
from membership.points_spend import AllianceRate
from membership.preset import MerchantRate, SettlementRules
from membership.verdict import BadInput, whole

HOUSE = ""
"""The house itself among the merchants: its point is the measure."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One recharge, as far as it is not spent (X-131)."""

    id: str
    party: str
    at: datetime
    principal: Fen
    bonus: Fen = 0

    def __post_init__(self) -> None:
        whole("principal", self.principal, most=MAX_FEN)
        whole("bonus", self.bonus, most=MAX_FEN)


@dataclass(frozen=True, slots=True)
class Movement:
    """Value of one `issuer` consumed at a `spender`: principal and bonus in fen, points of `merchant` (XS-1, PT-27)."""

    issuer: str
    spender: str
    principal: Fen = 0
    bonus: Fen = 0
    points: int = 0
    merchant: str = HOUSE

    def __post_init__(self) -> None:
        for name in ("principal", "bonus", "points"):
            whole(name, getattr(self, name), most=MAX_FEN)


@dataclass(frozen=True, slots=True)
class Debt:
    """What `owes` owes `owed`: principal, the agreed share of bonus, the worth of points. `bonus_spent` is shown."""

    owes: str
    owed: str
    principal: Fen
    bonus_spent: Fen
    bonus_owed: Fen
    points: tuple[tuple[str, int], ...]
    points_worth: Fen

    @property
    def total(self) -> Fen:
        """What is to be paid."""
        return self.principal + self.bonus_owed + self.points_worth


def spend(
    lots: Iterable[Lot], principal: Fen, bonus: Fen, spender: str
) -> tuple[tuple[Lot, ...], tuple[Movement, ...]]:
    """The lots after a payment, and where the money came from: oldest recharge first (X-131). More than there is:
    `BadInput`. How much principal and how much bonus was decided before (X-37)."""
    left = {"principal": whole("principal", principal, most=MAX_FEN), "bonus": whole("bonus", bonus, most=MAX_FEN)}
    after, movements = [], []
    for lot in sorted(lots, key=lambda lot: (aware(lot.at), lot.id)):
        took = {name: min(left[name], getattr(lot, name)) for name in left}
        left = {name: left[name] - took[name] for name in left}
        after.append(replace(lot, principal=lot.principal - took["principal"], bonus=lot.bonus - took["bonus"]))
        if any(took.values()):
            movements.append(Movement(lot.party, spender, **took))
    if any(left.values()):
        raise BadInput("settlement.lots_short", rule="X-131", principal=left["principal"], bonus=left["bonus"])
    return tuple(after), tuple(movements)


def settle(movements: Iterable[Movement], rules: SettlementRules, points_per_yuan: int) -> tuple[Debt, ...]:
    """The statement of a period (RP-11): the debts, a pair each, by name; at home nothing is owed (XS-1, XS-4).

    `points_per_yuan` house points are worth one yuan (PT-16); a merchant's points go by his rate, and without one are
    `BadInput` (PT-27).
    """
    whole("points_per_yuan", points_per_yuan, least=1)
    worth = rates(rules.merchants)
    pairs: dict[tuple[str, str], list[Movement]] = defaultdict(list)
    for movement in movements:
        _rate(worth, movement.merchant)
        if movement.issuer != movement.spender:
            pairs[movement.issuer, movement.spender].append(movement)
    return tuple(_debt(pair, moved, rules, worth, points_per_yuan) for pair, moved in sorted(pairs.items()))


def positions(debts: Iterable[Debt]) -> Mapping[str, Fen]:
    """What each party receives (above zero) or pays (below), all debts set off; together nothing."""
    net: dict[str, Fen] = defaultdict(int)
    for debt in debts:
        net[debt.owes] -= debt.total
        net[debt.owed] += debt.total
    return dict(sorted(net.items()))


def rates(merchants: Iterable[MerchantRate]) -> dict[str, Fraction]:
    """What one point of each merchant is worth in house points; a repeated name or an empty rate is `BadInput`."""
    found = {HOUSE: Fraction(1)}
    for rate in merchants:
        if rate.merchant in found:
            raise BadInput("settlement.merchant_twice", rule="XS-3", merchant=rate.merchant)
        whole("numerator", rate.numerator, least=1)
        whole("denominator", rate.denominator, least=1)
        found[rate.merchant] = Fraction(rate.numerator, rate.denominator)
    return found


def rate_between(giver: str, taker: str, merchants: Iterable[MerchantRate]) -> AllianceRate:
    """What points of one merchant are worth in another's; a merchant without a rate is `BadInput` (PT-27, XS-3)."""
    worth = rates(merchants)
    ratio = _rate(worth, giver) / _rate(worth, taker)
    return AllianceRate(ours=ratio.denominator, theirs=ratio.numerator)


def _rate(worth: Mapping[str, Fraction], merchant: str) -> Fraction:
    if merchant not in worth:
        raise BadInput("settlement.no_rate", rule="XS-3", merchant=merchant)
    return worth[merchant]


def _debt(
    pair: tuple[str, str],
    moved: list[Movement],
    rules: SettlementRules,
    worth: Mapping[str, Fraction],
    points_per_yuan: int,
) -> Debt:
    bonus = sum(movement.bonus for movement in moved)
    points: dict[str, int] = defaultdict(int)
    for movement in moved:
        points[movement.merchant] += movement.points
    house_points = sum((count * worth[merchant] for merchant, count in points.items()), Fraction(0))
    fen = house_points * 100 / points_per_yuan if rules.points_settled else Fraction(0)
    return Debt(
        owes=pair[0],
        owed=pair[1],
        principal=sum(movement.principal for movement in moved),
        bonus_spent=bonus,
        bonus_owed=share(bonus, rules.bonus_share_percent),
        points=tuple((merchant, count) for merchant, count in sorted(points.items()) if count),
        points_worth=half_up(fen.numerator, fen.denominator),
    )
