"""Principal and bonus: which is spent first, and how each comes back (docs/rules.md, X-37, X-97, X-126, X-127)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from membership.money import Fen, half_up
from membership.preset import RechargeStep, StoredValueRules
from membership.reasons import Reason
from membership.stored_value import recharge_gift, recharge_table
from membership.verdict import BadInput, refuse, whole


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in its two buckets, in fen."""

    principal: Fen
    bonus: Fen

    @property
    def total(self) -> Fen:
        return self.principal + self.bonus


def spendable(owned: Money, held: Money) -> Money:
    """What is free: posted less held, bucket by bucket; the gift bucket is none of them (X-29, X-120, SV-24)."""
    return Money(owned.principal - held.principal, owned.bonus - held.bonus)


def split(amount: Fen, free: Money, rules: StoredValueRules) -> Money | Reason:
    """`amount` taken from the buckets in spending order; short funds are refused with what there is (X-37, X-97).

    A hold takes the same split and keeps it until its capture (SV-22, SV-24, X-130).
    """
    whole("amount", amount)
    if amount > free.total:
        return refuse("balance.short", "X-30", amt=free.total, amt_missing=amount - free.total)
    if rules.spend_order == "bonus_first":
        bonus = min(amount, free.bonus)
        return Money(amount - bonus, bonus)
    if rules.spend_order == "pro_rata" and free.total:
        principal = half_up(amount * free.principal, free.total)
        return Money(principal, amount - principal)
    principal = min(amount, free.principal)
    return Money(principal, amount - principal)


def give_back(refund: Fen, paid: Money, rules: StoredValueRules) -> Money:
    """A refunded bill's money, each bucket as it was: bonus stays bonus; a part runs the order backwards (X-126).

    `paid`: what the bill took, less earlier refunds. More than that is `BadInput`.
    """
    whole("refund", refund)
    if refund > paid.total:
        raise BadInput("balance.refund_exceeds", rule="X-126", amt=refund, amt_most=paid.total)
    if rules.spend_order == "bonus_first":
        principal = min(refund, paid.principal)
        return Money(principal, refund - principal)
    if rules.spend_order == "pro_rata" and paid.total:
        principal = half_up(refund * paid.principal, paid.total)
        return Money(principal, refund - principal)
    bonus = min(refund, paid.bonus)
    return Money(refund - bonus, bonus)


@dataclass(frozen=True, slots=True)
class GiftTable:
    """The bonus steps a recharge was made under, and whether they repeat; no steps where gifts were off (X-127)."""

    steps: tuple[RechargeStep, ...] = ()
    repeatable: bool = False

    def earned(self, stays: Fen, day: date) -> Fen:
        """The whole bonus of a recharge of `stays` on `day` under this table."""
        then = StoredValueRules(
            enabled=True, recharge_gift_enabled=True, recharge_steps=self.steps, repeatable=self.repeatable
        )
        return recharge_gift(stays, then, day).whole_bonus


def gift_table(rules: StoredValueRules, day: date) -> GiftTable:
    """What to keep with a recharge made on `day`, so that no later preset takes an earned bonus away (X-127)."""
    if not rules.enabled or not rules.recharge_gift_enabled:
        return GiftTable()
    return GiftTable(recharge_table(rules, day), rules.repeatable)


@dataclass(frozen=True, slots=True)
class Recharge:
    """A recharge as the books keep it. `stays`: its principal less earlier refunds; `credited`: its bonus with the
    instalments credited so far, less what was taken back; `table`: what its bonus was reckoned by."""

    id: str
    day: date
    stays: Fen
    credited: Fen
    table: GiftTable


@dataclass(frozen=True, slots=True)
class Part:
    """What a refund takes of one recharge; its instalments not yet credited are cancelled (X-96)."""

    recharge: str
    principal: Fen
    bonus: Fen


@dataclass(frozen=True, slots=True)
class Payout:
    """A refund of stored value: paid out in money, taken from principal and from bonus, recharge by recharge."""

    paid_out: Fen
    principal: Fen
    bonus: Fen
    parts: tuple[Part, ...]


def refund_unspent(asked: Fen, recharges: Sequence[Recharge], free: Money) -> Payout | Reason:
    """Unspent principal paid back, by staff with a manager's approval at central (SV-18, X-38, X-127).

    `recharges` stand in the order they were made and are refunded last in, first out. Each one's step is recomputed, in
    its own table, for the principal that stays; the bonus too much is taken from the bonus there is, then from the
    refund. Used coupons are not charged.
    """
    whole("asked", asked, least=1)
    if asked > free.principal:
        return refuse("refund.only_principal", "X-38", amt_most=free.principal)
    parts, left = [], asked
    for recharge in reversed(recharges):
        take = min(left, recharge.stays)
        if take:
            earned = recharge.table.earned(recharge.stays - take, recharge.day)
            parts.append(Part(recharge.id, take, max(0, recharge.credited - earned)))
            left -= take
    if left:
        raise BadInput("refund.no_recharge", rule="X-127", amt=left)
    excess = sum(part.bonus for part in parts)
    bonus = min(excess, free.bonus)
    paid_out = asked - (excess - bonus)
    if paid_out <= 0:
        return refuse("refund.bonus_spent", "X-127", amt=excess - bonus)
    return Payout(paid_out, asked, bonus, tuple(parts))
