"""What central says of itself: link states, trusted time, what is durable, what is missing, and a restored central."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk import policy
from kiosk.policy import TABLE, Verdict, verdict
from mqtt.heartbeat import LinkState
from mqtt.link import Message
from mqtt.messages import wire
from mqtt.messages.envelope import Request
from mqtt.messages.hold import HOLD_AUTHORISE
from mqtt.messages.identity import IDENTITY_PRESENT
from mqtt.messages.kinds import KINDS
from mqtt.messages.link import CentralState, Heartbeat, HeartbeatAck
from mqtt.messages.outcome import Reply
from mqtt.messages.service import SERVICE_CALL
from mqtt.topics import CENTRAL_STATE
from tests.till.house import House
from tests.till.virtual import BEGIN


def no_heartbeats(way: str, request: Request | None) -> bool:
    return request is None


async def test_online_by_the_first_acknowledgement(house: House) -> None:
    await house.clock.pass_(1)
    assert house.states == [LinkState.ONLINE]


async def test_doubtful_then_offline_then_hard_as_acknowledgements_stay_away(house: House) -> None:
    await house.clock.pass_(1)
    house.wire.lose = no_heartbeats
    seen = []
    for seconds in (43, 2, 14, 2):
        await house.clock.pass_(seconds)
        seen.append(house.till.pulse.state.value)
    assert seen == ["online", "doubtful", "doubtful", "offline"]
    await house.clock.pass_(24 * 3600)
    assert house.states == [LinkState.ONLINE, LinkState.DOUBTFUL, LinkState.OFFLINE, LinkState.OFFLINE_HARD]
    house.wire.lose = lambda way, request: False
    await house.clock.pass_(21)
    assert house.states[-1] is LinkState.ONLINE


async def test_a_link_that_is_up_proves_nothing(house: House) -> None:
    """A broker without a central behind it."""
    house.wire.there = False
    await house.clock.pass_(120)
    assert house.wire.up
    assert house.till.pulse.state is LinkState.OFFLINE


async def test_a_request_that_goes_unknown_makes_it_doubtful_until_it_is_heard_again(house: House) -> None:
    await house.clock.pass_(1)
    house.wire.lose = lambda way, request: way == "back" and house.clock.now < 20
    await house.clock.run(house.authorise())
    assert house.states[1:3] == [LinkState.DOUBTFUL, LinkState.ONLINE]


async def test_maintenance_and_quarantine(house: House) -> None:
    await house.clock.pass_(1)
    said = CentralState(maintenance=True, ledger_epoch=1)
    house.till.heard(Message(CENTRAL_STATE, wire.encode(said), None))
    await house.clock.idle()
    assert house.till.pulse.state is LinkState.MAINTENANCE
    ack = HeartbeatAck(now="2025-05-01T14:00:00.000Z", durable_seq=0, gaps=(), ledger_epoch=1, quarantined=True,
                       config_version=0)  # fmt: skip
    house.till.heard(Message(house.till._place.topic("hb/ack"), wire.encode(ack), None))
    await house.clock.idle()
    assert house.till.pulse.state is LinkState.QUARANTINED


async def test_time_is_trusted_once_central_has_said_it(house: House) -> None:
    assert house.till.pulse.trusted_now is None
    await house.clock.pass_(1)
    now = house.till.pulse.trusted_now
    assert now is not None
    assert abs(now - (BEGIN + timedelta(seconds=1))) < timedelta(seconds=0.1)


@pytest.mark.parametrize("payload", [b"{", b"[]", b'{"now":"yesterday"}'])
async def test_a_torn_acknowledgement_is_counted(house: House, payload: bytes) -> None:
    house.till.heard(Message(house.till._place.topic("hb/ack"), payload, None))
    house.till.heard(Message(CENTRAL_STATE, payload, None))
    await house.clock.idle()
    assert house.till.pulse.malformed == 2


async def test_other_messages_are_somebody_elses(house: House) -> None:
    message = Message(house.till._place.topic("config/desired"), b"{}", None)
    house.till.heard(message)
    await house.clock.idle()
    assert house.others == [message]


# what is durable, what is missing


async def test_the_beat_says_how_far_the_journal_is_and_what_waits(house: House) -> None:
    beats: list[Heartbeat] = []
    whole = house.central.heartbeat

    def listen(payload: bytes) -> HeartbeatAck:
        beats.append(wire.decode(payload, Heartbeat))
        return whole(payload)

    house.central.heartbeat = listen  # type: ignore[method-assign]
    hold = await house.held()
    house.wire.lose = lambda way, request: way == "out" and request is not None
    house.till.leave(hold, "left")
    await house.clock.pass_(50)
    assert (beats[-1].seq, beats[-1].outbox) == (2, 1)
    assert 35 <= beats[-1].oldest_s <= 45
    assert beats[-1].journal == house.journal.uuid


async def test_finished_rows_are_pruned_once_central_cannot_lose_them(house: House) -> None:
    for _ in range(60):
        await house.clock.run(house.authorise(1, capture=True))
    kept = await house.held()
    await house.clock.pass_(45)
    assert house.rows("SELECT count(*) FROM operations")[0][0] < 10
    assert house.deal(kept) == "approved"
    assert isinstance(await house.clock.run(house.authorise(1, capture=True)), Reply)
    assert house.rows("SELECT last_seq FROM journal") == [(62,)]


async def test_nothing_above_durable_seq_is_pruned(house: House) -> None:
    house.central.durable_lag = 1000
    for _ in range(60):
        await house.clock.run(house.authorise(1, capture=True))
    await house.clock.pass_(45)
    assert house.rows("SELECT count(*) FROM operations") == [(60,)]


async def test_a_restored_central_gets_again_what_it_lost(house: House) -> None:
    """Everything above durable_seq goes out again, the same bytes: the fleet is a second redo log."""
    house.central.durable_lag = 1000
    await house.clock.pass_(1)
    for _ in range(3):
        await house.clock.run(house.authorise(100, capture=True))
    left = await house.held()
    house.till.leave(left, "left")
    await house.quiet(30)
    before = list(house.wire.copies)
    central = house.central
    central.free, central.epoch = 100_000, 2
    central.memory, central.places, central.holds, central.tombstones = {}, {}, {}, set()
    await house.quiet()
    assert central.free == 100_000 - 300
    assert central.reserved == 0
    assert sorted(central.places) == [1, 2, 3, 4, 5]
    first = {payload for kind, payload in before if kind.startswith("hold.")}
    again = {payload for kind, payload in house.wire.copies[len(before):] if kind.startswith("hold.")}
    assert again == first
    assert house.till.facts().outbox == 0
    assert house.rows("SELECT ledger_epoch FROM journal") == [(2,)]


async def test_what_went_out_again_survives_a_restart_in_the_middle(house: House) -> None:
    house.central.durable_lag = 1000
    await house.clock.pass_(1)
    for _ in range(3):
        await house.clock.run(house.authorise(100, capture=True))
    central = house.central
    central.free, central.epoch = 100_000, 2
    central.memory, central.places, central.holds = {}, {}, {}
    house.wire.lose = lambda way, request: request is not None
    await house.clock.pass_(40)
    await house.crash()
    house.wire.lose = lambda way, request: False
    await house.boot()
    await house.quiet()
    assert central.free == 100_000 - 300


async def test_the_first_epoch_heard_sends_nothing_again(house: House) -> None:
    await house.clock.run(house.authorise(100, capture=True))
    house.central.epoch = 1
    await house.quiet()
    assert len([kind for kind, _ in house.wire.copies if kind == "hold.authorise"]) == 1


async def test_places_that_central_goes_on_missing_are_sent_again(house: House) -> None:
    await house.clock.run(house.authorise(100, capture=True))
    await house.clock.pass_(30)
    house.central.places = {}
    house.central.memory = {}
    house.central.free = 100_000
    await house.quiet()
    assert house.central.places[1]
    assert house.central.free == 100_000 - 100


async def test_a_place_that_will_never_be_sent_is_named_until_it_is_noted(house: House) -> None:
    house.wire.lose = lambda way, request: True
    outcome = await house.clock.run(house.authorise())
    assert house.till.facts().skipped == (1,)
    await house.crash()
    await house.boot()
    assert house.till.facts().skipped == (1,)
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.till.facts().skipped == ()
    assert house.deal(outcome.id) == "closed"
    house.central.places = {}
    await house.quiet()
    assert sorted(house.central.places) == [1, 2]
    assert house.till.facts().skipped == ()


# policy


def test_every_kind_has_a_verdict_for_every_state() -> None:
    assert set(TABLE) == set(KINDS)
    for row in TABLE.values():
        assert set(row) == set(LinkState)


@pytest.mark.parametrize(("state", "read", "hold", "call"), [
    (LinkState.ONLINE, Verdict.ALLOW, Verdict.ALLOW, Verdict.ALLOW),
    (LinkState.DOUBTFUL, Verdict.ALLOW, Verdict.ALLOW, Verdict.ALLOW),
    (LinkState.OFFLINE, Verdict.REFUSE, Verdict.REFUSE, Verdict.QUEUE),
    (LinkState.OFFLINE_HARD, Verdict.REFUSE, Verdict.REFUSE, Verdict.QUEUE),
    (LinkState.MAINTENANCE, Verdict.REFUSE, Verdict.REFUSE, Verdict.QUEUE),
    (LinkState.QUARANTINED, Verdict.ALLOW, Verdict.ALLOW, Verdict.ALLOW),
])  # fmt: skip
def test_a_lobby_terminal(state: LinkState, read: Verdict, hold: Verdict, call: Verdict) -> None:
    assert verdict(IDENTITY_PRESENT, state, "lobby") is read
    assert verdict(HOLD_AUTHORISE, state, "lobby") is hold
    assert verdict(SERVICE_CALL, state, "lobby") is call


def test_limited_is_for_handhelds_and_ends_hard_or_in_quarantine() -> None:
    assert policy._LIMITED[LinkState.OFFLINE] is Verdict.QUEUE
    assert policy._LIMITED[LinkState.OFFLINE_HARD] is Verdict.REFUSE
    assert policy._LIMITED[LinkState.QUARANTINED] is Verdict.REFUSE
