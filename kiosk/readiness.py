"""Device and link facts -> what this terminal can offer right now, and why not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from hw.device import Fault, Health, HealthState

Link = Literal["online", "doubtful", "offline", "offline_hard", "quarantined", "maintenance"]

_CAN = {"code": "scanner", "document": "id_reader", "key": "key_encoder", "paper": "printer"}
_NO_PAPER = frozenset({Fault.PAPER_OUT, Fault.COVER_OPEN})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known now: each device's health by kind, the link's state, what the journal refuses."""

    devices: dict[str, Health] = field(default_factory=dict)
    link: Link = "offline"
    expected: frozenset[str] = frozenset()
    """Kinds that the terminal's file names: until the first word of one it is taken to be there, for devices open a
    moment after the first screen."""
    journal_fault: str = ""
    """full or broken: no sale is ever made that cannot be written down."""

    def with_device(self, health: Health) -> Facts:
        return replace(self, devices={**self.devices, health.kind: health})


def can(facts: Facts, what: str) -> bool:
    """Whether `what` (code, document, key, paper) is there right now."""
    health = facts.devices.get(_CAN[what])
    if health is None:
        return _CAN[what] in facts.expected
    if what == "paper" and health.code in _NO_PAPER:
        return False
    return health.state in (HealthState.OK, HealthState.DEGRADED)


def out_of_service(facts: Facts) -> str:
    """Why nobody can be served, as a key of the table OUT_OF_SERVICE; empty: open."""
    if facts.journal_fault == "full":
        return "s.journal.full"
    if facts.journal_fault:
        return "s.journal.broken"
    if facts.link == "maintenance":
        return "g.maint"
    if facts.link in ("offline", "offline_hard"):
        return "g.offline.kiosk"
    return ""
