"""A kind of message: one row of the contract's table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

B = TypeVar("B")
A = TypeVar("A")


class Class(Enum):
    """How a kind behaves (docs/protocol.md, Three classes of kind)."""

    READ = "read"          # changes nothing: not journaled, no seq, not remembered, repeated freely
    REQUEST = "request"    # an operation that may be refused
    ADVICE = "advice"      # an operation that tells what has happened in the world; it is booked


@dataclass(frozen=True)
class Kind(Generic[B, A]):
    """One kind: how it is called, what it carries, what it answers, and what holds around it."""

    name: str
    class_: Class
    body: type[B]
    answer: type[A]
    says: str
    """One sentence for docs/protocol.md."""
    roles: tuple[str, ...] = ("lobby", "handheld", "room")
    undo: str = ""
    """What op.undo does to it; empty: there is none, it settles by op.ask."""
    unknown: str = ""
    """The text key that the guest is told while its outcome is unknown."""
    offline: str = "never"
    """never, queued or limited."""
    department: bool = False

    @property
    def is_operation(self) -> bool:
        return self.class_ is not Class.READ
