"""The till: operations with their persistence points, exactly by docs/protocol.md (Persistence points, Unknown).

Everything runs on the asyncio loop. `heard`, `link_up` and `link_down` may come from the link's threads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from kiosk.deals import Deals, Reason, Step, reference, touches
from kiosk.doubts import Doubts, owed
from kiosk.journal import Deal, Draft, Journal, JournalFailed, Note, Operation, Page
from kiosk.redo import Redo
from mqtt.heartbeat import LinkState, Pulse
from mqtt.link import Message
from mqtt.messages.envelope import Answer
from mqtt.messages.hold import HOLD_ADJUST, HOLD_AUTHORISE, HoldCapture
from mqtt.messages.kind import Kind
from mqtt.messages.kinds import KINDS
from mqtt.messages.link import Heartbeat
from mqtt.messages.outcome import Outcome, Refused, Reply, Unknown
from mqtt.outbox import Outbox, Row
from mqtt.requests import (
    SENDS_S,
    UNKNOWN_S,
    Answers,
    Exchange,
    Letterhead,
    Port,
    Requests,
    hand_over,
    parse,
    wake,
)
from mqtt.timing import Clock, within
from mqtt.topics import CENTRAL_STATE, Terminal

B = TypeVar("B")
A = TypeVar("A")
T = TypeVar("T")

ASKS_S = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Waits before each op.ask once a request is unknown."""
LAST_ASK_S = 2.0
SLIP_S = 3.0
"""So long a slip waits for receipt number and points."""
MARGIN_S = 30
"""A hold must have so much of its time left when its goods start to move."""
_SKIPPED = 200
"""So many skipped places go into one heartbeat; the others follow."""

log = logging.getLogger(__name__)


class WrongPoint(RuntimeError):
    """A step out of its order: nothing was written."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a program start found unfinished, by operation. `any` is whether somebody was served when it stopped."""

    aborted: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    in_doubt: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    set_aside: str = ""

    @property
    def any(self) -> bool:
        return bool(self.aborted or self.released or self.in_doubt or self.reopened)


@dataclass(frozen=True, slots=True)
class Facts:
    """For heartbeat, health and the staff's page. `broken` is the code of a journal that must be recovered."""

    journal: str
    seq: int
    outbox: int
    oldest_s: int
    parked: int
    in_doubt: int
    listed: int
    skipped: tuple[int, ...]
    broken: str


class _NoLink:
    """Before there is a link."""

    up = False

    def publish(self, *_: object, **__: object) -> bool:
        return False


