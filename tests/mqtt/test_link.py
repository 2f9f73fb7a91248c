"""The link over a real mosquitto: what it promises while brokers die, callbacks fail and names are taken."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTErrorCode

from demo.broker import HOST, Broker, BrokerFailed
from demo.ca import Ca
from mqtt.link import FAILURE, NOBODY, Backoff, Endpoint, Link, Message, Publication
from mqtt.topics import SHARED_REQUESTS, Terminal
from tests.mqtt.conftest import PATIENCE_S, Heard, SystemClock

pytestmark = pytest.mark.broker
Hear = Callable[..., Heard]
K1 = Terminal("lakeside", "lobby-1")
HEARTBEATS = "yk/v1/+/+/hb"


def test_a_request_and_its_answer_cross_with_the_id_that_joins_them(hear: Hear) -> None:
    worker = hear("central/w1", (SHARED_REQUESTS,)).start()
    terminal = hear(K1.scope, K1.reads, session=True).start()
    assert terminal.publish(K1.request("op.ask"), b"{}", correlation=b"id-1") == 0
    worker.until(lambda: worker.messages == [Message(K1.request("op.ask"), b"{}", b"id-1")])
    worker.publish(K1.topic("rsp"), b"[1]", correlation=b"id-1")
    terminal.until(lambda: terminal.messages == [Message(K1.topic("rsp"), b"[1]", b"id-1")])


def test_each_request_goes_to_one_worker(hear: Hear) -> None:
    workers = [hear(f"central/{name}", (SHARED_REQUESTS, HEARTBEATS)).start() for name in ("w1", "w2")]
    terminal = hear(K1.scope).start()
    sent = [str(n).encode() for n in range(6)]
    for payload in sent:
        terminal.publish(K1.request("op.ask"), payload)
    terminal.publish(K1.topic("hb"), b"last")
    for worker in workers:
        worker.until(lambda worker=worker: b"last" in worker.payloads)
    assert sorted(p for worker in workers for p in worker.payloads if p != b"last") == sent


def test_nobody_there_to_hear_is_told_by_the_acknowledgement(hear: Hear) -> None:
    terminal = hear(K1.scope).start()
    assert terminal.publish(K1.request("op.ask"), b"{}") == NOBODY


def test_a_topic_that_is_not_ones_own_is_refused(hear: Hear) -> None:
    terminal = hear(K1.scope).start()
    assert terminal.publish("yk/v1/lakeside/lobby-2/req/op.ask", b"{}") >= FAILURE


def test_down_says_why_and_it_comes_back_subscribed(hear: Hear, broker: Broker) -> None:
    worker = hear("central/w1", (SHARED_REQUESTS,)).start()
    terminal = hear(K1.scope, K1.reads, session=True).start()
    broker.kill()
    for heard in (worker, terminal):
        heard.until(lambda heard=heard: len(heard.downs) == 1)
        assert heard.downs[0]
        assert not heard.link.up
    assert terminal.link.publish(K1.request("op.ask"), b"while away") is False
    broker.wipe_state()
    broker.start()
    for heard in (worker, terminal):
        heard.until(lambda heard=heard: heard.ups == 2)
    assert terminal.publish(K1.request("op.ask"), b"after") == 0
    worker.until(lambda: worker.payloads == [b"after"])
    worker.publish(K1.topic("rsp"), b"answer")
    terminal.until(lambda: terminal.payloads == [b"answer"])


def test_an_acknowledgement_is_not_an_answer(hear: Hear, broker: Broker) -> None:
    """The broker takes a message for a worker that is away, dies, and never heard of it: only central closes a row."""
    worker = hear("central/w1", (HEARTBEATS,), session=True).start()
    worker.link.stop()
    terminal = hear(K1.scope).start()
    assert terminal.publish(K1.topic("hb"), b"acknowledged") == 0
    broker.kill()
    broker.start()
    again = hear("central/w1", (HEARTBEATS,), session=True).start()
    terminal.until(lambda: terminal.ups == 2)
    terminal.publish(K1.topic("hb"), b"marker")
    again.until(lambda: b"marker" in again.payloads)
    assert again.payloads == [b"marker"]


def test_a_session_keeps_what_came_while_one_was_away(hear: Hear) -> None:
    first = hear(K1.scope, K1.reads, session=True).start()
    first.link.stop()
    worker = hear("central/w1").start()
    assert worker.publish(K1.topic("event"), b"kept") == 0
    second = hear(K1.scope, K1.reads, session=True).start()
    second.until(lambda: second.payloads == [b"kept"])


def test_without_a_session_nothing_is_kept(hear: Hear) -> None:
    hear("central/w1", (HEARTBEATS,)).start().link.stop()
    terminal = hear(K1.scope).start()
    assert terminal.publish(K1.topic("hb"), b"{}") == NOBODY


def test_the_will_is_said_at_a_loss_and_at_an_orderly_stop(hear: Hear) -> None:
    watcher = hear("central/w1", ("yk/v1/+/+/state",)).start()
    for _ in range(2):
        terminal = hear(K1.scope, will=Publication(K1.topic("state"), b"offline", retain=True)).start()
        terminal.publish(K1.topic("state"), b"online", retain=True)
        terminal.link.stop()
    watcher.until(lambda: watcher.payloads == [b"online", b"offline"] * 2)


def test_the_second_with_one_name_takes_the_session_over(hear: Hear) -> None:
    first = hear(K1.scope, K1.reads, session=True).start()
    second = hear(K1.scope, K1.reads, session=True).start()
    first.until(lambda: len(first.downs) == 1)
    assert second.ups == 1


def test_a_callback_that_raises_is_counted_and_survived(ca: Ca, broker: Broker, hear: Hear) -> None:
    seen: list[bytes] = []
    changed = threading.Condition()

    def faulty(message: Message) -> None:
        with changed:
            seen.append(message.payload)
            changed.notify_all()
        raise ZeroDivisionError

    files = ca.client(K1.scope)
    link = Link(
        Endpoint(HOST, broker.port, files.ca, files.cert, files.key), K1.scope, SystemClock(),
        subscriptions=K1.reads, on_message=faulty, on_up=lambda: None, on_down=lambda reason: None)  # fmt: skip
    link.start()
    worker = hear("central/w1").start()
    try:
        for payload in (b"1", b"2"):
            while worker.publish(K1.topic("rsp"), payload) == NOBODY:
                pass
            with changed:
                assert changed.wait_for(lambda payload=payload: payload in seen, PATIENCE_S)
        assert link.up
        assert link.faults >= 1
    finally:
        link.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_network_thread_is_noticed_and_replaced(hear: Hear) -> None:
    """paho goes on saying that it is connected; the supervisor looks at the thread."""
    terminal = hear(K1.scope, K1.reads).start()
    connection = terminal.link._connection
    assert connection is not None

    def die() -> None:
        raise SystemExit

    connection._client.loop_misc = die
    terminal.until(lambda: terminal.ups == 2)
    assert terminal.downs == ["its thread died"]


def test_no_delay_on_the_socket(hear: Hear) -> None:
    terminal = hear(K1.scope).start()
    assert terminal.link._connection is not None
    sock = terminal.link._connection._client.socket()
    assert isinstance(sock, socket.socket)
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_stranger_without_our_certificate_never_comes_up(broker: Broker, tmp_path: Path, ca: Ca) -> None:
    stranger = Ca(tmp_path / "other", SystemClock().wall).client(K1.scope)
    endpoint = Endpoint(HOST, broker.port, ca.cert, stranger.cert, stranger.key)
    attempts = threading.Semaphore(0)

    class Counted(Backoff):
        def wait_s(self, name: str, attempt: int) -> float:
            attempts.release()
            return 0.01

    ups: list[bool] = []
    link = Link(
        endpoint, K1.scope, SystemClock(), subscriptions=K1.reads, on_message=lambda m: None,
        on_up=lambda: ups.append(True), on_down=lambda reason: None, backoff=Counted())  # fmt: skip
    link.start()
    for _ in range(3):
        assert attempts.acquire(timeout=PATIENCE_S)
    link.stop()
    assert not ups
    assert not link.up


def test_a_wrong_file_does_not_end_the_supervisor(broker: Broker, tmp_path: Path, hear: Hear, ca: Ca) -> None:
    """Certificates may come later than the program: it keeps trying."""
    files = ca.client(K1.scope)
    late = tmp_path / "late.crt"
    ups = threading.Event()
    link = Link(
        Endpoint(HOST, broker.port, files.ca, late, files.key), K1.scope, SystemClock(), subscriptions=(),
        on_message=lambda m: None, on_up=ups.set, on_down=lambda reason: None, backoff=Backoff(0.01, 0.02))  # fmt: skip
    link.start()
    late.write_bytes(files.cert.read_bytes())
    assert ups.wait(PATIENCE_S)
    link.stop()


def test_waits_double_are_bounded_and_differ_between_terminals() -> None:
    backoff = Backoff(1.0, 60.0)
    for attempt in range(30):
        assert 0.25 * min(60.0, 2**attempt) <= backoff.wait_s("a", attempt) <= 1.25 * min(60.0, 2**attempt)
    assert len({round(backoff.wait_s(f"t{n}", 0), 3) for n in range(100)}) > 80


def test_a_connection_that_falls_silent_is_replaced(hear: Hear) -> None:
    """A thread that lives and does nothing, as after a callback that never returned."""
    terminal = hear(K1.scope, K1.reads).start()
    connection = terminal.link._connection
    assert connection is not None
    connection._client.loop_misc = lambda: MQTTErrorCode.MQTT_ERR_SUCCESS
    for _ in range(80):
        connection.alive()
    assert terminal.downs == ["nothing was heard"]
    terminal.until(lambda: terminal.ups == 2)


def test_stop_does_not_wait_for_a_callback_that_never_returns(ca: Ca, broker: Broker, hear: Hear) -> None:
    inside, never = threading.Event(), threading.Event()

    def stuck(message: Message) -> None:
        inside.set()
        never.wait(PATIENCE_S)

    files = ca.client(K1.scope)
    link = Link(
        Endpoint(HOST, broker.port, files.ca, files.cert, files.key), K1.scope, SystemClock(),
        subscriptions=K1.reads, on_message=stuck, on_up=lambda: None, on_down=lambda reason: None)  # fmt: skip
    link.start()
    worker = hear("central/w1").start()
    while worker.publish(K1.topic("rsp"), b"{}") == NOBODY:
        pass
    assert inside.wait(PATIENCE_S)
    link.stop(0.2)
    assert not link.up
    assert not never.is_set()
    never.set()


@pytest.mark.parametrize("tls", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_certificates_pass_the_strictest_check(broker: Broker, ca: Ca, tls: ssl.TLSVersion) -> None:
    """Python 3.13 asks for critical basic constraints and key identifiers by default."""
    files = ca.client(K1.scope)
    context = ssl.create_default_context(cafile=str(files.ca))
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    context.minimum_version = context.maximum_version = tls
    context.load_cert_chain(files.cert, files.key)
    plain = socket.create_connection((HOST, broker.port))
    with context.wrap_socket(plain, server_hostname=HOST) as sock:
        assert sock.version() == tls.name.replace("v1_", "v1.")


def test_certificates_are_used_again_while_they_are_good(tmp_path: Path) -> None:
    clock = SystemClock()
    first = Ca(tmp_path, clock.wall).client(K1.scope)
    before = first.cert.read_bytes()
    assert Ca(tmp_path, clock.wall).client(K1.scope).cert.read_bytes() == before
    assert first.key.stat().st_mode & 0o777 == 0o600
    later = Ca(tmp_path, lambda: clock.wall() + timedelta(days=365)).client(K1.scope)
    assert later.cert.read_bytes() != before


def test_a_second_start_on_a_taken_port_is_named(broker: Broker, ca: Ca, tmp_path: Path) -> None:
    other = Broker(tmp_path / "other", broker.port, ca.server(HOST))
    with pytest.raises(BrokerFailed, match="taken"):
        other.start()
