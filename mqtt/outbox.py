"""What the journal holds, out to central; closed only by central's answer (docs/protocol.md, Twice is once).

At most 20 fly together, one unanswered operation a hold at a time. An acknowledgement by the broker closes nothing.
Runs on the asyncio loop; the journal behind it is a protocol.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from mqtt.messages import wire
from mqtt.messages.envelope import Answer
from mqtt.messages.kind import Class, Kind
from mqtt.messages.op import OP_ASK, OpAsk, OpState
from mqtt.messages.outcome import Refused, Reply
from mqtt.messages.refusals import LATER, UNDECIDED
from mqtt.requests import TRIES_UNDECIDED, Bell, Requests, hand_over, outcome_of

IN_FLIGHT = 20
_WAITS_S = (2.0, 3.0, 5.0, 10.0, 20.0, 40.0, 60.0)
_FLIES_S = 8.0
_FAR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Row:
    """An operation that is to be answered. `hold` is what only one unanswered operation at a time may touch.

    `ask_first`: it has been sent before and may be refused, so central is asked what became of it before it is sent
    again. `since` is when it was written, in monotonic seconds.
    """

    id: str
    seq: int
    kind: Kind[Any, Any]
    hold: str
    payload: bytes
    since: float
    ask_first: bool = False


class Rows(Protocol):
    """What the outbox needs of a journal. The futures end after the fsynced commit, or with what went wrong."""

    def answered(self, row: Row, answer: Answer, outcome: Reply[Any] | Refused) -> Future[Any]: ...

    def parked(self, row: Row, code: str) -> Future[Any]: ...


@dataclass(slots=True)
class _Flight:
    row: Row
    due: float
    ask_first: bool
    copies: int = 0
    sent: float = float("-inf")
    undecided: int = 0
    closing: bool = False
    asks: list[str] = field(default_factory=list)


class Outbox:
    """Rows on their way."""

    def __init__(self, requests: Requests, rows: Rows, chance: Callable[[], float]) -> None:
        self._requests = requests
        self._rows = rows
        self._chance = chance
        self._flights: dict[str, _Flight] = {}
        self._parked: dict[str, Row] = {}
        self._busy: set[str] = set()
        self._waiters: dict[str, asyncio.Future[Reply[Any] | Refused]] = {}
        self._bell = Bell(requests.clock)

    # what is in it

    @property
    def depth(self) -> int:
        return len(self._flights)

    @property
    def parked(self) -> int:
        return len(self._parked)

    @property
    def oldest_s(self) -> int:
        """Age of the oldest row that is neither answered nor parked."""
        now = self._requests.clock.monotonic()
        return max((int(now - flight.row.since) for flight in self._flights.values()), default=0)

    def add(self, row: Row) -> None:
        """A row that is committed. One that is here already stays as it is."""
        if row.id not in self._flights:
            self._parked.pop(row.id, None)
            self._flights[row.id] = _Flight(row, self._requests.clock.monotonic(), row.ask_first)
            self._requests.answers.expect(row.id, lambda answer: self._hear(row.id, answer))
            self._bell.ring()

    def park(self, row: Row) -> None:
        """A row that was parked before this program start."""
        self._parked[row.id] = row

    def retry_parked(self) -> None:
        """After an update of either end: try them all again."""
        for row in list(self._parked.values()):
            self.add(row)

    def settled(self, id_: str) -> asyncio.Future[Reply[Any] | Refused]:
        """What central will have answered to row `id_`, once that is committed; ask before the row is added."""
        waiter: asyncio.Future[Reply[Any] | Refused] = asyncio.get_running_loop().create_future()
        self._waiters[id_] = waiter
        return waiter

    # who is in the way

    def occupy(self, hold: str) -> None:
        """Somebody else has an unanswered operation about `hold`: rows about it wait."""
        self._busy.add(hold)

    def vacate(self, hold: str) -> None:
        self._busy.discard(hold)
        self._bell.ring()

    def link_up(self) -> None:
        """The link is back: everything is due, scattered over a second."""
        now = self._requests.clock.monotonic()
        for flight in self._flights.values():
            flight.due = now if flight.copies == 0 else now + self._chance()
            flight.sent = float("-inf")
        self._bell.ring()

    async def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            now = self._requests.clock.monotonic()
            for flight in self._sendable(now):
                self._send(flight, now)
            await self._bell.wait(self._next(now))

    def _sendable(self, now: float) -> Iterable[_Flight]:
        if not self._requests.port.up:
            return
        flying = sum(1 for flight in self._flights.values() if now - flight.sent < _FLIES_S)
        for flight in self._first_of_each_hold():
            if flight.due <= now and not flight.closing:
                if flying >= IN_FLIGHT and now - flight.sent >= _FLIES_S:
                    continue
                flying += now - flight.sent >= _FLIES_S
                yield flight

    def _first_of_each_hold(self) -> list[_Flight]:
        taken = set(self._busy)
        first = []
        for flight in sorted(self._flights.values(), key=lambda flight: flight.row.seq):
            if not flight.row.hold:
                first.append(flight)
            elif flight.row.hold not in taken:
                taken.add(flight.row.hold)
                first.append(flight)
        return first

    def _next(self, now: float) -> float:
        """When to look again: a row comes due, or one that flies makes room."""
        moments = [now + _FAR_S]
        if self._requests.port.up:
            for flight in self._first_of_each_hold():
                if not flight.closing:
                    moments.append(flight.due if flight.due > now else flight.sent + _FLIES_S)
            moments += [flight.sent + _FLIES_S for flight in self._flights.values() if flight.sent + _FLIES_S > now]
        return min(moment for moment in moments if moment > now)

    def _send(self, flight: _Flight, now: float) -> None:
        row = flight.row
        if flight.ask_first:
            self._ask(flight)
        else:
            self._requests.port.publish(
                self._requests.place.request(row.kind.name), row.payload, correlation=row.id.encode())  # fmt: skip
        wait_s = _WAITS_S[min(flight.copies, len(_WAITS_S) - 1)]
        flight.copies += 1
        flight.sent = now
        flight.due = now + (wait_s if flight.copies <= 2 else wait_s * (0.5 + self._chance()))

    def _ask(self, flight: _Flight) -> None:
        id_ = self._requests.ids()
        for old in flight.asks:
            self._requests.answers.forget(old)
        flight.asks = [id_]
        self._requests.answers.expect(id_, lambda answer: self._hear_state(flight, answer))
        self._requests.post(OP_ASK, id_, OpAsk(of=flight.row.id))

    # what central says

    def _hear(self, id_: str, answer: Answer) -> None:
        flight = self._flights.get(id_)
        if flight is None or flight.closing:
            return
        try:
            outcome = outcome_of(flight.row.kind, answer)
        except wire.Malformed:
            self._requests.answers.malformed += 1
            return
        if isinstance(outcome, Refused) and self._not_final(flight, outcome):
            return
        flight.closing = True
        self._then(self._rows.answered(flight.row, answer, outcome), flight, outcome)

    def _not_final(self, flight: _Flight, refused: Refused) -> bool:
        """Later, not decided, or refused to an advice, which nobody may do: kept, parked, gone past."""
        now = self._requests.clock.monotonic()
        if refused.code in LATER:
            flight.due = now + (refused.body.retry_in_s or 1) * (1 + self._chance() / 4)
            flight.sent = float("-inf")
            self._bell.ring()
            return True
        if refused.code in UNDECIDED:
            flight.undecided += 1
            if flight.undecided >= TRIES_UNDECIDED:
                self._park(flight, refused)
            return True
        if flight.row.kind.class_ is Class.ADVICE:
            self._park(flight, refused)
            return True
        return False

    def _hear_state(self, flight: _Flight, answer: Answer) -> None:
        try:
            said = outcome_of(OP_ASK, answer)
        except wire.Malformed:
            self._requests.answers.malformed += 1
            return
        if not isinstance(said, Reply) or not isinstance(said.body, OpState):
            return
        state, row = said.body, flight.row
        if state.state == "done" and state.answer is not None and state.answer.id == row.id:
            self._hear(row.id, state.answer)
        elif state.state == "unseen":
            flight.ask_first = False
            flight.due = self._requests.clock.monotonic()
            self._bell.ring()
        elif state.state in ("undone", "never") and row.id in self._flights and not flight.closing:
            flight.closing = True
            outcome = Refused("undone", id=row.id)
            self._then(self._rows.answered(row, answer, outcome), flight, outcome)

    def _park(self, flight: _Flight, refused: Refused) -> None:
        flight.closing = True
        self._then(self._rows.parked(flight.row, refused.code), flight, refused, parked=True)

    def _then(
        self, written: Future[Any], flight: _Flight, outcome: Reply[Any] | Refused, *, parked: bool = False
    ) -> None:
        """Forget the row once the journal has it; if the journal cannot, central is asked again later."""
        loop = asyncio.get_running_loop()

        def on_loop() -> None:
            if written.exception() is not None:
                flight.closing = False
                return
            self._forget(flight)
            if parked:
                self._parked[flight.row.id] = flight.row
            waiter = self._waiters.pop(flight.row.id, None)
            if waiter is not None and not waiter.done():
                waiter.set_result(outcome)
            self._bell.ring()

        written.add_done_callback(lambda _: hand_over(loop, on_loop))

    def _forget(self, flight: _Flight) -> None:
        for id_ in (flight.row.id, *flight.asks):
            self._requests.answers.forget(id_)
        self._flights.pop(flight.row.id, None)


