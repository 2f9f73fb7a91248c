"""From P2 on: handed over, given back, or in doubt; what comes back moves the deal with its row."""

from __future__ import annotations

import asyncio

import pytest

from kiosk.doubts import DOUBT_S
from kiosk.journal import JournalFailed
from kiosk.till import WrongPoint
from mqtt.messages.envelope import Refusal, Request
from mqtt.messages.hold import HOLD_CAPTURE, CaptureAnswer, HoldCapture
from mqtt.messages.outcome import Reply, Unknown
from mqtt.messages.service import SERVICE_CALL, ServiceCall
from tests.till.house import VISIT, House


def lose_answers(way: str, request: Request | None) -> bool:
    return way == "back" and request is not None


async def prepared(house: House) -> tuple[str, str, str]:
    """Room locked and deposit held: prepare, stay, hold."""
    room = await house.clock.run(house.prepare())
    assert isinstance(room, Reply)
    return room.id, room.body.stay, await house.held()


# P3 and P4


async def test_goods_handed_over_are_paid_and_have_their_slip(house: House) -> None:
    hold = await house.handing_over()
    assert house.deal(hold) == "fulfilling"
    outcome = await house.clock.run(house.capture(hold))
    assert isinstance(outcome, Reply)
    assert isinstance(outcome.body, CaptureAnswer)
    assert house.deal(hold) == "done"
    assert await house.clock.run(house.till.slip(hold)) == b"slip"
    assert house.central.holds[hold].captured == 50_000


async def test_advice_and_slip_are_one_transaction(house: House) -> None:
    hold = await house.handing_over()
    before = house.frail.written
    house.wire.up = False
    await house.clock.run(house.capture(hold))
    assert house.frail.written == before + 1
    assert house.ops["hold.capture"] == "open"
    assert house.rows("SELECT count(*) FROM slips") == [(1,)]


async def test_the_slip_waits_three_seconds_and_no_longer(house: House) -> None:
    hold = await house.handing_over()
    house.wire.lose = lose_answers
    before = house.clock.now
    outcome = await house.clock.run(house.capture(hold))
    assert isinstance(outcome, Unknown)
    assert house.clock.now - before == pytest.approx(3)
    assert house.deal(hold) == "delivered"
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.deal(hold) == "done"
    assert house.central.alarms == []


async def test_p4_without_p3_is_refused(house: House) -> None:
    hold = await house.held()
    with pytest.raises(WrongPoint):
        await house.clock.run(house.capture(hold))
    assert house.ops == {"hold.authorise": "answered"}


async def test_an_advice_about_another_hold_is_refused(house: House) -> None:
    hold, other = await house.handing_over(), "01900000-0000-7000-8000-0000000000ff"
    body = HoldCapture(hold=other, amount=1, final=True, tenders=(), delivered_at="2025-05-01T14:00:00.000Z")
    with pytest.raises(WrongPoint):
        await house.clock.run(house.till.delivered(hold, HOLD_CAPTURE, body, None))


async def test_a_part_capture_does_not_end_a_hold(house: House) -> None:
    hold = await house.handing_over()
    body = HoldCapture(hold=hold, amount=1, final=False, tenders=(), delivered_at="2025-05-01T14:00:00.000Z")
    with pytest.raises(WrongPoint):
        await house.clock.run(house.till.delivered(hold, HOLD_CAPTURE, body, None))


async def test_a_hold_with_less_than_thirty_seconds_left_is_given_back(house: House) -> None:
    hold = await house.held()
    await house.clock.pass_(570)
    assert not await house.clock.run(house.till.fulfilling(hold))
    await house.quiet()
    assert house.deal(hold) == "closed"


async def test_a_hold_just_young_enough_may_be_used(house: House) -> None:
    hold = await house.held()
    await house.clock.pass_(569 - house.clock.now)
    assert await house.clock.run(house.till.fulfilling(hold))


# leaving


