"""A card reader without a wire: the contract alone."""

from __future__ import annotations

from hw.card_reader.contract import Card, CardGone, CardRefused, CardSeen, Medium
from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.options import Options


class SimCardReader:
    """`card` is what lies on it (a stripe is gone once read); `fault` makes the next reads fail; `absent` makes opening
    and polling fail."""

    def __init__(self, emit: Emit) -> None:
        self.card: Card | None = None
        self.fault: Fault | None = None
        self.absent = False
        self._emit = emit
        self._armed = False
        self._dealt_with = False

    def open(self) -> str:
        self._dealt_with = False
        self._check()
        return "simulated card reader"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        self._armed = on

    def poll(self) -> Poll:
        self._check()
        if self._armed and self.card is not None and not self._dealt_with:
            self._dealt_with = True
            self._emit(CardRefused(self.fault) if self.fault else CardSeen(self.card))
            if self.card.medium is Medium.STRIPE:
                self.card = None
        if self._dealt_with and self.card is None:
            self._dealt_with = False
            self._emit(CardGone())
        return Poll(again_s=0.25)

    def _check(self) -> None:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated reader is unplugged")


def make(options: Options, clock: Clock, emit: Emit) -> SimCardReader:  # noqa: ARG001 - every factory takes the same three
    """No options."""
    return SimCardReader(emit)
