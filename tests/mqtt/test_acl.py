"""Who may say and hear what: by the grant and by delivery, for a broker may grant what it never delivers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from demo.broker import TERMINAL_READS, TERMINAL_WRITES, Broker, BrokerFailed, plugin, roles
from demo.ca import Ca
from mqtt.link import FAILURE
from mqtt.topics import CENTRAL_STATE, SHARED_REQUESTS, BadName, Terminal
from tests.mqtt.bare import Bare
from tests.mqtt.conftest import Heard

pytestmark = pytest.mark.broker
Hear = Callable[..., Heard]
K1 = Terminal("lakeside", "lobby-1")
K2 = Terminal("lakeside", "lobby-2")
H1 = Terminal("hillside", "lobby-1")
CATALOG = "yk/v1/lakeside/catalog/menu"
FOREIGN = (
    "#", "+/#", "yk/v1/#", "yk/v1/lakeside/+/rsp", K2.topic("rsp"), f"$share/central/{K2.topic('rsp')}",
    f"$share/x/{K1.topic('rsp')}", f"yk/v1/{K1.scope}/#", SHARED_REQUESTS, "$share/thief/yk/v1/+/+/req/#",
    "$share/central/yk/v1/+/+/hb", "yk/v1/+/+/req/#", K1.request("op.ask"), "yk/v1/hillside/catalog/menu", "$SYS/#",
    "$CONTROL/dynamic-security/v1",
)  # fmt: skip


def test_a_terminal_hears_its_own_topics_and_nobody_elses(hear: Hear, broker: Broker, ca: Ca) -> None:
    mine = [K1.topic(leaf) for leaf in TERMINAL_READS]
    spy = Bare(broker, ca, K1.scope)
    assert spy.may_hear(FOREIGN) == []
    assert spy.may_hear((*mine, CATALOG, CENTRAL_STATE)) == [*mine, CATALOG, CENTRAL_STATE]
    worker = hear("central/w1").start()
    foreign = [t.topic(leaf) for t in (K2, H1) for leaf in TERMINAL_READS]
    for topic in (*foreign, *mine, CATALOG):
        assert worker.publish(topic, topic.encode()) < FAILURE
    worker.publish(CENTRAL_STATE, b"last")
    heard = spy.heard(last=CENTRAL_STATE)
    spy.leave()
    assert sorted(heard) == sorted([*mine, CATALOG, CENTRAL_STATE])


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


@pytest.mark.parametrize("stays", [True, False])
def test_a_thief_among_the_workers_swallows_nothing(hear: Hear, broker: Broker, ca: Ca, stays: bool) -> None:
    """Connected, or gone with a session kept: every request still reaches the one worker there is."""
    worker = hear("central/w1", (SHARED_REQUESTS,)).start()
    thief = Bare(broker, ca, K2.scope, session=True)
    thief.may_hear((SHARED_REQUESTS, "$share/central/yk/v1/+/+/req/+", "$share/central/yk/v1/lakeside/+/req/#"))
    if not stays:
        thief.leave()
    terminal = hear(K1.scope).start()
    sent = [str(n).encode() for n in range(20)]
    for payload in sent:
        assert terminal.publish(K1.request("op.ask"), payload) == 0
    worker.until(lambda: len(worker.payloads) == len(sent))
    thief.leave()
    assert (worker.payloads, thief.heard()) == (sent, [])


@pytest.mark.parametrize("name", ["central/w9", "lakeside/lobby-9"])
def test_an_unlisted_certificate_may_nothing(broker: Broker, ca: Ca, hear: Hear, name: str) -> None:
    forged = Bare(broker, ca, name)
    reads = (SHARED_REQUESTS, "yk/v1/+/+/req/#", K1.topic("rsp"), f"yk/v1/{name}/rsp", CENTRAL_STATE, "#")
    assert forged.may_hear(reads) == []
    forged.leave()
    silent = hear(name).start()
    for topic in (K1.topic("rsp"), f"yk/v1/{name}/req/op.ask", CENTRAL_STATE, "$CONTROL/dynamic-security/v1"):
        assert silent.publish(topic, b"no") >= FAILURE, topic


def test_the_plugin_is_found_under_any_architecture(tmp_path: Path) -> None:
    with pytest.raises(BrokerFailed, match="mosquitto_dynamic_security"):
        plugin(tmp_path)
    there = tmp_path / "aarch64-linux-gnu" / "mosquitto_dynamic_security.so"
    there.parent.mkdir()
    there.touch()
    assert plugin(tmp_path) == there


@pytest.mark.parametrize("name", ["lakeside", "central/lobby-1", "lakeside/a/b", "lakeside/#", "lakeside/+", "/x", ""])
def test_a_role_is_made_for_no_other_name(name: str) -> None:
    with pytest.raises(BadName):
        roles((name,), ())


def test_one_certificate_is_one_client_whatever_it_calls_itself(hear: Hear, ca: object) -> None:
    first = hear(K1.scope, K1.reads).start()
    disguised = hear(K1.scope, K1.reads)
    disguised.link.name = "central/w1"
    disguised.start()
    first.until(lambda: len(first.downs) > 0)
    assert disguised.publish(K2.topic("rsp"), b"no") >= FAILURE
