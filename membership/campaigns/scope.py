"""For whom, where and when a campaign holds, at festivals as at other times (CS-1, CS-4, CS-9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from membership.hotel_time import Span, aware
from membership.occasion import EVERY_MEMBER, Audience, Occasion, Person, Surface
from membership.verdict import BadInput, Verdict, first, refuse


class Stage(StrEnum):
    """Where a campaign is in its life (CS-1, CS-8)."""

    HIDDEN = "hidden"
    ANNOUNCED = "announced"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Scope:
    """What every campaign has. `stores` None: all of them (CS-9). `announced` shows it before it begins (CS-8).
    `on_phone` shows it on phones, `notify` sends a message to who gets something (SM-10)."""

    id: str
    name: str
    span: Span
    audience: Audience = EVERY_MEMBER
    stores: frozenset[str] | None = None
    announced: datetime | None = None
    on_phone: bool = True
    notify: bool = False
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.stores is not None and not self.stores:
            raise BadInput("campaign.no_stores", rule="CS-9", name=self.name)
        if self.announced is not None and aware(self.announced) > aware(self.span.start):
            raise BadInput("campaign.announced_late", rule="CS-8", name=self.name)

    @property
    def end(self) -> datetime:
        """When it is over: at its end, or when it was ended early (CS-1)."""
        return self.span.end if self.ended_at is None else min(self.span.end, self.ended_at, key=aware)


def stage(scope: Scope, now: datetime) -> Stage:
    """Where the campaign is now."""
    if aware(now) >= aware(scope.end):
        return Stage.ENDED
    if aware(now) >= aware(scope.span.start):
        return Stage.RUNNING
    shown = scope.announced is not None and aware(now) >= aware(scope.announced)
    return Stage.ANNOUNCED if shown else Stage.HIDDEN


def end_early(scope: Scope, now: datetime) -> Scope:
    """The campaign, ended now (CS-1)."""
    return scope if scope.ended_at is not None else replace(scope, ended_at=now)


def judge_scope(scope: Scope, person: Person, occasion: Occasion) -> Verdict:
    """Does the campaign hold for this person, now and here (CS-1, CS-9)?"""
    now = stage(scope, occasion.now)
    elsewhere = scope.stores is not None and occasion.store not in scope.stores
    return first(
        refuse("campaign.over", "CS-1", name=scope.name) if now is Stage.ENDED else None,
        None if now in (Stage.RUNNING, Stage.ENDED) else refuse("campaign.early", "CS-1", name=scope.name),
        refuse("campaign.not_here", "CS-9", name=scope.name) if elsewhere else None,
        None if scope.audience.includes(person) else refuse("campaign.not_for_you", "CS-9", name=scope.name),
        refuse("campaign.not_on_phone", "CS-9", name=scope.name) if _hidden(scope, occasion) else None,
    )


def _hidden(scope: Scope, occasion: Occasion) -> bool:
    return occasion.surface is Surface.PHONE and not scope.on_phone
