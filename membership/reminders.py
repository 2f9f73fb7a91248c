"""What to remind a member of, and when a message may go out (CP-6, TC-7, X-14, SV-19, SM-2, SM-4, SM-5, SM-7).

A service notice tells of something the member has or owes, and goes out on its day. Promotion is wanted by the house:
it waits for its hour, keeps its distance, and stops at an opt-out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from membership.coupons import Batch, Coupon, State
from membership.dues import Due
from membership.hotel_time import birthday_in, hotel_date, hotel_local
from membership.preset import ReminderRules, TierRules
from membership.tiers import Standing, last_day
from membership.times_cards import TimesCard
from membership.verdict import Verdict, first, refuse, whole

DAY = timedelta(days=1)


class About(StrEnum):
    """What a reminder is about."""

    COUPON_ENDS = "coupon_ends"
    CARD_UNUSED = "card_unused"
    TIER_EXAMINED = "tier_examined"
    DUES = "dues"
    BIRTHDAY = "birthday"
    LONG_ABSENT = "long_absent"

    @property
    def promotion(self) -> bool:
        """Whether it is promotion, which an opt-out stops (SM-5)."""
        return self in (About.BIRTHDAY, About.LONG_ABSENT)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder for one member: about what, which one, and the date it concerns."""

    member: str
    about: About
    what: str
    day: date


def coupons_ending(
    held: Iterable[tuple[Coupon, Batch]], today: date, rules: ReminderRules
) -> tuple[Reminder, ...]:
    """Coupons still to be used whose last day is near (CP-6, SM-4); the owner is told, not who passed it on (CP-7)."""
    return tuple(
        Reminder(coupon.owner, About.COUPON_ENDS, coupon.sn, batch.valid.last)
        for coupon, batch in held
        if coupon.state is State.TAKEN and (batch.valid.last - today).days in rules.coupon_days_before
    )


def tier_examined(member: str, standing: Standing, today: date, tiers: TierRules) -> tuple[Reminder, ...]:
    """The warning so many days before the tier is examined, once (X-14)."""
    end = last_day(standing, tiers)
    if end is None or end - today != timedelta(days=tiers.warn_days):
        return ()
    return (Reminder(member, About.TIER_EXAMINED, standing.tier.name.lower(), end),)


def dues_near(
    member: str, plan: str, schedule: Iterable[Due], paid: Collection[int], today: date, rules: ReminderRules
) -> tuple[Reminder, ...]:
    """Parts of a plan not paid, some days before they are due and on the day (SV-19)."""
    return tuple(
        Reminder(member, About.DUES, plan, due.day)
        for due in schedule
        if due.number not in paid and (due.day - today).days in rules.dues_days_before
    )


def cards_unused(cards: Iterable[TimesCard], today: date, zone: tzinfo, rules: ReminderRules) -> tuple[Reminder, ...]:
    """Times cards with uses left that lay still for exactly so many days: each silence is told of once (TC-7)."""
    if rules.unused_card_days is None:
        return ()
    silent = today - timedelta(days=rules.unused_card_days)
    return tuple(
        Reminder(card.owner, About.CARD_UNUSED, card.id, silent)
        for card in cards
        if card.left > 0 and _not_over(card, today) and _last_seen(card, zone) == silent
    )


def birthdays(members: Iterable[tuple[str, date]], today: date) -> tuple[Reminder, ...]:
    """Members (id, birth date) whose birthday is today; of 29 February, 28 February in a common year (SM-2, X-110)."""
    having = (member for member, born in members if birthday_in(today.year, born) == today)
    return tuple(Reminder(member, About.BIRTHDAY, "", today) for member in having)


def long_absent(visits: Iterable[tuple[str, date]], today: date, rules: ReminderRules) -> tuple[Reminder, ...]:
    """Members (id, last visit) absent for exactly so many days (CP-10); how many is head office's to say."""
    if rules.absent_days is None:
        return ()
    since = today - timedelta(days=rules.absent_days)
    return tuple(Reminder(member, About.LONG_ABSENT, "", last) for member, last in visits if last == since)


def judge_send(reminder: Reminder, opted_out: bool) -> Verdict:
    """May it go out at all? An opt-out stops promotion, and nothing else (SM-5)."""
    stopped = opted_out and reminder.about.promotion
    return first(refuse("notice.opted_out", "SM-5") if stopped else None)


def judge_event_notice(sent_this_month: int, rules: ReminderRules) -> Verdict:
    """May one more event be announced this month (SM-7, X-77)?"""
    full = whole("sent_this_month", sent_this_month, rule="SM-7") >= rules.events_per_month
    return first(refuse("notice.month_full", "SM-7", n=rules.events_per_month) if full else None)


def next_promotion(now: datetime, last: datetime | None, zone: tzinfo, rules: ReminderRules) -> datetime:
    """The next moment a promotion may go out: its hour on one of its weekdays, far enough from the last one (SM-7)."""
    local = hotel_local(now, zone)
    hour = time.fromisoformat(rules.promotion_hour)
    day = local.date() if local.time() <= hour else local.date() + DAY
    if last is not None:
        day = max(day, hotel_date(last, zone) + timedelta(days=rules.promotion_gap_days))
    while day.weekday() not in rules.promotion_weekdays:
        day += DAY
    return datetime.combine(day, hour, zone)


def _last_seen(card: TimesCard, zone: tzinfo) -> date:
    return card.opened_on if card.last_use is None else hotel_date(card.last_use, zone)


def _not_over(card: TimesCard, today: date) -> bool:
    last = card.last_day
    return last is None or today <= last
