"""Recharging: what may be paid in, what comes with it, and when the rest of the bonus is credited (docs/rules.md, SV).

Amounts are fen. Principal is money paid in, bonus what the house adds; they are two buckets (X-37).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from membership.hotel_time import months_later
from membership.money import Fen
from membership.occasion import Surface
from membership.preset import RechargeStep, StoredValueRules, TenderKind
from membership.reasons import Reason
from membership.verdict import refuse, whole


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of the bonus, credited at 00:00 of its day at the property (X-36, X-129)."""

    number: int
    day: date
    amount: Fen


@dataclass(frozen=True, slots=True)
class Gift:
    """What a recharge brings beside its principal (SV-4, SV-5, SV-10, SV-11, SV-13)."""

    bonus: Fen = 0
    instalments: tuple[Instalment, ...] = ()
    points: int = 0
    experience: int = 0
    coupons: tuple[str, ...] = ()

    @property
    def whole_bonus(self) -> Fen:
        """The bonus at once and all that is still to come."""
        return self.bonus + sum(part.amount for part in self.instalments)


def judge_recharge(
    amount: Fen, tender: TenderKind, surface: Surface, principal: Fen, named: bool, rules: StoredValueRules
) -> Reason | None:
    """Why this recharge may not be made here; None if it may (SV-2, SV-6, X-40, X-42).

    `principal` is what the card holds now; the caps are those of prepaid cards, lower for a card in nobody's name.
    """
    whole("amount", amount, least=1, rule="SV-1")
    whole("principal", principal, rule="SV-1")
    if not rules.enabled:
        return refuse("recharge.off", "X-40")
    tenders = next((channel.tenders for channel in rules.channels if channel.surface == surface), ())
    if not tenders:
        return refuse("recharge.not_here", "X-42")
    if tender not in tenders:
        return refuse("recharge.tender", "X-42", tender=tender)
    if amount < rules.min_recharge:
        return refuse("recharge.too_little", "SV-4", amt_least=rules.min_recharge)
    room = room_under_cap(principal, named, rules)
    if room is not None and amount > room:
        return refuse("recharge.over_cap", "SV-1", amt=cap(named, rules) or 0, amt_most=room)
    return None


def cap(named: bool, rules: StoredValueRules) -> Fen | None:
    """The most that a card may hold by law, in a person's name or in nobody's; None: no cap set."""
    return rules.cap_named if named else rules.cap_bearer


def room_under_cap(principal: Fen, named: bool, rules: StoredValueRules) -> Fen | None:
    """What may still be paid in under the cap; None: no cap (SV-1)."""
    whole("principal", principal, rule="SV-1")
    most = cap(named, rules)
    return None if most is None else max(0, most - principal)


def recharge_table(rules: StoredValueRules, today: date) -> tuple[RechargeStep, ...]:
    """The gift table of the day: a special period's own replaces the normal one (SV-12, CS-3)."""
    return next((period.steps for period in rules.recharge_periods if period.days.covers(today)), rules.recharge_steps)


def recharge_gift(amount: Fen, rules: StoredValueRules, today: date) -> Gift:
    """What a recharge of `amount` brings: the highest step it reaches, once, in no proportion (SV-4, X-28, X-34).

    With `repeatable` the step's bonus, points and experience come as often as the amount holds it (X-128); coupons come
    once, five at most (SV-11, X-39). Nothing while recharge gifts are off (SV-3).
    """
    whole("amount", amount, rule="SV-4")
    reached = [step for step in recharge_table(rules, today) if step.pay <= amount]
    if not rules.enabled or not rules.recharge_gift_enabled or not reached:
        return Gift()
    step = reached[-1]
    times = amount // step.pay if rules.repeatable and step.pay else 1
    return Gift(
        bonus=step.bonus_now * times,
        instalments=instalments(step.later * times, step.months, today),
        points=step.points * times,
        experience=step.experience * times,
        coupons=step.coupons[: rules.max_coupons],
    )


def instalments(total: Fen, months: int, recharged: date) -> tuple[Instalment, ...]:
    """Equal monthly parts, the rest in the last, the first a month after the recharge (SV-10, X-36).

    The day is the recharge's day of the month, clipped to the month's end; a part of nothing is not made (X-129).
    """
    whole("later", total, rule="SV-10")
    whole("months", months, most=1_200, rule="SV-10")
    if not total or not months:
        return ()
    part = total // months
    amounts = [part] * (months - 1) + [total - part * (months - 1)]
    return tuple(
        Instalment(n, months_later(recharged, n), amount) for n, amount in enumerate(amounts, start=1) if amount
    )


def due_by(plan: tuple[Instalment, ...], today: date, credited: frozenset[int]) -> tuple[Instalment, ...]:
    """The instalments to credit now: their day has begun and they were not credited (X-36, X-129). Twice is once."""
    return tuple(part for part in plan if part.day <= today and part.number not in credited)


def shows_stored_value(rules: StoredValueRules) -> bool:
    """Whether terminals show recharge and the balance as a tender at all (SV-2, X-40)."""
    return rules.enabled


def prompt_to_recharge(lifetime_recharge: Fen, prompted: bool, rules: StoredValueRules) -> bool:
    """Whether a member who never recharged is told about it after a payment by any tender (SV-14, X-41)."""
    recharged = whole("lifetime_recharge", lifetime_recharge, rule="SV-14") > 0
    if not rules.enabled or recharged or rules.never_recharged_prompt == "off":
        return False
    return rules.never_recharged_prompt == "every" or not prompted
