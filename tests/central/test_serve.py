"""The serving process behind a real broker: answers, heartbeat, configuration, a forgetful broker, the end."""

from __future__ import annotations

import base64
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.broker import HOST, Broker, free_port
from demo.ca import Ca
from mqtt.link import Endpoint, Link, Message
from mqtt.messages import wire
from mqtt.messages.envelope import Answer
from mqtt.messages.fleet import Configuration, Signed
from mqtt.messages.link import HeartbeatAck
from mqtt.topics import SHARED_REQUESTS, Terminal
from tests.mqtt.bare import Bare

pytestmark = pytest.mark.broker
K01 = Terminal("yunqi", "k01")
ID = "01a20000-0000-7000-8000-000000000001"
JOURNAL = "01a20000-0000-7000-8000-0000000000aa"
PATIENCE_S = 30


class WallClock:
    def wall(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def central(data: Path, *words: str) -> str:
    command = [sys.executable, "-m", "central", *words, "--data", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@contextmanager
def serving(data: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "central", "serve", "--data", str(data)], stdout=subprocess.PIPE, text=True,
        stderr=(data / "serve.log").open("w"),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "central is serving\n", (data / "serve.log").read_text()
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


class Ear:
    """A terminal's link that keeps what it hears."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.heard: queue.Queue[Message] = queue.Queue()
        self.ups: queue.Queue[bool] = queue.Queue()
        self.link = Link(
            endpoint, "yunqi/k01", WallClock(), subscriptions=K01.reads, on_message=self.heard.put,
            on_up=lambda: self.ups.put(True), on_down=lambda why: None, will=None, session=False,
        )  # fmt: skip
        self.link.start()
        self.ups.get(timeout=PATIENCE_S)

    def await_on(self, leaf: str) -> Message:
        while True:
            message = self.heard.get(timeout=PATIENCE_S)
            if message.topic == K01.topic(leaf):
                return message


def test_a_process_serves_a_terminal(tmp_path: Path) -> None:
    ca = Ca(tmp_path / "ca", lambda: datetime.now(UTC))
    broker = Broker(tmp_path / "broker", free_port(), ca.server(HOST, "localhost"))
    worker, mine = ca.client("central/w1"), ca.client("yunqi/k01")
    data = tmp_path / "central"
    data.mkdir()
    (data / "central.toml").write_text(
        f'test_mode = true\n[broker]\nhost = "{HOST}"\nport = {broker.port}\n'
        f'ca = "{worker.ca}"\ncert = "{worker.cert}"\nkey = "{worker.key}"\n'
    )
    central(data, "furnish")
    broker.start()
    try:
        with serving(data) as process:
            ear = Ear(Endpoint(HOST, broker.port, mine.ca, mine.cert, mine.key))
            first = _configuration(ear.await_on("config/desired"))
            assert (first.version, first.scope, first.settings) == (1, "yunqi/k01", {})
            _asks(ear)
            _beats(ear)
            for stays in (True, False):
                thief = Bare(broker, ca, "yunqi/t01", session=True)
                assert thief.may_hear((SHARED_REQUESTS,)) == []
                if not stays:
                    thief.leave()
                for _ in range(20):
                    _asks(ear)
                thief.leave()
            central(data, "fleet", "set", "yunqi/k01", "lobby.attended=true")
            second = _configuration(ear.await_on("config/desired"))
            assert (second.version, second.settings) == (2, {"lobby.attended": True})
            broker.kill()
            broker.wipe_state()
            broker.start()
            assert _configuration(ear.await_on("config/desired")) == second
            _asks(ear)
            ear.link.stop()
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
    finally:
        broker.stop()


def _configuration(message: Message) -> Configuration:
    return wire.decode(base64.b64decode(wire.decode(message.payload, Signed).payload), Configuration)


def _asks(ear: Ear) -> None:
    payload = (
        f'{{"v":1,"id":"{ID}","kind":"op.ask","at":"2026-11-24T06:30:00.000Z","boot":"{JOURNAL}","role":"lobby",'
        f'"store":"lobby","body":{{"of":"{ID}"}}}}'
    )
    assert ear.link.publish(K01.request("op.ask"), payload.encode(), correlation=ID.encode())
    said = ear.await_on("rsp")
    assert said.correlation == ID.encode()
    answer = wire.decode(said.payload, Answer)
    assert (answer.id, answer.outcome, bytes(answer.body)) == (ID, "ok", b'{"state":"unseen"}')


def _beats(ear: Ear) -> None:
    beat = f'{{"journal":"{JOURNAL}","seq":3,"outbox":0,"oldest_s":0,"skipped":[2]}}'
    assert ear.link.publish(K01.topic("hb"), beat.encode())
    ack = wire.decode(ear.await_on("hb/ack").payload, HeartbeatAck)
    assert (ack.gaps, ack.durable_seq, ack.quarantined) == (((1, 1), (3, 3)), 0, False)
