"""Pages that close a journey or ask what to do next, the same everywhere."""

from __future__ import annotations

from kiosk.desk import Desk
from kiosk.errors import FAILURES, notice, refused
from kiosk.models.lobby import Notice
from kiosk.models.say import Value
from kiosk.models.screen import Pressed
from mqtt.messages.outcome import Refused, Unknown


async def tell(desk: Desk, page: Notice) -> str:
    """Show a failure's page; staff are called first where the table says so, and once. Answers what was pressed."""
    called = FAILURES[page.key].calls
    if called:
        desk.call_staff(page.key)
    while True:
        answer = await desk.show(page)
        if isinstance(answer, Pressed) and answer.action in page.choices:
            if answer.action != "staff":
                return answer.action
            if not called:
                desk.call_staff(page.key)
            called = True


async def tell_refused(desk: Desk, why: Refused, on: tuple[str, int] | None = None, **values: Value) -> str:
    """Show why central refused."""
    return await tell(desk, refused(why.code, on=on, **values))


def not_known(desk: Desk, outcome: Unknown, key: str, on: tuple[str, int] | None = None) -> Notice:
    """The page of an operation whose outcome is not known; one that was never begun says that nothing happened."""
    if not outcome.id:
        return notice("g.offline.mid", on=on)
    return notice(key, on=on, no=desk.number(outcome.id))


async def tell_unreachable(desk: Desk, why: Unknown, on: tuple[str, int] | None = None) -> str:
    """A read got no answer: nothing was charged or held, and it may be tried again."""
    return await tell(desk, notice("g.offline.mid" if why.absent else "g.server", on=on))
