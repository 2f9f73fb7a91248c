"""Earning points: on what, how many, by which multiplier, and how often (docs/rules.md, PT).

Points are whole numbers. Amounts are fen; only whole yuan earn (X-17).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from membership.hotel_time import birthday_in
from membership.money import Fen
from membership.occasion import EVERY_MEMBER, Audience, Person
from membership.preset import PointsRules, Tier, TierRules
from membership.reasons import Reason
from membership.season import Days
from membership.spend import LinePaid, Tender, check_tendered, counted
from membership.verdict import known_tier, refuse, whole


@dataclass(frozen=True, slots=True)
class Paid:
    """A paid bill as points see it: how it was paid, what was due for each line, and on which hotel date.

    `BadInput` if it was paid with more than its lines are worth (X-108).
    """

    tenders: tuple[Tender, ...]
    lines: tuple[LinePaid, ...]
    day: date

    def __post_init__(self) -> None:
        check_tendered(self.tenders, self.lines)


@dataclass(frozen=True, slots=True)
class Earned:
    """Points earned, and what they were reckoned from."""

    points: int
    yuan: int
    times: int
    why: Reason


def earn(paid: Paid, tier: Tier | None, born: date | None, rules: PointsRules, tiers: TierRules) -> Earned:
    """Points of one bill: whole qualifying yuan x multipliers, floored once at the end (PT-1, X-17, X-108, X-109).

    The multiplier is found on the net amount of the earning lines by any tender, and holds for the whole bill (PT-2,
    X-16). Nobody earns without being a member.
    """
    if tier is None:
        return Earned(0, 0, 1, Reason("points.no_member", (), "PT-1"))
    yuan = counted(paid.tenders, paid.lines, rules.excluded_tenders, rules.excluded_categories) // 100
    net = sum(line.due for line in paid.lines if line.category not in rules.excluded_categories)
    times = multiplier(net, born is not None and is_birthday(born, paid.day), rules)
    speed = tiers.ladder[known_tier(tier) - 1].speed_percent
    points = yuan * rules.per_yuan * times * speed // 100
    values = (("points", points), ("times", times), ("yuan", yuan))
    return Earned(points, yuan, times, Reason("points.earned", values, "PT-2" if times > 1 else "PT-1"))


def multiplier(net: Fen, birthday: bool, rules: PointsRules) -> int:
    """Spend and birthday multiplier, the larger or their product (PT-2, PT-3, X-15, X-16, X-50)."""
    by_spend = max((step.times for step in rules.multipliers if step.at <= net), default=1)
    by_birthday = rules.birthday_times if birthday else 1
    return by_spend * by_birthday if rules.combine == "product" else max(by_spend, by_birthday)


def is_birthday(born: date, day: date) -> bool:
    """Whether `day` is the birthday; of 29 February, 28 February in common years (PT-3, X-110)."""
    return birthday_in(day.year, born) == day


def birthday_gift(
    born: date, day: date, year_given: int | None, identified: bool, rules: PointsRules
) -> int | Reason:
    """Points for coming on one's birthday, once a year, identified at a terminal of the hotel (PT-4, X-22)."""
    if not is_birthday(born, day):
        return refuse("points.not_birthday", "PT-4")
    if not identified:
        return refuse("points.identify_first", "X-22")
    if year_given == day.year:
        return refuse("points.had_already", "X-22", year=day.year)
    return rules.birthday_gift


# -- events and their caps --------------------------------------------------------------------------------------------
def sign_in(times_today: int, rules: PointsRules) -> int | Reason:
    """Points of a sign-in: once a hotel-day over all surfaces together, as central counts (PT-7, X-20)."""
    if whole("times_today", times_today, rule="PT-7") >= rules.sign_in_per_day:
        return refuse("points.signed_in", "PT-7", most=rules.sign_in_per_day)
    return rules.sign_in


def share(times_today: int, rules: PointsRules) -> int | Reason:
    """Points of a share: the sixth of a day and later earn nothing (PT-8, X-21)."""
    if whole("times_today", times_today, rule="PT-8") >= rules.share_per_day:
        return refuse("points.shared_enough", "PT-8", most=rules.share_per_day)
    return rules.share


