"""The program ends at every commit of a check-in, before it and after it, and everything is settled afterwards."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.journal import JournalFailed
from kiosk.till import Recovered
from mqtt.messages import wire
from mqtt.messages.envelope import Request
from mqtt.messages.outcome import Reply, Unknown
from mqtt.messages.service import ServiceCall
from mqtt.messages.stay import STAY_CHECK_OUT, StayCheckOut
from tests.till.house import VISIT, House

COMMITS = 7
"""Of a straight check-in: P1 P2 of the room, P1 P2 of the deposit, P3, P4, and the answer to P4."""


@dataclass
class Guest:
    """What truly happened in front of the terminal."""

    stay: str = ""
    key_out: bool = False
    told_nothing_taken: bool = False
    finished: bool = False


async def check_in(house: House, guest: Guest, *, key_works: bool = True) -> None:
    """The journey, as a flow does it, without screens."""
    room = await house.prepare()
    if not isinstance(room, Reply):
        return
    guest.stay = room.body.stay
    try:
        hold = await house.authorise()
        if not isinstance(hold, Reply):
            guest.told_nothing_taken = not isinstance(hold, Unknown)
            return
        try:
            if not await house.till.fulfilling(hold.id):
                return
            if not key_works:
                house.till.not_done(hold.id)
                return
            guest.key_out = True
            await house.check_in(guest.stay, hold.id)
            guest.finished = True
        finally:
            house.till.leave(hold.id, "left")
    finally:
        house.till.leave(room.id, "left")


async def settle(house: House, guest: Guest) -> None:
    """Staff go and look; then everything has time."""
    for hold in [deal.id for deal in house.till._deals.open.values() if deal.state == "in_doubt"]:
        await house.clock.run(house.till.settle(hold, handed_over=guest.key_out, by="s-1"))
    await house.quiet(900)


def violations(house: House, guest: Guest) -> list[str]:
    """What must hold when it is quiet (docs/reliability.md, I5, I9, I14)."""
    central, facts, wrong = house.central, house.till.facts(), []
    kept = [hold for hold in central.holds.values() if hold.stay]
    if guest.key_out and (len(kept) != 1 or central.rooms[guest.stay] != "occupied"):
        wrong.append("a key is out and no deposit is kept")
    if not guest.key_out and (kept or "occupied" in central.rooms.values() or "locked" in central.rooms.values()):
        wrong.append("no key is out and something is kept")
    if central.reserved:
        wrong.append(f"{central.reserved} stay reserved")
    if central.free + sum(hold.amount for hold in kept) != 100_000 or central.suspense:
        wrong.append("money is missing")
    if facts.outbox or facts.in_doubt or facts.parked or facts.broken:
        wrong.append(f"not quiet: {facts}")
    if [seq for seq in range(1, facts.seq + 1) if seq not in central.places] or facts.skipped:
        wrong.append("places are missing")
    return wrong + central.alarms


@pytest.mark.parametrize("commit", range(1, COMMITS + 1))
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_power_cut_at_every_commit_of_a_check_in(house: House, commit: int, when: str) -> None:
    guest = Guest()
    await house.clock.pass_(1)
    at = house.frail.written + commit
    if when == "before":
        house.frail.die_before = at
    else:
        house.frail.die_after = at
    task = asyncio.ensure_future(check_in(house, guest))
    await house.clock.pass_(30)
    assert house.frail.dead
    task.cancel()
    await house.clock.idle()
    await house.crash()
    found = await house.boot()
    await settle(house, guest)
    assert violations(house, guest) == []
    committed = commit - (when == "before")
    assert found.any == (1 <= committed < 6)


async def test_so_many_commits_has_a_check_in(house: House) -> None:
    await house.clock.pass_(1)
    guest, before = Guest(), house.frail.written
    await house.clock.run(check_in(house, guest))
    assert guest.finished
    await house.quiet()
    assert house.frail.written - before == COMMITS
    assert violations(house, guest) == []


async def test_an_intent_is_aborted(house: House) -> None:
    house.wire.lose = lambda way, request: way == "back"
    task = asyncio.ensure_future(house.authorise())
    await house.clock.pass_(1)
    assert not task.done()
    await house.crash()
    house.wire.lose = lambda way, request: False
    found = await house.boot()
    assert len(found.aborted) == 1
    await house.quiet()
    assert house.central.free == 100_000
    assert house.ops == {"hold.authorise": "aborted", "op.undo": "answered"}


async def test_an_approved_hold_is_released(house: House) -> None:
    hold = await house.held()
    await house.crash()
    assert await house.boot() == Recovered(released=(hold,))
    await house.quiet()
    assert house.central.free == 100_000


async def test_a_hand_over_is_in_doubt_and_defaults_after_fifteen_minutes_of_this_program_start(house: House) -> None:
    hold = await house.handing_over()
    await house.crash()
    assert await house.boot() == Recovered(in_doubt=(hold,))
    assert house.notes == ["in_doubt"]
    await house.clock.pass_(800)
    await house.crash()
    assert await house.boot() == Recovered(in_doubt=(hold,))
    await house.clock.pass_(800)
    assert house.deal(hold) == "in_doubt"
    await house.quiet()
    assert house.notes == ["in_doubt.default"]
    assert house.central.free == 100_000


async def test_a_kind_without_undo_goes_on_by_itself(house: House) -> None:
    stay = "00000000-0000-7000-8000-00000000cccc"
    house.central.rooms[stay] = "occupied"
    house.wire.lose = lambda way, request: way == "back"
    body = StayCheckOut(stay=stay, version=0, due=0)
    task = asyncio.ensure_future(house.till.request(STAY_CHECK_OUT, body, visit=VISIT, on_phase=house.phases.append))
    await house.clock.pass_(1)
    assert not task.done()
    await house.crash()
    house.wire.lose = lambda way, request: False
    found = await house.boot()
    assert len(found.reopened) == 1
    await house.quiet()
    assert house.central.rooms[stay] == "free"
    assert house.deal(found.reopened[0]) == "closed"


async def test_open_rows_go_on(house: House) -> None:
    hold = await house.handing_over()
    house.wire.up = False
    await house.clock.run(house.capture(hold))
    await house.crash()
    assert not (await house.boot()).any
    await house.quiet()
    assert house.deal(hold) == "done"
    assert house.central.holds[hold].captured == 50_000


async def test_a_late_capture_after_a_long_outage_is_still_booked(house: House) -> None:
    hold = await house.handing_over()
    house.wire.up = False
    await house.clock.run(house.capture(hold))
    await house.clock.pass_(7200)
    house.wire.up = True
    house.till.link_up()
    await house.quiet()
    assert house.central.free == 50_000
    assert house.deal(hold) == "done"


async def test_an_undo_survives_restarts_until_it_is_answered(house: House) -> None:
    house.wire.lose = lambda way, request: way == "back"
    outcome = await house.clock.run(house.authorise())
    for _ in range(3):
        await house.crash()
        await house.boot()
        await house.clock.pass_(100)
        assert house.deal(outcome.id) == "aborting"
    house.wire.lose = lambda way, request: False
    await house.quiet()
    assert house.deal(outcome.id) == "closed"


async def test_a_damaged_file_is_set_aside_and_told(house: House) -> None:
    await house.held()
    first = house.journal.uuid
    await house.crash()
    path: Path = house._path
    path.with_name("journal.db-wal").unlink(missing_ok=True)
    path.write_bytes(b"\0" * 20_000)
    found = await house.boot()
    assert found.set_aside
    assert path.with_name(found.set_aside).exists()
    assert house.journal.uuid != first
    assert house.notes == ["journal.set_aside"]


async def test_a_disk_that_is_full_at_p1_sends_nothing_and_heals_by_itself(house: House) -> None:
    connection = house.frail._commits._connection
    pages = connection.pragma("page_count")
    connection.execute(f"PRAGMA max_page_count = {pages}")
    failed = 0
    for _ in range(60):
        try:
            await house.clock.run(house.authorise(1))
        except JournalFailed as error:
            assert error.code == "full"
            failed += 1
            break
    assert failed
    sent = len(house.wire.copies)
    with pytest.raises(JournalFailed):
        await house.clock.run(house.authorise(1))
    assert len(house.wire.copies) == sent
    connection.execute("PRAGMA max_page_count = 1000000")
    await house.clock.run(house.till.recover())
    assert isinstance(await house.clock.run(house.authorise(1)), Reply)


@pytest.mark.parametrize("seed", range(120))
async def test_guests_losses_and_power_cuts_at_random(tmp_path: Path, seed: int) -> None:
    """Three guests; a quarter of the messages lost; up to three power cuts, anywhere; then quiet."""
    chance = random.Random(seed)
    house = House(tmp_path)
    await house.boot()
    loss = chance.choice([0.0, 0.25, 0.6])

    def lose(way: str, request: Request | None) -> bool:
        return chance.random() < loss

    wrong: list[str] = []
    for _ in range(3):
        guest = Guest()
        house.central.free, house.central.holds, house.central.rooms = 100_000, {}, {}
        house.wire.lose = lose
        task = asyncio.ensure_future(check_in(house, guest, key_works=chance.random() < 0.7))
        if chance.random() < 0.8:
            kind = "die_before" if chance.random() < 0.5 else "die_after"
            setattr(house.frail, kind, house.frail.written + chance.randint(1, 9))
        await house.clock.pass_(chance.choice([0.5, 3, 20, 150]))
        if house.frail.dead or chance.random() < 0.3:
            task.cancel()
            await house.crash()
            await house.boot(link=chance.random() < 0.7)
            await house.clock.pass_(chance.choice([0.5, 10]))
        else:
            await house.clock.pass_(150)
        house.frail.die_before = house.frail.die_after = 0
        house.wire.lose, house.wire.up = (lambda way, request: False), True
        house.till.link_up()
        if house.frail.dead:
            await house.crash()
            await house.boot()
        await house.quiet(200)
        await settle(house, guest)
        wrong += violations(house, guest)
    await house.shut()
    assert wrong == []


async def test_nothing_is_remembered_of_what_is_finished(house: House) -> None:
    for _ in range(60):
        await house.clock.run(check_in(house, Guest(), key_works=False))
    await house.quiet()
    till = house.till
    held = (till._deals.open, till._deals._rows, till._outbox._flights, till._outbox._waiters, till._answers._waiting)
    assert [len(kept) for kept in held] == [0, 0, 0, 0, 0]
    assert len(till._live) <= 2


async def test_staff_are_called_for_what_no_journey_is_there_to_tell(house: House) -> None:
    hold = await house.handing_over()
    await house.crash()
    await house.boot()
    await house.quiet(1000)
    calls = [request for request in house.central.seen if request.kind == "service.call"]
    bodies = [wire.convert(call.body, ServiceCall) for call in calls]
    assert [(body.what, body.about, body.of) for body in bodies] == [
        ("in_doubt", "in_doubt", hold), ("listed", "in_doubt.default", hold)]  # fmt: skip
    assert {body.number for body in bodies} == {house.till.number(hold)}