async def test_leaving_after_p2_releases(house: House) -> None:
    hold = await house.held()
    house.till.leave(hold, "left")
    house.till.leave(hold, "left")
    assert house.deal(hold) == "releasing"
    await house.quiet()
    assert house.deal(hold) == "closed"
    assert house.central.free == 100_000
    assert house.rows("SELECT count(*) FROM operations WHERE kind = 'hold.release'") == [(1,)]


async def test_leaving_awaits_nothing_and_needs_no_link(house: House) -> None:
    hold = await house.held()
    house.wire.up = False
    house.till.leave(hold, "left")
    assert house.ops["hold.release"] == "open"
    assert house.till.facts().outbox in (0, 1)
    await house.clock.pass_(30)
    assert house.till.facts().outbox == 1
    house.wire.up = True
    house.till.link_up()
    await house.quiet()
    assert house.central.free == 100_000


async def test_nothing_releases_between_p3_and_p4(house: House) -> None:
    hold = await house.handing_over()
    house.till.leave(hold, "left")
    await house.quiet()
    assert house.deal(hold) == "fulfilling"
    assert house.central.reserved == 50_000


async def test_not_done_out_of_p3_releases(house: House) -> None:
    hold = await house.handing_over()
    house.till.not_done(hold)
    house.till.not_done(hold)
    await house.quiet()
    assert house.deal(hold) == "closed"
    assert house.central.free == 100_000


async def test_leaving_a_prepared_room_gives_it_back(house: House) -> None:
    room, stay, hold = await prepared(house)
    house.till.leave(hold, "left")
    house.till.leave(room, "left")
    await house.quiet()
    assert house.central.rooms[stay] == "free"
    assert house.central.free == 100_000
    assert (house.deal(room), house.deal(hold)) == ("closed", "closed")
    assert house.notes == []


async def test_leaving_what_is_not_known_does_nothing(house: House) -> None:
    house.till.leave("01900000-0000-7000-8000-0000000000ff", "left")
    house.till.not_done("01900000-0000-7000-8000-0000000000ff")
    house.till.in_doubt("01900000-0000-7000-8000-0000000000ff")
    assert house.ops == {}


# the stay


async def test_check_in_keeps_hold_and_room(house: House) -> None:
    room, stay, hold = await prepared(house)
    assert await house.clock.run(house.till.fulfilling(hold))
    assert isinstance(await house.clock.run(house.check_in(stay, hold)), Reply)
    for operation in (room, hold):
        assert house.deal(operation) == "kept"
        house.till.leave(operation, "left")
    await house.crash()
    assert not (await house.boot()).any
    await house.quiet()
    assert house.central.rooms[stay] == "occupied"
    assert house.central.holds[hold].stay == stay


async def test_a_key_in_doubt_keeps_the_room_too(house: House) -> None:
    room, stay, hold = await prepared(house)
    await house.clock.run(house.till.fulfilling(hold))
    house.till.in_doubt(hold)
    house.till.leave(room, "left")
    await house.clock.pass_(60)
    assert house.central.rooms[stay] == "locked"
    assert house.till.facts().in_doubt == 1
    assert house.notes == ["in_doubt"]


async def test_staff_say_that_the_key_is_out(house: House) -> None:
    room, stay, hold = await prepared(house)
    await house.clock.run(house.till.fulfilling(hold))
    house.till.in_doubt(hold)
    assert await house.clock.run(house.till.settle(hold, handed_over=True, by="s-17"))
    assert not await house.clock.run(house.till.settle(hold, handed_over=True, by="s-17"))
    await house.quiet()
    assert house.central.rooms[stay] == "occupied"
    assert (house.deal(room), house.deal(hold)) == ("kept", "kept")
    assert house.notes == []
    assert house.rows("SELECT closed_by FROM notes") == [("s-17",)]
    assert house.till.facts().listed == 0