def referral(day: date, rules: PointsRules) -> int:
    """Points for a friend who takes a card; a period's rule overrides the house's (PT-9, RF-1, X-19, X-93)."""
    return next((period.points for period in rules.referral_periods if period.days.covers(day)), rules.referral)


Event = Literal["registration", "share_follow", "review", "riddle"]


def event_points(event: Event, rules: PointsRules) -> int:
    """Points of an event with one fixed reward (PT-6, PT-9, PT-10, PT-11)."""
    return {
        "registration": rules.registration, "share_follow": rules.share_follow, "review": rules.review,
        "riddle": rules.game_riddle,
    }[event]


def content_points(judged: int, rules: PointsRules) -> int | Reason:
    """Points for a shared experience as a person judged it, 1 to 50 (PT-10)."""
    whole("content_points", judged, rule="PT-10")
    if not rules.content_min <= judged <= rules.content_max:
        return refuse("points.content_range", "PT-10", least=rules.content_min, most=rules.content_max)
    return judged


@dataclass(frozen=True, slots=True)
class CustomRule:
    """An earn rule that head office made: these people, on these days, so many points (PT-5)."""

    name: str
    points: int
    audience: Audience = EVERY_MEMBER
    days: Days | None = None

    def __post_init__(self) -> None:
        whole("points", self.points, rule="PT-5")


def custom_points(rule: CustomRule, person: Person, day: date) -> int:
    """What a custom rule gives this person today; 0 if it is not meant (PT-5, ME-11)."""
    meant = rule.audience.includes(person) and (rule.days is None or rule.days.covers(day))
    return rule.points if meant else 0


# -- what else is asked of points -------------------------------------------------------------------------------------
def expires_on(earned: date, rules: PointsRules) -> date | None:
    """Last day of points earned on `earned`; None: they do not expire (PT-31, X-24)."""
    return None if rules.expiry_days is None else earned + timedelta(days=rules.expiry_days)


def judge_event_entry(points: int, friends: int, has_card: bool, shared: bool, rules: PointsRules) -> Reason | None:
    """What still speaks against an invitation to the members' event; None if nothing does (PT-29, RF-8, X-78)."""
    if not has_card or not shared:
        return refuse("event.card_and_share", "PT-29")
    if whole("friends", friends, rule="PT-29") < rules.event_friends:
        return refuse("event.friends", "PT-29", n=friends, least=rules.event_friends)
    if points < rules.event_entry:
        return refuse("event.points", "PT-29", points=points, least=rules.event_entry)
    return None


def given_back_permille(points: int, turnover: Fen, rules: PointsRules) -> int:
    """What share of the turnover went back as points, in thousandths, rounded down (PT-28)."""
    worth = whole("points", points, rule="PT-28") * 100 // rules.per_yuan_value
    whole("turnover", turnover, rule="PT-28")
    return worth * 1000 // turnover if turnover else 0


def over_budget(points: int, turnover: Fen, rules: PointsRules) -> bool:
    """Whether more went back as points than head office decided; never while it has decided nothing (PT-28)."""
    most = rules.budget_percent
    return most is not None and points * 100 * 100 > most * turnover * rules.per_yuan_value


def guide(rules: PointsRules) -> tuple[Reason, ...]:
    """All ways to earn and what points are worth, for the page that tells it (PT-12)."""
    steps: Sequence[Reason] = [
        Reason("points.guide_times", (("amt", step.at), ("times", step.times)), "PT-2") for step in rules.multipliers
    ]
    return (
        Reason("points.guide_earn", (("points", rules.per_yuan),), "PT-1"),
        *steps,
        Reason("points.guide_birthday", (("points", rules.birthday_gift), ("times", rules.birthday_times)), "PT-3"),
        Reason("points.guide_sign_in", (("most", rules.sign_in_per_day), ("points", rules.sign_in)), "PT-7"),
        Reason("points.guide_share", (("most", rules.share_per_day), ("points", rules.share)), "PT-8"),
        Reason("points.guide_referral", (("points", rules.referral),), "PT-9"),
        Reason("points.guide_review", (("points", rules.review),), "PT-10"),
        Reason("points.guide_worth", (("points", rules.per_yuan_value),), "PT-16"),
    )
