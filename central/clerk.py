"""A terminal without a screen: speaks the contract to a `Central` in the same process. Used to furnish and to try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import TypeVar

import msgspec

from central.ids import moment, uuid7
from central.worker import Central
from mqtt.messages import wire
from mqtt.messages.envelope import VERSION, Answer, Refusal, Request
from mqtt.messages.kind import Kind
from mqtt.messages.outcome import Outcome, Refused, Reply
from mqtt.timing import stamp
from mqtt.topics import Terminal

B = TypeVar("B")
A = TypeVar("A")


class Clerk:
    """One terminal and its journal. `at` gives its clock in milliseconds."""

    def __init__(
        self, central: Central, terminal: Terminal, chance: Random, at: Callable[[], int], *, role: str = "handheld",
        store: str = "front", seq: int = 0,
    ) -> None:  # fmt: skip
        self.central, self.terminal = central, terminal
        self.journal, self.boot = uuid7(at(), chance), uuid7(at(), chance)
        self.visit = uuid7(at(), chance)
        self.seq = seq
        self._chance, self._at = chance, at
        self._role, self._store = role, store

    def new_visit(self) -> None:
        """The next guest."""
        self.visit = uuid7(self._at(), self._chance)

    def central_time(self) -> datetime:
        """Now, by this clerk's clock."""
        return moment(self._at())

    def message(self, kind: Kind[B, A], body: B, id_: str | None = None) -> bytes:
        """The exact bytes of a request; an operation takes the next place in the journal."""
        operation = kind.is_operation
        self.seq += operation
        request = Request(
            v=VERSION, id=id_ or uuid7(self._at(), self._chance), kind=kind.name, at=stamp(moment(self._at())),
            boot=self.boot, role=self._role, store=self._store, visit=self.visit,  # type: ignore[arg-type]
            journal=self.journal if operation else None, seq=self.seq if operation else None,
            body=msgspec.Raw(wire.encode(body)),
        )  # fmt: skip
        return wire.encode(request)

    def send(self, kind: Kind[B, A], payload: bytes) -> Outcome[A]:
        """What central answers to these bytes."""
        ((_, answer, _),) = self.central.handle(self.terminal.request(kind.name), payload, None)
        said = wire.decode(answer, Answer)
        if said.outcome == "refused":
            assert said.code is not None
            return Refused(said.code, wire.convert(said.body, Refusal), said.id)
        return Reply(wire.convert(said.body, kind.answer), said.id)

    def ask(self, kind: Kind[B, A], body: B) -> Outcome[A]:
        """A read, or an operation under a new id."""
        return self.send(kind, self.message(kind, body))

    def must(self, kind: Kind[B, A], body: B) -> tuple[str, A]:
        """The id and the answer of something that may not be refused. Raises RuntimeError."""
        outcome = self.ask(kind, body)
        if not isinstance(outcome, Reply):
            raise RuntimeError(f"{kind.name}: {outcome}")
        return outcome.id, outcome.body
