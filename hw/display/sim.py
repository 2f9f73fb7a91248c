"""A customer display without a wire: the contract alone."""

from __future__ import annotations

from hw.device import Clock, DeviceError, Done, Emit, Fault, NotDone, Outcome, Poll
from hw.display import wire
from hw.options import Options


class SimDisplay:
    """`shown` is what stands on it; `absent` makes opening and polling fail."""

    def __init__(self) -> None:
        self.shown = ["", ""]
        self.absent = False

    def open(self) -> str:
        self._check()
        self.shown = ["", ""]
        return "simulated display"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        """A display has no events."""

    def poll(self) -> Poll:
        self._check()
        return Poll(again_s=5.0)

    def show(self, job_id: str, upper: str, lower: str) -> Outcome[None]:  # noqa: ARG002 - see Worker
        try:
            wire.lines(upper, lower)
        except DeviceError as refused:
            return NotDone(refused.code, refused.detail)
        self.shown = [upper.rstrip(), lower.rstrip()]
        return Done(None)

    def clear(self, job_id: str) -> Outcome[None]:  # noqa: ARG002 - see Worker
        self.shown = ["", ""]
        return Done(None)

    def _check(self) -> None:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated display is unplugged")


def make(options: Options, clock: Clock, emit: Emit) -> SimDisplay:  # noqa: ARG001 - every factory takes the same three
    """No options."""
    return SimDisplay()
