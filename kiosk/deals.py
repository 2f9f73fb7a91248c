"""What was asked for and is not finished, in memory and in the journal alike: the moves between persistence points.

A move changes the memory at once and hands the same change to the journal, which commits in order; so whoever looks
next sees it, and nothing is sent before it is written (docs/protocol.md, Persistence points).
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from kiosk.journal import Deal, Draft, Journal, JournalFailed, Operation, Page
from kiosk.journal.records import DealState
from mqtt.messages import wire
from mqtt.messages.envelope import Answer
from mqtt.messages.hold import HOLD_AUTHORISE, HOLD_CAPTURE, HOLD_RELEASE, HoldAuthorise, HoldRelease, Released
from mqtt.messages.kind import Class, Kind
from mqtt.messages.kinds import KINDS
from mqtt.messages.op import OP_UNDO, OpUndo, OpUndone
from mqtt.messages.outcome import Refused, Reply
from mqtt.messages.service import SERVICE_CALL, ServiceCall
from mqtt.messages.stay import STAY_CHECK_IN, STAY_PREPARE, StayPrepared
from mqtt.outbox import Row
from mqtt.requests import Letterhead
from mqtt.timing import Clock, stamp

Reason = Literal["left", "not_fulfilled", "too_old", "replaced", "staff"]
Step = Callable[[Page], Operation | None]

GIVEN_BACK = frozenset({HOLD_AUTHORISE.name, STAY_PREPARE.name})
"""What a guest who leaves must give back after P2; everything else has ended with its answer."""
DEPOSIT = "deposit"
_REMEMBERED = 500
_LAST_PLACE = 2**53

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Meta:
    """What is known of an unfinished operation besides its bytes."""

    deal: str
    again: bool


class Deals:
    """The unfinished deals. `send` gets each committed operation that the outbox shall carry."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        ids: Callable[[], str],
        letterhead: Letterhead,
        send: Callable[[Row], None],
        on_loop: Callable[[Callable[[], None]], None],
        on_broken: Callable[[str], None] = lambda _code: None,
    ) -> None:
        self.journal = journal
        self.open: dict[str, Deal] = {}
        self.last_seq = journal.standing.last_seq
        self.skipped: set[int] = set()
        self.notes = 0
        self.broken = ""
        """The code of the JournalFailed after which memory and journal may differ; empty while they agree."""
        self._clock, self._ids, self._letterhead = clock, ids, letterhead
        self._send = send
        self._on_loop, self._on_broken = on_loop, on_broken
        self._rows: dict[str, _Meta] = {}
        self._seqs: OrderedDict[str, int] = OrderedDict()

    # writing

    def at(self) -> str:
        return stamp(self._clock.wall())

    def write(self, steps: Iterable[Step]) -> Future[list[Operation]]:
        """Commit `steps` together; the operations that they opened are then sent. Never waits."""
        todo = list(steps)
        written = self.journal.write(lambda page: [done for step in todo if (done := step(page)) is not None])
        written.add_done_callback(lambda _: self._on_loop(lambda: self._committed(written)))
        return written

    def begin(self, deals: Iterable[Deal], skipped: Iterable[int], notes: int) -> None:
        """Memory is what the journal says."""
        self.broken = ""
        self.open = {deal.id: deal for deal in deals}
        self.skipped, self.notes = set(skipped), notes
        self._seqs.update((deal.id, deal.seq) for deal in self.open.values())

    def _committed(self, written: Future[list[Operation]]) -> None:
        error = written.exception()
        if error is not None:
            self.broken = self.broken or (error.code if isinstance(error, JournalFailed) else "failed")
            log.error("journal.failed error=%r", error)
            self._on_broken(self.broken)
            return
        for operation in written.result():
            self.placed(operation)
            if operation.state == "open":
                self.dispatch(operation)

    def placed(self, operation: Operation) -> None:
        """Remember where it stands."""
        self.last_seq = max(self.last_seq, operation.seq)
        for id_ in (operation.id, operation.deal):
            if id_:
                self._seqs.setdefault(id_, operation.seq)
        while len(self._seqs) > _REMEMBERED:
            self._seqs.popitem(last=False)

    def known(self, operation: Operation) -> None:
        """What its answer will move."""
        self._rows[operation.id] = _Meta(operation.deal, operation.again)

    def dispatch(self, operation: Operation) -> None:
        """Into the outbox."""
        row = self.row(operation)
        if row is not None:
            self.known(operation)
            self._send(row)

    def row(self, operation: Operation) -> Row | None:
        """`operation` as the outbox carries it; None for a kind that this program does not know."""
        kind = KINDS.get(operation.kind)
        if kind is None:
            return None
        age_s = (self._clock.wall() - datetime.fromisoformat(operation.at)).total_seconds()
        asks = kind.class_ is Class.REQUEST and not operation.again
        return Row(operation.id, operation.seq, kind, operation.hold, operation.payload,
                   self._clock.monotonic() - max(0.0, age_s), ask_first=asks)  # fmt: skip

    def number(self, id_: str) -> str:
        """Four characters of the journal and the place of an operation or its deal; 0000 if no longer remembered."""
        return f"{self.journal.uuid[-4:]}-{self._seqs.get(id_, 0):04d}".upper()

    # drafts

    def draft(
        self, kind: Kind[Any, Any], body: Any, *, id_: str, visit: str, deal: str, hold: str,
        state: Literal["intent", "open"] = "open",
    ) -> Draft:  # fmt: skip
        """An operation of `kind`; its bytes are made when its place is known. Raises TooLarge, before any move."""

        def encode(seq: int) -> bytes:
            return self._letterhead.write(
                kind, id_, body, visit=visit or None, journal=self.journal.uuid, seq=seq)  # fmt: skip

        encode(_LAST_PLACE)
        return Draft(id_, kind.name, encode, state, self.at(), deal, hold)

    def _moved(self, deal: Deal, state: DealState, **changes: Any) -> Step:
        """`deal` in `state`, now in memory and with this step in the journal."""
        moved = replace(self.open.get(deal.id, deal), state=state, at=self.at(), **changes)
        if moved.finished:
            self.open.pop(deal.id, None)
        else:
            self.open[deal.id] = moved
        return lambda page: page.deal(moved)

    def listed(
        self, about: str, of: str, detail: str = "", *, call: bool = True,
        what: Literal["listed", "in_doubt"] = "listed",
    ) -> list[Step]:  # fmt: skip
        """On the terminal's list for staff, who are called where no journey does it: nobody stands there who would."""
        self.notes += 1
        at = self.at()
        steps: list[Step] = [lambda page: page.note(at, about, of, detail)]
        if call:
            body = ServiceCall(what=what, about=about, number=self.number(of), of=of)
            draft = self.draft(SERVICE_CALL, body, id_=self._ids(), visit="", deal="", hold="")
            steps.append(lambda page: page.add(draft))
        return steps

    # the persistence points

    def intent(self, deal: Deal, draft: Draft) -> Callable[[Page], Operation]:
        """P1: the row exists before anything is sent."""
        self.open[deal.id] = deal

        def write(page: Page) -> Operation:
            operation = page.add(draft)
            page.deal(replace(deal, seq=operation.seq))
            return operation

        return write

    def concluded(self, deal: Deal, answer: Answer, outcome: Reply[Any] | Refused) -> list[Step]:
        """P2: approved, or finished at once where nothing is to be handed over or where central refused."""
        state, changes = _after_answer(deal.kind, outcome)
        return [self._answer(deal.id, answer, outcome), self._moved(deal, state, **changes)]

    def aborting(self, deal: Deal) -> list[Step]:
        """P8: never sent again; op.undo goes out until it is answered."""
        undo_id, visit = self._ids(), deal.visit

        def undo(page: Page) -> Operation:
            of = page.operation(deal.id)
            if of.state == "intent":
                page.move(deal.id, "aborted")
                self._on_loop(lambda: self.skipped.add(of.seq))
            body = OpUndo(of=deal.id, of_kind=deal.kind, of_seq=of.seq)
            return page.add(self.draft(OP_UNDO, body, id_=undo_id, visit=visit, deal=deal.id, hold=of.hold))

        return [self._moved(deal, "aborting"), undo]

    def left_open(self, deal: Deal) -> list[Step]:
        """Without undo: it stays, and settles by itself."""

        def reopen(page: Page) -> Operation:
            page.move(deal.id, "open")
            return page.operation(deal.id)

        return [self._moved(deal, "asking"), reopen]

    def abandoned(self, deal: Deal) -> list[Step]:
        """Without undo, and nobody can have heard it: it will never be sent."""

        def abandon(page: Page) -> None:
            page.move(deal.id, "aborted")
            seq = page.operation(deal.id).seq
            self._on_loop(lambda: self.skipped.add(seq))

        return [self._moved(deal, "closed"), abandon]

    def releasing(self, deal: Deal, reason: Reason) -> list[Step]:
        """P6. What was bound to the hold is free again to be given back."""
        release = self._ids()
        draft = self.draft(HOLD_RELEASE, HoldRelease(hold=deal.id, reason=reason), id_=release, visit=deal.visit,
                           deal=deal.id, hold=deal.id)  # fmt: skip
        return [
            self._moved(deal, "releasing"),
            *(self._moved(bound, "approved", bound="") for bound in self.bound_to(deal.id)),
            lambda page: page.add(draft),
        ]

    def lengthened(self, hold: Deal, expires_in_s: int) -> Step:
        return self._moved(hold, hold.state, expires_in_s=expires_in_s)

    def fulfilling(self, deal: Deal) -> list[Step]:
        """P3. A deposit takes the room that was prepared in its visit along: in doubt, neither may be given back."""
        rooms = self.rooms_of(deal)
        return [self._moved(deal, "fulfilling"), *(self._moved(room, "approved", bound=deal.id) for room in rooms)]

    def rooms_of(self, deal: Deal) -> list[Deal]:
        """The rooms that were prepared in the visit of a deposit, and that it would take along."""
        return [
            room for room in self.open.values()
            if deal.ref == DEPOSIT and room.kind == STAY_PREPARE.name and room.visit == deal.visit
            and room.state == "approved" and not room.bound
        ]  # fmt: skip

    def in_doubt(self, deal: Deal, *, alone: bool = False) -> list[Step]:
        """Between P3 and P4, and nobody can tell; `alone`: nor is there a journey that would call staff."""
        return [self._moved(deal, "in_doubt"), *self.listed("in_doubt", deal.id, call=alone, what="in_doubt")]

    def delivered(self, deal: Deal, draft: Draft, slip: bytes | None) -> list[Step]:
        """P4: the advice, the slip, and the room that now belongs to the stay, in one step."""
        at = self.at()
        steps: list[Step] = [
            self._moved(deal, "delivered"),
            *(self._moved(room, "kept") for room in self.bound_to(deal.id)),
            lambda page: page.add(draft),
        ]
        if slip is not None:
            steps.append(lambda page: page.slip(deal.id, at, slip))
        return steps

    def given_back(self, deal: Deal, reason: Reason) -> list[Step]:
        """What leaving does to `deal` where it stands: nothing where it must not or need not be given back."""
        if deal.state == "intent":
            return self.aborting(deal) if KINDS[deal.kind].undo else self.left_open(deal)
        if deal.state != "approved":
            return []
        if deal.kind == HOLD_AUTHORISE.name:
            return self.releasing(deal, reason)
        return [] if deal.bound in self.open else self.aborting(deal)

    def bound_to(self, hold: str) -> list[Deal]:
        return [deal for deal in self.open.values() if deal.bound == hold]

    # answers to rows of the outbox

    def answered(self, row: Row, answer: Answer, outcome: Reply[Any] | Refused) -> Future[Any]:
        """P5, P7, or listed: the row and its deal in one transaction."""
        meta = self._rows.get(row.id, _Meta("", again=False))
        steps = [self._answer(row.id, answer, outcome)]
        deal = self.open.get(meta.deal)
        if deal is not None and not meta.again:
            steps += self._ended(row, deal, outcome)
        written = self.write(steps)
        written.add_done_callback(lambda _: self._on_loop(lambda: self._forget(row.id, written)))
        return written

    def _forget(self, id_: str, written: Future[Any]) -> None:
        if written.exception() is None:
            self._rows.pop(id_, None)

    def parked(self, row: Row, code: str) -> Future[Any]:
        """Kept and listed; the outbox goes on past it."""
        # A call that is itself parked must not call again.
        known = self.listed("parked", row.id, f"{row.kind.name} {code}", call=row.kind is not SERVICE_CALL)
        return self.write([lambda page: page.move(row.id, "parked", code), *known])

    def _answer(self, id_: str, answer: Answer, outcome: Reply[Any] | Refused) -> Step:
        payload, code = wire.encode(answer), outcome.code if isinstance(outcome, Refused) else ""
        return lambda page: page.answered(id_, payload, code)

    def _ended(self, row: Row, deal: Deal, outcome: Reply[Any] | Refused) -> list[Step]:
        body = outcome.body if isinstance(outcome, Reply) else None
        if row.id == deal.id:
            said = outcome.code if isinstance(outcome, Refused) else "done"
            return [self._moved(deal, "closed"), *self.listed("settled_late", deal.id, said)]
        if row.kind is HOLD_CAPTURE:
            return [self._moved(deal, "done")]
        if row.kind is STAY_CHECK_IN:
            return [self._moved(deal, "kept")]
        if isinstance(body, Released):
            late = body.state == "already_captured"
            about = "release.already_captured"
        elif isinstance(body, OpUndone):
            late = body.state in ("too_late", "done")
            about = f"undo.{body.state}"
        else:
            return []
        return [self._moved(deal, "closed"), *(self.listed(about, deal.id, deal.kind) if late else [])]


def _after_answer(kind: str, outcome: Reply[Any] | Refused) -> tuple[DealState, dict[str, Any]]:
    if isinstance(outcome, Refused):
        return "closed", {}
    body = outcome.body
    if kind == HOLD_AUTHORISE.name and body.capture is None:
        return "approved", {"expires_in_s": body.expires_in_s}
    if isinstance(body, StayPrepared):
        return "approved", {"expires_in_s": body.expires_in_s, "ref": body.stay}
    return "done", {}


def touches(kind: Kind[Any, Any], id_: str, body: Any) -> str:
    """The hold of which only one operation at a time may be unanswered; the room of a stay.prepare counts as one."""
    named = getattr(body, "hold", None)
    return str(named) if named else id_ if kind.name in GIVEN_BACK else ""


def reference(body: Any) -> str:
    return DEPOSIT if isinstance(body, HoldAuthorise) and body.purpose == "deposit" else ""
