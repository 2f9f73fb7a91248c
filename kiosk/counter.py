"""The real desk: screens, devices, the till. One a visit; nothing of it outlives the visit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace

import hw.device as device
from hw.device import NotDone
from kiosk import policy, readiness
from kiosk.desk import House, KeyJob, LeaveReason, Offer
from kiosk.models.lobby import CheckedIn, Working
from kiosk.models.say import Say
from kiosk.models.screen import Answer, Screen
from kiosk.models.slips import Slip
from kiosk.paper import Paper
from kiosk.session import Session
from kiosk.settings import Settings
from kiosk.till import Till
from mqtt.messages.kind import Kind
from mqtt.messages.outcome import Outcome, Reply, Unknown
from mqtt.messages.stay import CheckedInAnswer
from mqtt.timing import Clock, stamp

if TYPE_CHECKING:
    from hw.key_encoder.contract import Key, KeyEncoder
    from hw.worker import Worker

B = TypeVar("B")
A = TypeVar("A")

CUT_DEADLINE_S = 45.0
"""The lock system waits up to 30 s for a card, then the driver reads it back."""


@dataclass
class Devices:
    """The devices of this terminal, the readers armed as a screen wishes. `card_down` is the ID reader's sensor.
    They come a moment after the first screen."""

    scanner: Worker[device.Device] | None = None
    id_reader: Worker[device.Device] | None = None
    encoder: Worker[KeyEncoder] | None = None
    card_down: bool = False
    unread: Answer | None = None
    """What the ID reader read while nobody was asking for a document; the next screen that does gets it. In memory
    while the card lies there and the visit lasts."""
    _reads: tuple[str, ...] = ()

    def arm(self, reads: tuple[str, ...]) -> None:
        """Let through what `reads` names. While a card lies on the reader it stays armed, to see it lifted."""
        self._reads = reads
        for worker, on in ((self.scanner, "code" in reads), (self.id_reader, "document" in reads or self.card_down)):
            if worker is not None:
                worker.arm() if on else worker.disarm()


    def arm_again(self) -> None:
        """For readers that came after the screen."""
        self.arm(self._reads)


@dataclass
class Counter:
    """What a journey talks to (kiosk/desk.py), made of real things. All of it runs on the UI thread."""

    session: Session
    till: Till
    paper: Paper
    devices: Devices
    facts: Callable[[], readiness.Facts]
    on_call: Callable[[str, str], bool]
    """Calls a member of staff about a failure and perhaps an operation; False: nobody can hear it now."""
    clock: Clock
    zone: ZoneInfo
    hotel: Say
    role: str
    _said: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What central's answer adds to a slip: receipt number and the code that opens check-out."""

    @property
    def settings(self) -> Settings:
        return self.session.settings

    @property
    def house(self) -> House:
        now = self.clock.wall().astimezone(self.zone)
        return House(self.hotel, now.date(), now, _part_of_day(now.hour))

    def can(self, what: Offer) -> bool:
        return readiness.can(self.facts(), what)

    async def show(self, screen: Screen) -> Answer:
        if isinstance(screen, CheckedIn):
            screen = replace(screen, id_in_reader=self.devices.card_down)
        self.devices.arm(screen.reads)
        if "document" in screen.reads and self.devices.unread is not None:
            unread, self.devices.unread = self.devices.unread, None
            asyncio.get_running_loop().call_soon(self.session.answer, unread)
        try:
            return await self.session.ask(screen)
        finally:
            self.devices.arm(())

    def working(self, screen: Working) -> None:
        self.session.working(screen)

    async def ask(self, kind: Kind[B, A], body: B) -> Outcome[A]:
        if not self._allowed(kind):
            return Unknown(absent=True)
        return await self.till.read(kind, body, visit=self.session.visit)

    async def request(self, kind: Kind[B, A], body: B, *, asking: Working | None = None) -> Outcome[A]:
        if not self._allowed(kind):
            return Unknown(absent=True)

        def phase(name: str) -> None:
            if name == "asking" and asking is not None:
                self.session.working(asking)

        return await self.till.request(kind, body, visit=self.session.visit, on_phase=phase)

    def leave(self, operation: str, reason: LeaveReason) -> None:
        self.till.leave(operation, reason)

    async def fulfilling(self, operation: str) -> bool:
        return await self.till.fulfilling(operation)

    async def delivered(self, operation: str, kind: Kind[B, A], body: B, slip: Slip) -> Outcome[A]:
        outcome = await self.till.delivered(operation, kind, body, self._kept(operation, slip))
        if isinstance(outcome, Reply) and isinstance(outcome.body, CheckedInAnswer):
            self._said[operation] = (outcome.body.receipt_no, outcome.body.slip or "")
        return outcome

    def not_done(self, operation: str) -> None:
        self.till.not_done(operation, "not_fulfilled")

    def in_doubt(self, operation: str) -> None:
        self.till.in_doubt(operation)

    async def cut_key(self, job: str, room: str, until: datetime, copy: bool = False) -> KeyJob:
        if self.devices.encoder is None:
            return KeyJob("not_done", code="absent")
        start = self.clock.wall().astimezone(self.zone).replace(tzinfo=None)
        end = until.astimezone(self.zone).replace(tzinfo=None)

        def act(encoder: KeyEncoder) -> device.Outcome[Key]:
            return encoder.cut(job, room, start, end, copy)

        outcome = await asyncio.wrap_future(self.devices.encoder.submit(job, act, CUT_DEADLINE_S))
        if isinstance(outcome, device.Done):
            return KeyJob("done", outcome.value.mark or job[-12:])
        return KeyJob("not_done" if isinstance(outcome, NotDone) else "unknown", code=str(outcome.code))

    async def keep_slip(self, operation: str, slip: Slip) -> None:
        await self.till.keep_slip(operation, self._kept(operation, slip))

    async def print_slip(self, operation: str) -> Literal["printed", "saving"]:
        stored = await self.till.slip(operation)
        assert stored is not None, "a slip is stored before it is printed"
        copy = await self.till.printing(operation)
        document = self.paper.document(stored, copy, *self._said.get(operation, ("", "")))
        printed = await self.paper.print(operation, document, copy)
        if printed != "printed":
            self.call_staff("d.paper.after", operation)
        return printed

    def number(self, operation: str) -> str:
        return self.till.number(operation)

    def call_staff(self, about: str, operation: str = "") -> None:
        if self.on_call(about, operation):
            self.session.set_chrome(staff_called=True)

    def card_moved(self) -> None:
        """The ID reader's sensor: the done page ticks off the card, and the reader stays armed while one lies there."""
        screen = self.session.screen
        if isinstance(screen, CheckedIn):
            self.session.refresh(replace(screen, id_in_reader=self.devices.card_down))
        if screen is not None:
            self.devices.arm(screen.reads)

    def instant(self) -> str:
        return stamp(self.clock.wall())

    def _allowed(self, kind: Kind[B, A]) -> bool:
        """Whether the policy lets it begin; a lobby terminal queues nothing that a guest waits for."""
        return policy.verdict(kind, self.till.pulse.state, self.role) is policy.Verdict.ALLOW

    def _kept(self, operation: str, slip: Slip) -> bytes:
        at = self.clock.wall().astimezone(self.zone)
        return self.paper.keep(slip, self.session.chrome.language, at, self.number(operation))


def _part_of_day(hour: int) -> str:
    if hour < 11:
        return "morning"
    if hour < 13:
        return "noon"
    return "afternoon" if hour < 18 else "evening"
