"""The envelope around every request and answer."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mqtt.messages.values import Body, Instant, Key, Name, Seq, Sha256, Uuid, Uuid7

VERSION = 1


class Offline(Body, frozen=True):
    """The place of an operation in the terminal's chain of offline operations (docs/protocol.md, Offline)."""

    at: Instant
    n: Seq
    prev: Sha256


class Request(Body, frozen=True):
    """A read, a request or an advice. `journal` and `seq` are there for operations, absent for reads."""

    v: int
    id: Uuid7
    kind: Key
    at: Instant
    boot: Uuid
    role: Literal["lobby", "handheld", "room"]
    store: Name
    body: msgspec.Raw
    journal: Uuid | None = None
    seq: Seq | None = None
    department: Name | None = None
    shift: Uuid7 | None = None
    operator: Name | None = None
    visit: Uuid7 | None = None
    offline: Offline | None = None


class Answer(Body, frozen=True):
    """Central's answer. `durable_seq` is of the journal named in the message, absent in answers to reads."""

    v: int
    id: Uuid7
    outcome: Literal["ok", "refused"]
    at: Instant
    ledger_epoch: Annotated[int, Meta(ge=0)]
    code: Key | None = None
    body: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"{}"))
    durable_seq: Annotated[int, Meta(ge=0)] | None = None


class ReadableId(msgspec.Struct, frozen=True):
    """What can be read of a message that is otherwise malformed, so that its sender gets an answer."""

    id: Uuid7
    journal: Uuid | None = None
    seq: Seq | None = None


class Refusal(Body, frozen=True):
    """The body of a refusal: `path` for malformed, `available` for insufficient, `retry_in_s` for later."""

    path: str | None = None
    available: Annotated[int, Meta(ge=0)] | None = None
    retry_in_s: Annotated[int, Meta(ge=1, le=3600)] | None = None
