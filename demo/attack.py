"""Rubbish on the wire, sent by somebody who has a terminal's certificate or the worker's: what must be refused."""

from __future__ import annotations

import queue
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from demo.broker import HOST
from demo.ca import Ca, Credentials
from demo.clock import SystemClock
from demo.hotel import PROPERTY, TERMINAL, Hotel
from mqtt.link import Endpoint, Link, Message
from mqtt.messages import wire
from mqtt.messages.envelope import Answer
from mqtt.timing import stamp
from mqtt.topics import SHARED_REQUESTS, Terminal

ID = "01900000-0000-7000-8000-0000000000aa"
JOURNAL = "01900000-0000-7000-8000-0000000000bb"
WAIT_S = 5.0


class Attacker:
    """Speaks as outside terminal t01, or as a worker of central, over the hotel's own broker."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel

    def send(self, what: str) -> str:
        """Do `what`; answers what was wrong with how it was taken, empty if it was taken as it must be."""
        attacks: dict[str, Callable[[], str]] = {
            "malformed": lambda: self._to_central(b'{"v":1,"id":"%s","kind":"booking.find"' % ID.encode(), "malformed"),
            "oversized": lambda: self._to_central(_padded(70_000), "malformed"),
            "deep": lambda: self._to_central(_deep(), "malformed"),
            "repeated-key": lambda: self._to_central(_request(b'{"token":"x","token":"y"}'), "malformed"),
            "foreign-version": lambda: self._to_central(_request(b'{"medium":"code","token":"x"}', v=9), "unsupported"),
            "forged-answer": self._forged_answer,
            "foreign-topic": self._foreign_topic,
            "forged-configuration": self._forged_configuration,
        }
        return attacks[what]()

    def _to_central(self, payload: bytes, code: str) -> str:
        me = Terminal(PROPERTY, "t01")
        with _Ear(self._hotel, f"{PROPERTY}/t01", (me.topic("rsp"),)) as ear:
            ear.link.publish(me.request("booking.find"), payload, correlation=ID.encode())
            heard = ear.next()
        if heard is None:
            return "nobody answered"
        answer = wire.decode(heard.payload, Answer)
        return "" if answer.code == code else f"answered {answer.outcome} {answer.code}"

    def _forged_answer(self) -> str:
        """Answers that a terminal must ignore: torn, deep, of another id. As a worker, who may write there."""
        victim = Terminal(PROPERTY, TERMINAL).topic("rsp")
        with _Ear(self._hotel, "central/w2", ()) as ear:
            for payload in (b"{", b"[" * 100, _request(b"{}"), b'{"v":1,"id":"%s","outcome":"ok"}' % ID.encode()):
                ear.link.publish(victim, payload, correlation=ID.encode())
        return ""

    def _foreign_topic(self) -> str:
        """A terminal that asks in another's name gets nothing; one that would listen to it is not let in."""
        me, other = Terminal(PROPERTY, "t01"), Terminal(PROPERTY, TERMINAL)
        with _Ear(self._hotel, me.scope, (me.topic("rsp"),)) as ear:
            ear.link.publish(other.request("booking.find"), _request(b'{"medium":"code","token":"x"}'))
            if ear.next(1.0) is not None:
                return "it was answered in another's name"
        if _Ear(self._hotel, me.scope, (other.topic("rsp"),)).is_let_in():
            return "it may listen to somebody else's answers"
        return "it may join central's workers" if _Ear(self._hotel, me.scope, (SHARED_REQUESTS,)).is_let_in() else ""

    def _forged_configuration(self) -> str:
        """Signed by nobody we know."""
        victim = Terminal(PROPERTY, TERMINAL).topic("config/desired")
        signed = b'{"kid":"config","payload":"e30=","sig":"' + b"A" * 86 + b'=="}'
        with _Ear(self._hotel, "central/w2", ()) as ear:
            ear.link.publish(victim, signed)
        return ""


class _Ear:
    """A link of one's own for a moment."""

    def __init__(self, hotel: Hotel, name: str, reads: tuple[str, ...]) -> None:
        files = Ca(hotel.directory / "certs", lambda: datetime.now(UTC)).client(name)
        self._heard: queue.Queue[Message] = queue.Queue()
        self._up: queue.Queue[None] = queue.Queue()
        self.link = Link(
            _endpoint(hotel, files), name, SystemClock(), subscriptions=reads, on_message=self._heard.put,
            on_up=lambda: self._up.put(None), on_down=lambda _: None,
        )  # fmt: skip

    def __enter__(self) -> _Ear:
        self.link.start()
        self._up.get(timeout=WAIT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.link.stop()

    def is_let_in(self) -> bool:
        """Does the broker grant what it would read?"""
        self.link.start()
        try:
            self._up.get(timeout=1.0)
        except queue.Empty:
            return False
        finally:
            self.link.stop()
        return True

    def next(self, seconds: float = WAIT_S) -> Message | None:
        try:
            return self._heard.get(timeout=seconds)
        except queue.Empty:
            return None


def _endpoint(hotel: Hotel, files: Credentials) -> Endpoint:
    return Endpoint(HOST, hotel.broker.port, files.ca, files.cert, files.key)


def _request(body: bytes, v: int = 1) -> bytes:
    head = {
        "v": v, "id": ID, "kind": "booking.find", "at": stamp(datetime.now(UTC)), "boot": JOURNAL, "role": "lobby",
        "store": "lobby", "body": msgspec.Raw(body),
    }  # fmt: skip
    return msgspec.json.encode(head)


def _padded(size: int) -> bytes:
    return _request(b'{"medium":"code","token":"x","pad":"' + b"x" * size + b'"}')


def _deep() -> bytes:
    return _request(b'{"medium":"code","token":"x","pad":' + b"[" * 40 + b"]" * 40 + b"}")
