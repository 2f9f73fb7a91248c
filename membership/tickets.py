"""Tickets: entrance without paper, and signing in to a meeting (docs/rules.md, TK)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from membership.benefits import benefits
from membership.hotel_time import DateRange, hotel_local
from membership.occasion import Occasion
from membership.preset import CardRules, Tier, TierRules
from membership.reasons import Reason
from membership.verdict import Verdict, first, must, refuse, whole


@dataclass(frozen=True, slots=True)
class Ticket:
    """Admits `entries` times - once unless it says more (TK-1) - on its days, at its gates (None: at every gate)."""

    id: str
    event: str
    valid: DateRange
    entries: int = 1
    gates: frozenset[str] | None = None
    admitted: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        whole("entries", self.entries, least=1, most=9_999)
        whole("admitted", len(self.admitted), most=self.entries)


def new_ticket(
    ticket: str, event: str, valid: DateRange, rules: CardRules, gates: frozenset[str] | None = None
) -> Ticket:
    """A ticket that says nothing about entries has the house's number, which is one (TK-1)."""
    return Ticket(ticket, event, valid, rules.ticket_entries, gates)


def judge_entry(ticket: Ticket, event: str, gate: str, occasion: Occasion) -> Verdict:
    """May the bearer enter this event by this gate now (TK-1, TK-2)?"""
    return first(
        None if ticket.event == event else refuse("ticket.other_event", "TK-1"),
        _in_days(ticket, occasion),
        _at_gate(ticket, gate),
        _unused(ticket, occasion),
    )


def judge_sign_in(signed_up: bool, audited: bool, tier: Tier | None, rules: TierRules) -> Verdict:
    """May a guest of the event sign in (BK-14)? Central's list says who signed up (X-78); some tiers need no audit."""
    free = tier is not None and "no_audit" in benefits(tier, rules)
    return first(
        None if signed_up else refuse("event.not_signed_up", "BK-14"),
        None if audited or free else refuse("event.audit_pending", "BK-14"),
    )


def admit(ticket: Ticket, event: str, gate: str, occasion: Occasion) -> Ticket:
    """The ticket after one entry; not allowed: `BadInput`."""
    must(judge_entry(ticket, event, gate, occasion))
    return replace(ticket, admitted=(*ticket.admitted, occasion.now))


def _in_days(ticket: Ticket, occasion: Occasion) -> Reason | None:
    if ticket.valid.holds(occasion.today):
        return None
    days = {"from": ticket.valid.first.isoformat(), "to": ticket.valid.last.isoformat()}
    return refuse("ticket.other_day", "TK-1", **days)


def _at_gate(ticket: Ticket, gate: str) -> Reason | None:
    if ticket.gates is None or gate in ticket.gates:
        return None
    return refuse("ticket.other_gate", "TK-1", gate=", ".join(sorted(ticket.gates)))


def _unused(ticket: Ticket, occasion: Occasion) -> Reason | None:
    if len(ticket.admitted) < ticket.entries:
        return None
    last = hotel_local(ticket.admitted[-1], occasion.zone)
    return refuse("ticket.used", "TK-1", time=f"{last:%H:%M}")