async def test_staff_say_that_the_key_is_not_out(house: House) -> None:
    room, stay, hold = await prepared(house)
    await house.clock.run(house.till.fulfilling(hold))
    house.till.in_doubt(hold)
    house.till.leave(room, "left")
    assert await house.clock.run(house.till.settle(hold, handed_over=False, by="s-17"))
    await house.quiet()
    assert house.central.rooms[stay] == "free"
    assert house.central.free == 100_000
    assert (house.deal(room), house.deal(hold)) == ("closed", "closed")


async def test_after_fifteen_minutes_a_doubt_ends_in_the_guests_favour_and_is_listed(house: House) -> None:
    hold = await house.handing_over()
    house.till.in_doubt(hold)
    await house.clock.pass_(DOUBT_S - 1)
    assert house.deal(hold) == "in_doubt"
    await house.quiet()
    assert house.deal(hold) == "closed"
    assert house.notes == ["in_doubt.default"]
    assert house.till.facts().listed == 1


async def test_a_doubt_about_goods_is_paid_when_they_were_handed_over(house: House) -> None:
    hold = await house.handing_over()
    house.till.in_doubt(hold)
    assert await house.clock.run(house.till.settle(hold, handed_over=True, by="s-17"))
    await house.quiet()
    assert house.central.holds[hold].captured == 50_000


async def test_a_sensor_may_end_a_doubt(house: House) -> None:
    hold = await house.handing_over()
    house.till.in_doubt(hold)
    assert isinstance(await house.clock.run(house.capture(hold)), Reply)
    await house.clock.pass_(DOUBT_S + 60)
    assert house.deal(hold) == "done"


# what central may say to rows


async def test_undo_too_late_is_listed(house: House) -> None:
    """The room was occupied in the meantime by the desk: staff must look."""
    room = await house.clock.run(house.prepare())
    house.central.rooms[room.body.stay] = "occupied"
    house.till.leave(room.id, "left")
    await house.quiet()
    assert house.deal(room.id) == "closed"
    assert house.notes == ["undo.too_late"]


async def test_undo_of_a_refused_original_is_listed(house: House) -> None:
    house.central.free = 0
    house.wire.lose = lose_answers
    outcome = await house.clock.run(house.authorise())
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.deal(outcome.id) == "closed"
    assert house.notes == ["undo.done"]


@pytest.mark.parametrize("code", ["forbidden", "id_reused"])
async def test_an_advice_that_is_forbidden_is_parked_at_once_and_kept(house: House, code: str) -> None:
    hold = await house.handing_over()
    house.central.refuse = lambda request: (code, Refusal()) if request.kind == "hold.capture" else None
    outcome = await house.clock.run(house.capture(hold))
    assert isinstance(outcome, Unknown)
    await house.quiet()
    assert house.ops["hold.capture"] == "parked"
    assert [kind for kind, _ in house.wire.copies].count("hold.capture") == 1
    assert house.notes == ["parked"]
    assert house.till.facts().parked == 1
    house.central.refuse = lambda request: None
    house.till.retry_parked()
    await house.quiet()
    assert house.deal(hold) == "done"
    assert house.till.facts().parked == 0


async def test_unreadable_three_times_is_parked_and_the_outbox_goes_on_past_it(house: House) -> None:
    hold = await house.handing_over()
    house.central.refuse = lambda request: ("malformed", Refusal(path="$")) if request.kind == "hold.capture" else None
    await house.clock.run(house.capture(hold))
    other = await house.held()
    house.till.leave(other, "left")
    await house.quiet()
    assert house.ops["hold.capture"] == "parked"
    assert [kind for kind, _ in house.wire.copies].count("hold.capture") == 3
    assert house.deal(other) == "closed"
    await house.crash()
    await house.boot()
    assert house.till.facts().parked == 1
    house.central.refuse = lambda request: None
    house.till.retry_parked()
    await house.quiet()
    assert house.deal(hold) == "done"


