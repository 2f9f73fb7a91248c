"""A request from P1 to P2, and every way in which its answer may stay away."""

from __future__ import annotations

import asyncio

import pytest

from kiosk.journal import JournalFailed
from kiosk.till import WrongPoint
from mqtt.messages.coupon import SN_CHECK, SnCheck
from mqtt.messages.envelope import Refusal, Request
from mqtt.messages.hold import HOLD_ADJUST, HOLD_AUTHORISE, Held, HoldAdjust, HoldAuthorise
from mqtt.messages.outcome import Refused, Reply, Unknown
from mqtt.messages.stay import STAY_CHECK_OUT, STAY_PREPARE, StayCheckOut, StayPrepare
from mqtt.messages.wire import TooLarge
from tests.till.house import VISIT, House

STAY = "00000000-0000-7000-8000-00000000cccc"


def only(kind: str, direction: str) -> object:
    return lambda way, request: way == direction and request is not None and request.kind == kind


async def check_out(house: House) -> object:
    body = StayCheckOut(stay=STAY, version=0, due=0)
    return await house.till.request(STAY_CHECK_OUT, body, visit=VISIT, on_phase=house.phases.append)


async def test_an_answer_is_written_before_it_is_told(house: House) -> None:
    outcome = await house.clock.run(house.authorise())
    assert isinstance(outcome, Reply)
    assert isinstance(outcome.body, Held)
    assert outcome.body.hold == outcome.id
    assert house.deal(outcome.id) == "approved"
    assert house.ops == {"hold.authorise": "answered"}
    assert house.clock.now < 1


async def test_a_refusal_ends_it(house: House) -> None:
    outcome = await house.clock.run(house.authorise(10**9))
    assert outcome == Refused("insufficient", Refusal(available=100_000), outcome.id)
    assert house.deal(outcome.id) == "closed"


async def test_captured_at_once_there_is_nothing_to_give_back(house: House) -> None:
    outcome = await house.clock.run(house.authorise(1, capture=True))
    house.till.leave(outcome.id, "left")
    await house.quiet()
    assert house.deal(outcome.id) == "done"
    assert house.ops == {"hold.authorise": "answered"}


async def test_the_row_is_committed_before_the_first_send(house: House) -> None:
    house.frail.die_before = house.frail.written + 1
    task = asyncio.ensure_future(house.authorise())
    await house.clock.pass_(60)
    assert not task.done()
    assert house.wire.copies == []


async def test_the_same_bytes_at_two_and_five_seconds(house: House) -> None:
    house.wire.lose = only("hold.authorise", "out")
    task = asyncio.ensure_future(house.authorise())
    seen = []
    for seconds in (0.5, 2.0, 3.0):
        await house.clock.pass_(seconds)
        seen.append(len(house.wire.copies))
    assert seen == [1, 2, 3]
    assert len({payload for _, payload in house.wire.copies}) == 1
    house.wire.lose = lambda way, request: False
    await house.clock.run(task)


async def test_a_lost_answer_is_fetched_by_the_repeat(house: House) -> None:
    lost = iter([True])
    house.wire.lose = lambda way, request: way == "back" and request is not None and next(lost, False)
    outcome = await house.clock.run(house.authorise())
    assert isinstance(outcome, Reply)
    assert 2 <= house.clock.now < 3
    assert house.central.free == 50_000


async def test_unknown_at_eight_seconds_then_asked_and_done(house: House) -> None:
    house.wire.lose = only("hold.authorise", "back")
    outcome = await house.clock.run(house.authorise())
    assert isinstance(outcome, Reply)
    assert house.phases == ["asking"]
    assert 9 <= house.clock.now < 10
    assert house.deal(outcome.id) == "approved"


async def test_unseen_sends_the_same_bytes_again(house: House) -> None:
    def lose(way: str, request: Request | None) -> bool:
        return way == "out" and request is not None and request.kind == "hold.authorise" and house.clock.now < 8

    house.wire.lose = lose
    outcome = await house.clock.run(house.authorise())
    assert isinstance(outcome, Reply)
    sent = [payload for kind, payload in house.wire.copies if kind == "hold.authorise"]
    assert len(sent) == 4
    assert len(set(sent)) == 1


