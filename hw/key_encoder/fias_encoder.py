"""A lock system's FIAS interface as a key encoder, over TCP: we send KR, it answers KA.

This wire cannot read a card back, and carries no mark of ours onto it. So a request is sent once, and one whose answer
is lost ends Unknown: only the card, a sensor or staff can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from hw.device import Clock, DeviceError, Done, Emit, Fault, NotDone, Outcome, Poll, Unknown
from hw.key_encoder import fias
from hw.key_encoder.contract import Key
from hw.key_encoder.wire import key_asked
from hw.link import Link, open_tcp, split_address
from hw.options import Options

LOOK_S = 15.0
PORT = 5010
NEEDED = frozenset({"RN", "KT", "G#"})


class FiasEncoder:
    """hw.key_encoder.contract.KeyEncoder over a Link. `answer_s`: how long a cut may wait for a card and the lock
    system together; `link_s`: for anything else."""

    def __init__(
        self, connect: Callable[[], Link], clock: Clock, encoder: str, station: str, link_s: float, answer_s: float
    ) -> None:
        self._connect, self._clock, self._encoder, self._station = connect, clock, encoder, station
        self._link_s, self._answer_s = link_s, answer_s
        self._link: Link | None = None
        self._parser = fias.Parser()
        self._waiting: list[fias.Record | fias.Spoilt] = []
        self._known: frozenset[str] = frozenset()

    def open(self) -> str:
        self.close()
        self._link = self._connect()
        self._send(fias.stamped("LS", self._clock.now()))
        until, name, listed = self._in(self._link_s), "", dict[str, str]()
        while (record := self._record(until)) is not None:
            if record.kind == "LD":
                name = record.field("IF") + " " + record.field("V#")
            elif record.kind == "LR":
                listed[record.field("RI")] = record.field("FL")
            elif record.kind == "LA":
                break
        if record is None:
            raise DeviceError(Fault.MUTE, f"{self._link.name}: no answer to LS within {self._link_s:g} s")
        self._known = fias.field_names(listed.get("KR", ""))
        if not self._known >= NEEDED or "KA" not in listed:
            raise DeviceError(Fault.WRONG_DEVICE, f"{self._link.name}: the interface lists no key requests")
        self._send(fias.stamped("LA", self._clock.now()))
        return f"FIAS {name.strip()} at {self._link.name}"

    def close(self) -> None:
        link, self._link = self._link, None
        self._parser, self._waiting = fias.Parser(), []
        if link is not None:
            link.close()

    def arm(self, on: bool) -> None:
        """An encoder has no events."""

    def poll(self) -> Poll:
        """Keeps the link alive. An answer to an earlier request that comes now is nobody's any more."""
        self._send(fias.stamped("LS", self._clock.now()))
        until = self._in(self._link_s)
        while (record := self._record(until)) is not None:
            if record.kind == "LA":
                return Poll(LOOK_S)
        raise DeviceError(Fault.MUTE, f"{self._open_link().name}: no LA within {self._link_s:g} s")

    def cut(self, job_id: str, room: str, valid_from: datetime, valid_to: datetime, copy: bool = False) -> Outcome[Key]:
        reference = reference_of(job_id)
        now = self._clock.now()
        try:
            request = fias.pack(fias.ask_key(
                self._encoder, self._station, reference, room, valid_from, valid_to, copy, now, self._known
            ))  # fmt: skip
            self._waiting = []
            link = self._open_link()
            self._take(link.drain())
            link.send(request, self._in(self._link_s))
        except DeviceError as refused:
            return NotDone(refused.code, refused.detail)
        try:
            status = self._answer(reference)
        except DeviceError as lost:
            return Unknown(lost.code, lost.detail)
        if status == "OK":
            return Done(key_asked(room, valid_from, valid_to, copy, mark=""))
        ended = NotDone if status in fias.STATUSES and status not in fias.DOUBTFUL else Unknown
        return ended(fias.STATUSES.get(status, Fault.REFUSED), f"the lock system answered {status[:2]!r}")

    def read_back(self, job_id: str) -> Outcome[Key]:  # noqa: ARG002 - see the contract
        return Unknown(Fault.BAD_REQUEST, "this lock system cannot read a card back")

    def _answer(self, reference: str) -> str:
        """The status of the KA that belongs to a request; one without a reference can only be ours."""
        until = self._in(self._answer_s)
        while (record := self._record(until)) is not None:
            if record.kind == "KA" and record.field("G#") in ("", reference):
                return record.field("AS")
        raise DeviceError(Fault.MUTE, f"no KA within {self._answer_s:g} s")

    def _record(self, until: float) -> fias.Record | None:
        """The next record, keep-alives answered. None: none came in time. Raises DeviceError(out_of_service) at LE."""
        while True:
            while not self._waiting:
                data = self._open_link().read(until)
                if not data:
                    return None
                self._take(data)
            record = self._waiting.pop(0)
            if isinstance(record, fias.Spoilt):
                continue
            if record.kind == "LE":
                raise DeviceError(Fault.OUT_OF_SERVICE, "the lock system ended the link")
            if record.kind == "LS":
                self._send(fias.stamped("LA", self._clock.now()))
                continue
            return record

    def _take(self, data: bytes) -> None:
        self._waiting += self._parser.feed(data)

    def _send(self, record: fias.Record) -> None:
        self._open_link().send(fias.pack(record), self._in(self._link_s))

    def _open_link(self) -> Link:
        if self._link is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        return self._link

    def _in(self, seconds: float) -> float:
        return self._clock.monotonic() + seconds


def reference_of(job_id: str) -> str:
    """What a request carries as its reservation number, so that a late answer is told from another's: nine digits."""
    return f"{int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:8], 'big') % 10**9:09d}"


def make(options: Options, clock: Clock, emit: Emit) -> FiasEncoder:  # noqa: ARG001 - every factory takes the same three
    """Options: port (host[:5010]), encoder (KC), station (WS), link_s (how long the link's own answers may take),
    answer_s (how long a cut may wait for a card)."""
    port = options.text("port")
    split_address(port, PORT)
    return FiasEncoder(
        lambda: open_tcp(port, PORT, 3.0, clock), clock, options.text("encoder", "1"), options.text("station", "1"),
        options.seconds("link_s", 5.0, 0.05, 30.0), options.seconds("answer_s", 30.0, 0.05, 120.0),
    )  # fmt: skip
