"""The till over a real link, a real mosquitto, a real journal thread; central is the model."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from demo.broker import HOST, Broker
from demo.ca import Ca
from kiosk.journal import open_journal
from kiosk.keyfile import load
from kiosk.till import Till
from mqtt.heartbeat import LinkState
from mqtt.link import Backoff, Endpoint, Link, Message
from mqtt.messages import wire
from mqtt.messages.hold import HOLD_AUTHORISE, HOLD_CAPTURE, HoldAuthorise, HoldCapture
from mqtt.messages.outcome import Outcome, Reply, Unknown
from mqtt.requests import Letterhead
from mqtt.timing import stamp
from mqtt.topics import SHARED_REQUESTS, Terminal, sender
from tests.mqtt.conftest import PATIENCE_S, Heard, SystemClock
from tests.till.house import VISIT
from tests.till.model_central import Central

pytestmark = pytest.mark.broker
K1 = Terminal("lakeside", "lobby-1")


class BookClock(SystemClock):
    """The model's idea of now."""

    @property
    def now(self) -> float:
        return self.monotonic()


class Worker(Heard):
    """The model central behind a link of its own."""

    def __init__(self, *args: object, **how: object) -> None:
        super().__init__(*args, **how)  # type: ignore[arg-type]
        self.central = Central(BookClock())  # type: ignore[arg-type]

    def _message(self, message: Message) -> None:
        found = sender(message.topic)
        assert found is not None
        terminal, leaf = found
        if leaf == "hb":
            self.link.publish(terminal.topic("hb/ack"), wire.encode(self.central.heartbeat(message.payload)))
        else:
            answer = wire.encode(self.central.answer(message.payload))
            self.link.publish(terminal.topic("rsp"), answer, correlation=message.correlation)
        super()._message(message)


class Front:
    """One terminal's till with its link."""

    def __init__(self, directory: Path, broker: Broker, ca: Ca) -> None:
        numbers, clock = itertools.count(1), SystemClock()
        self.ids: Callable[[], str] = lambda: f"01900000-0000-7000-8000-{next(numbers):012x}"
        self.changed = asyncio.Condition()
        self.journal = open_journal(
            directory / "journal.db", load(directory / "key", os.urandom), ids=self.ids, at=stamp(clock.wall()))
        self.till = Till(
            K1, self.journal, clock, ids=self.ids, chance=random.Random(1).random,
            letterhead=Letterhead("lobby", "front", self.ids(), clock), on_other=lambda message: None,
            on_link=lambda state: None, on_up=lambda: None)  # fmt: skip
        files = ca.client(K1.scope)
        self.link = Link(
            Endpoint(HOST, broker.port, files.ca, files.cert, files.key), K1.scope, clock, subscriptions=K1.reads,
            on_message=self.till.heard, on_up=self.till.link_up, on_down=self.till.link_down, session=True,
            backoff=Backoff(0.05, 0.2))  # fmt: skip

    async def start(self) -> Front:
        await self.till.recover()
        self.till.start(self.link)
        self.link.start()
        await self.until(lambda: self.till.pulse.state is LinkState.ONLINE)
        return self

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await asyncio.sleep(0.005)

    async def stop(self) -> None:
        await self.till.stop()
        await asyncio.get_running_loop().run_in_executor(None, self.link.stop)
        self.journal.close()

    async def authorise(self) -> Outcome[object]:
        body = HoldAuthorise(member="m_1", amount=100, purpose="deposit", ttl_s=600)
        return await self.till.request(HOLD_AUTHORISE, body, visit=VISIT, on_phase=lambda phase: None)

    async def capture(self, hold: str) -> Outcome[object]:
        body = HoldCapture(hold=hold, amount=100, final=True, tenders=(), delivered_at="2025-05-01T14:00:00.000Z")
        return await self.till.delivered(hold, HOLD_CAPTURE, body, b"slip")


@pytest.fixture
def worker(broker: Broker, ca: Ca) -> object:
    worker = Worker(broker, ca.client("central/w1"), "central/w1", reads=(SHARED_REQUESTS, "yk/v1/+/+/hb")).start()
    yield worker
    worker.link.stop()


@pytest.fixture
async def front(tmp_path: Path, broker: Broker, ca: Ca, worker: Worker) -> AsyncIterator[Front]:
    front = await Front(tmp_path, broker, ca).start()
    yield front
    await front.stop()


async def test_held_handed_over_captured(front: Front, worker: Worker) -> None:
    hold = await front.authorise()
    assert isinstance(hold, Reply)
    assert await front.till.fulfilling(hold.id)
    assert isinstance(await front.capture(hold.id), Reply)
    assert worker.central.holds[hold.id].captured == 100
    assert front.till.facts().outbox == 0


async def test_the_brokers_state_may_be_wiped_at_any_moment(front: Front, worker: Worker, broker: Broker) -> None:
    hold = await front.authorise()
    assert isinstance(hold, Reply)
    await front.till.fulfilling(hold.id)
    broker.kill()
    await front.until(lambda: not front.link.up)
    captured = asyncio.ensure_future(front.capture(hold.id))
    broker.wipe_state()
    broker.start()
    await captured
    await front.until(lambda: front.till.facts().outbox == 0)
    assert worker.central.holds[hold.id].captured == 100
    assert worker.central.alarms == []


async def test_central_absent_is_told_with_the_repeat(front: Front, worker: Worker) -> None:
    worker.link.stop()
    outcome = await front.authorise()
    assert isinstance(outcome, Unknown)
    assert outcome.absent
    assert front.till.facts().outbox == 1
