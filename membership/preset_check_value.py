"""What must not be set together in the rules of stored value (see `preset_check`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from membership.preset import BalanceStep, Channel, RechargeStep, StoredValueRules
from membership.preset_plain import Problem
from membership.preset_tables import no_overlap, rising
from membership.verdict import refuse

RECHARGE_TENDERS = ("cash", "card", "wechat", "alipay", "nfc", "transfer")


def stored_value_faults(rules: StoredValueRules) -> Iterator[Problem]:
    """Every contradiction in the rules of stored value, paths within that section (SV-3, SV-4, SV-7, SV-19)."""
    for name in ("recharge_gift_enabled", "balance_discount_enabled"):
        if getattr(rules, name) and not rules.enabled:
            yield Problem(name, refuse("preset.needs_stored_value", "SV-3"))
    if rules.recharge_gift_enabled and not rules.recharge_steps and not rules.recharge_periods:
        yield Problem("recharge_steps", refuse("preset.nothing_set", "SV-4"))
    if rules.balance_discount_enabled and not rules.balance_steps and not rules.balance_periods:
        yield Problem("balance_steps", refuse("preset.nothing_set", "SV-7"))
    yield from _balance_tables(rules)
    yield from _recharge_tables(rules)
    yield from _channels(rules)
    yield from no_overlap("balance_periods", [period.days for period in rules.balance_periods], "SV-9")
    yield from no_overlap("recharge_periods", [period.days for period in rules.recharge_periods], "SV-12")
    for n, plan in enumerate(rules.dues_plans):
        if plan.parts < 1 or plan.months_between < 1 or plan.total < plan.parts:
            yield Problem(f"dues_plans[{n}]", refuse("preset.dues", "SV-19", name=plan.name))


def _balance_tables(rules: StoredValueRules) -> Iterator[Problem]:
    tables: list[tuple[str, tuple[BalanceStep, ...]]] = [("balance_steps", rules.balance_steps)]
    tables += [(f"balance_periods[{n}].steps", period.steps) for n, period in enumerate(rules.balance_periods)]
    for path, table in tables:
        if not table and path != "balance_steps":
            yield Problem(path, refuse("preset.nothing_set", "SV-9"))
        if not rising([step.balance for step in table]):
            yield Problem(path, refuse("preset.steps_rise", "SV-7"))
        if any(upper.pay_percent > lower.pay_percent for lower, upper in pairwise(table)):
            yield Problem(path, refuse("preset.more_is_worse", "SV-7"))
        for n, step in enumerate(table):
            if step.pay_percent < 1:
                yield Problem(f"{path}[{n}].pay_percent", refuse("preset.at_least_one", "SV-7"))


def _recharge_tables(rules: StoredValueRules) -> Iterator[Problem]:
    caps = [cap for cap in (rules.cap_named, rules.cap_bearer) if cap is not None]
    if caps and rules.min_recharge > min(caps):
        yield Problem("min_recharge", refuse("preset.min_above_cap", "SV-1", amt=min(caps)))
    gifts: list[tuple[str, tuple[RechargeStep, ...]]] = [("recharge_steps", rules.recharge_steps)]
    gifts += [(f"recharge_periods[{n}].steps", period.steps) for n, period in enumerate(rules.recharge_periods)]
    for path, steps in gifts:
        if not steps and path != "recharge_steps":
            yield Problem(path, refuse("preset.nothing_set", "SV-12"))
        if not rising([step.pay for step in steps]):
            yield Problem(path, refuse("preset.steps_rise", "SV-4"))
        for n, (lower, upper) in enumerate(pairwise(steps), start=1):
            if upper.bonus_now + upper.later < lower.bonus_now + lower.later:
                yield Problem(f"{path}[{n}]", refuse("preset.more_is_worse", "SV-4"))
        for n, step in enumerate(steps):
            yield from _recharge_step(f"{path}[{n}]", step, rules)


def _recharge_step(path: str, step: RechargeStep, rules: StoredValueRules) -> Iterator[Problem]:
    if len(step.coupons) > (most := rules.max_coupons):
        yield Problem(f"{path}.coupons", refuse("preset.too_many_coupons", "SV-11", most=most))
    if bool(step.later) != bool(step.months):
        yield Problem(f"{path}.months", refuse("preset.instalments", "SV-10"))
    if rules.cap_named is not None and step.pay > rules.cap_named:
        yield Problem(f"{path}.pay", refuse("preset.above_cap", "SV-4", amt=rules.cap_named))


def _channels(rules: StoredValueRules) -> Iterator[Problem]:
    """No cash where nobody takes it, and no recharge in a room (SV-6, X-42)."""
    surfaces = [channel.surface for channel in rules.channels]
    if len(set(surfaces)) < len(surfaces):
        yield Problem("channels", refuse("preset.twice", "X-42"))
    for n, channel in enumerate(rules.channels):
        for tender in channel.tenders:
            if tender not in RECHARGE_TENDERS or channel.surface == "room" or _cash_unattended(channel):
                why = refuse("preset.unattended", "X-42", surface=channel.surface, tender=tender)
                yield Problem(f"channels[{n}]", why)


def _cash_unattended(channel: Channel) -> bool:
    return channel.surface in ("lobby", "phone") and "cash" in channel.tenders