async def test_a_kind_with_undo_that_stays_unknown_is_aborted_and_undone(house: House) -> None:
    """Held at central, never heard of here: P8, and op.undo frees it."""
    house.wire.lose = lambda way, request: way == "back" and request is not None
    outcome = await house.clock.run(house.authorise())
    assert outcome == Unknown(outcome.id)
    assert 38 <= house.clock.now <= 41
    assert house.deal(outcome.id) == "aborting"
    assert house.ops == {"hold.authorise": "aborted", "op.undo": "open"}
    assert house.central.reserved == 50_000
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.deal(outcome.id) == "closed"
    assert house.central.reserved == 0
    assert house.notes == []


async def test_a_late_answer_after_p8_continues_nothing(house: House) -> None:
    house.wire.lose = lambda way, request: request is not None
    outcome = await house.clock.run(house.authorise())
    house.wire.lose = lambda way, request: False
    before = house.till._answers.foreign
    original = next(payload for kind, payload in house.wire.copies if kind == "hold.authorise")
    house.wire.publish(house.till._place.request("hold.authorise"), original, correlation=outcome.id.encode())
    await house.quiet()
    assert house.till._answers.foreign > before
    assert house.deal(outcome.id) == "closed"
    assert house.central.reserved == 0


async def test_nobody_subscribed_is_told_with_the_repeat(house: House) -> None:
    house.wire.there = False
    outcome = await house.clock.run(house.authorise())
    assert outcome == Unknown(outcome.id, absent=True)
    assert 2 <= house.clock.now < 2.5
    assert house.deal(outcome.id) == "aborting"
    house.wire.there = True
    await house.quiet()
    assert house.deal(outcome.id) == "closed"
    assert outcome.id in house.central.tombstones


async def test_a_link_known_to_be_lost_is_told_at_once(house: House) -> None:
    house.wire.up = False
    await house.clock.pass_(90)
    before = house.clock.now
    outcome = await house.clock.run(house.authorise())
    assert outcome == Unknown(outcome.id, absent=True)
    assert house.clock.now == before


async def test_a_link_lost_for_a_second_is_not_told_at_all(house: House) -> None:
    await house.clock.pass_(1)
    house.wire.up = False
    task = asyncio.ensure_future(house.authorise())
    await house.clock.pass_(1)
    house.wire.up = True
    house.till.link_up()
    assert isinstance(await house.clock.run(task), Reply)


async def test_without_undo_it_stays_open_and_settles_by_itself(house: House) -> None:
    house.central.rooms[STAY] = "occupied"
    house.wire.lose = lambda way, request: way == "back" and request is not None
    outcome = await house.clock.run(check_out(house))
    assert outcome == Unknown(outcome.id)
    assert house.deal(outcome.id) == "asking"
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.deal(outcome.id) == "closed"
    assert house.notes == ["settled_late"]
    assert house.central.rooms[STAY] == "free"
    assert "op.undo" not in house.ops


async def test_without_undo_and_unseen_the_same_bytes_go_again(house: House) -> None:
    house.central.rooms[STAY] = "occupied"
    house.wire.lose = lambda way, request: way == "out" and request is not None
    outcome = await house.clock.run(check_out(house))
    assert outcome == Unknown(outcome.id)
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.central.rooms[STAY] == "free"
    assert len({payload for kind, payload in house.wire.copies if kind == "stay.check_out"}) == 1


async def test_without_undo_and_heard_by_nobody_it_is_dropped(house: House) -> None:
    """The guest goes to the desk: it must not happen by itself an hour later."""
    house.central.rooms[STAY] = "occupied"
    house.wire.there = False
    outcome = await house.clock.run(check_out(house))
    assert outcome == Unknown(outcome.id, absent=True)
    house.wire.there = True
    await house.quiet()
    assert house.central.rooms[STAY] == "occupied"
    assert house.deal(outcome.id) == "closed"
    assert house.central.places == {1: "skipped"}
    assert house.till.facts().skipped == ()


@pytest.mark.parametrize("code", ["overloaded", "not_ready"])
async def test_later_means_the_same_bytes_after_the_time_named(house: House, code: str) -> None:
    house.central.refuse = lambda request: (code, Refusal(retry_in_s=3)) if house.clock.now < 3 else None
    outcome = await house.clock.run(house.authorise())
    assert isinstance(outcome, Reply)
    assert 3 <= house.clock.now < 5.1
    assert len({payload for _, payload in house.wire.copies}) == 1


