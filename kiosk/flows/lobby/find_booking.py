"""Find today's booking of a guest: by its code, or by an identity document alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.desk import Desk
from kiosk.errors import notice
from kiosk.flows.shared.identity import Guest, present
from kiosk.flows.shared.pages import tell, tell_refused, tell_unreachable
from kiosk.flows.shared.views import booking_view, instant
from kiosk.models.lobby import FindBooking, PickBooking, Working
from kiosk.models.say import Day, Moment, Money, Say, say
from kiosk.models.screen import Answer, Presented, Pressed, ReaderTrouble, Scanned
from mqtt.messages.outcome import Refused, Reply, Unknown
from mqtt.messages.stay import BOOKING_FIND, Booking, BookingFind

STEP = ("check_in", 0)
MAX_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A booking that may be checked in, and the guests whose documents central has already seen."""

    booking: Booking
    guests: tuple[Guest, ...]


@dataclass(frozen=True, slots=True)
class InHouse:
    """There is nothing to check in: this guest is already in the house."""

    guest: Guest


Wanted = Scanned | Presented | None
Again = Literal["again"]


async def find_booking(desk: Desk, first: Wanted | ReaderTrouble) -> Found | InHouse | None:
    """Until a booking is found, or the guest gives up (None). `first` was shown before anything was asked."""
    wanted, hint = (None, None) if first is None else _read(first)
    while True:
        if wanted is None:
            answer = await desk.show(FindBooking(hint, slots(desk)))
            wanted, hint = _read(answer)
            if wanted is None and hint is None:
                return None
            continue
        if isinstance(wanted, Scanned):
            found = await _by_code(desk, wanted)
        else:
            found = await _by_document(desk, wanted)
        if found != "again":
            return found
        wanted = None


def _read(answer: Answer) -> tuple[Wanted, Say | None]:
    if isinstance(answer, Presented):
        return answer, None
    if isinstance(answer, Scanned):
        return (answer, None) if answer.kind == "booking" else (None, what_it_is(answer))
    if isinstance(answer, ReaderTrouble):
        return None, say(f"{answer.code}.body")
    return None, None


def what_it_is(scanned: Scanned) -> Say:
    """Names a code that is not what was wanted (d.scan.type); its content is never shown."""
    if scanned.kind in ("expired", "forged"):
        return say(f"c.qr.{scanned.kind}.body")
    return say("d.scan.type.body", what=say(f"code.{scanned.kind}"))


def slots(desk: Desk) -> tuple[str, ...]:
    """The readers that work right now, as a page draws them."""
    return tuple(slot for slot, what in (("scanner", "code"), ("id_reader", "document")) if desk.can(what))  # type: ignore[arg-type]


async def _by_code(desk: Desk, scanned: Scanned) -> Found | InHouse | Again | None:
    bookings = await _look_up(desk, BookingFind(medium="code", token=scanned.token))
    if not isinstance(bookings, tuple):
        return bookings
    ready = await _choose(desk, bookings)
    return Found(ready, ()) if isinstance(ready, Booking) else ready


async def _by_document(desk: Desk, presented: Presented) -> Found | InHouse | Again | None:
    outcome = await present(desk, presented.document)
    if isinstance(outcome, Refused):
        return _again(await tell_refused(desk, outcome, STEP))
    if isinstance(outcome, Unknown):
        return _again(await tell_unreachable(desk, outcome, STEP))
    seen = outcome.body
    if not seen.adult:
        await tell(desk, notice("i.minor", on=STEP))
        return None
    guest = Guest(seen.identity, seen.name_masked)
    bookings = await _look_up(desk, BookingFind(medium="identity", token=seen.identity))
    if not isinstance(bookings, tuple):
        return bookings
    if bookings and all(b.state == "checked_in" for b in bookings):
        return InHouse(guest)
    ready = await _choose(desk, tuple(b for b in bookings if b.state != "checked_in"))
    return Found(ready, (guest,)) if isinstance(ready, Booking) else ready


async def _look_up(desk: Desk, body: BookingFind) -> tuple[Booking, ...] | Again | None:
    desk.working(Working(say("c.finding.title"), on=STEP, picture="search"))
    outcome = await desk.ask(BOOKING_FIND, body)
    if isinstance(outcome, Refused):
        return _again(await tell_refused(desk, outcome, STEP))
    if isinstance(outcome, Unknown):
        return _again(await tell_unreachable(desk, outcome, STEP))
    assert isinstance(outcome, Reply)
    return outcome.body.bookings


async def _choose(desk: Desk, bookings: tuple[Booking, ...]) -> Booking | Again | None:
    ready = tuple(b for b in bookings if b.state == "ready")[:MAX_SHOWN]
    if len(ready) == 1:
        return ready[0]
    if ready:
        answer = await desk.show(PickBooking(tuple(booking_view(b) for b in ready)))
        picks = {f"pick_{n}": booking for n, booking in enumerate(ready)}
        return picks.get(answer.action) if isinstance(answer, Pressed) else None
    if not bookings:
        return _again(await tell(desk, notice("c.none", on=STEP)))
    return _again(await _why_not(desk, bookings[0]))


async def _why_not(desk: Desk, booking: Booking) -> str:
    """What stands in the way, in the guest's words."""
    if booking.state == "room_not_ready":
        at = instant(booking.ready_at) if booking.ready_at else desk.house.now
        return await tell(desk, notice("c.early", on=STEP, time=Moment(at)))
    if booking.state == "future":
        return await tell(desk, notice("c.future", on=STEP, date=Day(booking_view(booking).arrival)))
    if booking.state == "unpaid":
        return await tell(desk, notice("c.unpaid", on=STEP, amt=Money(booking.unpaid)))
    return await tell(desk, notice("c.cancel" if booking.state == "cancelled" else "c.qr.used", on=STEP))


def _again(pressed: str) -> Again | None:
    return "again" if pressed in ("other_way", "retry", "other_id") else None
