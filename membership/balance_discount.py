"""The balance-tier discount: the more stored value a member has, the less a bill costs that it pays whole (SV-7)."""

from __future__ import annotations

from datetime import date

from membership.money import Fen
from membership.preset import BalanceStep, StoredValueRules
from membership.reasons import Reason
from membership.verdict import refuse


def balance_table(rules: StoredValueRules, today: date) -> tuple[BalanceStep, ...]:
    """The step table of the day: a special period's own replaces the normal one (SV-9, CS-3)."""
    return next((period.steps for period in rules.balance_periods if period.days.covers(today)), rules.balance_steps)


def balance_step(balance: Fen, rules: StoredValueRules, today: date) -> BalanceStep | Reason:
    """The step that this balance selects, the highest whose threshold it reaches; or why there is none (SV-7, X-29).

    `balance`: principal and credited bonus before the payment, without held amounts, instalments to come and the gift
    bucket (X-29, X-120).
    """
    if not rules.enabled or not rules.balance_discount_enabled:
        return refuse("price.balance_off", "SV-3")
    table = balance_table(rules, today)
    found = [step for step in table if step.balance <= balance]
    if found:
        return found[-1]
    least = table[0].balance if table else 0
    return refuse("price.balance_below", "X-29", amt=balance, amt_least=least)
