"""The numbers of the house: as the founding texts give them, whole, typed, and free of contradictions."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership import preset as preset_types
from membership.preset import (
    BalancePeriod,
    BalanceStep,
    CategoryPrice,
    Channel,
    GameRules,
    MerchantRate,
    Multiplier,
    Preset,
    RechargePeriod,
    RechargeStep,
    Tier,
)
from membership.preset_check import check, check_change
from membership.preset_plain import to_plain
from membership.preset_read import read_preset
from membership.preset_values import ALTERNATIVES, HOTEL, choose
from membership.season import Days

MEMBERSHIP = Path(__file__).resolve().parents[2] / "membership"


def plain(preset: Preset = HOTEL) -> dict[str, Any]:
    """The preset as a file has it."""
    document: dict[str, Any] = json.loads(json.dumps(to_plain(preset)))
    return document


def put(section: str, **settings: Any) -> Preset:
    """The hotel's preset with some settings of a section changed."""
    return replace(HOTEL, **{section: replace(getattr(HOTEL, section), **settings)})     # type: ignore[arg-type]


def faults(preset: Preset) -> list[tuple[str, str]]:
    return [(problem.path, problem.reason.key) for problem in check(preset)]


def read_faults(document: dict[str, Any]) -> list[tuple[str, str]]:
    result = read_preset(document)
    assert isinstance(result, tuple), "it was read"
    return [(problem.path, problem.reason.key) for problem in result]


# -- the numbers of the texts -----------------------------------------------------------------------------------------
@pytest.mark.rules("PT-1", "PT-16", "PT-2", "PT-3", "PT-4", "PT-7", "PT-8", "PT-9", "PT-10", "PT-31", "X-15", "X-23")
def test_points_as_stated() -> None:
    points = HOTEL.points
    assert (points.per_yuan, points.per_yuan_value, points.max_share_percent) == (1, 10, 100)
    assert [(step.at, step.times) for step in points.multipliers] == [(200_00, 2), (1_000_00, 3)]
    assert (points.birthday_times, points.birthday_gift, points.combine) == (2, 300, "max")
    assert (points.sign_in_per_day, points.share_per_day, points.share_follow, points.review) == (1, 5, 10, 10)
    assert (points.referral, points.referral_periods[0].points, points.expiry_days) == (10, 50, None)
    assert points.referral_periods[0].days == Days("09-06", "09-08")


@pytest.mark.rules("SV-2", "SV-3", "SV-4", "SV-7", "SV-8", "SV-10", "SV-11", "SV-14", "X-28")
def test_stored_value_as_stated() -> None:
    rules = HOTEL.stored_value
    assert not (rules.enabled or rules.recharge_gift_enabled or rules.balance_discount_enabled)
    assert not HOTEL.pricing.stack_with_all
    assert HOTEL.pricing.stack_order == ("member_tier", "balance_tier", "points", "coupon", "random_cut")
    assert [(step.balance, step.pay_percent) for step in rules.balance_steps] == [(100_00, 80), (500_00, 70)]
    assert [(step.pay, step.bonus_now) for step in rules.recharge_steps] == [
        (200_00, 20_00), (500_00, 100_00), (1_000_00, 300_00)]
    other = ALTERNATIVES["stored_value.recharge_steps"]["xiaozhu"]
    assert [(step.pay, step.bonus_now, step.later, step.months) for step in other] == [(1_000_00, 500_00, 500_00, 5)]
    assert (rules.max_coupons, rules.never_recharged_prompt) == (5, "off")


@pytest.mark.rules("TI-1", "TI-2", "TI-3", "TI-4", "TI-5", "TI-6", "TI-7", "TI-8", "TI-9", "TI-10", "TI-11", "TI-15",
                   "X-1", "X-2", "X-4", "X-7", "X-11")
