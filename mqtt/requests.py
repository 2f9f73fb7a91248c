"""Asking central: reads with a deadline, and every answer to the one who waits for its id (docs/protocol.md, Unknown).

Everything here runs on the asyncio loop; what comes from the link's threads is handed over.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec

from mqtt.link import FAILURE, NOBODY, Message
from mqtt.messages import wire
from mqtt.messages.envelope import VERSION, Answer, Refusal, Request
from mqtt.messages.kind import Kind
from mqtt.messages.op import OP_ASK, OpAsk, OpState
from mqtt.messages.outcome import Outcome, Refused, Reply, Unknown
from mqtt.messages.refusals import LATER, UNDECIDED
from mqtt.timing import Clock, stamp
from mqtt.topics import Terminal

B = TypeVar("B")
A = TypeVar("A")

SENDS_S = (0.0, 2.0, 5.0)
"""The same bytes go out at these seconds."""
UNKNOWN_S = 8.0
"""Without an answer by then it is unknown."""
READ_EXPIRY_S = 10
TRIES_UNDECIDED = 3
"""So many `malformed` or `unsupported`, and the bytes are not sent again by themselves."""


class Port(Protocol):
    """What is needed of the link."""

    @property
    def up(self) -> bool: ...

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        correlation: bytes | None = None,
        retain: bool = False,
        expiry_s: int | None = None,
        on_ack: Callable[[int], None] | None = None,
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message of this terminal carries. `boot` is a random id of this program start and decides nothing."""

    role: str
    store: str
    boot: str
    clock: Clock

    def write(
        self, kind: Kind[B, A], id_: str, body: B, *, visit: str | None = None, journal: str | None = None,
        seq: int | None = None,
    ) -> bytes:  # fmt: skip
        """The exact bytes of a request, read or advice. Raises TooLarge."""
        return wire.encode(Request(
            v=VERSION, id=id_, kind=kind.name, at=stamp(self.clock.wall()), boot=self.boot,
            role=self.role, store=self.store,  # type: ignore[arg-type]
            body=msgspec.Raw(wire.encode(body)), journal=journal, seq=seq, visit=visit))  # fmt: skip


