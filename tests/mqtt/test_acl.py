"""Who may say and hear what. Delivery is checked, not SUBACK: a foreign subscription is granted, and hears nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from demo.broker import TERMINAL_READS, TERMINAL_WRITES
from mqtt.link import FAILURE
from mqtt.topics import CENTRAL_STATE, Terminal
from tests.mqtt.conftest import Heard

pytestmark = pytest.mark.broker
Hear = Callable[..., Heard]
K1 = Terminal("lakeside", "lobby-1")
K2 = Terminal("lakeside", "lobby-2")
H1 = Terminal("hillside", "lobby-1")
CATALOG = "yk/v1/lakeside/catalog/menu"
EVERYTHING = ("#", "yk/v1/#", "yk/v1/lakeside/+/rsp", f"$share/central/{K2.topic('rsp')}", K2.topic("rsp"))


def test_a_terminal_hears_its_own_topics_and_nobody_elses(hear: Hear) -> None:
    spy = hear(K1.scope, (*EVERYTHING, CATALOG, CENTRAL_STATE)).start()
    worker = hear("central/w1").start()
    mine = [K1.topic(leaf) for leaf in TERMINAL_READS]
    foreign = [t.topic(leaf) for t in (K2, H1) for leaf in TERMINAL_READS]
    for topic in (*foreign, *mine, CATALOG, CENTRAL_STATE):
        assert worker.publish(topic, topic.encode()) < FAILURE
    spy.until(lambda: CENTRAL_STATE.encode() in spy.payloads)
    assert {message.topic for message in spy.messages} == {*mine, CATALOG, CENTRAL_STATE}


def test_a_terminal_writes_its_own_topics_and_nothing_else(hear: Hear) -> None:
    ear = hear("central/w1", ("yk/v1/+/+/" + leaf for leaf in TERMINAL_WRITES)).start()
    terminal = hear(K1.scope).start()
    leaves = [leaf.replace("#", "op.ask") for leaf in TERMINAL_WRITES]
    forbidden = [
        *(t.topic(leaf) for t in (K2, H1) for leaf in leaves),
        *(K1.topic(leaf) for leaf in TERMINAL_READS),
        CATALOG, CENTRAL_STATE, "yk/v1/central/w1/rsp", "$SYS/x", "elsewhere",
    ]  # fmt: skip
    for topic in forbidden:
        assert terminal.publish(topic, b"no") >= FAILURE, topic
    for leaf in leaves:
        assert terminal.publish(K1.topic(leaf), b"yes") == 0, leaf
    ear.until(lambda: len(ear.messages) == len(leaves))
    assert {message.topic for message in ear.messages} == {K1.topic(leaf) for leaf in leaves}


def test_a_terminal_cannot_hear_requests_by_joining_the_workers(hear: Hear) -> None:
    spy = hear(K1.scope, ("$share/central/yk/v1/+/+/req/#", K1.topic("rsp"))).start()
    other = hear(K2.scope).start()
    other.publish(K2.request("identity.present"), b"secret")
    hear("central/w1").start().publish(K1.topic("rsp"), b"marker")
    spy.until(lambda: b"marker" in spy.payloads)
    assert spy.payloads == [b"marker"]


def test_an_unlisted_worker_may_nothing(hear: Hear) -> None:
    forged = hear("central/w9", ("yk/v1/+/+/req/#",)).start()
    assert forged.publish(K1.topic("rsp"), b"no") >= FAILURE
    terminal = hear(K1.scope, (K1.topic("rsp"),)).start()
    terminal.publish(K1.request("op.ask"), b"secret")
    hear("central/w1").start().publish(K1.topic("rsp"), b"yes")
    terminal.until(lambda: terminal.payloads == [b"yes"])
    assert not forged.messages


def test_one_certificate_is_one_client_whatever_it_calls_itself(hear: Hear, ca: object) -> None:
    first = hear(K1.scope, K1.reads).start()
    disguised = hear(K1.scope, K1.reads)
    disguised.link.name = "central/w1"
    disguised.start()
    first.until(lambda: len(first.downs) > 0)
    assert disguised.publish(K2.topic("rsp"), b"no") >= FAILURE
