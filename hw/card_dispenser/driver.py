"""The card dispenser behind its adapter, on a serial line or TCP. A lost answer is settled by the sensors."""

from __future__ import annotations

import hashlib

from hw.card_dispenser import wire
from hw.card_dispenser.contract import CardTaken, DispenserStatus, Place, Stock
from hw.device import Clock, DeviceError, Done, Emit, Fault, HealthState, NotDone, Outcome, Poll, Unknown
from hw.line_source import LineSource, serial_source
from hw.options import Options

LOOK_S, ARMED_LOOK_S = 5.0, 0.5


class AdapterDispenser:
    """hw.card_dispenser.contract.CardDispenser over a LineSource. `answer_s`: for a question; `move_s`: for a card's
    way."""

    def __init__(self, source: LineSource, clock: Clock, emit: Emit, answer_s: float, move_s: float) -> None:
        self._source, self._clock, self._emit = source, clock, emit
        self._answer_s, self._move_s = answer_s, move_s
        self._armed = False
        self._taken: int | None = None

    def open(self) -> str:
        identity = self._source.open()
        self._taken = None
        try:
            self._ask("1", wire.STATUS, self._answer_s)
        except DeviceError as trouble:
            if trouble.code is Fault.GARBLED:
                raise DeviceError(Fault.WRONG_DEVICE, f"{identity}: what answers is no card dispenser") from trouble
            raise
        return f"card dispenser, {identity}"

    def close(self) -> None:
        self._source.close()

    def arm(self, on: bool) -> None:
        """Armed while a card stands in the gate."""
        self._armed = on

    def poll(self) -> Poll:
        now = self._ask("1", wire.STATUS, self._answer_s).status
        again_s = ARMED_LOOK_S if self._armed else LOOK_S
        if now.trouble is not None:
            return Poll(again_s, HealthState.FAULTY, now.trouble)
        if now.bin_full:
            return Poll(again_s, HealthState.DEGRADED, Fault.BIN_FULL)
        if now.stock is Stock.LOW:
            return Poll(again_s, HealthState.DEGRADED, Fault.STOCK_LOW)
        return Poll(again_s)

    def feed(self, job_id: str) -> Outcome[Place]:
        return self._move(job_id, wire.FEED)

    def eject(self, job_id: str) -> Outcome[Place]:
        return self._move(job_id, wire.EJECT)

    def capture(self, job_id: str) -> Outcome[Place]:
        return self._move(job_id, wire.CAPTURE)

    def status(self) -> Outcome[DispenserStatus]:
        try:
            return Done(self._ask("1", wire.STATUS, self._answer_s).status)
        except DeviceError as trouble:
            return Unknown(trouble.code, trouble.detail)

    def _move(self, job_id: str, verb: str) -> Outcome[Place]:
        try:
            before = self._ask("1", wire.STATUS, self._answer_s).status
        except DeviceError as trouble:
            return NotDone(trouble.code, trouble.detail)
        try:
            said = self._ask(id_of(job_id), verb, self._move_s)
        except DeviceError as lost:
            return self._settle(verb, before, lost)
        if said.word == wire.OK:
            return Done(said.status.place)
        return NotDone(wire.REASONS.get(said.reason, Fault.REFUSED), f"the dispenser answered {said.reason}")

    def _settle(self, verb: str, before: DispenserStatus, lost: DeviceError) -> Outcome[Place]:
        """Where is the card? Moved: Done. Everything as it was: NotDone. Else, and without an answer: Unknown."""
        try:
            now = self._ask("1", wire.STATUS, self._answer_s).status
        except DeviceError as trouble:
            return Unknown(lost.code, f"{lost.detail}; sensors: {trouble.code}")
        moved = {
            wire.FEED: before.place is Place.NONE and now.place is Place.ENCODER,
            wire.EJECT: (now.place is Place.GATE and before.place is Place.ENCODER) or now.taken > before.taken,
            wire.CAPTURE: now.captured > before.captured,
        }[verb]
        if moved:
            return Done(now.place)
        same = (now.place, now.taken, now.captured) == (before.place, before.taken, before.captured)
        ended = NotDone if same and now.trouble is None else Unknown
        return ended(lost.code, f"{lost.detail}; the card: {now.place}")

    def _ask(self, job: str, verb: str, within_s: float) -> wire.Said:
        """One request, one answer; what the dispenser says by itself in between is heard. Raises DeviceError(mute |
        garbled | unplugged)."""
        until = self._clock.monotonic() + within_s
        self._source.link.send(wire.ask(job, verb), until)
        noise = False
        while self._clock.monotonic() < until:
            for line in self._source.read(until):
                said = wire.said(line)
                noise = noise or said is None
                if said is not None:
                    self._noticed(said.status)
                    if said.id == job:
                        return said
        name = self._source.link.name
        raise DeviceError(Fault.GARBLED if noise else Fault.MUTE, f"{name}: no answer within {within_s:g} s")

    def _noticed(self, status: DispenserStatus) -> None:
        if self._taken is not None and status.taken > self._taken and self._armed:
            self._emit(CardTaken())
        self._taken = status.taken


def id_of(job_id: str) -> str:
    """A job's id as the adapter's line carries it: 16 hexadecimal digits."""
    return hashlib.sha256(job_id.encode()).hexdigest()[:16].upper()


def make(options: Options, clock: Clock, emit: Emit) -> AdapterDispenser:
    """Options: port (host:port of the adapter, or a serial device's path), baud, gap_s (a pause that breaks a line
    off), answer_s (how long an answer may take), move_s (how long a card's way may take)."""
    answer_s = options.seconds("answer_s", 1.0, 0.05, 10.0)
    move_s = options.seconds("move_s", 8.0, 0.05, 60.0)
    return AdapterDispenser(serial_source(options, clock, 9600), clock, emit, answer_s, move_s)
