"""A card dispenser without a wire: the contract alone."""

from __future__ import annotations

from dataclasses import replace

from hw.card_dispenser.contract import CardTaken, DispenserStatus, Place, Stock
from hw.device import Clock, DeviceError, Done, Emit, Fault, HealthState, NotDone, Outcome, Poll
from hw.options import Options


class SimDispenser:
    """`take` is what a guest does; `now` may be replaced; `absent` makes opening and polling fail."""

    def __init__(self, emit: Emit) -> None:
        self.now = DispenserStatus(Place.NONE, Stock.PLENTY, False, None, 0, 0)
        self.absent = False
        self._emit = emit
        self._armed = False
        self._told = 0

    def take(self) -> None:
        if self.now.place is Place.GATE:
            self.now = replace(self.now, place=Place.NONE, taken=self.now.taken + 1)

    def open(self) -> str:
        self._check()
        return "simulated card dispenser"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        self._armed = on

    def poll(self) -> Poll:
        self._check()
        if self.now.taken > self._told and self._armed:
            self._emit(CardTaken())
        self._told = self.now.taken
        if self.now.trouble is not None:
            return Poll(5.0, HealthState.FAULTY, self.now.trouble)
        return Poll(0.5)

    def feed(self, job_id: str) -> Outcome[Place]:  # noqa: ARG002 - see the contract
        if self.now.stock is Stock.EMPTY:
            return NotDone(Fault.STOCK_OUT)
        if self.now.place is not Place.NONE:
            return NotDone(Fault.BUSY)
        return self._at(Place.ENCODER)

    def eject(self, job_id: str) -> Outcome[Place]:  # noqa: ARG002
        return self._at(Place.GATE) if self.now.place is Place.ENCODER else NotDone(Fault.NO_CARD)

    def capture(self, job_id: str) -> Outcome[Place]:  # noqa: ARG002
        if self.now.place is Place.NONE:
            return NotDone(Fault.NO_CARD)
        if self.now.bin_full:
            return NotDone(Fault.BIN_FULL)
        self.now = replace(self.now, captured=self.now.captured + 1)
        return self._at(Place.NONE)

    def status(self) -> Outcome[DispenserStatus]:
        return Done(self.now)

    def _at(self, place: Place) -> Outcome[Place]:
        self.now = replace(self.now, place=place)
        return Done(place)

    def _check(self) -> None:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated dispenser is unplugged")


def make(options: Options, clock: Clock, emit: Emit) -> SimDispenser:  # noqa: ARG001 - every factory takes the same three
    """No options."""
    return SimDispenser(emit)
