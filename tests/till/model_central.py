"""A small honest central: the contract's tables for holds, rooms and undo, without prices, on a model of the broker.

It is written from docs/protocol.md, apart from the real central, so that the two cannot share a mistake.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from mqtt.link import NOBODY, Message
from mqtt.messages import wire
from mqtt.messages.coupon import SnState
from mqtt.messages.envelope import VERSION, Answer, Refusal, Request
from mqtt.messages.hold import CaptureAnswer, Held, Released
from mqtt.messages.kinds import KINDS
from mqtt.messages.link import Heartbeat, HeartbeatAck
from mqtt.messages.op import OpState, OpUndone
from mqtt.messages.service import ServiceCalled
from mqtt.messages.stay import CheckedInAnswer, CheckedOutAnswer, StayPrepared
from mqtt.messages.values import LedgerAmount, Wording
from mqtt.timing import stamp
from mqtt.topics import Terminal, sender
from tests.till.virtual import VirtualClock

LATENCY_S = 0.01
_W = Wording(zh="一", en="one")


@dataclass
class Hold:
    amount: int
    until: float
    state: str = "held"
    captured: int = 0
    stay: str = ""


@dataclass
class Central:
    """Its books. `free` is what the one member can spend; `suspense` what nobody could be debited for."""

    clock: VirtualClock
    free: int = 100_000
    suspense: int = 0
    epoch: int = 1
    durable_lag: int = 0
    holds: dict[str, Hold] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    tombstones: set[str] = field(default_factory=set)
    memory: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)
    refuse: Callable[[Request], tuple[str, Refusal] | None] = lambda request: None

    def answer(self, payload: bytes) -> Answer:
        request = wire.decode(payload, Request)
        kind = KINDS[request.kind]
        body = wire.convert(request.body, kind.body)
        self.seen.append(request)
        later = self.refuse(request)
        if later is not None and later[0] in ("overloaded", "not_ready"):
            return self._envelope(request, *later)
        if request.seq is not None:
            if self.places.setdefault(request.seq, request.id) not in (request.id, "skipped", "undone"):
                self.alarms.append(f"place {request.seq} twice")
            self.places[request.seq] = request.id
        if later is not None:
            return self._envelope(request, *later)
        if not kind.is_operation:
            return self._envelope(request, "", getattr(self, "_" + request.kind.replace(".", "_"))(request, body))
        return self._once(request, payload, body)

    def _once(self, request: Request, payload: bytes, body: Any) -> Answer:
        digest = hashlib.sha256(payload).hexdigest()
        if request.id in self.memory:
            known, answer = self.memory[request.id]
            if known != digest:
                self.alarms.append(f"id_reused {request.id}")
                return self._envelope(request, "id_reused", Refusal())
            return msgspec.structs.replace(answer, at=self._at(), durable_seq=self._durable())
        if request.id in self.tombstones:
            answer = self._envelope(request, "undone", Refusal())
        else:
            said = getattr(self, "_" + request.kind.replace(".", "_"))(request, body)
            answer = self._envelope(request, *said) if isinstance(said, tuple) else self._envelope(request, "", said)
        self.memory[request.id] = (digest, answer)
        return answer

    def heartbeat(self, payload: bytes) -> HeartbeatAck:
        beat = wire.decode(payload, Heartbeat)
        for seq in beat.skipped:
            self.places.setdefault(seq, "skipped")
        missing = [seq for seq in range(1, beat.seq + 1) if seq not in self.places]
        return HeartbeatAck(
            now=self._at(), durable_seq=self._durable(), gaps=tuple((seq, seq) for seq in missing),
            ledger_epoch=self.epoch, quarantined=False, config_version=0)  # fmt: skip

    @property
    def reserved(self) -> int:
        """What open holds that no stay owns keep from the member right now."""
        self._expire()
        return sum(h.amount - h.captured for h in self.holds.values() if h.state == "held" and not h.stay)

    # kinds

    def _hold_authorise(self, request: Request, body: Any) -> Any:
        self._expire()
        amount = body.amount or body.count
        if amount > self.free:
            return "insufficient", Refusal(available=self.free)
        self.free -= amount
        ttl = body.ttl_s or 300
        self.holds[request.id] = Hold(amount, self.clock.now + ttl)
        capture = None
        if body.capture:
            capture = self._take(self.holds[request.id], amount)
        return Held(hold=request.id, legs=self._legs(amount), available_after=self.free, expires_in_s=ttl,
                    capture=capture)  # fmt: skip

    def _hold_adjust(self, request: Request, body: Any) -> Any:
        hold = self.holds[body.hold]
        if hold.state != "held":
            return "hold_not_open", Refusal()
        if body.amount - hold.amount > self.free:
            return "insufficient", Refusal(available=self.free)
        self.free -= body.amount - hold.amount
        hold.amount = body.amount
        hold.until = self.clock.now + body.ttl_s if body.ttl_s else hold.until
        return Held(hold=body.hold, legs=self._legs(body.amount), available_after=self.free,
                    expires_in_s=int(hold.until - self.clock.now))  # fmt: skip

    def _hold_capture(self, request: Request, body: Any) -> CaptureAnswer:
        self._expire()
        hold = self.holds.get(body.hold)
        if hold is None or hold.state == "released":
            self.tombstones.add(body.hold)
            self.alarms.append(f"capture of {'none' if hold is None else hold.state}")
            self.suspense += body.amount
            return CaptureAnswer(state="late_posted", receipt_no="R", shortfall=body.amount)
        if hold.state == "captured":
            self.alarms.append("captured twice")
            return CaptureAnswer(state="already", receipt_no="R")
        return self._take(hold, body.amount)

    def _hold_release(self, request: Request, body: Any) -> Any:
        hold = self.holds.get(body.hold)
        if hold is None:
            self.tombstones.add(body.hold)
            return Released(state="never")
        if hold.stay:
            return "forbidden", Refusal()
        if hold.state == "captured":
            return Released(state="already_captured")
        self._release(hold)
        return Released(state="released")

    def _stay_prepare(self, request: Request, body: Any) -> Any:
        stay = "0" * 8 + request.id[8:]
        self.rooms[stay] = "locked"
        return StayPrepared(
            stay=stay, no="B1", room="801", floor="8", way=_W, room_type=_W, guest_masked="*", arrival="2025-05-01",
            departure="2025-05-02", check_out_by="2025-05-02T04:00:00.000Z", nights=1, adults=1, breakfasts=0,
            breakfast_hours="", breakfast_place=_W, wifi="", room_rate=0, prepaid=0, deposit=50_000, expires_in_s=600,
            member="m_1", available=self.free)  # fmt: skip

    def _stay_check_in(self, request: Request, body: Any) -> CheckedInAnswer:
        self._expire()
        hold = self.holds.get(body.hold)
        self.rooms[body.stay] = "occupied"
        if hold is None or hold.state != "held":
            self.alarms.append("check-in without its hold")
            return CheckedInAnswer(state="late", receipt_no="R", held=0)
        hold.stay, hold.until = body.stay, float("inf")
        return CheckedInAnswer(state="checked_in", receipt_no="R", held=hold.amount)

    def _stay_check_out(self, request: Request, body: Any) -> Any:
        if self.rooms.get(body.stay) != "occupied":
            return "stay_closed", Refusal()
        self.rooms[body.stay] = "free"
        return CheckedOutAnswer(state="checked_out", receipt_no="R", posted=(), released=0)

    def _service_call(self, request: Request, body: Any) -> ServiceCalled:
        return ServiceCalled(call=request.id)

    def _sn_check(self, request: Request, body: Any) -> SnState:
        return SnState(state="usable", ref="r")

    def _op_ask(self, request: Request, body: Any) -> OpState:
        known = self.memory.get(body.of)
        if known is not None:
            undone = self.holds.get(body.of)
            if undone is not None and undone.state == "undone":
                return OpState(state="undone")
            return OpState(state="done", answer=known[1])
        return OpState(state="never" if body.of in self.tombstones else "unseen")

    def _op_undo(self, request: Request, body: Any) -> Any:
        self.places.setdefault(body.of_seq, "undone")
        known = self.memory.get(body.of)
        if known is None:
            self.tombstones.add(body.of)
            return OpUndone(state="never")
        if known[1].outcome == "refused":
            return OpUndone(state="never") if body.of in self.tombstones else OpUndone(state="done", answer=known[1])
        if not KINDS[body.of_kind].undo:
            return OpUndone(state="done", answer=known[1])
        return OpUndone(state=self._undo(body.of, known[1]))

    def _undo(self, of: str, answer: Answer) -> Any:
        hold = self.holds.get(of)
        if hold is not None:
            if hold.captured or hold.stay:
                return "too_late"
            self._release(hold)
            return "undone"
        stay = wire.convert(answer.body, StayPrepared).stay
        if self.rooms[stay] == "occupied":
            return "too_late"
        self.rooms[stay] = "free"
        return "undone"

    # money

    def _take(self, hold: Hold, amount: int) -> CaptureAnswer:
        late = hold.state == "expired"
        if late:
            again = min(amount, self.free)
            self.free -= again
        else:
            again = min(amount, hold.amount)
            self.free += hold.amount - again
        hold.state, hold.captured = "captured", again
        self.suspense += amount - again
        return CaptureAnswer(state="late_posted" if late else "captured", receipt_no="R", posted=self._legs(again),
                             shortfall=amount - again)  # fmt: skip

    def _release(self, hold: Hold) -> None:
        if hold.state == "held":
            self.free += hold.amount
        hold.state = "released"

    def _expire(self) -> None:
        for hold in self.holds.values():
            if hold.state == "held" and hold.until <= self.clock.now:
                hold.state = "expired"
                self.free += hold.amount

    # envelopes

    def _envelope(self, request: Request, code: str, body: Any) -> Answer:
        return Answer(
            v=VERSION, id=request.id, outcome="refused" if code else "ok", code=code or None, at=self._at(),
            ledger_epoch=self.epoch, body=msgspec.Raw(wire.encode(body)),
            durable_seq=self._durable() if request.seq is not None else None)  # fmt: skip

    def _durable(self) -> int:
        done = 0
        while done + 1 in self.places:
            done += 1
        return max(0, done - self.durable_lag)

    def _at(self) -> str:
        return stamp(self.clock.wall())

    @staticmethod
    def _legs(amount: int) -> tuple[LedgerAmount, ...]:
        return (LedgerAmount(ledger="CNY", amount=amount),) if amount else ()


class Wire:
    """The broker between one terminal and central: a mqtt.requests.Port that can lose things."""

    def __init__(self, place: Terminal, central: Central, clock: VirtualClock) -> None:
        self.up = True
        self.there = True
        """Whether central subscribes."""
        self.lose: Callable[[str, Request | None], bool] = lambda direction, request: False
        """direction is `out` or `back`; request None for heartbeats."""
        self.hear: Callable[[Message], None] = lambda message: None
        self.copies: list[tuple[str, bytes]] = []
        """(kind, bytes) of every request that left the terminal."""
        self._place, self._central, self._clock = place, central, clock
        self._tasks: set[asyncio.Task[None]] = set()

    def publish(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False,
        expiry_s: int | None = None, on_ack: Callable[[int], None] | None = None,
    ) -> bool:  # fmt: skip
        if not self.up:
            return False
        found = sender(topic)
        assert found is not None
        if found[1].startswith("req/"):
            self.copies.append((found[1][4:], payload))
        task = asyncio.ensure_future(self._carry(found[1], payload, correlation, on_ack))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _carry(
        self, leaf: str, payload: bytes, correlation: bytes | None, on_ack: Callable[[int], None] | None
    ) -> None:
        await self._clock.sleep(LATENCY_S)
        there = self.there
        if on_ack is not None:
            on_ack(0 if there else NOBODY)
        if not there:
            return
        request = wire.decode(payload, Request) if leaf.startswith("req/") else None
        if self.lose("out", request):
            return
        if leaf == "hb":
            back = Message(self._place.topic("hb/ack"), wire.encode(self._central.heartbeat(payload)), None)
        elif request is not None:
            answer = wire.encode(self._central.answer(payload))
            back = Message(self._place.topic("rsp"), answer, correlation)
        else:
            return
        await self._clock.sleep(LATENCY_S)
        if self.up and not self.lose("back", request):
            self.hear(back)
