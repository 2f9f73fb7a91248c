"""What must be given back if the guest does not go through with it: a prepared stay, a held deposit."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from kiosk.desk import Desk
from kiosk.models.lobby import Working
from kiosk.models.say import say
from mqtt.messages.hold import HOLD_AUTHORISE, Held, HoldAuthorise
from mqtt.messages.outcome import Outcome, Reply
from mqtt.messages.stay import STAY_PREPARE, StayPrepare, StayPrepared

DEPOSIT_TTL_S = 600


@dataclass
class prepared:  # noqa: N801 - reads as a word in `async with prepared(...)`
    """A room locked for ten minutes. Left before the key is handed over (P4): given back by op.undo."""

    desk: Desk
    booking: str
    identities: tuple[str, ...]
    outcome: Outcome[StayPrepared] = field(init=False)

    async def __aenter__(self) -> Self:
        self.desk.working(Working(say("c.preparing.title"), on=("check_in", 1), picture="search"))
        body = StayPrepare(booking=self.booking, identities=self.identities)
        self.outcome = await self.desk.request(STAY_PREPARE, body)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(self.outcome, Reply):
            self.desk.leave(self.outcome.id, "left")


@dataclass
class deposit:  # noqa: N801
    """A deposit held (P1-P2). Left before P3: released (P6). After it: kept, not done (P6), or in doubt."""

    desk: Desk
    member: str
    amount: int
    outcome: Outcome[Held] = field(init=False)

    async def __aenter__(self) -> Self:
        self.desk.working(Working(say("h.wait.title"), say("h.wait.body"), on=("check_in", 2), picture="hold"))
        body = HoldAuthorise(member=self.member, amount=self.amount, purpose="deposit", ttl_s=DEPOSIT_TTL_S)
        asking = Working(say("h.unknown.title"), say("h.unknown.body"), on=("check_in", 2), picture="hold")
        self.outcome = await self.desk.request(HOLD_AUTHORISE, body, asking=asking)
        return self

    @property
    def id(self) -> str:
        return self.outcome.id

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(self.outcome, Reply):
            self.desk.leave(self.id, "left")
            if isinstance(error, Exception):
                # a fault of ours: if the goods were about to move, nobody knows whether they did
                self.desk.in_doubt(self.id)
                self.desk.call_staff("d.card.doubt", self.id)
