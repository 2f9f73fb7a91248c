"""A key encoder without a wire: the contract alone, with the physical truth kept apart from the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hw.device import Clock, DeviceError, Done, Emit, Fault, NotDone, Outcome, Poll, Unknown
from hw.key_encoder import wire
from hw.key_encoder.contract import Key
from hw.options import Options

Ending = Literal["done", "not_done", "unknown_cut", "unknown_not_cut"]


class SimKeyEncoder:
    """`keys` are those that exist; `ending` and `fault` say how the next cuts end; `absent` makes opening and
    polling fail."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.ending: Ending = "done"
        self.fault = Fault.NO_CARD
        self.absent = False

    def open(self) -> str:
        self.poll()
        return "simulated key encoder"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        """An encoder has no events."""

    def poll(self) -> Poll:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated encoder is unplugged")
        return Poll(again_s=15.0)

    def cut(self, job_id: str, room: str, valid_from: datetime, valid_to: datetime, copy: bool = False) -> Outcome[Key]:
        mark = wire.mark_of(job_id)
        try:
            wire.pack(wire.ask_cut("1", room, valid_from, valid_to, copy, mark))
        except DeviceError as refused:
            return NotDone(refused.code, refused.detail)
        if self.ending == "not_done":
            return NotDone(self.fault)
        key = wire.key_asked(room, valid_from, valid_to, copy, mark)
        if self.ending != "unknown_not_cut":
            self.keys.append(key)
        return Done(key) if self.ending == "done" else Unknown(Fault.MUTE, "simulated")

    def read_back(self, job_id: str) -> Outcome[Key]:
        if not self.keys:
            return NotDone(Fault.NO_CARD)
        key = self.keys[-1]
        return Done(key) if key.mark == wire.mark_of(job_id) else NotDone(Fault.OTHER_KEY)


def make(options: Options, clock: Clock, emit: Emit) -> SimKeyEncoder:  # noqa: ARG001 - every factory takes the same three
    """No options."""
    return SimKeyEncoder()