class Bell:
    """Something changed: waited for until a moment on the clock, by one at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        self._rung = True
        if self._waiter is not None:
            wake(self._waiter)

    async def wait(self, deadline: float) -> None:
        """Until it rings, has rung since the last wait, or `deadline` (monotonic seconds) has come."""
        seconds = deadline - self._clock.monotonic()
        if not self._rung and seconds > 0:
            self._waiter = waiter = asyncio.get_running_loop().create_future()
            timer = asyncio.ensure_future(self._clock.sleep(seconds))
            timer.add_done_callback(lambda _: wake(waiter))
            try:
                await waiter
            finally:
                timer.cancel()
        self._rung = False


class Answers:
    """Every answer to the one who waits for its id. What nobody waits for, and what is torn, is counted and dropped."""

    def __init__(self) -> None:
        self.malformed = 0
        self.foreign = 0
        self._waiting: dict[str, Callable[[Answer], None]] = {}
        self._also: list[Callable[[Answer], None]] = []

    def also(self, hear: Callable[[Answer], None]) -> None:
        """`hear` gets every answer that somebody waits for, before him."""
        self._also.append(hear)

    def expect(self, id_: str, hear: Callable[[Answer], None]) -> None:
        """`hear` gets every answer to `id_` until it is forgotten."""
        self._waiting[id_] = hear

    def forget(self, id_: str) -> None:
        self._waiting.pop(id_, None)

    def heard(self, answer: Answer | None) -> None:
        """An answer as `parse` read it."""
        if answer is None:
            self.malformed += 1
            return
        hear = self._waiting.get(answer.id)
        if hear is None:
            self.foreign += 1
            return
        for other in self._also:
            other(answer)
        hear(answer)


def parse(message: Message) -> Answer | None:
    """The answer in `message`, on whatever thread it came; None if it is not one, or not for the id it came under."""
    try:
        answer = wire.decode(message.payload, Answer)
    except wire.Malformed:
        return None
    named = message.correlation == answer.id.encode() and answer.v == VERSION
    return answer if named and (answer.outcome == "ok" or answer.code) else None


def outcome_of(kind: Kind[Any, A], answer: Answer) -> Reply[A] | Refused:
    """What `answer` says to a message of `kind`. Raises Malformed if its body is not what the contract says."""
    if answer.outcome == "refused":
        return Refused(answer.code or "", wire.convert(answer.body, Refusal), answer.id)
    return Reply(wire.convert(answer.body, kind.answer), answer.id)


class Exchange:
    """One message on its way: the copies sent, what the broker said to them, what central answered."""

    def __init__(
        self, requests: Requests, kind: Kind[Any, Any], id_: str, payload: bytes, expiry_s: int | None = None
    ) -> None:
        self.id = id_
        self.undecided: Refused | None = None
        """Set when central has said three times that it cannot read these bytes."""
        self.answer: Answer | None = None
        """The final answer as it came."""
        self.later: Refused | None = None
        """The last time that central said: not now."""
        self._requests = requests
        self._kind = kind
        self._payload = payload
        self._expiry_s = expiry_s
        self._outcome: Reply[Any] | Refused | None = None
        self._copies = self._lost = self._tries = 0
        self._again_at: float | None = None
        self._stopped = False
        self._asked: list[str] = []
        self._bell = Bell(requests.clock)
        requests.answers.expect(id_, self._hear)

    @property
    def absent(self) -> bool:
        """No copy can have been heard by anybody: known at the repeat, or at once where the link was lost before."""
        enough = 1 if self._requests.known_lost() else 2
        return self._copies >= enough and self._copies == self._lost

    def send(self) -> None:
        """One more copy of the same bytes."""
        self._copies += 1
        loop = asyncio.get_running_loop()
        sent = self._requests.port.publish(
            self._requests.place.request(self._kind.name), self._payload, correlation=self.id.encode(),
            expiry_s=self._expiry_s, on_ack=lambda code: hand_over(loop, self._acked, code))  # fmt: skip
        if not sent:
            self._lost += 1

    def ask(self) -> None:
        """Ask what became of it; `unseen` sends the same bytes again."""
        id_ = self._requests.ids()
        self._asked.append(id_)
        self._requests.answers.expect(id_, self._hear_state)
        self._requests.post(OP_ASK, id_, OpAsk(of=self.id))

    def stop(self) -> None:
        """Nobody waits any longer."""
        self._stopped = True
        self._bell.ring()

    async def until(self, deadline: float) -> Reply[Any] | Refused | None:
        """The outcome, or None: at `deadline`, when nobody can have heard it, or when it was given up."""
        clock = self._requests.clock
        while self._outcome is None and not (self.absent or self._stopped or self.undecided):
            now = clock.monotonic()
            if self._again_at is not None and now >= self._again_at:
                self._again_at = None
                self.send()
            elif now >= deadline:
                return None
            else:
                await self._bell.wait(min(deadline, self._again_at or deadline))
        return self._outcome

    def over(self) -> bool:
        """`until` will not wait any more."""
        return self._outcome is not None or self.absent or self._stopped or self.undecided is not None

    def close(self) -> None:
        """A later answer continues nothing, and nothing of what was asked is kept."""
        self._payload = b""
        for id_ in (self.id, *self._asked):
            self._requests.answers.forget(id_)

    def _acked(self, code: int) -> None:
        if code == NOBODY or code >= FAILURE:
            self._lost += 1
            self._bell.ring()

    def _hear(self, answer: Answer) -> None:
        if self._outcome is not None:
            return
        try:
            outcome = outcome_of(self._kind, answer)
        except wire.Malformed:
            self._requests.answers.malformed += 1
            return
        if isinstance(outcome, Refused) and outcome.code in LATER:
            self.later = outcome
            self._again_at = self._requests.clock.monotonic() + (outcome.body.retry_in_s or 1)
        elif isinstance(outcome, Refused) and outcome.code in UNDECIDED:
            self._tries += 1
            self._again_at = self._requests.clock.monotonic()
            self.undecided = outcome if self._tries >= TRIES_UNDECIDED else None
        else:
            self._outcome, self.answer = outcome, answer
        self._bell.ring()

    def _hear_state(self, answer: Answer) -> None:
        with contextlib.suppress(wire.Malformed):
            said = outcome_of(OP_ASK, answer)
            state = said.body if isinstance(said, Reply) and isinstance(said.body, OpState) else None
            if state is None:
                return
            if state.state == "done" and state.answer is not None and state.answer.id == self.id:
                self._hear(state.answer)
            elif state.state == "unseen":
                self.send()
            elif state.state in ("undone", "never") and self._outcome is None:
                self._outcome, self.answer = Refused("undone", id=self.id), answer
                self._bell.ring()
            return
        self._requests.answers.malformed += 1


class Requests:
    """Reads, and what every exchange needs. `known_lost` says that the link has been lost for a while already."""

    def __init__(
        self,
        place: Terminal,
        port: Port,
        clock: Clock,
        ids: Callable[[], str],
        letterhead: Letterhead,
        answers: Answers,
        known_lost: Callable[[], bool] = lambda: False,
    ) -> None:
        self.place, self.port, self.clock, self.ids = place, port, clock, ids
        self.letterhead, self.answers, self.known_lost = letterhead, answers, known_lost

    async def read(self, kind: Kind[B, A], body: B, *, visit: str | None) -> Outcome[A]:
        """Ask something that changes nothing: the same bytes at 0, 2 and 5 s, unknown at 8 s. Raises TooLarge."""
        id_ = self.ids()
        exchange = Exchange(self, kind, id_, self.letterhead.write(kind, id_, body, visit=visit), READ_EXPIRY_S)
        start = self.clock.monotonic()
        try:
            for at_s in SENDS_S:
                outcome = await exchange.until(start + at_s)
                if exchange.over():
                    break
                exchange.send()
            else:
                outcome = await exchange.until(start + UNKNOWN_S)
            return outcome or exchange.undecided or exchange.later or Unknown(id_, absent=exchange.absent)
        finally:
            exchange.close()

    def post(self, kind: Kind[B, Any], id_: str, body: B) -> bool:
        """One copy of a read, sent and left; its answer goes to whoever expects `id_`."""
        payload = self.letterhead.write(kind, id_, body)
        return self.port.publish(
            self.place.request(kind.name), payload, correlation=id_.encode(), expiry_s=READ_EXPIRY_S)  # fmt: skip


def wake(waiter: asyncio.Future[None]) -> None:
    """Let whoever awaits `waiter` go on."""
    if not waiter.done():
        waiter.set_result(None)


def hand_over(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: object) -> None:
    """From the link's thread to the loop's; dropped when the loop is closed, for then nobody is there."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *args)
