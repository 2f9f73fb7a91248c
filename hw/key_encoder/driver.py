"""The STX/ETX/LRC key encoder, over TCP or a serial line.

One request at a time: send, wait for ACK, wait for the answer. A NAK means that nothing was taken; the request is
sent again, three times at most. Once a cut has been acknowledged it is never sent again: a missing answer is
settled by reading the card back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hw.device import Clock, DeviceError, Done, Emit, Fault, HealthState, NotDone, Outcome, Poll, Unknown
from hw.key_encoder import wire
from hw.key_encoder.contract import Key
from hw.link import Link, open_serial, open_tcp, split_address
from hw.options import Options

TRIES = 3
LOOK_S = 15.0


class SaltoEncoder:
    """hw.key_encoder.contract.KeyEncoder over a Link.

    `answer_s` is how long a cut may wait for a card and the lock system together, `read_s` the same for a
    read-back. `captive`: the card cannot be reached while it is being written (a dispenser), so the card read back
    is the one written.
    """

    def __init__(
        self,
        connect: Callable[[], Link],
        encoder: str,
        clock: Clock,
        *,
        captive: bool,
        ack_s: float,
        answer_s: float,
        read_s: float,
    ) -> None:
        self._connect, self._encoder, self._clock, self._captive = connect, encoder, clock, captive
        self._ack_s, self._answer_s, self._read_s = ack_s, answer_s, read_s
        self._link: Link | None = None
        self._parser = wire.Parser()
        self._waiting: list[wire.Token] = []

    def open(self) -> str:
        self.close()
        self._link = self._connect()
        self._enquire()
        return f"Salto {self._encoder} at {self._link.name}"

    def close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def arm(self, on: bool) -> None:
        """An encoder has no events."""

    def poll(self) -> Poll:
        try:
            self._enquire()
        except DeviceError as trouble:
            if trouble.code is not Fault.BUSY:
                raise
            return Poll(LOOK_S, HealthState.DEGRADED, trouble.code, trouble.detail)
        return Poll(LOOK_S)

    def cut(self, job_id: str, room: str, valid_from: datetime, valid_to: datetime, copy: bool = False) -> Outcome[Key]:
        mark = wire.mark_of(job_id)
        try:
            fields = wire.ask_cut(self._encoder, room, valid_from, valid_to, copy, mark)
            request = wire.pack(fields)
            self._await_ready()
            self._begin(request)
        except DeviceError as refused:
            return NotDone(refused.code, refused.detail)
        try:
            self._acknowledged(request)
            answer = self._answer(self._answer_s)
        except _NotTaken as refused:
            return NotDone(refused.code, refused.detail)
        except DeviceError as lost:
            return self._settle(job_id, lost)
        said = answer.field(0)
        if said in wire.ERRORS and said not in wire.DOUBTFUL:
            return NotDone(wire.ERRORS[said], f"the lock system answered {said}")
        if said != fields[0]:
            code = wire.ERRORS.get(said, Fault.GARBLED)
            return self._settle(job_id, DeviceError(code, f"the lock system answered {said[:8]!r}"))
        return Done(wire.key_asked(room, valid_from, valid_to, copy, mark))

    def read_back(self, job_id: str) -> Outcome[Key]:
        try:
            self._reconnect()
            request = wire.pack(wire.ask_read(self._encoder))
            self._begin(request)
            self._acknowledged(request)
            answer = self._answer(self._read_s)
            while answer.field(0) in ("CN", "CC"):  # the answer to an earlier cut, come late
                answer = self._answer(self._read_s)
            said = answer.field(0)
            if said != "LT":
                raise DeviceError(wire.ERRORS.get(said, Fault.GARBLED), f"the lock system answered {said[:8]!r}")
            key = wire.key_of(answer)
        except DeviceError as trouble:
            told = trouble.code in (Fault.OTHER_KEY, Fault.NO_CARD)
            return NotDone(trouble.code, trouble.detail) if told else Unknown(trouble.code, trouble.detail)
        if key.mark != wire.mark_of(job_id):
            return NotDone(Fault.OTHER_KEY, "the card on the encoder was cut by another job")
        return Done(key)

    def _settle(self, job_id: str, lost: DeviceError) -> Outcome[Key]:
        """A cut was taken and its answer lost: the card itself says what happened.

        Another card on the encoder proves that ours was not cut only where nobody can have swapped it.
        """
        read = self.read_back(job_id)
        if isinstance(read, Done):
            return read
        if self._captive and read.code is Fault.OTHER_KEY:
            return NotDone(lost.code, f"{lost.detail}; the card on the encoder was not written")
        return Unknown(lost.code, f"{lost.detail}; read-back: {read.code}")

    def _enquire(self) -> None:
        """Is the lock system ready? Raises DeviceError(mute | busy | wrong_device)."""
        link = self._open_link()
        stale = link.drain()
        self._parser, self._waiting = wire.Parser(), []
        link.send(bytes([wire.ENQ]), self._in(self._ack_s))
        token = self._token(self._in(self._ack_s))
        if token == wire.NAK:
            raise DeviceError(Fault.BUSY, f"{link.name}: the lock system is not ready")
        if token != wire.ACK:
            detail = "something else answers" if token is not None or stale else "no answer to ENQ"
            raise DeviceError(Fault.WRONG_DEVICE if token is not None else Fault.MUTE, f"{link.name}: {detail}")

    def _reconnect(self) -> None:
        """Before a read-back: a connection that lost an answer may be dead, or may still bring the old one."""
        if self._link is None:
            self._link = self._connect()
            return
        try:
            self._enquire()
        except DeviceError:
            self.close()
            self._link = self._connect()

    def _begin(self, request: bytes) -> None:
        """Put the request on the wire. Raises DeviceError where not even its last byte can have arrived."""
        link = self._open_link()
        link.drain()
        self._parser, self._waiting = wire.Parser(), []
        link.send(request, self._in(self._ack_s))

    def _acknowledged(self, request: bytes) -> None:
        """Wait for ACK. NAK: nothing was taken; after ENQ is answered, send again. Raises _NotTaken, or DeviceError
        in doubt."""
        for again in range(1, TRIES + 1):
            token = self._token(self._in(self._ack_s))
            if token == wire.ACK:
                return
            if isinstance(token, wire.Message):  # the ACK was lost on the way, its answer was not
                self._waiting.insert(0, token)
                return
            if token is None:
                raise DeviceError(Fault.MUTE, "no ACK")
            if token != wire.NAK:
                raise DeviceError(Fault.GARBLED, "neither ACK nor NAK")
            if again < TRIES:
                try:
                    self._await_ready()
                    self._begin(request)
                except DeviceError as trouble:
                    raise _NotTaken(trouble.code, trouble.detail) from trouble
        raise _NotTaken(Fault.REFUSED, f"not acknowledged in {TRIES} tries")

    def _await_ready(self) -> None:
        """ENQ until ACK, three times, 0.2 s apart. Raises DeviceError."""
        for left in reversed(range(TRIES)):
            try:
                self._enquire()
                return
            except DeviceError as trouble:
                if trouble.code is not Fault.BUSY or not left:
                    raise
                self._open_link().read(self._in(0.2))

    def _answer(self, within_s: float) -> wire.Message:
        until = self._in(within_s)
        while True:
            token = self._token(until)
            if isinstance(token, wire.Message):
                return token
            if isinstance(token, wire.Spoilt):
                raise DeviceError(Fault.GARBLED, "the answer's LRC is wrong")
            if token is None:
                raise DeviceError(Fault.MUTE, f"no answer within {within_s:g} s")

    def _token(self, until: float) -> wire.Token | None:
        while not self._waiting:
            data = self._open_link().read(until)
            if not data:
                return None
            self._waiting += self._parser.feed(data)
        return self._waiting.pop(0)

    def _open_link(self) -> Link:
        if self._link is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        return self._link

    def _in(self, seconds: float) -> float:
        return self._clock.monotonic() + seconds


class _NotTaken(DeviceError):
    """The encoder said that it took nothing."""


def make(options: Options, clock: Clock, emit: Emit) -> SaltoEncoder:  # noqa: ARG001 - every factory takes the same three
    """Options: port (host[:8090], or a serial device's path), baud, encoder (its name in the lock system), captive
    (no | yes), ack_s, answer_s, read_s."""
    port = options.text("port")
    baud = options.whole("baud", 9600, 1200, 115200)
    if not port.startswith("/"):
        split_address(port, 8090)

    def connect() -> Link:
        return open_serial(port, baud, clock) if port.startswith("/") else open_tcp(port, 8090, 3.0, clock)

    return SaltoEncoder(
        connect,
        options.text("encoder", "1"),
        clock,
        captive=options.choice("captive", "no", ("no", "yes")) == "yes",
        ack_s=options.seconds("ack_s", 2.0, 0.05, 30.0),
        answer_s=options.seconds("answer_s", 30.0, 0.05, 120.0),
        read_s=options.seconds("read_s", 10.0, 0.05, 60.0),
    )
