"""The Desk: the only thing a journey may talk to.

It shows screens, asks central, works the devices and writes down what must not be lost. The real one is
`kiosk/counter.py`; the explorer has one that chooses its answers (`tests/flows/explore.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, TypeVar

from kiosk.models.lobby import Working
from kiosk.models.say import Say
from kiosk.models.screen import Answer, Screen
from kiosk.models.slips import Slip
from kiosk.settings import Settings
from mqtt.messages.kind import Kind
from mqtt.messages.outcome import Outcome

B = TypeVar("B")
A = TypeVar("A")


class Left(BaseException):
    """The guest walked away, pressed home, or the terminal is going down. Raised only where the guest is asked."""


@dataclass(frozen=True, slots=True)
class KeyJob:
    """What became of a key: done (it is out), not_done (it certainly is not), unknown (nobody can tell)."""

    said: Literal["done", "not_done", "unknown"]
    serial: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """What a journey may know of the place: its names, and the hotel's own date and time when asked."""

    hotel: Say
    today: date
    now: datetime
    part_of_day: str


Offer = Literal["code", "document", "key", "paper"]
LeaveReason = Literal["left", "not_fulfilled", "too_old", "replaced"]


class Desk(Protocol):
    """What a journey may do. `show` is the only place where leaving is delivered; all else runs to its end."""

    @property
    def settings(self) -> Settings:
        """Pinned when the visit began."""
        ...

    @property
    def house(self) -> House: ...

    def can(self, what: Offer) -> bool:
        """Whether the scanner, the ID reader, the encoder, the printer with paper are there right now."""
        ...

    async def show(self, screen: Screen) -> Answer:
        """Show a screen and wait for its one answer. Raises Left."""
        ...

    def working(self, screen: Working) -> None:
        """Show that something is being done; asks nothing."""
        ...

    async def ask(self, kind: Kind[B, A], body: B) -> Outcome[A]:
        """A read: repeated freely, at most 8 s."""
        ...

    async def request(self, kind: Kind[B, A], body: B, *, asking: Working | None = None) -> Outcome[A]:
        """An operation, written down before it is sent (P1) and when it is answered (P2). `asking` is shown from the
        8th second on, while central is asked what became of it. Unknown without an id: the policy did not let it begin,
        so that nothing happened or will."""
        ...

    def leave(self, operation: str, reason: LeaveReason) -> None:
        """Give back what `operation` got and still has: release (P6) or undo. Nothing where it was handed over, may
        have been, or follows a hold that may. Appends to the journal, awaits nothing, may be repeated."""
        ...

    async def fulfilling(self, operation: str) -> bool:
        """P3: what the hold pays for is about to be handed over; a room prepared in this visit follows the hold from
        here on. False: the hold is too old, and was given back."""
        ...

    async def delivered(self, operation: str, kind: Kind[B, A], body: B, slip: Slip) -> Outcome[A]:
        """P4: handed over. Writes the advice and the slip in one step, then waits 3 s for the answer."""
        ...

    def not_done(self, operation: str) -> None:
        """P6 out of P3: certainly not handed over."""
        ...

    def in_doubt(self, operation: str) -> None:
        """Nobody can tell whether it was handed over: a sensor or staff will settle it; nothing is released. Nothing
        where nothing was about to be handed over."""
        ...

    async def cut_key(self, job: str, room: str, until: datetime, copy: bool = False) -> KeyJob:
        """Encode a key. Not idempotent: the worker remembers `job` and answers it again instead of acting again."""
        ...

    async def keep_slip(self, operation: str, slip: Slip) -> None:
        """Store the slip of an operation that was captured at once."""
        ...

    async def print_slip(self, operation: str) -> Literal["printed", "saving"]:
        """Print the stored slip, once as the original. `saving`: no paper; the guest keeps number and code."""
        ...

    def number(self, operation: str) -> str:
        """What to tell a human about an operation."""
        ...

    def call_staff(self, about: str, operation: str = "") -> None:
        """Call a member of staff without being asked. `about` is a failure's key, never a guest."""
        ...

    def instant(self) -> str:
        """Now, as the contract writes it."""
        ...
