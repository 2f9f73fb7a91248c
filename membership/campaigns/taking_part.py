"""What guests take part in: signing in, voting, answering (PT-7, GM-8, CT-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from membership.campaigns.gift import Gift
from membership.campaigns.scope import Scope, judge_scope
from membership.occasion import Occasion, Person, Surface
from membership.reasons import Reason
from membership.verdict import BadInput, Verdict, first, must, refuse, whole


@dataclass(frozen=True, slots=True)
class Attendance:
    """A member's signing in: the last hotel date, how often on it, and for how many days in a row."""

    last: date | None = None
    times: int = 0
    in_a_row: int = 0


def judge_sign_in(attendance: Attendance, per_day: int, occasion: Occasion) -> Verdict:
    """May the member sign in now? So often a hotel day, over all surfaces together (PT-7, X-20). A date before the last
    one - another property's zone - has had its turn."""
    had = attendance.last is not None and (
        occasion.today < attendance.last or (occasion.today == attendance.last and attendance.times >= per_day)
    )
    return first(
        refuse("sign_in.by_guest", "PT-7") if occasion.surface is Surface.HANDHELD else None,
        refuse("sign_in.done", "X-20") if had else None,
    )


def sign_in(attendance: Attendance, per_day: int, occasion: Occasion) -> Attendance:
    """The member signed in; what it earns stands in `points.sign_in` and in `sign_in_gifts`."""
    must(judge_sign_in(attendance, per_day, occasion))
    today = occasion.today
    if attendance.last == today:
        return Attendance(today, attendance.times + 1, attendance.in_a_row)
    follows = attendance.last == today - timedelta(days=1)
    return Attendance(today, 1, attendance.in_a_row + 1 if follows else 1)


@dataclass(frozen=True, slots=True)
class SignInCampaign:
    """While it runs, signing in earns points, plays or both beside the house's own points (GM-9, X-20)."""

    scope: Scope
    gift: Gift

    def __post_init__(self) -> None:
        if self.gift.empty or self.gift != Gift(points=self.gift.points, plays=self.gift.plays):
            raise BadInput("sign_in.points_or_plays", rule="X-20", name=self.scope.name)


def sign_in_gifts(campaigns: Iterable[SignInCampaign], person: Person, occasion: Occasion) -> tuple[Gift, ...]:
    """What the campaigns that hold for this person give for a sign-in now (GM-9)."""
    return tuple(
        campaign.gift
        for campaign in campaigns
        if not isinstance(judge_scope(campaign.scope, person, occasion), Reason)
    )


@dataclass(frozen=True, slots=True)
class Vote:
    """A question with options; every voter gets the gift and joins the draw (GM-8)."""

    scope: Scope
    title: str
    options: tuple[str, ...]
    gift: Gift

    def __post_init__(self) -> None:
        if len(self.options) < 2 or len(set(self.options)) != len(self.options):
            raise BadInput("vote.options", rule="GM-8", title=self.title)


def judge_vote(
    vote: Vote, choices: tuple[str, ...], cast: int, most: int, person: Person, occasion: Occasion
) -> Verdict:
    """May this vote be cast: one option, once a person (GM-8)? `cast` are the person's votes, `most` the limit."""
    scope = judge_scope(vote.scope, person, occasion)
    return first(
        scope if isinstance(scope, Reason) else None,
        refuse("vote.done", "GM-8") if cast >= most else None,
        None if len(choices) == 1 else refuse("vote.one_option", "GM-8"),
        None if set(choices) <= set(vote.options) else refuse("vote.unknown_option", "GM-8"),
    )


def result(vote: Vote, cast: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Votes by option, in the order of the options; `cast` is member -> option. A vote for no option: `BadInput`."""
    tally = Counter(cast.values())
    if strange := set(tally) - set(vote.options):
        raise BadInput("vote.unknown_option", rule="GM-8", option=", ".join(sorted(strange)))
    return tuple((option, tally[option]) for option in vote.options)


@dataclass(frozen=True, slots=True)
class Question:
    """Listed options, of which at most `most` are chosen; an option may put who chooses it in a group (ME-11)."""

    key: str
    options: tuple[str, ...]
    most: int = 1
    required: bool = True
    groups: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        whole("most", self.most, least=1, most=len(self.options))
        known = set(self.options)
        if len(known) != len(self.options) or not {option for option, _ in self.groups} <= known:
            raise BadInput("survey.options", rule="CT-2", question=self.key)


Answers = Mapping[str, tuple[str, ...]]


def judge_answers(questions: tuple[Question, ...], answers: Answers) -> tuple[Reason, ...]:
    """What is wrong with the answers, question by question; empty if they can be taken (CT-2)."""
    unknown = set(answers) - {question.key for question in questions}
    strays = (refuse("survey.unknown_question", "CT-2", question=key) for key in sorted(unknown))
    found = (_judge_answer(question, answers.get(question.key, ())) for question in questions)
    return (*strays, *(reason for reason in found if reason is not None))


def groups_of(questions: tuple[Question, ...], answers: Answers) -> frozenset[str]:
    """The groups that the answers put a member in (CT-2, ME-11)."""
    for reason in judge_answers(questions, answers):
        must(reason)
    return frozenset(
        group for question in questions for option, group in question.groups if option in answers.get(question.key, ())
    )


def _judge_answer(question: Question, chosen: tuple[str, ...]) -> Reason | None:
    if not chosen:
        return refuse("survey.unanswered", "CT-2", question=question.key) if question.required else None
    if len(set(chosen)) != len(chosen) or len(chosen) > question.most:
        return refuse("survey.too_many", "CT-2", question=question.key, n=question.most)
    if not set(chosen) <= set(question.options):
        return refuse("survey.unknown_option", "CT-2", question=question.key)
    return None
