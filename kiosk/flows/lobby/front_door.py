"""The front door: whatever a guest does first leads to the right journey (scan anywhere)."""

from __future__ import annotations

from kiosk.desk import Desk
from kiosk.errors import notice
from kiosk.flows.lobby.check_in import check_in
from kiosk.flows.lobby.check_out import check_out
from kiosk.flows.lobby.redeem_coupon import redeem_coupon
from kiosk.flows.shared.pages import tell
from kiosk.models.lobby import Home
from kiosk.models.say import Say, say
from kiosk.models.screen import Answer, Presented, Pressed, ReaderTrouble, Scanned


async def visit(desk: Desk, first: Answer) -> None:
    """One guest's visit, from the first touch, code or card."""
    if isinstance(first, Pressed) and first.action == "start":
        first = await desk.show(_home(desk))
    if isinstance(first, Scanned):
        await _by_code(desk, first)
    elif isinstance(first, Presented | ReaderTrouble):
        await check_in(desk, first)      # an ID card alone finds the booking, or the stay to check out of
    elif isinstance(first, Pressed):
        journeys = {"check_in": check_in, "check_out": check_out, "redeem_coupon": redeem_coupon}
        if journey := journeys.get(first.action):
            await journey(desk)


async def _by_code(desk: Desk, scanned: Scanned) -> None:
    if scanned.kind == "booking":
        await check_in(desk, scanned)
    elif scanned.kind == "slip":
        await check_out(desk, scanned)
    elif scanned.kind == "sn" and "redeem_coupon" in offers(desk):
        await redeem_coupon(desk, scanned)
    elif scanned.kind in ("expired", "forged"):
        if await tell(desk, notice(f"c.qr.{scanned.kind}")) == "other_way":
            await check_in(desk)
    elif await tell(desk, notice("x.foreign", what=say(f"code.{scanned.kind}"))) == "other_way":
        await check_in(desk)


def offers(desk: Desk) -> tuple[str, ...]:
    """The journeys this terminal can offer right now."""
    found = []
    readers = desk.can("code") or desk.can("document")
    if desk.can("document") and desk.can("key"):
        found.append("check_in")
    if readers:
        found.append("check_out")
    if desk.settings.flag("lobby.attended"):
        found.append("redeem_coupon")
    return tuple(found)


def _home(desk: Desk) -> Home:
    missing: list[Say] = []
    if not desk.can("document"):
        missing.append(say("d.id.down.title"))
    if not desk.can("code"):
        missing.append(say("d.scan.down.title"))
    if not desk.can("key"):
        missing.append(say("d.card.down.title"))
    if not desk.can("paper"):
        missing.append(say("d.paper.before.title"))
    house = desk.house
    return Home(house.hotel, house.part_of_day, offers(desk), tuple(missing))