class Till:
    """See the module. `on_other` gets the messages that are none of the till's: configuration, commands, events."""

    def __init__(
        self,
        place: Terminal,
        journal: Journal,
        clock: Clock,
        *,
        ids: Callable[[], str],
        chance: Callable[[], float],
        letterhead: Letterhead,
        on_other: Callable[[Message], None],
        on_link: Callable[[LinkState], None],
        on_up: Callable[[], None],
        on_broken: Callable[[str], None] = lambda _code: None,
    ) -> None:
        self._place, self._journal, self._clock, self._ids = place, journal, clock, ids
        self._on_other, self._on_up = on_other, on_up
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answers = Answers()
        self._requests = Requests(place, _NoLink(), clock, ids, letterhead, self._answers, self._known_lost)
        self._outbox = Outbox(self._requests, self, chance)
        self._deals = Deals(journal, clock, ids, letterhead, self._outbox.add, self._on_loop, on_broken)
        self._redo = Redo(self._deals, clock, self._on_loop)
        self._answers.also(self._redo.answered)
        self.pulse = Pulse(place, clock, self._beat, self._redo.acknowledged, on_link)
        self._live: dict[str, tuple[float, Exchange | None]] = {}
        self._doubts = Doubts(clock)
        self._unknown_rows = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.faults = 0
        """Background work that raised and was started again."""

    # its life

    async def recover(self) -> Recovered:
        """Settle what the last program start left, before the link and before any guest. Raises JournalFailed.

        Also the way out of a broken journal, between visits: memory is read anew.
        """
        self._loop = asyncio.get_running_loop()
        rows, deals, skipped, notes = await self._landed(
            self._journal.write(lambda page: (page.unfinished(), page.deals(), page.skipped(), page.notes())))
        self._deals.begin(deals, skipped, len(notes))
        self._restore(rows)
        steps: list[Step] = []
        found: dict[str, list[str]] = {"aborted": [], "released": [], "in_doubt": [], "reopened": []}
        for deal in sorted(deals, key=lambda deal: deal.kind != HOLD_AUTHORISE.name):
            steps += self._resumed(self._deals.open[deal.id], found)
        if self._journal.set_aside and not any(note.detail == self._journal.set_aside for note in notes):
            steps += self._deals.listed("journal.set_aside", "", self._journal.set_aside, call=False)
        if steps:
            await self._landed(self._deals.write(steps))
        return Recovered(**{name: tuple(ids) for name, ids in found.items()}, set_aside=self._journal.set_aside)

    def start(self, port: Port) -> None:
        """Go to work over `port`, after `recover`."""
        self._requests.port = port
        self.pulse.connect(port)
        self._tasks = [
            asyncio.ensure_future(self._for_ever(work))
            for work in (self._outbox.run, self.pulse.run, lambda: self._doubts.run(self._default))
        ]
        if port.up:
            self.link_up()

    async def stop(self) -> None:
        """End the background work. The journal is its owner's to close."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # for the link, from any thread

    def heard(self, message: Message) -> None:
        if message.topic == self._place.topic("rsp"):
            answer = parse(message)
            self._on_loop(lambda: self._answers.heard(answer))
        elif message.topic == self._place.topic("hb/ack"):
            self._on_loop(lambda: self.pulse.acknowledged(message.payload))
        elif message.topic == CENTRAL_STATE:
            self._on_loop(lambda: self.pulse.central_said(message.payload))
        else:
            self._on_loop(lambda: self._on_other(message))

    def link_up(self) -> None:
        def up() -> None:
            self.pulse.beat()
            self._outbox.link_up()

        self._on_loop(self._on_up)
        self._on_loop(up)

    def link_down(self, reason: str) -> None:
        log.info("till.link_down reason=%s", reason)

    # asking

    async def read(self, kind: Kind[B, A], body: B, *, visit: str | None) -> Outcome[A]:
        """Ask something that changes nothing; at most 8 s. Raises TooLarge."""
        outcome = await self._requests.read(kind, body, visit=visit)
        if isinstance(outcome, Unknown) and not outcome.absent:
            self.pulse.went_unknown()
        return outcome

    async def request(
        self,
        kind: Kind[B, A],
        body: B,
        *,
        visit: str,
        on_phase: Callable[[str], None],
        note: Callable[[str], None] | None = None,
    ) -> Outcome[A]:
        """An operation: P1 before the first send, P2 before it returns; about 40 s at most.

        `note` hears its id before it is journaled; `on_phase("asking")` comes at the 8th second. Unknown: P8 is
        journaled for kinds with undo, the row is left open for others. Raises JournalFailed and TooLarge: nothing was
        sent; WrongPoint for a hold that is not open.
        """
        self._usable()
        id_ = self._ids()
        hold = touches(kind, id_, body)
        if hold not in ("", id_) and self._state(hold) != "approved":
            raise WrongPoint(f"{kind.name} of a hold that is not open here")
        deal = Deal(id_, 0, kind.name, visit, "intent", self._deals.at(), ref=reference(body))
        draft = self._deals.draft(kind, body, id_=id_, visit=visit, deal=id_, hold=hold, state="intent")
        self._live = {known: live for known, live in self._live.items() if known in self._deals.open}
        self._live[id_] = (self._clock.monotonic(), None)
        if note is not None:
            note(id_)
        self._outbox.occupy(hold)
        try:
            operation = await self._journaled(deal, draft)
            return await self._asked(kind, operation, on_phase)
        finally:
            self._outbox.vacate(hold)

    def advise(self, kind: Kind[B, Any], body: B, *, visit: str) -> str:
        """Something that has happened, for central to hear when it can; appends, awaits nothing. Its id."""
        id_ = self._ids()
        draft = self._deals.draft(kind, body, id_=id_, visit=visit, deal="", hold=touches(kind, id_, body))
        self._deals.write([lambda page: page.add(draft)])
        return id_

    # handing over

    def leave(self, operation: str, reason: Reason) -> None:
        """Give back what `operation` got, wherever it stands; appends, awaits nothing, may be repeated."""
        deal = self._deals.open.get(operation)
        if deal is None:
            return
        steps = self._deals.given_back(deal, reason)
        if steps:
            self._deals.write(steps)
        _, exchange = self._live.get(operation, (0.0, None))
        if exchange is not None:
            exchange.stop()

    async def fulfilling(self, hold: str) -> bool:
        """P3: the goods may move. False if `hold`, or the room it is for, is not ours or has less than 30 s left; then
        the hold is given back.

        Its age counts from P1 on the monotonic clock. Raises JournalFailed: nothing may move.
        """
        deal = self._deals.open.get(hold)
        if deal is None or deal.state != "approved" or deal.kind != HOLD_AUTHORISE.name:
            return False
        if any(self._too_old(part) for part in (deal, *self._deals.rooms_of(deal))):
            self.leave(hold, "too_old")
            return False
        await self._landed(self._deals.write(self._deals.fulfilling(deal)))
        return True

    def _too_old(self, deal: Deal) -> bool:
        """Whether too little is left of its time for its goods to start moving."""
        began, _ = self._live.get(deal.id, (float("-inf"), None))
        return self._clock.monotonic() - began >= deal.expires_in_s - MARGIN_S

    async def delivered(self, hold: str, kind: Kind[B, A], body: B, slip: bytes | None) -> Outcome[A]:
        """P4: handed over. The advice and the slip in one transaction; then at most 3 s for the answer.

        Unknown: the outbox goes on by itself. Raises WrongPoint where P3 was not, and JournalFailed where nothing was
        written: the deal is then in doubt at the next start.
        """
        deal = self._deals.open.get(hold)
        if deal is None or deal.state not in ("fulfilling", "in_doubt"):
            raise WrongPoint(f"{kind.name} without P3")
        if touches(kind, "", body) != hold or (isinstance(body, HoldCapture) and not body.final):
            raise WrongPoint(f"{kind.name} does not end this hold")
        id_ = self._ids()
        draft = self._deals.draft(kind, body, id_=id_, visit=deal.visit, deal=hold, hold=hold)
        self._doubts.forget(hold)
        settled = self._outbox.settled(id_)
        await self._landed(self._deals.write(self._deals.delivered(deal, draft, slip)))
        try:
            outcome = await within(self._clock, SLIP_S, settled)
        except TimeoutError:
            return Unknown(id_)
        return outcome if isinstance(outcome, Reply) else Unknown(id_)

    def not_done(self, hold: str, reason: Reason = "not_fulfilled") -> None:
        """P6 out of P3 or of doubt: certainly not handed over; appends, awaits nothing, may be repeated."""
        deal = self._deals.open.get(hold)
        if deal is None or deal.state not in ("fulfilling", "in_doubt"):
            return
        alone = deal.state == "in_doubt"
        rooms = self._deals.bound_to(hold)
        steps = self._deals.releasing(deal, reason)
        if alone:
            steps += [step for room in rooms for step in self._deals.aborting(self._deals.open[room.id])]
        self._doubts.forget(hold)
        self._deals.write(steps)

    def in_doubt(self, hold: str) -> None:
        """Nobody can tell: listed, nothing is released; a sensor, staff or 15 minutes settle it. May be repeated."""
        deal = self._deals.open.get(hold)
        if deal is not None and deal.state == "fulfilling":
            self._deals.write(self._deals.in_doubt(deal))
            self._doubts.watch(hold)

    async def settle(self, hold: str, handed_over: bool, by: str) -> bool:
        """Staff, a sensor or the clock ends a doubt. False if there is none. Raises JournalFailed."""
        deal = self._deals.open.get(hold)
        if deal is None or deal.state != "in_doubt":
            return False
        if handed_over:
            at, rooms = self._deals.at(), self._deals.bound_to(hold)
            kind, body = await self._landed(self._journal.write(lambda page: owed(page, deal, rooms, at)))
            if self._state(hold) != "in_doubt":
                return False
            await self.delivered(hold, kind, body, None)
        else:
            self.not_done(hold, "staff")
        await self._close_notes_of(hold, by)
        return True

    # slips, staff, facts

    async def keep_slip(self, operation: str, slip: bytes) -> None:
        """Store the slip of something that was captured at once. Raises JournalFailed."""
        at = self._deals.at()
        await self._landed(self._journal.write(lambda page: page.slip(operation, at, slip)))

    async def slip(self, operation: str) -> bytes | None:
        return await self._landed(self._journal.write(lambda page: page.slip_of(operation)))

    async def printing(self, operation: str) -> int:
        """Written down before a slip is printed: how often it was printed before. 0 is the original (I17)."""
        return await self._landed(self._journal.write(lambda page: page.printing(operation)))

    def doubts(self) -> tuple[str, ...]:
        """Holds of which nobody knows whether their goods were handed over."""
        return tuple(deal.id for deal in self._deals.open.values() if deal.state == "in_doubt")

    async def listed(self) -> Sequence[Note]:
        """What staff must look at."""
        return await self._landed(self._journal.write(lambda page: page.notes()))

    async def close_note(self, note: int, by: str) -> bool:
        """A person has dealt with it. Whether it was open."""
        closed = await self._landed(self._journal.write(lambda page: page.close_note(note, by)))
        self._deals.notes -= closed
        return closed

    def number(self, operation: str) -> str:
        """What to tell a human about an operation: four characters of the journal and the place in it."""
        return self._deals.number(operation)

    def retry_parked(self) -> None:
        """After an update of either end."""
        self._outbox.retry_parked()

    def facts(self) -> Facts:
        deals = self._deals
        return Facts(
            journal=self._journal.uuid, seq=deals.last_seq, outbox=self._outbox.depth, oldest_s=self._outbox.oldest_s,
            parked=self._outbox.parked + self._unknown_rows,
            in_doubt=sum(deal.state == "in_doubt" for deal in deals.open.values()),
            listed=deals.notes, skipped=tuple(sorted(deals.skipped)), broken=deals.broken)  # fmt: skip

    # mqtt.outbox.Rows

    def answered(self, row: Row, answer: Answer, outcome: Reply[Any] | Refused) -> Future[Any]:
        return self._deals.answered(row, answer, outcome)

    def parked(self, row: Row, code: str) -> Future[Any]:
        return self._deals.parked(row, code)

    # inside: a request on its way

    async def _journaled(self, deal: Deal, draft: Draft) -> Operation:
        """P1."""
        try:
            operation = await self._landed(self._journal.write(self._deals.intent(deal, draft)))
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                self.leave(deal.id, "left")
            else:
                self._deals.open.pop(deal.id, None)
            raise
        self._deals.placed(operation)
        return operation

    async def _asked(self, kind: Kind[B, A], operation: Operation, on_phase: Callable[[str], None]) -> Outcome[A]:
        began, _ = self._live[operation.id]
        exchange = Exchange(self._requests, kind, operation.id, operation.payload)
        self._live[operation.id] = (began, exchange)
        try:
            outcome = None
            if self._state(operation.id) == "intent":
                outcome = await self._conversed(exchange, on_phase)
            return await self._ended(operation, exchange, outcome)
        except asyncio.CancelledError:
            self.leave(operation.id, "left")
            raise
        finally:
            exchange.close()
            self._live[operation.id] = (began, None)

    async def _conversed(self, exchange: Exchange, on_phase: Callable[[str], None]) -> Reply[Any] | Refused | None:
        """The same bytes at 0, 2 and 5 s; from 8 s on op.ask; None where it stays unknown."""
        start = self._clock.monotonic()
        for at_s in SENDS_S:
            outcome = await exchange.until(start + at_s)
            if exchange.over():
                return outcome
            exchange.send()
        outcome = await exchange.until(start + UNKNOWN_S)
        if exchange.over():
            return outcome
        on_phase("asking")
        self.pulse.went_unknown()
        moment = start + UNKNOWN_S
        for wait_s in ASKS_S:
            moment += wait_s
            outcome = await exchange.until(moment)
            if exchange.over():
                return outcome
            exchange.ask()
        return await exchange.until(moment + LAST_ASK_S)

    async def _ended(
        self, operation: Operation, exchange: Exchange, outcome: Reply[Any] | Refused | None
    ) -> Outcome[Any]:
        """P2, or P8 and its like. Whoever has left meanwhile gets nothing continued."""
        deal = self._deals.open.get(operation.id)
        if deal is None or deal.state != "intent":
            return Unknown(operation.id)
        if outcome is not None and exchange.answer is not None:
            steps = self._deals.concluded(deal, exchange.answer, outcome)
            await self._landed(self._deals.write([*steps, *self._renewed(operation, outcome)]))
            return outcome
        if KINDS[operation.kind].undo:
            steps = self._deals.aborting(deal)
        elif exchange.absent:
            steps = self._deals.abandoned(deal)
        else:
            steps = self._deals.left_open(deal)
        await self._landed(self._deals.write(steps))
        return Unknown(operation.id, absent=exchange.absent)

    def _renewed(self, operation: Operation, outcome: Reply[Any] | Refused) -> list[Step]:
        """An adjusted hold has its new time, counted from the adjustment."""
        hold = self._deals.open.get(operation.hold)
        if operation.kind != HOLD_ADJUST.name or hold is None or not isinstance(outcome, Reply):
            return []
        apart = self._live[operation.id][0] - self._live.get(hold.id, (0.0, None))[0]
        return [self._deals.lengthened(hold, int(apart) + outcome.body.expires_in_s)]

    def _state(self, id_: str) -> str:
        deal = self._deals.open.get(id_)
        return "" if deal is None else deal.state

    def _usable(self) -> None:
        if self._deals.broken:
            raise JournalFailed(self._deals.broken)

    def _known_lost(self) -> bool:
        return not self._requests.port.up and self.pulse.state in (LinkState.OFFLINE, LinkState.OFFLINE_HARD)

    # inside: starting again

    def _restore(self, rows: Sequence[Operation]) -> None:
        self._unknown_rows = 0
        for operation in rows:
            self._deals.placed(operation)
            row = self._deals.row(operation)
            if row is None:
                self._unknown_rows += 1
            elif operation.state == "parked":
                self._deals.known(operation)
                self._outbox.park(row)
            elif operation.state == "open":
                self._deals.dispatch(operation)

    def _resumed(self, deal: Deal, found: dict[str, list[str]]) -> list[Step]:
        """Nobody's screen is ever resumed."""
        if deal.kind not in KINDS:
            return []
        if deal.state == "intent":
            found["aborted" if KINDS[deal.kind].undo else "reopened"].append(deal.id)
            return self._deals.given_back(deal, "left")
        if deal.state == "approved":
            steps = self._deals.given_back(deal, "left")
            found["released"] += [deal.id] if steps else []
            return steps
        if deal.state in ("fulfilling", "in_doubt"):
            self._doubts.watch(deal.id)
            found["in_doubt"].append(deal.id)
            return self._deals.in_doubt(deal, alone=True) if deal.state == "fulfilling" else []
        return []

    # inside: doubts

    async def _default(self, hold: str) -> None:
        """Nobody said: the guest is not charged, and staff see it."""
        if await self.settle(hold, handed_over=False, by="default"):
            self._deals.write(self._deals.listed("in_doubt.default", hold, "settled in the guest's favour"))

    async def _close_notes_of(self, operation: str, by: str) -> None:
        def close(page: Page) -> int:
            return sum(page.close_note(note.id, by) for note in page.notes() if note.of == operation)

        self._deals.notes -= await self._landed(self._journal.write(close))

    def _beat(self) -> Heartbeat:
        facts = self.facts()
        return Heartbeat(
            journal=facts.journal, seq=facts.seq, outbox=facts.outbox, oldest_s=facts.oldest_s,
            skipped=facts.skipped[:_SKIPPED])  # fmt: skip

    # inside: threads and tasks

    def _on_loop(self, call: Callable[[], None]) -> None:
        if self._loop is not None:
            hand_over(self._loop, call)

    async def _landed(self, written: Future[T]) -> T:
        """The result of a write once it is committed. Cancelling the waiting never cancels the write."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        written.add_done_callback(lambda _: hand_over(loop, wake, waiter))
        await waiter
        return written.result()

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception:
                self.faults += 1
                log.exception("till.work")
                await self._clock.sleep(1.0)
