"""What the journal keeps, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

OperationState = Literal["intent", "open", "answered", "parked", "aborted"]
DealState = Literal[
    "intent", "asking", "approved", "fulfilling", "in_doubt", "delivered", "releasing", "aborting",
    "done", "kept", "closed",
]
FINISHED: frozenset[DealState] = frozenset({"done", "kept", "closed"})


@dataclass(frozen=True, slots=True)
class Draft:
    """An operation about to be journaled. `encode` gives its exact bytes once its place is known; raises TooLarge.

    `deal` is the thing it is about, `hold` what only one unanswered operation at a time may touch; both may be empty.
    """

    id: str
    kind: str
    encode: Callable[[int], bytes]
    state: OperationState
    at: str
    deal: str = ""
    hold: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as journaled: its place and its exact bytes."""

    seq: int
    id: str
    kind: str
    deal: str
    hold: str
    state: OperationState
    at: str
    payload: bytes
    again: bool = False


@dataclass(frozen=True, slots=True)
class Deal:
    """Something asked for that must be handed over, given back or settled. `id` is the asking operation's.

    intent P1 · approved P2 · fulfilling P3 · delivered P4 · done P5 · releasing P6 · closed P7 · aborting P8;
    asking: left open, settles by itself; in_doubt: between P3 and P4, nobody knows; kept: the stay owns it.
    `ref` is the stay that a stay.prepare locked; `bound` the hold that is being handed over for it.
    """

    id: str
    seq: int
    kind: str
    visit: str
    state: DealState
    at: str
    expires_in_s: int = 0
    ref: str = ""
    bound: str = ""

    @property
    def finished(self) -> bool:
        return self.state in FINISHED


@dataclass(frozen=True, slots=True)
class Note:
    """Something for staff. `what` is a key, `of` an operation, `detail` says more without naming a guest."""

    id: int
    at: str
    what: str
    of: str
    detail: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The journal's own row."""

    uuid: str
    last_seq: int
    durable_seq: int
    ledger_epoch: int
