"""Now, here, by whom: the circumstances under which something is to be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from enum import StrEnum

from membership.hotel_time import MIDNIGHT, hotel_date, hotel_local
from membership.preset import Tier


class Surface(StrEnum):
    """Where a person acts: one of the three terminals, the own phone, or head office."""

    LOBBY = "lobby"
    HANDHELD = "handheld"
    ROOM = "room"
    PHONE = "phone"
    CENTRAL = "central"


@dataclass(frozen=True, slots=True)
class Person:
    """What eligibility looks at: member, tier (both None: not a member), and the groups head office chose (ME-11)."""

    member: str | None
    tier: Tier | None = None
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Occasion:
    """One moment at one store. `presenter` is the member identified, None when only a code was shown; `operator` the
    staff member at a handheld. `zone` and `day_start` are the property's (X-106)."""

    now: datetime
    zone: tzinfo
    store: str
    surface: Surface
    presenter: str | None = None
    operator: str | None = None
    day_start: time = MIDNIGHT

    @property
    def today(self) -> date:
        """The hotel date."""
        return hotel_date(self.now, self.zone, self.day_start)

    @property
    def local(self) -> datetime:
        """The property's wall clock."""
        return hotel_local(self.now, self.zone)


@dataclass(frozen=True, slots=True)
class Audience:
    """The eligible people (CP-4, CS-9): None means no condition. A group or a tier is a member's, so either excludes
    people who are not members; `members_only` alone does so without further condition."""

    tiers: frozenset[Tier] | None = None
    groups: frozenset[str] | None = None
    members_only: bool = True

    def includes(self, person: Person) -> bool:
        """Whether the person belongs to the audience."""
        if person.member is None:
            return not self.members_only and self.tiers is None and self.groups is None
        in_tier = self.tiers is None or person.tier in self.tiers
        return in_tier and (self.groups is None or not self.groups.isdisjoint(person.groups))


EVERY_MEMBER = Audience()
ANYBODY = Audience(members_only=False)
