"""Asking what became of an operation, and undoing one (docs/protocol.md, Twice is once)."""

from __future__ import annotations

from typing import Literal

from mqtt.messages.envelope import Answer
from mqtt.messages.kind import Class, Kind
from mqtt.messages.values import Body, Key, Seq, Uuid7

UNDOABLE = frozenset({
    "hold.authorise", "hold.adjust", "stay.prepare", "coupon.claim", "payment.start", "order.place",
})  # fmt: skip
"""The kinds that have an undo, also those that nobody answers yet: one of them that was never seen never will be."""


class OpAsk(Body, frozen=True):
    """What became of operation `of`?"""

    of: Uuid7


class OpState(Body, frozen=True):
    """`done` carries the whole remembered envelope; `unseen` means: send the same bytes again."""

    state: Literal["done", "unseen", "undone", "never"]
    answer: Answer | None = None


class OpUndo(Body, frozen=True):
    """Make `of` not have happened. `of_seq` is its place, so that `never` notes that place too."""

    of: Uuid7
    of_kind: Key
    of_seq: Seq


class OpUndone(Body, frozen=True):
    """`never` leaves a tombstone; `too_late`: captured or handed over, refund instead; `done`: it had been refused
    (nothing happened) or it has no undo."""

    state: Literal["undone", "never", "too_late", "done"]
    answer: Answer | None = None


OP_ASK = Kind("op.ask", Class.READ, OpAsk, OpState, "Asks what became of an operation.")
OP_UNDO = Kind(
    "op.undo", Class.ADVICE, OpUndo, OpUndone,
    "Makes an operation not have happened, now and for any copy still under way.", offline="queued")  # fmt: skip

KINDS = (OP_ASK, OP_UNDO)