async def test_bytes_that_central_cannot_read_are_undone_after_three_times(house: House) -> None:
    house.central.refuse = lambda request: (
        ("unsupported", Refusal(path="$.v")) if request.kind == "hold.authorise" else None)  # fmt: skip
    outcome = await house.clock.run(house.authorise())
    assert outcome == Unknown(outcome.id)
    assert [kind for kind, _ in house.wire.copies].count("hold.authorise") == 3
    await house.quiet()
    assert house.deal(outcome.id) == "closed"


async def test_leaving_in_the_middle_aborts_at_once(house: House) -> None:
    house.wire.lose = only("hold.authorise", "back")
    ids: list[str] = []
    task = asyncio.ensure_future(house.till.request(
        HOLD_AUTHORISE, HoldAuthorise(member="m_1", amount=1, purpose="deposit"), visit=VISIT,
        on_phase=house.phases.append, note=ids.append))  # fmt: skip
    await house.clock.pass_(4)
    house.till.leave(ids[0], "left")
    house.till.leave(ids[0], "left")
    assert await house.clock.run(task) == Unknown(ids[0])
    assert house.clock.now < 4.1
    await house.quiet()
    assert house.deal(ids[0]) == "closed"
    assert house.central.reserved == 0
    assert house.rows("SELECT count(*) FROM operations WHERE kind = 'op.undo'") == [(1,)]


async def test_a_cancelled_task_gives_back_too(house: House) -> None:
    house.wire.lose = only("hold.authorise", "back")
    task = asyncio.ensure_future(house.authorise())
    await house.clock.pass_(4)
    task.cancel()
    await house.quiet()
    assert house.central.reserved == 0
    assert house.ops == {"hold.authorise": "aborted", "op.undo": "answered"}


async def test_too_large_is_refused_before_p1(house: House) -> None:
    body = StayPrepare(booking=STAY, identities=tuple("x" * 400 for _ in range(200)))
    with pytest.raises(TooLarge):
        await house.clock.run(house.till.request(STAY_PREPARE, body, visit=VISIT, on_phase=house.phases.append))
    assert house.rows("SELECT count(*) FROM operations") == [(0,)]
    assert house.rows("SELECT last_seq FROM journal") == [(0,)]
    await house.held()


async def test_a_broken_journal_means_no_request(house: House) -> None:
    house.till._deals.broken = "full"
    with pytest.raises(JournalFailed, match="full"):
        await house.clock.run(house.authorise())
    assert house.wire.copies == []


async def test_an_adjusted_hold_has_its_new_time(house: House) -> None:
    hold = await house.held()
    await house.clock.pass_(500)
    body = HoldAdjust(hold=hold, amount=60_000, ttl_s=600)
    outcome = await house.clock.run(house.till.request(HOLD_ADJUST, body, visit=VISIT, on_phase=house.phases.append))
    assert isinstance(outcome, Reply)
    await house.clock.pass_(400)
    assert await house.clock.run(house.till.fulfilling(hold))


async def test_a_hold_that_is_not_open_cannot_be_adjusted(house: House) -> None:
    body = HoldAdjust(hold=STAY, amount=60_000)
    with pytest.raises(WrongPoint):
        await house.clock.run(house.till.request(HOLD_ADJUST, body, visit=VISIT, on_phase=house.phases.append))


async def test_a_read_is_not_journaled_and_unknown_at_eight_seconds(house: House) -> None:
    body = SnCheck(sn="1234")
    assert isinstance(await house.clock.run(house.till.read(SN_CHECK, body, visit=VISIT)), Reply)
    house.wire.lose = lambda way, request: request is not None
    before = house.clock.now
    outcome = await house.clock.run(house.till.read(SN_CHECK, body, visit=VISIT))
    assert isinstance(outcome, Unknown)
    assert house.clock.now - before == pytest.approx(8)
    assert [kind for kind, _ in house.wire.copies].count("sn.check") == 4
    assert house.rows("SELECT count(*) FROM operations") == [(0,)]


async def test_a_read_says_that_central_is_absent_or_busy(house: House) -> None:
    body = SnCheck(sn="1234")
    house.central.refuse = lambda request: ("overloaded", Refusal(retry_in_s=30))
    assert await house.clock.run(house.till.read(SN_CHECK, body, visit=VISIT)) == Refused(
        "overloaded", Refusal(retry_in_s=30), house.central.seen[-1].id)  # fmt: skip
    house.wire.there = False
    outcome = await house.clock.run(house.till.read(SN_CHECK, body, visit=VISIT))
    assert isinstance(outcome, Unknown)
    assert outcome.absent
