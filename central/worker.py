"""Central's core: a message in, answers out. No network, no thread; time and chance are given.

Every copy that is received is answered. One operation is one transaction: its place, its effect and its memory are
written together or not at all (docs/protocol.md, Twice is once).
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any

import msgspec

from central import telemetry
from central.context import Context, Policy, hotel_of
from central.envelope import Head, read_head
from central.handlers import HANDLERS
from central.ids import millis, moment
from central.keys import Keys
from central.ledger import holds
from central.ledger.holds import Mover
from central.ledger.interface import Remembered, Store, StoreUnavailable, Tx
from central.places import note
from central.refuse import Refuse
from central.visits import begin_visit
from mqtt import topics
from mqtt.messages import wire
from mqtt.messages.envelope import VERSION, Answer, Refusal, Request
from mqtt.messages.kind import Class, Kind
from mqtt.messages.kinds import KINDS
from mqtt.messages.refusals import LATER, UNDECIDED
from mqtt.timing import stamp
from mqtt.topics import Terminal

Out = tuple[str, bytes, bytes | None]
"""Topic, payload, correlation data."""

NOT_REMEMBERED = LATER | UNDECIDED
RETRY_S = 5
SWEEP_MOST = 200
FORGET_EVERY_MS = 600_000
SWEEPER = "job:sweep"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Decided:
    """An outcome before it is put into an envelope."""

    outcome: str
    code: str | None
    body: bytes
    at: int
    epoch: int
    durable: int | None = None


class Central:
    """What every worker runs. `wall` is the wall clock, `chance` the system's (or a seeded one in simulations)."""

    def __init__(
        self, store: Store, keys: Keys, wall: Callable[[], datetime], chance: Random, policy: Policy | None = None
    ) -> None:
        self.store = store
        self.keys = keys
        self.counted: Counter[str] = Counter()
        """Messages that nobody could be answered for, by reason."""
        self._wall = wall
        self._chance = chance
        self._policy = policy or Policy()
        self._forgot_at = 0
        with store.transaction() as tx:
            self._epoch = tx.epoch()

    def handle(self, topic: str, payload: bytes, correlation: bytes | None) -> list[Out]:
        """Everything that a message from a terminal calls for."""
        who = topics.sender(topic)
        if who is None:
            return self._dropped("topic", topic)
        terminal, leaf = who
        if leaf.startswith("req/"):
            return self._request(terminal, leaf.removeprefix("req/"), payload, correlation)
        try:
            return telemetry.hear(self, terminal, leaf, payload)
        except wire.Malformed as error:
            return self._dropped(f"malformed {leaf}", f"{terminal.scope} {error}")
        except StoreUnavailable as error:
            return self._dropped("store", str(error))

    def later(self, topic: str, payload: bytes, correlation: bytes | None, code: str) -> list[Out]:
        """Say `overloaded` or `not_ready` without looking at the books."""
        who = topics.sender(topic)
        head = read_head(payload, correlation)
        if who is None or head.id is None or not who[1].startswith("req/"):
            return []
        refusal = wire.encode(Refusal(retry_in_s=RETRY_S))
        return [_answer(who[0], head.id, Decided("refused", code, refusal, millis(self._wall()), self._epoch))]

    def tick(self) -> None:
        """Once a second by whoever holds the lease: raise the floor of time, free what is due, forget documents."""
        with self.store.transaction() as tx:
            at = tx.ledger_now(millis(self._wall()), keep=True)
            due = tx.books.due_anywhere(at, SWEEP_MOST)
            if due:
                tx.books.job(SWEEPER, "sweep", at)
            for hold in due:
                holds.expire(tx.books, hold, Mover(SWEEPER, "central/sweep", "house:central", at))
            if at - self._forgot_at > FORGET_EVERY_MS:
                telemetry.forget_documents(tx, at - self._policy.forget_documents_ms)
                self._forgot_at = at

    def now(self, tx: Tx, *, keep: bool) -> int:
        """Central's time in milliseconds."""
        return tx.ledger_now(millis(self._wall()), keep=keep)

    def _request(self, terminal: Terminal, kind_name: str, payload: bytes, correlation: bytes | None) -> list[Out]:
        try:
            id_, decided = self._decide(terminal, kind_name, payload, correlation)
        except StoreUnavailable as error:
            log.warning("store.unavailable from=%s why=%s", terminal.scope, error)
            return self.later(terminal.request(kind_name), payload, correlation, "not_ready")
        if id_ is None:
            return self._dropped("no id", terminal.scope)
        self._epoch = decided.epoch
        return [_answer(terminal, id_, decided)]

    def _decide(
        self, terminal: Terminal, kind_name: str, payload: bytes, correlation: bytes | None
    ) -> tuple[str | None, Decided]:
        try:
            request, kind, body = _read(kind_name, payload)
        except Refuse as refusal:
            head = read_head(payload, correlation)
            return head.id, self._undecided(terminal, head, refusal)
        if kind.is_operation:
            return request.id, self._operate(terminal, request, kind, body, payload)
        return request.id, self._inquire(terminal, request, kind, body)

    def _undecided(self, terminal: Terminal, head: Head, refusal: Refuse) -> Decided:
        """`malformed` and `unsupported` are final for the place, and remembered nowhere. Another version may look
        different in every other way, so its number alone decides."""
        if head.version not in (None, VERSION):
            refusal = Refuse("unsupported")
        self.counted[refusal.code] += 1
        with self.store.transaction() as tx:
            at = self.now(tx, keep=False)
            if head.id and head.journal and head.seq and _is_registered(tx, terminal):
                note(tx.books, terminal.scope, head.journal, head.seq, head.id, at)
                return self._refused(tx, refusal, at, terminal, head.journal)
            return self._refused(tx, refusal, at, terminal, None)

    def _inquire(self, terminal: Terminal, request: Request, kind: Kind[Any, Any], body: Any) -> Decided:
        with self.store.transaction() as tx:
            at = self.now(tx, keep=False)
            try:
                ctx = self._context(tx, at, terminal, request, kind)
                begin_visit(ctx)
                with tx.attempt():
                    return self._done(tx, HANDLERS[kind.name](ctx, body), at)
            except Refuse as refusal:
                self._keep(tx, terminal, request.id, refusal, at)
                return self._refused(tx, refusal, at, terminal, None)

    def _operate(
        self, terminal: Terminal, request: Request, kind: Kind[Any, Any], body: Any, payload: bytes
    ) -> Decided:
        assert request.journal is not None and request.seq is not None
        digest = hashlib.sha256(payload).digest()
        with self.store.transaction() as tx:
            at = self.now(tx, keep=True)
            known = tx.books.operation(request.id)
            if known is not None and known.terminal == terminal.scope and known.hash == digest:
                return self._with_durable(tx, terminal, request, _as_remembered(known, tx.epoch()))
            decided = self._reused(tx, terminal, request, at) if known else None
            if decided is None:
                decided = self._perform(tx, at, terminal, request, kind, body)
                if decided.code not in NOT_REMEMBERED:
                    tx.books.remember(_remembered(terminal, request, digest, decided))
            if decided.code not in LATER and _is_registered(tx, terminal):
                note(tx.books, terminal.scope, request.journal, request.seq, request.id, at)
            return self._with_durable(tx, terminal, request, decided)

    def _reused(self, tx: Tx, terminal: Terminal, request: Request, at: int) -> Decided:
        refusal = Refuse("id_reused", alarm=("id_reused", request.kind))
        self._keep(tx, terminal, request.id, refusal, at)
        return self._refused(tx, refusal, at, terminal, None)

    def _perform(
        self, tx: Tx, at: int, terminal: Terminal, request: Request, kind: Kind[Any, Any], body: Any
    ) -> Decided:
        try:
            ctx = self._context(tx, at, terminal, request, kind)
            if kind.class_ is Class.REQUEST:
                begin_visit(ctx)
            with tx.attempt():
                _check_offline(ctx, kind)
                if kind.undo and tx.books.is_tombstone(request.id, terminal.scope):
                    raise Refuse("undone")
                return self._done(tx, HANDLERS[kind.name](ctx, body), at)
        except Refuse as refusal:
            self._keep(tx, terminal, request.id, refusal, at)
            return self._refused(tx, refusal, at, terminal, None)

    def _context(self, tx: Tx, at: int, terminal: Terminal, request: Request, kind: Kind[Any, Any]) -> Context:
        """Raises forbidden for a terminal that is not ours, or speaks a kind or a role that is not its own."""
        row = tx.one("SELECT role FROM terminals WHERE scope = ?", terminal.scope)
        hotel = hotel_of(tx, terminal.hotel)
        if row is None or hotel is None:
            raise Refuse("forbidden", alarm=("unknown_terminal", terminal.scope))
        if request.role not in kind.roles or row[0] not in ("", request.role):
            raise Refuse("forbidden", alarm=("wrong_role", f"{request.kind} as {request.role}"))
        return Context(tx, at, request, terminal, hotel, self.keys, self._chance, self._policy)

    def _done(self, tx: Tx, body: Any, at: int) -> Decided:
        return Decided("ok", None, wire.encode(body), at, tx.epoch())

    def _refused(self, tx: Tx, refusal: Refuse, at: int, terminal: Terminal, journal: str | None) -> Decided:
        durable = tx.books.durable_seq(terminal.scope, journal) if journal else None
        detail = refusal.detail
        if refusal.code in LATER and detail.retry_in_s is None:
            detail = Refusal(retry_in_s=RETRY_S)
        return Decided("refused", refusal.code, wire.encode(detail), at, tx.epoch(), durable)

    def _with_durable(self, tx: Tx, terminal: Terminal, request: Request, decided: Decided) -> Decided:
        durable = tx.books.durable_seq(terminal.scope, request.journal or "")
        return replace(decided, durable=durable)

    def _keep(self, tx: Tx, terminal: Terminal, op: str, refusal: Refuse, at: int) -> None:
        """What a refusal leaves behind."""
        if refusal.keep is not None:
            refusal.keep()
        if refusal.alarm is not None:
            tx.books.alarm(refusal.alarm[0], terminal.scope, op, refusal.alarm[1], at)

    def _dropped(self, why: str, detail: str) -> list[Out]:
        self.counted[why] += 1
        log.warning("message.dropped why=%s detail=%s", why, detail)
        return []


