"""Signing in, voting, answering."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.campaigns.gift import Gift
from membership.campaigns.scope import Scope
from membership.campaigns.taking_part import (
    Attendance,
    Question,
    SignInCampaign,
    Vote,
    groups_of,
    judge_answers,
    judge_sign_in,
    judge_vote,
    result,
    sign_in,
    sign_in_gifts,
)
from membership.hotel_time import DateRange
from membership.occasion import Person, Surface
from membership.preset_values import HOTEL
from membership.verdict import Allowed, BadInput
from tests.membership.houses import SHANGHAI, at, occasion, why

MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))
VOTE = Vote(Scope("v1", "Say yes", MARCH.span(SHANGHAI)), "Would you come again?", ("yes", "no"), Gift(points=5))
LI = Person("li")


@pytest.mark.rules("PT-7", "X-20", "GM-9")
def test_once_a_hotel_day_over_all_surfaces() -> None:
    signed = sign_in(Attendance(), 1, occasion("2026-03-05 00:00", surface=Surface.LOBBY))
    for surface in (Surface.LOBBY, Surface.ROOM, Surface.PHONE):
        assert why(judge_sign_in(signed, 1, occasion("2026-03-05 23:59", surface=surface))) == "sign_in.done"
        assert why(judge_sign_in(signed, 1, occasion("2026-03-06 00:00", surface=surface))) == "allowed"
    assert why(judge_sign_in(Attendance(), 1, occasion(surface=Surface.HANDHELD))) == "sign_in.by_guest"
    with pytest.raises(BadInput):
        sign_in(signed, 1, occasion("2026-03-05 12:00", surface=Surface.ROOM))


@pytest.mark.rules("GM-9", "X-20")
def test_a_campaign_adds_points_and_plays_to_a_sign_in_while_it_runs() -> None:
    month = SignInCampaign(VOTE.scope, Gift(plays=("wheel",)))
    spa = SignInCampaign(replace(VOTE.scope, stores=frozenset({"spa"})), Gift(points=5, plays=("wheel",)))
    lobby = occasion(store="lobby", surface=Surface.LOBBY)
    assert sign_in_gifts([month, spa], LI, lobby) == (Gift(plays=("wheel",)),)
    assert sign_in_gifts([month, spa], LI, replace(lobby, now=at("2026-04-01 00:00"))) == ()
    for gift in (Gift(), Gift(coupons=("tea",)), Gift(points=1, balance=1)):
        with pytest.raises(BadInput):
            replace(month, gift=gift)


@pytest.mark.rules("X-20", "X-106")
def test_a_property_where_it_is_still_yesterday_gives_no_second_turn() -> None:
    signed = sign_in(Attendance(), 1, occasion("2026-03-06 01:00", surface=Surface.ROOM))
    paris = replace(occasion("2026-03-06 02:00", surface=Surface.LOBBY), zone=ZoneInfo("Europe/Paris"))
    assert paris.today == date(2026, 3, 5)
    assert why(judge_sign_in(signed, 1, paris)) == "sign_in.done"


@pytest.mark.rules("PT-7")
@given(st.lists(st.integers(0, 3), max_size=20), st.integers(1, 3))
def test_days_in_a_row_agree_with_the_set_of_days(waits: list[int], per_day: int) -> None:
    attendance, day, signed = Attendance(), 0, []
    for wait in waits:
        day += wait
        here = replace(occasion(surface=Surface.ROOM), now=at("2026-03-01 12:00") + timedelta(days=day))
        allowed = signed.count(day) < per_day
        assert isinstance(judge_sign_in(attendance, per_day, here), Allowed) == allowed
        if allowed:
            attendance = sign_in(attendance, per_day, here)
            signed.append(day)
            row = 0
            while day - row in signed:
                row += 1
            assert attendance.in_a_row == row


@pytest.mark.rules("GM-8")
@pytest.mark.parametrize(
    ("choices", "cast", "when", "said"),
    [
        (("yes",), 0, "2026-03-05 10:00", "allowed"),
        (("yes", "no"), 0, "2026-03-05 10:00", "vote.one_option"),
        ((), 0, "2026-03-05 10:00", "vote.one_option"),
        (("maybe",), 0, "2026-03-05 10:00", "vote.unknown_option"),
        (("no",), 1, "2026-03-05 10:00", "vote.done"),
        (("no",), 0, "2026-04-01 00:00", "campaign.over"),
    ],
)
def test_one_option_once(choices: tuple[str, ...], cast: int, when: str, said: str) -> None:
    most = HOTEL.campaigns.votes_per_person
    assert why(judge_vote(VOTE, choices, cast, most, LI, occasion(when, surface=Surface.LOBBY))) == said


@pytest.mark.rules("GM-8")
def test_votes_are_counted_by_option_and_every_voter_has_the_gift() -> None:
    assert result(VOTE, {"li": "yes", "zhao": "yes", "sun": "no"}) == (("yes", 2), ("no", 1))
    assert result(VOTE, {}) == (("yes", 0), ("no", 0))
    assert VOTE.gift == Gift(points=5)
    with pytest.raises(BadInput):
        result(VOTE, {"li": "maybe"})
    for options in (("yes",), ("yes", "yes")):
        with pytest.raises(BadInput):
            replace(VOTE, options=options)


QUESTIONS = (
    Question("purpose", ("business", "family"), groups=(("family", "families"), ("business", "travellers"))),
    Question("likes", ("spa", "pool", "gym"), most=2, required=False, groups=(("spa", "spa"),)),
)


@pytest.mark.rules("CT-2", "ME-11")
def test_answers_put_a_member_in_groups() -> None:
    assert groups_of(QUESTIONS, {"purpose": ("family",), "likes": ("spa", "gym")}) == {"families", "spa"}
    assert groups_of(QUESTIONS, {"purpose": ("business",)}) == {"travellers"}
    assert groups_of((replace(QUESTIONS[1], most=3),), {"likes": ("spa", "pool", "gym")}) == {"spa"}


@pytest.mark.rules("CT-2")
@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, ["survey.unanswered"]),
        ({"purpose": ("war",)}, ["survey.unknown_option"]),
        ({"purpose": ("family", "business")}, ["survey.too_many"]),
        ({"purpose": ("family",), "likes": ("spa", "spa")}, ["survey.too_many"]),
        ({"purpose": ("family",), "age": ("9",)}, ["survey.unknown_question"]),
    ],
)
def test_bad_answers_are_named_question_by_question(answers: dict[str, tuple[str, ...]], said: list[str]) -> None:
    assert [reason.key for reason in judge_answers(QUESTIONS, answers)] == said
    with pytest.raises(BadInput):
        groups_of(QUESTIONS, answers)
    with pytest.raises(BadInput):
        Question("q", ("a", "b"), groups=(("c", "g"),))
