"""A board without files: the contract alone."""

from __future__ import annotations

from hw.board.contract import BoardChanged, Light, Reading
from hw.device import Clock, DeviceError, Done, Emit, Fault, HealthState, NotDone, Outcome, Poll
from hw.options import Options


class SimBoard:
    """`now` is what its sensors read; `brightness`, `colour` and `beeps` what was asked for; `absent` makes opening and
    polling fail."""

    def __init__(self, emit: Emit) -> None:
        self.now = Reading(battery=100, charging=True, temperature=45.0, under_voltage=False, opened=False)
        self.brightness, self.colour = 100, Light.OFF
        self.beeps: list[int] = []
        self.absent = False
        self._emit = emit
        self._armed = False
        self._last = self.now

    def open(self) -> str:
        self._check()
        return "simulated board"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        self._armed = on

    def poll(self) -> Poll:
        self._check()
        if self._armed and self.now != self._last:
            self._emit(BoardChanged(self.now))
        self._last = self.now
        return Poll(1.0, HealthState.DEGRADED, Fault.TAMPERED) if self.now.opened else Poll(1.0)

    def reading(self) -> Outcome[Reading]:
        return Done(self.now)

    def set_brightness(self, job_id: str, percent: int) -> Outcome[None]:  # noqa: ARG002 - see Worker
        if not 1 <= percent <= 100:
            return NotDone(Fault.BAD_REQUEST)
        self.brightness = percent
        return Done(None)

    def light(self, job_id: str, colour: Light) -> Outcome[None]:  # noqa: ARG002 - see Worker
        self.colour = colour
        return Done(None)

    def beep(self, job_id: str, milliseconds: int) -> Outcome[None]:  # noqa: ARG002 - see Worker
        if not 10 <= milliseconds <= 2000:
            return NotDone(Fault.BAD_REQUEST)
        self.beeps.append(milliseconds)
        return Done(None)

    def _check(self) -> None:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated board is unplugged")


def make(options: Options, clock: Clock, emit: Emit) -> SimBoard:  # noqa: ARG001 - every factory takes the same three
    """No options."""
    return SimBoard(emit)
