"""What a stand-in lets a person or a test do to it, declared so that a bench window can list it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that can be set. `values` are the allowed ones, the first is where it starts; empty: free text."""

    name: str
    what: str
    values: tuple[str, ...] = ()


class StandIn(Protocol):
    """A device made of bytes: the real driver talks to it over a pty or a socket and cannot tell."""

    @property
    def name(self) -> str: ...

    @property
    def controls(self) -> tuple[Control, ...]: ...

    def start(self) -> str:
        """Begin to serve; returns what goes into the driver's `port` option."""

    def stop(self) -> None:
        """Stop, close everything, leave no thread behind. May be called twice."""

    def set(self, control: str, value: str) -> None:
        """Turn a control. Raises ValueError naming the control and its values."""

    def settings(self) -> dict[str, str]:
        """Every control and where it stands."""
