"""Attended mode: a coupon is used up by its serial number while a colleague stands by (CP-15, CP-16, X-47)."""

from __future__ import annotations

from datetime import date

from kiosk.desk import Desk
from kiosk.errors import notice, refused
from kiosk.flows.lobby.find_booking import what_it_is
from kiosk.flows.shared.pages import not_known, tell, tell_refused, tell_unreachable
from kiosk.flows.shared.views import worded
from kiosk.models.lobby import ConfirmSn, CouponUsed, EnterSn, Notice, Working
from kiosk.models.say import Day, Say, say
from kiosk.models.screen import Pressed, ReaderTrouble, Scanned, Typed
from kiosk.models.slips import CouponSlip
from mqtt.messages.coupon import SN_CHECK, SnCheck, SnState
from mqtt.messages.hold import HOLD_AUTHORISE, HoldAuthorise
from mqtt.messages.outcome import Refused, Unknown
from mqtt.messages.values import Wording

FIND, USE = ("coupon", 0), ("coupon", 1)
_NOT_USABLE = {
    "unknown": "k.sn.bad", "used": "k.sn.used", "held": "k.sn.held", "expired": "k.sn.expired",
    "early": "k.sn.early", "other_store": "k.sn.store",
}  # fmt: skip


async def redeem_coupon(desk: Desk, first: Scanned | None = None) -> None:
    """One coupon, used once: seen first, then used up; its goods are handed over by the colleague."""
    sn = first.token if first else await _enter(desk)
    while sn is not None:
        again = await _redeem(desk, sn)
        if again != "retry":
            return
        sn = await _enter(desk)


async def _enter(desk: Desk) -> str | None:
    hint: Say | None = None
    while True:
        answer = await desk.show(EnterSn(hint))
        if isinstance(answer, Typed):
            return answer.text
        if isinstance(answer, Scanned) and answer.kind == "sn":
            return answer.token
        if isinstance(answer, Scanned):
            hint = what_it_is(answer)
        elif isinstance(answer, ReaderTrouble):
            hint = say(f"{answer.code}.body")
        else:
            return None


async def _redeem(desk: Desk, sn: str) -> str:
    desk.working(Working(say("k.sn.checking.title"), on=FIND, picture="search"))
    checked = await desk.ask(SN_CHECK, SnCheck(sn=sn))
    if isinstance(checked, Refused):
        return await tell_refused(desk, checked, FIND)
    if isinstance(checked, Unknown):
        return await tell_unreachable(desk, checked, FIND)
    coupon = checked.body
    if coupon.state != "usable":
        return await tell(desk, _why_not(coupon))
    name, gives = worded(coupon.name or _NAMELESS), worded(coupon.gives or _NAMELESS)
    answer = await desk.show(ConfirmSn(name, coupon.tail, gives, coupon.valid_to or ""))
    if not isinstance(answer, Pressed) or answer.action != "redeem":
        return "retry" if isinstance(answer, Pressed) else ""
    desk.working(Working(say("k.sn.wait.title"), on=USE, picture="receipt"))
    outcome = await desk.request(
        HOLD_AUTHORISE, HoldAuthorise(instrument="sn", ref=coupon.ref, count=1, capture=True),
        asking=Working(say("k.sn.asking.title"), say("k.sn.asking.body"), on=USE, picture="receipt"),
    )  # fmt: skip
    if isinstance(outcome, Refused):
        return await tell(desk, refused(outcome.code, on=USE))
    if isinstance(outcome, Unknown):
        return await tell(desk, not_known(desk, outcome, "k.sn.unknown", USE))
    await desk.keep_slip(outcome.id, CouponSlip(name, gives, coupon.tail))
    printed = await desk.print_slip(outcome.id)
    await desk.show(CouponUsed(name, gives, printed, desk.number(outcome.id)))
    return ""


def _why_not(coupon: SnState) -> Notice:
    key = _NOT_USABLE[coupon.state]
    if coupon.state == "used":
        return notice(key, on=FIND, time=coupon.used_at, store=coupon.used_where)
    if coupon.state == "early" and coupon.valid_from:
        return notice(key, on=FIND, date=Day(date.fromisoformat(coupon.valid_from)))
    if coupon.state == "expired" and coupon.valid_to:
        return notice(key, on=FIND, date=Day(date.fromisoformat(coupon.valid_to)))
    return notice(key, on=FIND)


_NAMELESS = Wording(zh="优惠券", en="Coupon")
