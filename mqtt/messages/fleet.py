"""Signed configuration and commands, and what a terminal reports of them (docs/protocol.md, Fleet)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mqtt.messages.values import Body, Instant, Key, Text, Uuid7

Version = Annotated[int, Meta(ge=0, le=2**53)]
Setting = bool | int | str


class Signed(Body, frozen=True):
    """`payload` is base64 of the exact bytes that `sig` (base64, Ed25519) covers; `kid` names the pinned key."""

    kid: Key
    payload: Annotated[str, Meta(max_length=60_000)]
    sig: Annotated[str, Meta(max_length=120)]


class Configuration(Body, frozen=True):
    """What is inside. `scope` is `{property}/{terminal}`, exactly this terminal's. Secrets never travel in it."""

    version: Version
    issued_at: Instant
    scope: Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,24}/[a-z0-9-]{2,24}\Z")]
    settings: dict[Key, Setting]
    rollback_of: Version | None = None


class Reported(Body, frozen=True, omit_defaults=False):
    """`pending` waits for the end of a visit; `rejected` left the last good one and says why."""

    version: Version
    state: Literal["applied", "rejected", "pending"]
    reasons: tuple[Text, ...] = ()


class Command(Body, frozen=True):
    """Done at most once, before `not_after_s` (seconds since 1970, at most 60 s ahead)."""

    id: Uuid7
    terminal: Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,24}/[a-z0-9-]{2,24}\Z")]
    not_after_s: Version
    name: Literal["identify", "reload", "logs", "restart", "update", "unlock"]
    args: dict[Key, Setting] = msgspec.field(default_factory=dict)


class CommandResult(Body, frozen=True, omit_defaults=False):
    """What became of a command."""

    id: Uuid7
    ok: bool
    reason: Text = ""
