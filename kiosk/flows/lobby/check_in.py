"""Check-in: a guest with a booking gets a room key."""

from __future__ import annotations

from kiosk.desk import Desk
from kiosk.errors import notice, refused
from kiosk.flows.lobby.check_out import check_out
from kiosk.flows.lobby.find_booking import InHouse, Wanted, find_booking
from kiosk.flows.shared.holding import deposit, prepared
from kiosk.flows.shared.identity import Guest, verify_guests
from kiosk.flows.shared.pages import not_known, tell
from kiosk.flows.shared.views import instant, stay_view
from kiosk.models.lobby import CheckedIn, ConfirmStay, Notice, Working
from kiosk.models.say import Money, say
from kiosk.models.screen import Pressed, ReaderTrouble
from kiosk.models.slips import CheckInSlip
from mqtt.messages.outcome import Refused, Reply, Unknown
from mqtt.messages.stay import STAY_CHECK_IN, KeyCut, StayCheckIn, StayPrepared

STEP = ("check_in", 2)
KEY_STEP = ("check_in", 3)


async def check_in(desk: Desk, first: Wanted | ReaderTrouble = None) -> None:
    """A guest with a booking gets a room key (BK-4, SV-24)."""
    if not desk.can("key"):
        await tell(desk, notice("d.card.down", on=STEP))
        return None
    found = await find_booking(desk, first)
    if isinstance(found, InHouse):
        return await check_out(desk, found.guest)
    if found is None:
        return None
    booking = found.booking
    guests = await verify_guests(desk, booking.booking, booking.adults, found.guests)
    while guests is not None:
        async with prepared(desk, booking.booking, tuple(guest.identity for guest in guests)) as room:
            ending = await _agree_and_hold(desk, room, guests)
        if ending is None or await tell(desk, ending) not in ("again", "retry"):
            return None
    return None


async def _agree_and_hold(desk: Desk, room: prepared, guests: tuple[Guest, ...]) -> Notice | None:
    """From the locked room to the key. Answers the page that closes the journey; None: it is closed already."""
    if not isinstance(room.outcome, Reply):
        return _not_prepared(room.outcome)
    stay = room.outcome.body
    if stay.member is None or stay.deposit == 0:
        return notice("h.none", on=STEP)
    answer = await desk.show(_confirm(desk, stay))
    if not isinstance(answer, Pressed) or answer.action == "back":
        return None
    if answer.action == "other_way":
        return notice("h.none", on=STEP)
    if not desk.can("key"):
        return notice("d.card.down", on=KEY_STEP)
    async with deposit(desk, stay.member, stay.deposit) as hold:
        return await _cut(desk, stay, guests, hold)


async def _cut(desk: Desk, stay: StayPrepared, guests: tuple[Guest, ...], hold: deposit) -> Notice | None:
    """From the held deposit to the key in the guest's hand."""
    if isinstance(hold.outcome, Refused):
        return _not_held(stay, hold.outcome)
    if isinstance(hold.outcome, Unknown):
        return not_known(desk, hold.outcome, "h.absent" if hold.outcome.absent else "h.unknown.staff", STEP)
    if not await desk.fulfilling(hold.id):
        return notice("h.expired", on=STEP, amt=Money(stay.deposit))
    keys = await _cut_keys(desk, stay, hold)
    if isinstance(keys, Notice):
        return keys
    body = StayCheckIn(
        stay=stay.stay, hold=hold.id, identities=tuple(guest.identity for guest in guests), keys=keys,
        delivered_at=desk.instant(),
    )  # fmt: skip
    slip = CheckInSlip(
        stay=stay_view(stay), room_rate=stay.room_rate, prepaid=stay.prepaid, deposit=stay.deposit,
        hold_no=desk.number(hold.id), keys=len(keys), wifi=stay.wifi, slip_code="",
        show_room=desk.settings.flag("slip.room_no"),
    )  # fmt: skip
    await desk.delivered(hold.id, STAY_CHECK_IN, body, slip)
    printed = await desk.print_slip(hold.id)
    await desk.show(CheckedIn(
        stay=stay_view(stay), keys=len(keys), deposit=stay.deposit, slip=printed, number=desk.number(hold.id),
        wifi=stay.wifi,
    ))  # fmt: skip
    return None


async def _cut_keys(desk: Desk, stay: StayPrepared, hold: deposit) -> tuple[KeyCut, ...] | Notice:
    """The first key decides; a copy that fails is one key less. One more try if certainly nothing came out."""
    until = instant(stay.check_out_by)
    desk.working(Working(say("k.cutting.title"), say("k.cutting.body"), on=KEY_STEP, picture="key"))
    job = await desk.cut_key(f"{hold.id}:1", stay.room, until)
    if job.said == "not_done":
        desk.working(Working(say("d.card.enc.title"), say("d.card.enc.body"), on=KEY_STEP, picture="key"))
        job = await desk.cut_key(f"{hold.id}:1b", stay.room, until)
    if job.said == "not_done":
        desk.not_done(hold.id)
        return notice("d.card.failed", on=KEY_STEP, no=desk.number(hold.id))
    if job.said == "unknown":
        desk.in_doubt(hold.id)
        return notice("d.card.doubt", on=KEY_STEP, no=desk.number(hold.id))
    keys = [KeyCut(serial=job.serial)]
    for n in range(2, desk.settings.number("keys.count") + 1):
        more = await desk.cut_key(f"{hold.id}:{n}", stay.room, until, copy=True)
        if more.said == "done":
            keys.append(KeyCut(serial=more.serial, copy=True))
    return tuple(keys)


def _confirm(desk: Desk, stay: StayPrepared) -> ConfirmStay:
    return ConfirmStay(
        stay=stay_view(stay), room_rate=stay.room_rate, prepaid=stay.prepaid, deposit=stay.deposit,
        available=stay.available, available_after=max(0, stay.available - stay.deposit), paper=desk.can("paper"),
    )  # fmt: skip


def _not_prepared(outcome: Refused | Unknown) -> Notice:
    if isinstance(outcome, Refused):
        page = refused(outcome.code, on=STEP)
        return notice("g.refused", on=STEP) if "other_id" in page.choices or "other_way" in page.choices else page
    return notice("g.offline.mid" if outcome.absent else "g.server", on=STEP)


def _not_held(stay: StayPrepared, outcome: Refused) -> Notice:
    """The hold was refused: nothing was taken, and nothing will be."""
    if outcome.code == "insufficient":
        available = outcome.body.available if outcome.body.available is not None else stay.available
        return notice("h.short", on=STEP, diff=Money(max(1, stay.deposit - available)))
    page = refused(outcome.code, on=STEP)
    return page if page.key in ("h.blocked", "g.server") else notice("h.fail", on=STEP)
