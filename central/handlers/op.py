"""What became of an operation, and making one not have happened (docs/protocol.md, Twice is once)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from central.context import Context, Handler
from central.handlers import stay
from central.ids import moment
from central.ledger import holds
from central.ledger.decide import Giving
from central.ledger.interface import Remembered
from central.places import note
from central.refuse import Refuse, malformed
from mqtt.messages.envelope import VERSION, Answer
from mqtt.messages.kinds import KINDS
from mqtt.messages.op import UNDOABLE, OpAsk, OpState, OpUndo, OpUndone
from mqtt.timing import stamp


def remembered_answer(done: Remembered) -> Answer:
    """The whole envelope as it was decided."""
    return Answer(
        v=VERSION, id=done.id, outcome=done.outcome, code=done.code,  # type: ignore[arg-type]
        body=msgspec.Raw(done.body), at=stamp(moment(done.at)), ledger_epoch=done.epoch,
    )  # fmt: skip


def ask(ctx: Context, body: OpAsk) -> OpState:
    """Says it again, as often as it is asked. Another terminal's operation is not shown."""
    done = ctx.books.operation(body.of)
    if done is not None and done.terminal != ctx.scope:
        raise Refuse("id_reused")
    if done is None:
        return OpState(state="never" if ctx.books.is_tombstone(body.of, ctx.scope) else "unseen")
    if ctx.books.is_undone(body.of):
        return OpState(state="undone")
    if _met_its_tombstone(ctx, done):
        return OpState(state="never")
    return OpState(state="done", answer=remembered_answer(done))


def undo(ctx: Context, body: OpUndo) -> OpUndone:
    """Take it back, or keep it from ever happening."""
    done = ctx.books.operation(body.of)
    if done is not None and done.terminal != ctx.scope:
        raise Refuse("forbidden", alarm=("undo_of_foreign_operation", body.of))
    kind = KINDS.get(body.of_kind)
    if done is None:
        if body.of_kind not in UNDOABLE:
            raise malformed("$.body.of_kind")
        return _never(ctx, body)
    if ctx.books.is_undone(body.of):
        return OpUndone(state="undone")
    if _met_its_tombstone(ctx, done):
        return _never(ctx, body)
    take_back = _UNDO.get(done.kind)
    if kind is None or not kind.undo or take_back is None:
        ctx.books.alarm("undo_of_kind_without", ctx.scope, ctx.request.id, f"{done.kind} {body.of}", ctx.at)
        return OpUndone(state="done", answer=remembered_answer(done))
    if done.outcome == "refused":
        return OpUndone(state="done", answer=remembered_answer(done))
    if take_back(ctx, done) is Giving.TOO_LATE:
        return OpUndone(state="too_late", answer=remembered_answer(done))
    ctx.books.mark_undone(body.of, ctx.request.id, ctx.at)
    return OpUndone(state="undone")


def _never(ctx: Context, body: OpUndo) -> OpUndone:
    ctx.books.tombstone(body.of, ctx.scope, ctx.request.id, ctx.at)
    if ctx.request.journal is not None:
        note(ctx.books, ctx.scope, ctx.request.journal, body.of_seq, body.of, ctx.at)
    return OpUndone(state="never")


def _met_its_tombstone(ctx: Context, done: Remembered) -> bool:
    return done.code == "undone" and ctx.books.is_tombstone(done.id, ctx.scope)


def _undo_authorise(ctx: Context, done: Remembered) -> Giving:
    return holds.undo_authorise(ctx.books, done.id, ctx.mover)


def _undo_adjust(ctx: Context, done: Remembered) -> Giving:
    adjusted = ctx.books.adjusted(done.id)
    assert adjusted is not None
    return holds.undo_adjust(ctx.books, adjusted, ctx.mover)


_UNDO: dict[str, Callable[[Context, Remembered], Giving]] = {
    "hold.authorise": _undo_authorise, "hold.adjust": _undo_adjust, "stay.prepare": stay.undo_prepare,
}  # fmt: skip
HANDLERS: dict[str, Handler] = {"op.ask": ask, "op.undo": undo}
