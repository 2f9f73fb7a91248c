"""Paying in parts and buying for many: periodic dues and the corporate purchase of stored value (SV-19, SV-23)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from membership.hotel_time import months_later
from membership.money import MAX_FEN, Fen
from membership.preset import DuesPlan, StoredValueRules
from membership.reasons import Reason
from membership.stored_value import Gift, cap, recharge_gift
from membership.verdict import BadInput, refuse, whole


@dataclass(frozen=True, slots=True)
class Due:
    """One part of a periodic plan and the day from which it is due."""

    number: int
    day: date
    amount: Fen


def dues(plan: DuesPlan, start: date) -> tuple[Due, ...]:
    """The parts of a plan: the first on the day it starts, then every so many months, the rest in the last (SV-19).

    Days are clipped to the month's end as instalments are (X-36).
    """
    part = plan.total // plan.parts
    amounts = [part] * (plan.parts - 1) + [plan.total - part * (plan.parts - 1)]
    return tuple(
        Due(n + 1, months_later(start, n * plan.months_between), amount) for n, amount in enumerate(amounts)
    )


def open_dues(schedule: tuple[Due, ...], paid: Collection[int], today: date) -> tuple[Due, ...]:
    """What is due today and not paid, the oldest first (SV-19)."""
    return tuple(due for due in schedule if due.day <= today and due.number not in paid)


@dataclass(frozen=True, slots=True)
class CorporateBatch:
    """Cards bought by an enterprise: so many, each with an amount and what a recharge of it brings (SV-23)."""

    buyer: str
    cards: int
    each: Fen
    gift_each: Gift

    @property
    def total(self) -> Fen:
        """What the enterprise pays."""
        return self.cards * self.each


def corporate_batch(
    buyer: str, cards: int, each: Fen, named: bool, today: date, rules: StoredValueRules
) -> CorporateBatch | Reason:
    """A batch of stored-value cards for an enterprise, or why it cannot be issued (SV-23).

    Buying value to be spent later is no qualifying spend (X-103); each card obeys the least and the cap of its kind.
    """
    whole("cards", cards, least=1, rule="SV-23")
    whole("each", each, least=1, rule="SV-23")
    if not buyer.strip():
        raise BadInput("corporate.buyer", "SV-23")
    if not rules.enabled:
        return refuse("recharge.off", "X-40")
    if cards > rules.corporate_max_cards:
        return refuse("corporate.too_many", "SV-23", n=cards, most=rules.corporate_max_cards)
    if each < rules.min_recharge:
        return refuse("recharge.too_little", "SV-4", amt_least=rules.min_recharge)
    most = cap(named, rules)
    if most is not None and each > most:
        return refuse("recharge.over_cap", "SV-23", amt=most, amt_most=most)
    if cards * each > MAX_FEN:
        return refuse("corporate.too_much", "SV-23", amt_most=MAX_FEN)
    return CorporateBatch(buyer, cards, each, recharge_gift(each, rules, today))
