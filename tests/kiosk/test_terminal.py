"""A terminal between and around its visits: start, stop, cards that are left, calls for staff, faults of ours.

The till and the journal are real, central is the model of tests/till; only the window and the devices are not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from hw.id_reader import contract as id_reader
from kiosk.counter import Counter, Devices
from kiosk.desk import Desk, Left
from kiosk.flows.lobby.front_door import visit as front_door
from kiosk.flows.shared.holding import deposit, prepared
from kiosk.models.lobby import Attract, CallStaff, FindBooking, OutOfService, VerifyId, Working
from kiosk.models.say import say
from kiosk.models.screen import Answer, Presented, Pressed
from kiosk.session import Session
from kiosk.settings import Settings
from kiosk.terminal import Terminal
from mqtt.messages.outcome import Reply
from tests.kiosk.virtual import Glass
from tests.till.house import House

BOOKING = "01900000-0000-7000-8000-00000000bbbb"
Visit = Callable[[Desk, Answer], Awaitable[None]]


class Reader:
    """A reader that is only armed."""

    def __init__(self) -> None:
        self.armed = False

    def arm(self) -> None:
        self.armed = True

    def disarm(self) -> None:
        self.armed = False


@dataclass
class Given:
    """Settings that wait to be applied, or do not."""

    waiting: bool = False
    applied: int = 0
    current: Settings = field(default_factory=lambda: Settings({}))

    def apply(self) -> None:
        self.waiting = False
        self.applied += 1


class Place:
    """A terminal in a house."""

    def __init__(self, house: House, visit: Visit, link: str = "online", heard: bool = True) -> None:
        self.house, self.glass, self.given = house, Glass(), Given()
        self.calls: list[str] = []
        self.devices = Devices(cast(Any, Reader()), cast(Any, Reader()))

        def call(about: str, _operation: str) -> bool:
            self.calls.append(about)
            return heard

        def counter(session: Session) -> Counter:
            return Counter(
                session=session, till=house.till, paper=cast(Any, None), devices=self.devices,
                facts=lambda: self.terminal.facts, on_call=call, clock=house.clock, zone=ZoneInfo("Asia/Shanghai"),
                hotel=say("x"), role="lobby",
            )  # fmt: skip

        self.terminal = Terminal(
            view=self.glass, clock=house.clock, configured=self.given, hotel=say("x"), visit=visit,
            open_counter=counter, verify_code=lambda code: code.kind, new_id=house.id, recover=house.till.recover,
            on_call=call, devices=self.devices,
        )  # fmt: skip
        self.terminal.on_link(cast(Any, link))
        self.serving = asyncio.ensure_future(self.terminal.serve())

    async def touch(self) -> None:
        assert self.terminal.session is not None
        self.terminal.session.answer(Pressed("start"))
        await self.house.clock.idle()

    async def leave(self) -> None:
        assert self.terminal.session is not None
        self.terminal.session.leave()
        await self.house.clock.idle()


Open = Callable[..., Awaitable[Place]]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    built = House(tmp_path)
    await built.boot()
    await built.clock.pass_(1)
    yield built
    await built.shut()


@pytest.fixture
async def open_(house: House) -> AsyncIterator[Open]:
    places: list[Place] = []

    async def opened(visit: Visit = front_door, **how: Any) -> Place:
        places.append(Place(house, visit, **how))
        await house.clock.idle()
        return places[-1]

    yield opened
    for place in places:
        place.serving.cancel()
        await asyncio.gather(place.serving, return_exceptions=True)


async def finds(desk: Desk, _first: Answer) -> None:
    await desk.show(FindBooking())


def card(kind: id_reader.DocumentKind) -> id_reader.Document:
    return id_reader.Document(
        kind=kind, name="王小明", latin_name="", number="11010519491231002X", sex=id_reader.Sex.MALE,
        birth=date(1949, 12, 31), nation="01", nationality="", address="", issuer="", valid_from=date(2020, 1, 1),
        valid_to=None,
    )  # fmt: skip


async def test_a_card_that_is_left_for_a_minute_calls_staff(house: House, open_: Open) -> None:
    place = await open_(finds)
    await place.touch()
    place.terminal.on_card(id_reader.CardDown())
    await place.leave()
    assert isinstance(place.glass.now, Working)
    await house.clock.pass_(61)
    assert place.calls == ["g.left.item"]
    assert isinstance(place.glass.now, Attract)


async def test_a_card_that_is_taken_is_not_minded_any_more(house: House, open_: Open) -> None:
    place = await open_(finds)
    await place.touch()
    place.terminal.on_card(id_reader.CardDown())
    await place.leave()
    place.terminal.on_card(id_reader.CardRemoved())
    await house.clock.idle()
    assert isinstance(place.glass.now, Attract)
    assert not place.devices.card_down


async def test_staff_are_called_on_a_page_that_is_out_of_service(open_: Open) -> None:
    place = await open_(link="maintenance")
    assert isinstance(place.glass.now, OutOfService)
    assert place.terminal.session is not None
    place.terminal.session.chrome_touched("staff")
    place.terminal.session.from_view(Pressed("call"))
    assert place.calls == ["guest.asked"]


async def test_a_call_that_nobody_can_hear_is_not_told_as_made(open_: Open) -> None:
    place = await open_(link="maintenance", heard=False)
    assert place.terminal.session is not None
    place.terminal.session.chrome_touched("staff")
    place.terminal.session.from_view(Pressed("call"))
    assert not place.glass.chromes[-1].staff_called
    assert place.glass.on_top == CallStaff("none", "0")


async def test_what_was_resumed_is_said_until_the_next_visit(open_: Open) -> None:
    async def leaves(_desk: Desk, _first: Answer) -> None:
        raise Left

    place = await open_(leaves)
    place.terminal.resumed = True
    await place.touch()
    await place.touch()
    assert place.glass.chromes[-1].banner is None


async def test_told_to_stop_before_the_link_is_there_it_stops(house: House, open_: Open) -> None:
    place = await open_(link="offline")
    place.terminal.stop()
    await house.clock.pass_(5)
    assert place.serving.done()


async def test_told_to_stop_while_a_card_lies_there_it_stops(house: House, open_: Open) -> None:
    place = await open_(finds)
    await place.touch()
    place.terminal.on_card(id_reader.CardDown())
    await place.leave()
    place.terminal.stop()
    await house.clock.pass_(1)
    assert place.serving.done()


async def test_settings_that_come_with_the_link_are_in_force_at_the_first_visit(house: House, open_: Open) -> None:
    place = await open_(link="offline")
    place.given.waiting = True
    place.terminal.on_configuration()
    await house.clock.pass_(1)
    place.terminal.on_link("online")
    await house.clock.pass_(1)
    assert place.given.applied == 1
    assert isinstance(place.glass.now, Attract)


async def test_settings_wait_for_the_end_of_a_visit(house: House, open_: Open) -> None:
    place = await open_(finds)
    await place.touch()
    place.given.waiting = True
    place.terminal.on_configuration()
    await house.clock.pass_(1)
    assert place.given.applied == 0
    await place.leave()
    assert place.given.applied == 1


async def test_a_card_read_before_anybody_asked_is_read(house: House, open_: Open) -> None:
    seen: list[Answer] = []

    async def works_then_asks(desk: Desk, _first: Answer) -> None:
        desk.working(Working(say("x")))
        await house.clock.sleep(2)
        seen.append(await desk.show(VerifyId()))

    place = await open_(works_then_asks)
    await place.touch()
    place.terminal.on_card(id_reader.CardDown())
    place.terminal.on_card(id_reader.CardRead(card(id_reader.DocumentKind.RESIDENT)))
    await house.clock.pass_(3)
    assert isinstance(seen[0], Presented)


async def test_a_document_that_we_cannot_register_is_told(house: House, open_: Open) -> None:
    place = await open_(finds)
    await place.touch()
    place.terminal.on_card(id_reader.CardRead(card(id_reader.DocumentKind.TRAVEL_PERMIT)))
    await house.clock.idle()
    assert not isinstance(place.glass.now, FindBooking)


async def test_a_fault_of_ours_while_a_key_may_be_out_is_a_doubt(house: House, open_: Open) -> None:
    async def breaks(desk: Desk, _first: Answer) -> None:
        async with prepared(desk, BOOKING, ("i_1",)), deposit(desk, "m_1", 50_000) as hold:
            assert isinstance(hold.outcome, Reply)
            assert await desk.fulfilling(hold.id)
            raise ValueError("something of ours")

    place = await open_(breaks)
    await place.touch()
    await house.clock.pass_(1)
    assert len(house.till.doubts()) == 1
    assert "d.card.doubt" in place.calls
    assert place.terminal.faults == 1
    await house.clock.pass_(11)
    assert isinstance(place.glass.now, Attract)


async def test_a_room_whose_lock_has_nearly_ended_gets_no_key(house: House, open_: Open) -> None:
    young: list[bool] = []

    async def slow(desk: Desk, _first: Answer) -> None:
        async with prepared(desk, BOOKING, ("i_1",)) as room:
            assert isinstance(room.outcome, Reply)
            await house.clock.sleep(room.outcome.body.expires_in_s - 20)
            async with deposit(desk, "m_1", 50_000) as hold:
                young.append(await desk.fulfilling(hold.id))

    place = await open_(slow)
    await place.touch()
    await house.clock.pass_(700)
    assert young == [False]
    assert house.till.doubts() == ()
