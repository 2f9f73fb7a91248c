"""A real mosquitto with real certificates, and a link that remembers what it heard."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.broker import HOST, Broker, free_port
from demo.ca import Ca, Credentials
from mqtt.link import Backoff, Endpoint, Link, Message, Publication

PATIENCE_S = 20.0


class SystemClock:
    def wall(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Heard:
    """A link with a memory. Waits are for conditions; only a test that would fail waits long."""

    def __init__(
        self,
        broker: Broker,
        files: Credentials,
        name: str,
        *,
        reads: tuple[str, ...] = (),
        will: Publication | None = None,
        session: bool = False,
    ) -> None:
        self.messages: list[Message] = []
        self.ups = 0
        self.downs: list[str] = []
        self.acks: list[int] = []
        self._changed = threading.Condition()
        endpoint = Endpoint(HOST, broker.port, files.ca, files.cert, files.key)
        self.link = Link(
            endpoint, name, SystemClock(), subscriptions=reads, on_message=self._message, on_up=self._up,
            on_down=self._down, will=will, session=session, backoff=Backoff(0.05, 0.5))  # fmt: skip

    def until(self, holds: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, PATIENCE_S)

    def start(self) -> Heard:
        self.link.start()
        self.until(lambda: self.ups > 0)
        return self

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, correlation: bytes | None = None) -> int:
        """The reason code of its acknowledgement."""
        before = len(self.acks)
        assert self.link.publish(topic, payload, retain=retain, correlation=correlation, on_ack=self._ack)
        self.until(lambda: len(self.acks) > before)
        return self.acks[-1]

    @property
    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.messages]

    def _message(self, message: Message) -> None:
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    def _up(self) -> None:
        with self._changed:
            self.ups += 1
            self._changed.notify_all()

    def _down(self, reason: str) -> None:
        with self._changed:
            self.downs.append(reason)
            self._changed.notify_all()

    def _ack(self, code: int) -> None:
        with self._changed:
            self.acks.append(code)
            self._changed.notify_all()


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Ca:
    return Ca(tmp_path_factory.mktemp("ca"), lambda: datetime.now(UTC))


@pytest.fixture
def broker(ca: Ca, tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(
        tmp_path / "broker", free_port(), ca.server(HOST, "localhost"), workers=("w1", "w2"),
        terminals=("lakeside/lobby-1", "lakeside/lobby-2", "hillside/lobby-1"),
    )  # fmt: skip
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def hear(broker: Broker, ca: Ca) -> Iterator[Callable[..., Heard]]:
    """Makes a link for a common name; all are stopped at the end."""
    made: list[Heard] = []

    def make(name: str, reads: tuple[str, ...] = (), **how: object) -> Heard:
        made.append(Heard(broker, ca.client(name), name, reads=reads, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for heard in made:
        heard.link.stop()