def test_tiers_as_stated() -> None:
    yuan = [(rung.enter // 100, rung.keep // 100, rung.order_dates) for rung in HOTEL.tiers.ladder]
    assert yuan == [(0, 0, 0), (0, 0, 0), (1_000, 1_000, 0), (2_500, 2_500, 0), (5_000, 5_000, 0), (15_000, 15_000, 0),
                    (100_000, 50_000, 10), (300_000, 150_000, 10), (600_000, 300_000, 10), (1_000_000, 500_000, 10)]
    assert HOTEL.tiers.ladder[1].enter == 1
    assert [rung.tier for rung in HOTEL.tiers.ladder if rung.needs_id] == [tier for tier in Tier if tier >= Tier.SILVER]
    assert [rung.tier for rung in HOTEL.tiers.ladder if rung.individuals_only] == list(Tier)[6:]
    assert [rung.tier for rung in HOTEL.tiers.ladder if not rung.expires] == [Tier.REGISTERED, Tier.IRON]
    assert {"coupon", "gift_card", "red_packet"} <= set(HOTEL.tiers.excluded_tenders)
    assert (HOTEL.tiers.validity_years, HOTEL.tiers.after_sales_days) == (1, 15)


@pytest.mark.rules("CP-18", "CP-20", "GM-4", "GM-5", "GM-10", "GM-11", "BK-3", "BK-5", "BK-6", "CP-26", "PM-2", "ME-19",
                   "DC-2", "X-68", "X-76", "X-91", "CS-5")
def test_coupons_games_rooms_and_the_rest_as_stated() -> None:
    campaigns, wheel = HOTEL.campaigns, HOTEL.play.games[0]
    assert (campaigns.card_open_max, campaigns.card_open_active_max) == (3, 1)
    assert [(step.at, step.coupon) for step in campaigns.spend_gift] == [(100_00, 20_00)]
    assert {"tip", "recharge", "times_card_purchase", "coupon_purchase", "duration_card_purchase",
            "gift_card_purchase"} == set(campaigns.post_payment_excluded)
    assert (wheel.free_per_day, wheel.paid_per_day, wheel.cost_points) == (1, 1, 5)
    assert [prize.count for prize in wheel.prizes] == [1, 2, 6, 10, 99]
    assert sum(prize.count for prize in wheel.prizes) == 118
    assert [prize.worth for prize in wheel.prizes[2:]] == [300_00, 100_00, 50_00]
    assert choose(HOTEL, "play.games", "three_a_campaign").play.games[0].max_total == 3
    assert (HOTEL.play.likes_for_chance, HOTEL.play.spend_for_chance) == (30, 1_000_00)
    old, new = HOTEL.rooms.cohorts
    assert (old.room_pay_percent, old.special_night, old.special_night_blackout) == (80, 99_00, False)
    assert (new.room_pay_percent, new.special_night, new.free_nights) == (95, 99_00, 1)
    assert new.special_night_blackout
    assert new.free_nights_blackout
    assert HOTEL.rooms.wechat_cut == 20_00
    festival = HOTEL.pricing.category_prices[0]
    assert (festival.days, festival.pay_percent, festival.min_bill) == (Days("09-06", "09-08"), 90, 200_00)
    assert [length.days for length in HOTEL.cards.lengths] == [7, 30, 90]
    assert HOTEL.senior.min_age == 60
    assert [promotion.limit for promotion in HOTEL.tiers.promotions] == [None, 30]


@pytest.mark.rules("X-2", "X-28", "X-76", "X-93")
def test_every_named_alternative_is_sound_and_can_be_chosen() -> None:
    assert check(HOTEL) == ()
    for path, named in ALTERNATIVES.items():
        assert len(named) >= 2
        for name in named:
            assert check(choose(HOTEL, path, name)) == ()
    with pytest.raises(KeyError, match="nobody"):
        choose(HOTEL, "tiers.ladder", "nobody")


READ_ELSEWHERE = {          # by central and by the terminals, which take them from the same preset
    "Rung.label", "TierRules.promotions", "StoredValueRules.dues_plans", "SpendGiftStep.coupon",
    "CampaignRules.spend_gift", "CampaignRules.spend_gift_repeatable", "CampaignRules.friend_reward_points",
    "PhoneRules.pay_limit", "Preset.phone", "Preset.play", "Preset.senior", "Preset.settlement", "Preset.campaigns",
    "Preset.cards", "Preset.reminders", "Preset.name", "CampaignRules.votes_per_person", "Prize.not_on_holidays",
}


@pytest.mark.rules("CS-1")
def test_every_setting_is_read_by_a_rule() -> None:
    rules = "\n".join(
        path.read_text("utf-8") for path in MEMBERSHIP.rglob("*.py") if not path.name.startswith("preset"))
    settings = [
        f"{kind.__name__}.{field.name}" for kind in vars(preset_types).values()
        if isinstance(kind, type) and kind.__module__ == preset_types.__name__ and is_dataclass(kind)
        for field in fields(kind)
    ]
    unread = {name for name in settings if not re.search(rf"\.{name.split('.')[1]}\b", rules)}
    assert unread <= READ_ELSEWHERE


# -- reading ----------------------------------------------------------------------------------------------------------
@pytest.mark.rules("CS-1")
def test_a_preset_survives_the_way_through_a_file() -> None:
    assert read_preset(plain()) == HOTEL
    assert plain()["tiers"]["ladder"][6]["tier"] == "two_diamond"


@pytest.mark.rules("CS-1")
@pytest.mark.parametrize(("path", "value", "fault"), [
    (("points", "per_yuan"), "1", "points.per_yuan"),
    (("points", "per_yuan"), 1.0, "points.per_yuan"),
    (("points", "per_yuan"), True, "points.per_yuan"),
    (("points", "per_yuan"), None, "points.per_yuan"),
    (("points", "combine"), "sum", "points.combine"),
    (("points", "multipliers"), "many", "points.multipliers"),
    (("points", "multipliers", 0, "times"), 2.5, "points.multipliers[0].times"),
    (("tiers", "ladder", 3, "tier"), "argentum", "tiers.ladder[3].tier"),
    (("tiers", "ladder", 3), 7, "tiers.ladder[3]"),
    (("tiers", "experience_ladder"), [["gold"]], "tiers.experience_ladder[0]"),
    (("stored_value", "enabled"), 1, "stored_value.enabled"),
    (("zone",), 8, "zone"),
])
def test_a_value_of_the_wrong_type_is_named_by_its_path(path: tuple[Any, ...], value: Any, fault: str) -> None:
    document = plain()
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert read_faults(document) == [(fault, "preset.wrong_type")]


@pytest.mark.rules("CS-1")
def test_unknown_and_missing_settings_are_named_and_all_faults_come_at_once() -> None:
    document = plain()
    document["points"]["per_yaun"] = 2
    del document["tiers"]["ladder"]
    document["stored_value"]["recharge_steps"][0]["bonus"] = 1
    assert read_faults(document) == [
        ("tiers.ladder", "preset.missing"), ("points.per_yaun", "preset.unknown"),
        ("stored_value.recharge_steps[0].bonus", "preset.unknown")]


@pytest.mark.rules("CS-1")
def test_a_document_that_reads_but_contradicts_itself_is_refused() -> None:
    document = plain()
    document["stored_value"]["balance_discount_enabled"] = True
    assert read_faults(document) == [("stored_value.balance_discount_enabled", "preset.needs_stored_value")]


# -- contradictions ---------------------------------------------------------------------------------------------------
def ladder(tier: Tier, **columns: Any) -> Preset:
    rungs = tuple(replace(rung, **columns) if rung.tier is tier else rung for rung in HOTEL.tiers.ladder)
    return put("tiers", ladder=rungs)


EIGHTY = (BalanceStep(100_00, 80),)
TWO_STEPS = (RechargeStep(100_00), RechargeStep(100_00))
MARCH, SPRING = Days("2026-03-01", "2026-03-31"), Days("03-20", "04-10")


@pytest.mark.rules("CS-1", "CS-3", "X-1", "TI-12", "TI-18", "TI-17", "SV-7", "SV-8", "SV-9", "SV-10", "SV-11", "SV-12",
                   "X-18", "X-19", "X-106", "RF-3", "X-116", "PT-27", "PT-2", "PT-3", "SV-4", "TI-13", "TI-11", "X-42",
                   "SM-7", "CP-10")
@pytest.mark.parametrize(("preset", "path", "key"), [
    (put("tiers", ladder=HOTEL.tiers.ladder[:9]), "tiers.ladder", "preset.ten_tiers"),
    (put("tiers", ladder=HOTEL.tiers.ladder[::-1]), "tiers.ladder", "preset.ten_tiers"),
    (ladder(Tier.REGISTERED, enter=1), "tiers.ladder[0].enter", "preset.anyone_registers"),
    (ladder(Tier.GOLD, keep=5_001_00), "tiers.ladder[4].keep", "preset.keep_above_enter"),
    (ladder(Tier.FIVE_DIAMOND, enter=599_999_00), "tiers.ladder[9].enter", "preset.higher_is_worse"),
    (ladder(Tier.FIVE_DIAMOND, keep=299_999_00), "tiers.ladder[9].keep", "preset.higher_is_worse"),
    (ladder(Tier.SILVER, pay_percent=95), "tiers.ladder[4].pay_percent", "preset.higher_is_worse"),
    (ladder(Tier.SILVER, speed_percent=150), "tiers.ladder[4].speed_percent", "preset.higher_is_worse"),
    (ladder(Tier.GOLD, needs_id=False), "tiers.ladder[4].needs_id", "preset.higher_is_worse"),
    (ladder(Tier.GOLD, points_price=-1), "tiers.ladder[4].points_price", "preset.range"),
    (put("rooms", cohorts=(replace(HOTEL.rooms.cohorts[0], room_pay_percent=101),)),
     "rooms.cohorts[0].room_pay_percent", "preset.range"),
    (put("tiers", draw_days=("06-31",)), "tiers.draw_days[0]", "preset.days"),
    (put("tiers", validity_years=0), "tiers.validity_years", "preset.at_least_one"),
    (put("tiers", promotions=HOTEL.tiers.promotions * 2), "tiers.promotions", "preset.twice"),
    (put("points", step=7, per_yuan_value=300), "points.step", "preset.points_step"),
    (put("points", per_yuan_value=0), "points.step", "preset.points_step"),
    (put("points", bundle_min=2_500), "points.bundle_min", "preset.bundle"),
    (put("points", content_min=51), "points.content_min", "preset.order"),
    (put("points", multipliers=(Multiplier(200, 2), Multiplier(200, 3))), "points.multipliers", "preset.steps_rise"),
    (put("points", multipliers=(Multiplier(200, 3), Multiplier(300, 2))), "points.multipliers[1].times",
     "preset.more_is_worse"),
    (put("points", referral_periods=HOTEL.points.referral_periods * 2), "points.referral_periods[1]", "preset.overlap"),
    (put("points", max_share_percent=101), "points.max_share_percent", "preset.range"),
    (put("stored_value", recharge_gift_enabled=True), "stored_value.recharge_gift_enabled",
     "preset.needs_stored_value"),
    (put("stored_value", enabled=True, recharge_gift_enabled=True, recharge_steps=()), "stored_value.recharge_steps",
     "preset.nothing_set"),
    (put("stored_value", enabled=True, balance_discount_enabled=True, balance_steps=()), "stored_value.balance_steps",
     "preset.nothing_set"),
    (put("stored_value", balance_steps=(BalanceStep(500, 70), BalanceStep(100, 60))), "stored_value.balance_steps",
     "preset.steps_rise"),
    (put("stored_value", balance_steps=(BalanceStep(100, 70), BalanceStep(500, 80))), "stored_value.balance_steps",
     "preset.more_is_worse"),
    (put("stored_value", recharge_steps=TWO_STEPS), "stored_value.recharge_steps", "preset.steps_rise"),
    (put("stored_value", recharge_steps=(RechargeStep(100, coupons=tuple("abcdef")),)),
     "stored_value.recharge_steps[0].coupons", "preset.too_many_coupons"),
    (put("stored_value", recharge_steps=(RechargeStep(100, later=5),)), "stored_value.recharge_steps[0].months",
     "preset.instalments"),
    (put("stored_value", recharge_steps=(RechargeStep(5_000_01),)), "stored_value.recharge_steps[0].pay",
     "preset.above_cap"),
    (put("stored_value", balance_periods=(BalancePeriod(MARCH, EIGHTY), BalancePeriod(SPRING, EIGHTY))),
     "stored_value.balance_periods[1]", "preset.overlap"),
    (put("stored_value", recharge_periods=(RechargePeriod(MARCH, TWO_STEPS),)),
     "stored_value.recharge_periods[0].steps", "preset.steps_rise"),
    (put("stored_value", balance_periods=(BalancePeriod(Days("2026-03-31", "2026-03-01"), EIGHTY),)),
     "stored_value.balance_periods[0].days", "preset.days"),
    (put("pricing", stack_order=HOTEL.pricing.stack_order[:4]), "pricing.stack_order", "preset.each_step_once"),
    (put("pricing", stack_order=HOTEL.pricing.stack_order[::-1]), "pricing.stack_order", "preset.random_last"),
    (put("pricing", category_prices=HOTEL.pricing.category_prices * 2), "pricing.category_prices", "preset.twice"),
    (put("pricing", category_prices=(CategoryPrice("x", 90, ("spa",), ("spa",)),)), "pricing.category_prices[0]",
     "preset.in_and_out"),
    (put("rooms", cohorts=HOTEL.rooms.cohorts * 2), "rooms.cohorts", "preset.twice"),
    (put("rooms", cohorts=(replace(HOTEL.rooms.cohorts[0], name="mid_autumn"),)), "rooms.cohorts", "preset.twice"),
    (put("play", games=(GameRules("g", paid_per_day=1),)), "play.games[0].cost_points", "preset.paid_play_is_free"),
    (put("play", games=HOTEL.play.games * 2), "play.games", "preset.twice"),
    (put("play", games=(GameRules("g", prizes=HOTEL.play.games[0].prizes * 2),)), "play.games[0].prizes",
     "preset.twice"),
    (put("campaigns", distribution_percent=(40, 40, 40)), "campaigns.distribution_percent", "preset.distribution"),
    (put("campaigns", distribution_enabled=True), "campaigns.distribution_percent", "preset.nothing_set"),
    (put("campaigns", spend_gift=HOTEL.campaigns.spend_gift * 2), "campaigns.spend_gift", "preset.steps_rise"),
    (put("settlement", merchants=(MerchantRate("m", 1, 0),)), "settlement.merchants[0]", "preset.rate"),
    (replace(HOTEL, zone="Asia/Nowhere"), "zone", "preset.zone"),
    (replace(HOTEL, zone="../etc"), "zone", "preset.zone"),
    (replace(HOTEL, day_start="24:00"), "day_start", "preset.clock"),
    (put("points", multipliers=(Multiplier(200, 0), Multiplier(300, 2))), "points.multipliers[0].times",
     "preset.at_least_one"),
    (put("points", birthday_times=0), "points.birthday_times", "preset.at_least_one"),
    (put("stored_value", recharge_steps=(RechargeStep(100, 50), RechargeStep(200, 20, 29, 1))),
     "stored_value.recharge_steps[1]", "preset.more_is_worse"),
    (put("stored_value", min_recharge=1_000_01), "stored_value.min_recharge", "preset.min_above_cap"),
    (put("stored_value", balance_steps=(BalanceStep(100, 0),)), "stored_value.balance_steps[0].pay_percent",
     "preset.at_least_one"),
    (ladder(Tier.FIVE_DIAMOND, order_dates=367), "tiers.ladder[9].order_dates", "preset.range"),
    (ladder(Tier.SILVER, expires=False), "tiers.ladder[3].expires", "preset.never_ends"),
    (put("stored_value", balance_periods=(BalancePeriod(MARCH, ()),)), "stored_value.balance_periods[0].steps",
     "preset.nothing_set"),
    (put("stored_value", recharge_periods=(RechargePeriod(MARCH, ()),)), "stored_value.recharge_periods[0].steps",
     "preset.nothing_set"),
    (put("stored_value", channels=(Channel("lobby", ("cash",)),)), "stored_value.channels[0]", "preset.unattended"),
    (put("stored_value", channels=(Channel("room", ("wechat",)),)), "stored_value.channels[0]", "preset.unattended"),
    (put("stored_value", channels=(Channel("central", ("points",)),)), "stored_value.channels[0]",
     "preset.unattended"),
    (put("stored_value", channels=(Channel("phone", ("wechat",)),) * 2), "stored_value.channels", "preset.twice"),
    (put("reminders", promotion_weekdays=()), "reminders.promotion_weekdays", "notice.weekdays"),
    (put("reminders", promotion_weekdays=(7,)), "reminders.promotion_weekdays", "notice.weekdays"),
    (put("reminders", promotion_hour="20.00"), "reminders.promotion_hour", "preset.clock"),
    (put("reminders", promotion_gap_days=367), "reminders.promotion_gap_days", "preset.range"),
    (put("reminders", absent_days=0), "reminders.absent_days", "input.out_of_range"),
])
def test_a_contradiction_is_refused_with_its_path_and_reason(preset: Preset, path: str, key: str) -> None:
    assert faults(preset) == [(path, key)]


@pytest.mark.rules("CS-1", "X-32")
@pytest.mark.parametrize(("preset", "path"), [
    (put("points", per_yuan=1.5), "points.per_yuan"),
    (put("points", per_yuan=True), "points.per_yuan"),
    (put("points", combine="sum"), "points.combine"),
    (put("points", multipliers=(Multiplier(200_00, 2.0),)), "points.multipliers[0].times"),     # type: ignore[arg-type]
    (put("stored_value", enabled=1), "stored_value.enabled"),
    (put("tiers", cascade_below=7), "tiers.cascade_below"),
])
def test_a_preset_put_together_in_code_is_held_to_its_types(preset: Preset, path: str) -> None:
    assert faults(preset) == [(path, "preset.wrong_type")]


@pytest.mark.rules("SV-2", "X-27", "SV-3", "AD-8")
def test_stored_value_is_never_switched_off_again_its_parts_are() -> None:
    on = put("stored_value", enabled=True, recharge_gift_enabled=True)
    assert check_change(HOTEL, on) == ()
    assert check_change(on, put("stored_value", enabled=True)) == ()
    assert [problem.path for problem in check_change(on, HOTEL)] == ["stored_value.enabled"]
    assert check_change(on, HOTEL)[0].reason.key == "preset.one_way"


# -- runs of days -----------------------------------------------------------------------------------------------------
days = st.dates(date(2023, 1, 1), date(2028, 12, 31))


@pytest.mark.rules("CS-3", "X-125")
@given(days, st.integers(0, 364), days)
def test_a_yearly_run_comes_round_over_the_years_end(first: date, length: int, day: date) -> None:
    last = first + timedelta(days=length)
    run = Days(first.isoformat()[5:], last.isoformat()[5:])
    seen = {(first + timedelta(days=n)).isoformat()[5:] for n in range(length + 1)}
    assert run.covers(first)
    assert run.covers(last)
    if day.isoformat()[5:] != "02-29":
        assert run.covers(day) == (day.isoformat()[5:] in seen)


@pytest.mark.rules("CS-3", "X-125")
@given(days, st.integers(0, 500), days, st.integers(0, 500), st.booleans(), st.booleans())
def test_two_runs_meet_when_some_day_lies_in_both(
    first: date, length: int, other: date, more: int, yearly: bool, yearly_too: bool
) -> None:
    runs = []
    for start, span, cut in ((first, length, yearly), (other, more, yearly_too)):
        ends = [start.isoformat(), (start + timedelta(days=min(span, 300) if cut else span)).isoformat()]
        runs.append(Days(*(end[5:] if cut else end for end in ends)))
    every = [date(2023, 1, 1) + timedelta(days=n) for n in range(366 * 9)]
    assert runs[0].meets(runs[1]) == any(runs[0].covers(day) and runs[1].covers(day) for day in every)
    assert runs[0].meets(runs[1]) == runs[1].meets(runs[0])
