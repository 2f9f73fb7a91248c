"""A visit's timers: 60 s, the question for 30 s, then everything is forgotten (docs/ux.md, Timers)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from kiosk.desk import Left
from kiosk.models.chrome import Chrome
from kiosk.models.lobby import CallStaff, CouponUsed, FindBooking, StillThere, Working
from kiosk.models.say import say
from kiosk.models.screen import Answer, Pressed
from kiosk.session import Session
from kiosk.settings import Settings
from tests.kiosk.virtual import Glass, VirtualClock, settle

SCREEN = FindBooking()
DONE = CouponUsed(say("x"), say("y"), "printed", "K01-1")


@dataclass
class Visit:
    session: Session
    glass: Glass
    clock: VirtualClock
    called: list[str]

    def ask(self, screen: object = SCREEN) -> asyncio.Task[Answer]:
        return asyncio.get_running_loop().create_task(self.session.ask(screen))  # type: ignore[arg-type]


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    clock, glass, called = VirtualClock(), Glass(), []
    session = Session("v1", glass, clock, Settings({}), Chrome(), lambda: called.append("staff") or True)  # type: ignore[func-returns-value]
    session.begin()
    yield Visit(session, glass, clock, called)
    await session.end()


async def test_a_guest_who_walks_away_is_asked_and_then_gone(visit: Visit) -> None:
    asked = visit.ask()
    await visit.clock.pass_(59)
    assert visit.glass.on_top is None
    await visit.clock.pass_(2)
    assert isinstance(visit.glass.on_top, StillThere)
    await visit.clock.pass_(28)
    assert not asked.done()
    await visit.clock.pass_(3)
    with pytest.raises(Left):
        asked.result()
    assert visit.session.cleared


async def test_the_button_gives_more_time_any_number_of_times(visit: Visit) -> None:
    asked = visit.ask()
    for _ in range(12):
        await visit.clock.pass_(65)
        assert isinstance(visit.glass.on_top, StillThere)
        visit.session.dialog("continue")
        await settle()
        assert visit.glass.on_top is None
    assert not asked.done()


async def test_a_stray_touch_does_not_keep_somebody_elses_data_open(visit: Visit) -> None:
    asked = visit.ask()
    await visit.clock.pass_(65)
    visit.session.touch()
    visit.session.answer(Pressed("back"))
    await visit.clock.pass_(30)
    with pytest.raises(Left):
        asked.result()


async def test_the_timer_stands_still_while_something_is_being_done(visit: Visit) -> None:
    visit.session.working(Working(say("x")))
    await visit.clock.pass_(600)
    assert visit.glass.on_top is None
    asked = visit.ask()
    await visit.clock.pass_(30)
    visit.session.answer(Pressed("back"))
    assert await asked == Pressed("back")


async def test_large_text_gives_twice_the_time(visit: Visit) -> None:
    asked = visit.ask()
    visit.session.chrome_touched("large_text")
    await visit.clock.pass_(119)
    assert visit.glass.on_top is None
    await visit.clock.pass_(2)
    assert isinstance(visit.glass.on_top, StillThere)
    asked.cancel()


async def test_a_done_page_goes_by_itself_without_a_question(visit: Visit) -> None:
    asked = visit.ask(DONE)
    await visit.clock.pass_(16)
    with pytest.raises(Left):
        asked.result()
    assert not visit.session.cleared
    assert visit.glass.on_top is None


async def test_two_touches_give_one_answer(visit: Visit) -> None:
    asked = visit.ask()
    await settle()
    visit.session.answer(Pressed("back"))
    visit.session.answer(Pressed("agree"))
    assert await asked == Pressed("back")


async def test_leaving_waits_for_what_is_being_done(visit: Visit) -> None:
    visit.session.working(Working(say("x")))
    visit.session.leave()
    with pytest.raises(Left):
        await visit.session.ask(SCREEN)


async def test_staff_are_called_only_after_the_question(visit: Visit) -> None:
    visit.ask()
    await settle()
    visit.session.chrome_touched("staff")
    assert isinstance(visit.glass.on_top, CallStaff)
    visit.session.dialog("cancel")
    assert visit.called == []
    visit.session.chrome_touched("staff")
    visit.session.dialog("call")
    assert visit.called == ["staff"]
    assert visit.session.chrome.staff_called
    assert visit.glass.on_top == CallStaff("sent", "0")


async def test_language_changes_in_place_and_the_question_stays_open(visit: Visit) -> None:
    asked = visit.ask()
    await settle()
    visit.session.chrome_touched("language")
    assert visit.glass.chromes[-1].language == "en"
    assert not asked.done()
    asked.cancel()


async def test_the_end_wipes_the_view(visit: Visit) -> None:
    asked = visit.ask()
    await settle()
    visit.session.leave()
    with pytest.raises(Left):
        await asked
    await visit.session.end()
    assert visit.glass.wipes == 1
    assert visit.session.screen is None