def _read(kind_name: str, payload: bytes) -> tuple[Request, Kind[Any, Any], Any]:
    """The message as the contract types it. Raises Refuse with malformed or unsupported."""
    try:
        wire.check(payload)
        request = wire.convert(payload, Request, "$")
        kind = KINDS.get(request.kind)
        if request.v != VERSION or kind is None:
            raise Refuse("unsupported")
        if request.kind != kind_name:
            raise wire.Malformed("not the topic's kind", "$.kind")
        if kind.is_operation and (request.journal is None or request.seq is None):
            raise wire.Malformed("an operation has a place", "$.journal" if request.journal is None else "$.seq")
        if kind.department and request.department is None:
            raise wire.Malformed("needs a department", "$.department")
        return request, kind, wire.convert(request.body, kind.body)
    except wire.Malformed as error:
        raise Refuse("malformed", Refusal(path=error.path)) from None


def _check_offline(ctx: Context, kind: Kind[Any, Any]) -> None:
    """An advice has happened, on line or off; what would be asked is not taken off line until `sale.record` exists."""
    if ctx.request.offline is not None and kind.class_ is Class.REQUEST:
        raise Refuse("unsupported" if ctx.books.quarantined(ctx.scope) is None else "quarantined")


def _is_registered(tx: Tx, terminal: Terminal) -> bool:
    return tx.one("SELECT 1 FROM terminals WHERE scope = ?", terminal.scope) is not None


def _as_remembered(known: Remembered, epoch: int) -> Decided:
    return Decided(known.outcome, known.code, known.body, known.at, epoch)


def _remembered(terminal: Terminal, request: Request, digest: bytes, decided: Decided) -> Remembered:
    assert request.journal is not None and request.seq is not None
    return Remembered(
        request.id, terminal.scope, request.kind, digest, decided.outcome, decided.code, decided.body, decided.at,
        decided.epoch, request.journal, request.seq, request.store, request.visit, request.shift, request.operator,
    )  # fmt: skip


def _answer(terminal: Terminal, id_: str, decided: Decided) -> Out:
    answer = Answer(
        v=VERSION, id=id_, outcome=decided.outcome, code=decided.code,  # type: ignore[arg-type]
        body=msgspec.Raw(decided.body), at=stamp(moment(decided.at)), ledger_epoch=decided.epoch,
        durable_seq=decided.durable,
    )  # fmt: skip
    return terminal.topic("rsp"), wire.encode(answer), id_.encode()
