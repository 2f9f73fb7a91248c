"""The fleet as central's second redo log: what central cannot lose is forgotten, what it lost goes out again.

`durable_seq` is how far central can never lose this journal's operations; `ledger_epoch` rises when it was restored or
failed over; `gaps` are places it has not seen (docs/protocol.md, Twice is once).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from kiosk.deals import Deals
from kiosk.journal import Operation, Page
from mqtt.messages.envelope import Answer
from mqtt.messages.link import Heartbeat, HeartbeatAck
from mqtt.timing import Clock, stamp

_PRUNE_EVERY = 50
_KEEP_SLIPS = timedelta(days=30)
_RANGES, _PLACES = 100, 1_000


class Redo:
    """Keeps the journal in step with what central says of itself. Everything runs on the asyncio loop."""

    def __init__(self, deals: Deals, clock: Clock, on_loop: Callable[[Callable[[], None]], None]) -> None:
        standing = deals.journal.standing
        self._deals, self._clock, self._on_loop = deals, clock, on_loop
        self._durable = self._pruned = standing.durable_seq
        self._epoch = standing.ledger_epoch
        self._missing: frozenset[int] = frozenset()

    def answered(self, answer: Answer) -> None:
        """Every answer says it by the way."""
        self._durable = max(self._durable, answer.durable_seq or 0)
        self._epoch_is(answer.ledger_epoch)

    def acknowledged(self, beat: Heartbeat, ack: HeartbeatAck) -> None:
        """A heartbeat's acknowledgement; `beat` is the last one sent."""
        self._durable = max(self._durable, ack.durable_seq)
        self._epoch_is(ack.ledger_epoch)
        missing = _places(ack)
        noted = [seq for seq in beat.skipped if seq not in missing]
        # Named twice: a place that was only under way when central looked is answered by then.
        lasting, self._missing = self._missing & missing, missing
        if noted:
            self._deals.skipped -= set(noted)
            self._deals.write([lambda page: page.noted(noted, True)])
        if lasting - self._deals.skipped:
            self._fill(sorted(lasting))
        if self._durable - self._pruned >= _PRUNE_EVERY:
            self._prune()

    def _epoch_is(self, epoch: int) -> None:
        """The first epoch ever heard is only remembered; each later one sends what may be lost again."""
        if epoch <= self._epoch:
            return
        first, self._epoch, durable = self._epoch == 0, epoch, self._durable

        def reopen(page: Page) -> list[Operation]:
            page.central(durable, epoch)
            return [] if first else page.again([(durable + 1, 2**53)])

        self._send_again(reopen)

    def _fill(self, places: list[int]) -> None:
        """What was answered goes out again; what never will is named again."""

        def reopen(page: Page) -> list[Operation]:
            page.noted(places, False)
            skipped = page.skipped()
            self._on_loop(lambda: self._deals.skipped.update(skipped))
            return page.again([(place, place) for place in places])

        self._send_again(reopen)

    def _send_again(self, reopen: Callable[[Page], list[Operation]]) -> None:
        written = self._deals.journal.write(reopen)

        def send() -> None:
            if written.exception() is None:
                for operation in written.result():
                    self._deals.dispatch(operation)

        written.add_done_callback(lambda _: self._on_loop(send))

    def _prune(self) -> None:
        self._pruned = durable = self._durable
        epoch, before = self._epoch, stamp(self._clock.wall() - _KEEP_SLIPS)

        def prune(page: Page) -> None:
            page.central(durable, epoch)
            page.prune(before)

        self._deals.write([prune])


def _places(ack: HeartbeatAck) -> frozenset[int]:
    """The first of the places that central names as missing; the rest will be named again."""
    return frozenset(
        seq
        for first, last in ack.gaps[:_RANGES]
        for seq in range(first, min(last, first + _PLACES - 1) + 1)
    )
