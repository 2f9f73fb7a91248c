"""An ID reader without a wire: the contract alone."""

from __future__ import annotations

from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.id_reader.contract import CardDown, CardFailed, CardRead, CardRemoved, Document
from hw.options import Options


class SimIdReader:
    """`card` is what lies on it; `fault` makes the next reads fail; `absent` makes opening and polling fail."""

    def __init__(self, emit: Emit) -> None:
        self.card: Document | None = None
        self.fault: Fault | None = None
        self.absent = False
        self._emit = emit
        self._armed = False
        self._dealt_with = False

    def open(self) -> str:
        self._dealt_with = False
        self._check()
        return "simulated ID reader"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        self._armed = on

    def poll(self) -> Poll:
        self._check()
        if self._dealt_with and self.card is None:
            self._dealt_with = False
            self._emit(CardRemoved())
        elif self._armed and self.card is not None and not self._dealt_with:
            self._dealt_with = True
            self._emit(CardDown())
            self._emit(CardFailed(self.fault) if self.fault else CardRead(self.card))
        return Poll(again_s=0.3)

    def _check(self) -> None:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated reader is unplugged")


def make(options: Options, clock: Clock, emit: Emit) -> SimIdReader:  # noqa: ARG001 - every factory takes the same three
    """No options."""
    return SimIdReader(emit)
