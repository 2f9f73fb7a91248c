"""What became of something that was asked: a reply, a refusal, or not known. Unknown is neither yes nor no."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mqtt.messages.envelope import Refusal

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Reply(Generic[A]):
    """Central did it, or says it: `body` is the typed answer. `id` is the operation's own."""

    body: A
    id: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Central will not, and says why: a code of REFUSALS. Nothing happened under this id, nor ever will."""

    code: str
    body: Refusal = field(default_factory=Refusal)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer in time. `absent` is True where nobody at all was there to hear it. Never shown as failure, never
    answered by doing it again under a new id: the operation's row is settled by asking what became of `id`."""

    id: str = ""
    absent: bool = False


Outcome = Reply[A] | Refused | Unknown
