"""What must not be set together: contradictions in a preset, each with its path and a reason a person understands."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo

from membership.money import MAX_FEN
from membership.preset import (
    PlayRules,
    PointsRules,
    Preset,
    PricingRules,
    ReminderRules,
    RoomRules,
    Tier,
    TierRules,
)
from membership.preset_check_value import stored_value_faults
from membership.preset_plain import Problem, read, to_plain
from membership.preset_tables import no_overlap, rising
from membership.season import Days
from membership.verdict import refuse

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
PERCENT = ("pay_percent", "room_pay_percent", "max_share_percent", "bonus_share_percent", "staff_recharge_percent")


def check(preset: Preset) -> tuple[Problem, ...]:
    """Every contradiction in the preset; empty when it is sound (CS-1, CS-3).

    A preset put together in code is first held to its types, as one from a document is: what is no integer is compared
    with nothing.
    """
    wrong: list[Problem] = []
    read(Preset, to_plain(preset), "", wrong)
    if wrong:
        return tuple(wrong)
    return tuple(_house(preset)) + tuple(
        Problem(f"{section}.{problem.path}", problem.reason)
        for section, problems in (
            ("tiers", _tiers(preset.tiers)),
            ("points", _points(preset.points)),
            ("stored_value", stored_value_faults(preset.stored_value)),
            ("pricing", _pricing(preset.pricing)),
            ("rooms", _rooms(preset.rooms, preset.pricing)),
            ("play", _play(preset.play)),
            ("reminders", _reminders(preset.reminders)),
        )
        for problem in problems
    )


def check_change(old: Preset, new: Preset) -> tuple[Problem, ...]:
    """What speaks against replacing `old` by `new`: its contradictions, and the one-way switch (SV-2, X-27, AD-8)."""
    if old.stored_value.enabled and not new.stored_value.enabled:
        return (Problem("stored_value.enabled", refuse("preset.one_way", "SV-2")), *check(new))
    return check(new)


def _house(preset: Preset) -> Iterator[Problem]:
    yield from _numbers(preset, "")
    try:
        ZoneInfo(preset.zone)
    except (KeyError, ValueError, OSError):
        yield Problem("zone", refuse("preset.zone", "X-106", zone=preset.zone))
    if not CLOCK.fullmatch(preset.day_start):
        yield Problem("day_start", refuse("preset.clock", "X-106", text=preset.day_start))
    campaigns = preset.campaigns
    percents = campaigns.distribution_percent
    if len(percents) > 3 or sum(percents) > 100:
        yield Problem("campaigns.distribution_percent", refuse("preset.distribution", "RF-3", sum=sum(percents)))
    if campaigns.distribution_enabled and not percents:
        yield Problem("campaigns.distribution_percent", refuse("preset.nothing_set", "RF-3"))
    if not rising([step.at for step in campaigns.spend_gift]):
        yield Problem("campaigns.spend_gift", refuse("preset.steps_rise", "CP-18"))
    for n, rate in enumerate(preset.settlement.merchants):
        if rate.numerator < 1 or rate.denominator < 1:
            yield Problem(f"settlement.merchants[{n}]", refuse("preset.rate", "PT-27", merchant=rate.merchant))


def _numbers(value: object, path: str) -> Iterator[Problem]:
    """No number of a preset is negative or beyond what the contract carries; per cents end at 100; days are dates."""
    if isinstance(value, Days):
        if not value.is_sound():
            yield Problem(path, refuse("preset.days", "X-125", first=value.first, last=value.last))
    elif isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from _numbers(item, f"{path}[{n}]")
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _numbers(getattr(value, field.name), f"{path}.{field.name}" if path else field.name)
    elif type(value) is int:
        most = 100 if path.rsplit(".", 1)[-1] in PERCENT else MAX_FEN
        if not 0 <= value <= most:
            yield Problem(path, refuse("preset.range", "X-32", value=value, most=most))


def _tiers(tiers: TierRules) -> Iterator[Problem]:
    if [rung.tier for rung in tiers.ladder] != list(Tier):
        yield Problem("ladder", refuse("preset.ten_tiers", "X-11"))
        return
    if tiers.ladder[0].enter != 0:
        yield Problem("ladder[0].enter", refuse("preset.anyone_registers", "TI-1"))
    most_dates = 366 * max(tiers.validity_years, 1)
    for n, rung in enumerate(tiers.ladder):
        if rung.order_dates > most_dates:
            why = refuse("preset.range", "TI-13", value=rung.order_dates, most=most_dates)
            yield Problem(f"ladder[{n}].order_dates", why)
        if rung.tier > Tier.IRON and not rung.expires:
            yield Problem(f"ladder[{n}].expires", refuse("preset.never_ends", "TI-11", tier=rung.tier.name.lower()))
    for n, (lower, upper) in enumerate(pairwise(tiers.ladder), start=1):
        name_of = upper.tier.name.lower()
        for name, wrong, rule in (
            ("enter", upper.enter < lower.enter, "X-1"),
            ("keep", upper.keep < lower.keep, "TI-12"),
            ("pay_percent", upper.pay_percent > lower.pay_percent, "TI-18"),
            ("speed_percent", upper.speed_percent < lower.speed_percent, "TI-17"),
            ("needs_id", lower.needs_id and not upper.needs_id, "X-13"),
        ):
            if wrong:
                yield Problem(f"ladder[{n}].{name}", refuse("preset.higher_is_worse", rule, tier=name_of))
        if upper.keep > upper.enter:
            yield Problem(f"ladder[{n}].keep", refuse("preset.keep_above_enter", "X-1", tier=name_of))
    if len({promotion.name for promotion in tiers.promotions}) < len(tiers.promotions):
        yield Problem("promotions", refuse("preset.twice", "TI-16"))
    for n, day in enumerate(tiers.draw_days):
        if not Days(day, day).is_sound():
            yield Problem(f"draw_days[{n}]", refuse("preset.days", "GM-14", first=day, last=day))
    if tiers.validity_years < 1 or tiers.rolling_days < 1:
        yield Problem("validity_years", refuse("preset.at_least_one", "TI-11"))


def _points(points: PointsRules) -> Iterator[Problem]:
    if points.per_yuan_value < 1 or points.step < 1 or points.step * 100 % max(points.per_yuan_value, 1):
        yield Problem("step", refuse("preset.points_step", "X-23", step=points.step, rate=points.per_yuan_value))
    if points.bundle_step < 1 or points.bundle_min % max(points.bundle_step, 1):
        yield Problem("bundle_min", refuse("preset.bundle", "X-116", step=points.bundle_step))
    if points.content_min > points.content_max:
        yield Problem("content_min", refuse("preset.order", "PT-10"))
    if not rising([step.at for step in points.multipliers]):
        yield Problem("multipliers", refuse("preset.steps_rise", "PT-2"))
    if points.multipliers and points.multipliers[0].times < 1:
        yield Problem("multipliers[0].times", refuse("preset.at_least_one", "PT-2"))
    if points.birthday_times < 1:
        yield Problem("birthday_times", refuse("preset.at_least_one", "PT-3"))
    for n, (lower, upper) in enumerate(pairwise(points.multipliers), start=1):
        if upper.times < lower.times:
            yield Problem(f"multipliers[{n}].times", refuse("preset.more_is_worse", "PT-2"))
    yield from no_overlap("referral_periods", [period.days for period in points.referral_periods], "X-19")


def _pricing(pricing: PricingRules) -> Iterator[Problem]:
    if sorted(pricing.stack_order) != ["balance_tier", "coupon", "member_tier", "points", "random_cut"]:
        yield Problem("stack_order", refuse("preset.each_step_once", "SV-8"))
    elif pricing.stack_order[-1] != "random_cut":
        yield Problem("stack_order", refuse("preset.random_last", "SV-8"))
    names = [price.name for price in pricing.category_prices]
    if len(set(names)) < len(names):
        yield Problem("category_prices", refuse("preset.twice", "CP-25"))
    for n, price in enumerate(pricing.category_prices):
        if set(price.categories) & set(price.except_categories):
            yield Problem(f"category_prices[{n}]", refuse("preset.in_and_out", "CP-25", name=price.name))


def _rooms(rooms: RoomRules, pricing: PricingRules) -> Iterator[Problem]:
    names = [cohort.name for cohort in rooms.cohorts]
    if len(set(names)) < len(names) or set(names) & {price.name for price in pricing.category_prices}:
        yield Problem("cohorts", refuse("preset.twice", "BK-5"))


def _play(play: PlayRules) -> Iterator[Problem]:
    names = [game.name for game in play.games]
    if len(set(names)) < len(names):
        yield Problem("games", refuse("preset.twice", "GM-1"))
    for n, game in enumerate(play.games):
        if game.paid_per_day and not game.cost_points:
            yield Problem(f"games[{n}].cost_points", refuse("preset.paid_play_is_free", "X-18", name=game.name))
        if len({prize.key for prize in game.prizes}) < len(game.prizes):
            yield Problem(f"games[{n}].prizes", refuse("preset.twice", "GM-1"))


def _reminders(rules: ReminderRules) -> Iterator[Problem]:
    if not rules.promotion_weekdays or not set(rules.promotion_weekdays) <= set(range(7)):
        yield Problem("promotion_weekdays", refuse("notice.weekdays", "SM-7"))
    if not CLOCK.fullmatch(rules.promotion_hour):
        yield Problem("promotion_hour", refuse("preset.clock", "SM-7", text=rules.promotion_hour))
    if rules.promotion_gap_days > 366:
        why = refuse("preset.range", "SM-7", value=rules.promotion_gap_days, most=366)
        yield Problem("promotion_gap_days", why)
    for name, rule in (("absent_days", "CP-10"), ("unused_card_days", "TC-7")):
        days = getattr(rules, name)
        if days is not None and not 1 <= days <= 3_660:
            yield Problem(name, refuse("input.out_of_range", rule, name=name, value=days, least=1, most=3_660))
