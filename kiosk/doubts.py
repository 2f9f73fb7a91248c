"""Between P3 and P4 nobody may know whether goods were handed over: who settles it, and what is then owed.

A sensor, a member of staff, or after 15 minutes the house in the guest's favour (docs/protocol.md, Persistence points).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from kiosk.journal import Deal, Page
from mqtt.messages import wire
from mqtt.messages.envelope import Answer, Request
from mqtt.messages.hold import HOLD_CAPTURE, Held, HoldCapture, Tender, TenderKind
from mqtt.messages.kind import Kind
from mqtt.messages.kinds import KINDS
from mqtt.messages.stay import STAY_CHECK_IN, StayCheckIn
from mqtt.requests import Bell
from mqtt.timing import Clock

DOUBT_S = 15 * 60.0
_MONEY: dict[str, TenderKind] = {"CNY": "balance", "BONUS": "balance", "GIFT": "gift", "FOLIO": "room"}


class Doubts:
    """The clocks of the open doubts: 15 minutes of this program start each, for only that clock can be trusted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._bell = Bell(clock)

    def watch(self, hold: str) -> None:
        self._until.setdefault(hold, self._clock.monotonic() + DOUBT_S)
        self._bell.ring()

    def forget(self, hold: str) -> None:
        self._until.pop(hold, None)

    async def run(self, default: Callable[[str], Awaitable[None]]) -> None:
        """`default` for each doubt whose time is up, for ever."""
        while True:
            now = self._clock.monotonic()
            for hold in [hold for hold, until in self._until.items() if until <= now]:
                await default(hold)
                self.forget(hold)
            await self._bell.wait(min(self._until.values(), default=now + DOUBT_S))


def owed(page: Page, deal: Deal, rooms: Sequence[Deal], at: str) -> tuple[Kind[Any, Any], Any]:
    """The advice that a hand-over of `deal` owes, as the journal knows it: the check-in into its room, or all of it."""
    for room in rooms:
        asked, _ = told(page, room.id)
        return STAY_CHECK_IN, StayCheckIn(
            stay=room.ref, hold=deal.id, identities=asked.identities, keys=(), delivered_at=at)  # fmt: skip
    _, held = told(page, deal.id)
    assert isinstance(held, Held)
    paid: dict[TenderKind, int] = {}
    for leg in held.legs:
        kind = _MONEY.get(leg.ledger.partition(":")[0])
        if kind is not None:
            paid[kind] = paid.get(kind, 0) + leg.amount
    tenders = tuple(Tender(kind=kind, amount=amount) for kind, amount in paid.items())
    amount = sum(paid.values())
    return HOLD_CAPTURE, HoldCapture(hold=deal.id, amount=amount, final=True, tenders=tenders, delivered_at=at)


def told(page: Page, id_: str) -> tuple[Any, Any]:
    """Body and answer of a finished request, typed, from its exact bytes."""
    operation, answer = page.operation(id_), page.answer(id_)
    kind = KINDS[operation.kind]
    asked = wire.convert(wire.decode(operation.payload, Request).body, kind.body)
    said = wire.convert(wire.decode(answer, Answer).body, kind.answer) if answer is not None else None
    return asked, said