async def test_later_is_never_parked(house: House) -> None:
    hold = await house.held()
    house.central.refuse = lambda request: ("overloaded", Refusal(retry_in_s=7))
    house.till.leave(hold, "left")
    await house.clock.pass_(600)
    house.central.refuse = lambda request: None
    await house.quiet()
    assert house.deal(hold) == "closed"
    assert house.notes == []
    assert [kind for kind, _ in house.wire.copies].count("hold.release") > 50


async def test_an_acknowledgement_closes_nothing(house: House) -> None:
    hold = await house.held()
    house.wire.lose = lambda way, request: request is not None
    house.till.leave(hold, "left")
    await house.clock.pass_(3600)
    assert house.ops["hold.release"] == "open"
    copies = [kind for kind, _ in house.wire.copies].count("hold.release")
    assert 30 < copies < 100
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.deal(hold) == "closed"


async def test_torn_and_foreign_answers_are_counted_and_ignored(house: House) -> None:
    hold = await house.held()
    from mqtt.link import Message

    topic = house.till._place.topic("rsp")
    for payload, correlation in ((b"{", b"x"), (b"[" * 100, b""), (b"\xff", None)):
        house.till.heard(Message(topic, payload, correlation))
    await house.clock.idle()
    assert house.till._answers.malformed == 3
    assert house.deal(hold) == "approved"


async def test_at_most_twenty_fly_and_one_a_hold(house: House) -> None:
    house.wire.lose = lambda way, request: way == "back" and request is not None
    for number in range(30):
        house.till.advise(SERVICE_CALL, ServiceCall(what="staff", about=f"a{number}"), visit=VISIT)
    await house.clock.pass_(1)
    assert len(house.wire.copies) == 20
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.till.facts().outbox == 0


async def test_an_adjustment_under_way_keeps_the_release_waiting(house: House) -> None:
    from mqtt.messages.hold import HOLD_ADJUST, HoldAdjust

    hold = await house.held()
    house.wire.lose = lambda way, request: way == "back" and request is not None and request.kind == "hold.adjust"
    task = asyncio.ensure_future(house.till.request(
        HOLD_ADJUST, HoldAdjust(hold=hold, amount=60_000), visit=VISIT, on_phase=house.phases.append))  # fmt: skip
    await house.clock.pass_(1)
    house.till.leave(hold, "left")
    await house.clock.pass_(3)
    assert "hold.release" not in [kind for kind, _ in house.wire.copies]
    house.wire.lose = lambda way, request: False
    await house.clock.run(task)
    await house.quiet()
    assert house.central.free == 100_000
    assert house.deal(hold) == "closed"


async def test_numbers_are_short_and_differ(house: House) -> None:
    first, second = await house.held(), await house.held()
    assert house.till.number(first).endswith("-0001")
    assert house.till.number(second).endswith("-0002")
    house.till.leave(first, "left")
    await house.quiet()
    assert house.till.number(first).endswith("-0001")


async def test_a_slip_is_an_original_once(house: House) -> None:
    outcome = await house.clock.run(house.authorise(1, capture=True))
    await house.clock.run(house.till.keep_slip(outcome.id, b"paper"))
    assert [await house.clock.run(house.till.printing(outcome.id)) for _ in range(3)] == [0, 1, 2]


async def test_a_full_disk_at_p4_leaves_it_to_staff(house: House) -> None:
    hold = await house.handing_over()
    house.frail._commits._connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(JournalFailed, match="full"):
        await house.clock.run(house.till.delivered(
            hold, HOLD_CAPTURE,
            HoldCapture(hold=hold, amount=1, final=True, tenders=(), delivered_at="2025-05-01T14:00:00.000Z"),
            b"s" * 60_000))
    assert house.till.facts().broken == "full"
    house.frail._commits._connection.execute("PRAGMA max_page_count = 100000")
    found = await house.clock.run(house.till.recover())
    assert found.in_doubt == (hold,)
    assert house.till.facts().broken == ""
