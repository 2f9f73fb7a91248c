"""A caller-ID box without a wire: the contract alone."""

from __future__ import annotations

from hw.caller_id.contract import Caller, CallerKnown, CallEvent, RingEnded, RingStarted
from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.options import Options


class SimCallerId:
    """`call` and `hang_up` are what a caller does; `absent` makes opening and polling fail."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._coming: list[CallEvent] = []
        self.absent = False

    def call(self, caller: Caller) -> None:
        self._coming += [RingStarted(), CallerKnown(caller)]

    def hang_up(self) -> None:
        self._coming.append(RingEnded())

    def open(self) -> str:
        self._check()
        return "simulated caller ID"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        """The worker lets events through while armed."""

    def poll(self) -> Poll:
        self._check()
        coming, self._coming = self._coming, []
        for event in coming:
            self._emit(event)
        return Poll(again_s=0.25)

    def _check(self) -> None:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated box is unplugged")


def make(options: Options, clock: Clock, emit: Emit) -> SimCallerId:  # noqa: ARG001 - every factory takes the same three
    """No options."""
    return SimCallerId(emit)
