"""Bookings and stays: find, prepare, check in, folio, check out."""

from __future__ import annotations

from datetime import date, datetime, time

from central.codes import slip_code
from central.context import Context, Handler
from central.handlers.identity import is_guest, is_named
from central.house import HousePms, nights_of
from central.ids import millis, moment, uuid7
from central.ledger import holds
from central.ledger.decide import Giving, State
from central.ledger.holds import Insufficient
from central.ledger.interface import Hold, Remembered
from central.members import balances, member_by_document
from central.people import ADULT_YEARS, masked_guest
from central.pms import Booked, Line, Pms, Room, Stay
from central.refuse import Refuse
from central.visits import MEMBER, Identity, give_handle, identity_of, remembered_identity
from membership.hotel_time import age_on
from mqtt.codes import NotOurs, parse, verify
from mqtt.messages.stay import (
    Booking,
    BookingFind,
    BookingsFound,
    CheckedInAnswer,
    CheckedOutAnswer,
    Folio,
    FolioGet,
    FolioLine,
    StayCheckIn,
    StayCheckOut,
    StayPrepare,
    StayPrepared,
)
from mqtt.messages.values import LedgerAmount, Wording
from mqtt.timing import stamp

ACTIONABLE = ("ready", "room_not_ready", "unpaid")
MAX_FOUND = 9


# -- finding ----------------------------------------------------------------------------------------------------------
def find(ctx: Context, body: BookingFind) -> BookingsFound:
    """By a code, or by a presented document. None found and not yours are the same answer."""
    pms = HousePms(ctx.tx)
    if body.medium == "code":
        content = _content(ctx, body.token, "booking")
        ends = content.get("exp")
        if not isinstance(ends, int) or ends * 1000 <= ctx.at:
            raise Refuse("code_expired")
        booked = pms.booking(ctx.hotel.id, str(content.get("b")))
        found = [booked] if booked is not None and booked.state != "checked_out" else []
    else:
        identity = identity_of(ctx, body.token)
        theirs = pms.bookings_of_document(ctx.hotel.id, identity.fingerprint)
        found = [b for b in theirs if _current(ctx, b) and is_guest(b, identity)]
    shown = tuple(_booking(ctx, pms, booked) for booked in found)
    today = tuple(b for b in shown if b.state in ACTIONABLE)
    return BookingsFound(bookings=(today or shown)[:MAX_FOUND])


def _current(ctx: Context, booked: Booked) -> bool:
    return booked.state != "checked_out" and booked.departure >= ctx.today.isoformat()


def _content(ctx: Context, token: str, kind: str) -> dict[str, object]:
    """What a signed code of `kind` says. Raises code_forged for anything that is not one of ours."""
    try:
        code = parse(token)
    except NotOurs:
        raise Refuse("code_forged") from None
    content = verify(code, ctx.keys.codes.public_key()) if code.kind == kind else None
    if content is None or content.get("p") != ctx.hotel.id:
        raise Refuse("code_forged")
    return content


def _state(ctx: Context, pms: Pms, booked: Booked) -> str:
    """What stands in the way, the most final thing first."""
    if booked.state == "cancelled":
        return "cancelled"
    if booked.state in ("checked_in", "checked_out"):
        return "checked_in"
    if booked.arrival > ctx.today.isoformat():
        return "future"
    if booked.due_before:
        return "unpaid"
    return "ready" if pms.room_for(booked, ctx.at) is not None else "room_not_ready"


def _booking(ctx: Context, pms: Pms, booked: Booked) -> Booking:
    state = _state(ctx, pms, booked)
    ready_at = pms.ready_at(booked) if state == "room_not_ready" else None
    return Booking(
        booking=booked.id, no=booked.no, state=state,  # type: ignore[arg-type]
        guest_masked=masked_guest(booked.guest, booked.latin), room_type=_type(pms, booked), arrival=booked.arrival,
        departure=booked.departure, nights=nights_of(booked), adults=booked.adults,
        ready_at=stamp(moment(ready_at)) if ready_at is not None else None, unpaid=booked.due_before,
    )  # fmt: skip


def _type(pms: Pms, booked: Booked) -> Wording:
    zh, en = pms.type_names(booked.property, booked.type)
    return Wording(zh=zh, en=en)


# -- preparing --------------------------------------------------------------------------------------------------------
_IN_THE_WAY = {
    "cancelled": "booking_cancelled", "checked_in": "already_checked_in", "future": "booking_not_today",
    "unpaid": "booking_unpaid", "room_not_ready": "not_ready_room",
}  # fmt: skip


def prepare(ctx: Context, body: StayPrepare) -> StayPrepared:
    """Lock a room for ten minutes; here, and only here, a check-in is refused."""
    pms = HousePms(ctx.tx)
    booked = pms.booking(ctx.hotel.id, body.booking)
    if booked is None:
        raise Refuse("booking_unknown")
    guests = tuple(identity_of(ctx, token) for token in body.identities)
    _check_guests(ctx, booked, guests)
    state = _state(ctx, pms, booked)
    if state in _IN_THE_WAY:
        raise Refuse(_IN_THE_WAY[state])
    room = _lock(ctx, pms, booked)
    member = _payer(ctx, booked, guests)
    stay = Stay(
        uuid7(ctx.at, ctx.chance), ctx.hotel.id, booked.id, room.number, ctx.scope, ctx.request.id, member,
        booked.deposit, "prepared", ctx.at + ctx.policy.room_lock_ms, None, 0, None, None,
    )  # fmt: skip
    pms.prepare(stay, tuple(guest.fingerprint for guest in guests))
    return _prepared(ctx, pms, booked, room, stay)


def _check_guests(ctx: Context, booked: Booked, guests: tuple[Identity, ...]) -> None:
    """Every adult has shown a valid document, each his own, and one of them is the booking's guest."""
    for guest in guests:
        if guest.valid_to is not None and guest.valid_to < ctx.today.isoformat():
            raise Refuse("identity_expired")
        if guest.birth is None or age_on(ctx.today, date.fromisoformat(guest.birth)) < ADULT_YEARS:
            raise Refuse("identity_minor")
    different = {guest.fingerprint for guest in guests}
    if len(different) != len(guests) or len(guests) != booked.adults:
        raise Refuse("identity_mismatch")
    if not any(is_guest(booked, guest) for guest in guests):
        raise Refuse("identity_mismatch")


def _lock(ctx: Context, pms: Pms, booked: Booked) -> Room:
    """A room for this booking. The same terminal may begin again; another one has to wait until the lock is over."""
    lock = pms.lock_of(booked.id, ctx.at)
    if lock is not None and lock.terminal != ctx.scope:
        raise Refuse("not_ready_room")
    if lock is not None:
        pms.give_back(lock)
    room = pms.room_for(booked, ctx.at)
    if room is None:
        raise Refuse("not_ready_room")
    return room


def _payer(ctx: Context, booked: Booked, guests: tuple[Identity, ...]) -> str | None:
    """Who pays the deposit: a member whose document was shown under his own name, the booking's own in front."""
    found = []
    for guest in guests:
        member = member_by_document(ctx.tx, guest.fingerprint)
        if member is not None and not is_named(member, guest):
            ctx.books.alarm("name_of_another", ctx.scope, ctx.request.id, f"document of member {member.id}", ctx.at)
        elif member is not None and not member.blocked:
            found.append(member)
    own = [m for m in found if m.id == booked.member]
    return (own or found)[0].id if found else None


def _prepared(ctx: Context, pms: Pms, booked: Booked, room: Room, stay: Stay) -> StayPrepared:
    handle = give_handle(ctx, MEMBER, stay.member) if stay.member is not None else None
    available = sum(
        max(0, ctx.books.available(f"member:{stay.member}", ledger, ctx.at)) for ledger in ("CNY", "BONUS")
    ) if stay.member is not None else 0  # fmt: skip
    place = ctx.hotel
    return StayPrepared(
        stay=stay.id, no=booked.no, room=room.number, floor=room.floor, way=Wording(zh=room.way_zh, en=room.way_en),
        room_type=_type(pms, booked), guest_masked=masked_guest(booked.guest, booked.latin), arrival=booked.arrival,
        departure=booked.departure, check_out_by=stamp(check_out_by(ctx, booked)), nights=nights_of(booked),
        adults=booked.adults, breakfasts=booked.breakfasts, breakfast_hours=place.breakfast_hours,
        breakfast_place=Wording(zh=place.breakfast_zh, en=place.breakfast_en), wifi=place.wifi, room_rate=booked.rate,
        prepaid=booked.prepaid, deposit=booked.deposit, expires_in_s=ctx.policy.room_lock_ms // 1000, member=handle,
        available=available,
    )  # fmt: skip


def check_out_by(ctx: Context, booked: Booked) -> datetime:
    """When the room must be left: the property's hour on the day of departure."""
    local = datetime.combine(
        date.fromisoformat(booked.departure), time(ctx.hotel.check_out_hour), ctx.hotel.zone
    )
    return moment(millis(local))


def undo_prepare(ctx: Context, done: Remembered) -> Giving:
    """The room is given back, unless the guest has checked in."""
    pms = HousePms(ctx.tx)
    stay = pms.stay_by_op(done.id)
    if stay is None or stay.state in ("in_house", "out") or stay.hold is not None:
        return Giving.TOO_LATE
    pms.give_back(stay)
    return Giving.FREED


# -- checking in ------------------------------------------------------------------------------------------------------
def check_in(ctx: Context, body: StayCheckIn) -> CheckedInAnswer:
    """The guest has the key. Always booked; what does not fit is listed for the desk."""
    pms = HousePms(ctx.tx)
    stay = pms.stay(ctx.hotel.id, body.stay)
    if stay is not None and stay.terminal != ctx.scope:
        raise Refuse("forbidden", alarm=("check_in_of_foreign_stay", body.stay))
    if stay is None:
        _list(ctx, "check_in_unknown_stay", f"stay {body.stay}, hold {body.hold}")
        return CheckedInAnswer(state="late", receipt_no=ctx.receipt_no(), held=0)
    if stay.state in ("in_house", "out"):
        ctx.books.alarm("checked_in_twice", ctx.scope, ctx.request.id, stay.id, ctx.at)
        return _already(ctx, stay)
    return _take_in(ctx, pms, stay, body)


def _already(ctx: Context, stay: Stay) -> CheckedInAnswer:
    hold = ctx.books.hold(stay.hold) if stay.hold else None
    return CheckedInAnswer(
        state="already", receipt_no=ctx.receipt_no(), held=_held_now(hold, ctx.at), shortfall=stay.shortfall,
        slip=slip_code(ctx.keys, ctx.hotel.id, stay.id),
    )  # fmt: skip


def _take_in(ctx: Context, pms: Pms, stay: Stay, body: StayCheckIn) -> CheckedInAnswer:
    booked = pms.booking(stay.property, stay.booking)
    assert booked is not None
    if not pms.room_is_free_for(stay, ctx.at) or booked.state != "booked":
        detail = f"stay {stay.id}, room {stay.room}, booking {booked.no}, deposit {stay.deposit}, hold {body.hold}"
        _list(ctx, "room_conflict", detail)
        return CheckedInAnswer(state="late", receipt_no=ctx.receipt_no(), held=0, shortfall=stay.deposit)
    until = max(millis(check_out_by(ctx, booked)), ctx.at) + ctx.policy.keep_deposit_ms
    hold, shortfall, on_time = _deposit(ctx, stay, body.hold, until)
    if shortfall:
        _list(ctx, "deposit_short", f"stay {stay.id}, room {stay.room}, short {shortfall}")
    for token in body.identities:
        if remembered_identity(ctx, token) is None:
            _list(ctx, "guest_not_registered", f"stay {stay.id}, room {stay.room}")
    pms.check_in(
        stay, hold=hold.id if hold else None, shortfall=shortfall, op=ctx.request.id, now=ctx.at,
        keys=tuple((key.serial, key.copy) for key in body.keys),
    )  # fmt: skip
    return CheckedInAnswer(
        state="checked_in" if on_time else "late", receipt_no=ctx.receipt_no(), held=_held_now(hold, ctx.at),
        shortfall=shortfall, slip=slip_code(ctx.keys, ctx.hotel.id, stay.id),
    )  # fmt: skip


def _deposit(ctx: Context, stay: Stay, hold_id: str, until: int) -> tuple[Hold | None, int, bool]:
    """The stay's hold, what it lacks, and whether it was there in time.

    A hold that ran out, or was never seen, is taken again as far as funds go. One that was given back with an answer
    that lets a terminal say "nothing was taken" stays given back.
    """
    state, hold = holds.look(ctx.books, hold_id, ctx.mover)
    if hold is not None and (hold.terminal != ctx.scope or hold.stay is not None or hold.shape != "deposit"):
        ctx.books.alarm("check_in_with_foreign_hold", ctx.scope, ctx.request.id, hold_id, ctx.at)
        return None, stay.deposit, False
    if hold is not None and state is State.HELD:
        holds.prolong(ctx.books, hold, until, stay.id)
        kept = ctx.books.hold(hold.id)
        return kept, max(0, stay.deposit - hold.amount), True
    if state in (State.CAPTURED, State.TOMBSTONE, State.RELEASED):
        return None, stay.deposit, False
    member, amount = (hold.member, hold.amount - hold.captured) if hold is not None else (stay.member, stay.deposit)
    if hold is not None:
        ctx.books.give_to_stay(hold, stay.id)
    else:
        ctx.books.tombstone(hold_id, ctx.scope, ctx.request.id, ctx.at)
    if member is None:
        return None, stay.deposit, False
    again = holds.hold_money(
        ctx.books, member, amount, until - ctx.at, ctx.mover, id_=ctx.request.id, stay=stay.id, as_far_as_it_goes=True
    )
    return again, max(0, stay.deposit - again.amount), False


def _held_now(hold: Hold | None, at: int) -> int:
    return sum(leg.rest for leg in hold.legs if leg.until > at) if hold is not None else 0


def _list(ctx: Context, what: str, detail: str) -> None:
    ctx.books.list_for_desk(ctx.hotel.id, ctx.scope, what, ctx.request.id, detail, ctx.at)


# -- the bill ---------------------------------------------------------------------------------------------------------
def folio(ctx: Context, body: FolioGet) -> Folio:
    """The bill of a stay in the house, by its slip or by a registered document."""
    pms = HousePms(ctx.tx)
    if body.medium == "slip":
        content = _content(ctx, body.token, "slip")
        stay = pms.stay(ctx.hotel.id, str(content.get("s")))
    else:
        stay = _of_document(ctx, pms, identity_of(ctx, body.token))
    if stay is None or stay.state in ("prepared", "given_back"):
        raise Refuse("stay_unknown")
    if stay.state == "out":
        raise Refuse("stay_closed")
    return _folio(ctx, pms, stay)


def _of_document(ctx: Context, pms: Pms, seen: Identity) -> Stay | None:
    """The stay that a document is registered for; the booked guest's opens it only under the booked name."""
    stay = pms.stay_of_document(ctx.hotel.id, seen.fingerprint)
    booked = pms.booking(ctx.hotel.id, stay.booking) if stay is not None else None
    if booked is not None and booked.document == seen.fingerprint and not is_named(booked, seen):
        raise Refuse("stay_unknown", alarm=("name_of_another", f"document of booking {booked.no}"))
    return stay


def _folio(ctx: Context, pms: Pms, stay: Stay) -> Folio:
    booked = pms.booking(stay.property, stay.booking)
    assert booked is not None
    room, lines = pms.room(stay.property, stay.room), pms.folio(stay)
    total, paid = _sums(lines)
    due = max(0, total - paid)
    deposit = _held_now(ctx.books.hold(stay.hold) if stay.hold else None, ctx.at)
    from_deposit = min(due, deposit)
    return Folio(
        stay=stay.id, version=len(lines), no=booked.no, room=stay.room, floor=room.floor, room_type=_type(pms, booked),
        guest_masked=masked_guest(booked.guest, booked.latin), arrival=booked.arrival, departure=booked.departure,
        nights=nights_of(booked),
        lines=tuple(FolioLine(what=Wording(zh=x.zh, en=x.en), qty=x.qty, amount=x.amount) for x in lines),
        total=total, paid=paid, due=due, deposit=deposit, from_deposit=from_deposit, released=deposit - from_deposit,
    )  # fmt: skip


def _sums(lines: tuple[Line, ...]) -> tuple[int, int]:
    return sum(x.amount for x in lines if x.amount > 0), -sum(x.amount for x in lines if x.amount < 0)


def check_out(ctx: Context, body: StayCheckOut) -> CheckedOutAnswer:
    """Capture what is due from the deposit, free the rest, close the stay: one transaction."""
    pms = HousePms(ctx.tx)
    stay = pms.stay(ctx.hotel.id, body.stay)
    if stay is None or stay.state in ("prepared", "given_back"):
        raise Refuse("stay_unknown")
    if stay.state == "out":
        raise Refuse("stay_closed")
    lines = pms.folio(stay)
    total, paid = _sums(lines)
    due = max(0, total - paid)
    if body.version != len(lines) or body.due != due:
        raise Refuse("folio_changed")
    hold = ctx.books.hold(stay.hold) if stay.hold else None
    if hold is None:
        if due:
            raise Refuse("folio_exceeds_deposit")
        pms.check_out(stay, ctx.request.id, ctx.at)
        return CheckedOutAnswer(state="checked_out", receipt_no=ctx.receipt_no(), posted=(), released=0)
    return _settle(ctx, pms, stay, hold, due)


def _settle(ctx: Context, pms: Pms, stay: Stay, hold: Hold, due: int) -> CheckedOutAnswer:
    try:
        done, released = holds.settle(ctx.books, hold, due, ctx.mover, receipt_no=ctx.receipt_no())
    except Insufficient:
        raise Refuse("folio_exceeds_deposit") from None
    if due:
        pms.add_line(stay, Line("押金抵扣", "From the deposit", 1, -due), ctx.at)
    pms.check_out(stay, ctx.request.id, ctx.at)
    return CheckedOutAnswer(
        state="checked_out", receipt_no=done.receipt_no, released=released,
        posted=tuple(LedgerAmount(ledger=ledger, amount=amount) for ledger, amount in done.posted),
        balances=balances(ctx, done.account) if done.account else (),
    )  # fmt: skip



HANDLERS: dict[str, Handler] = {
    "booking.find": find, "stay.prepare": prepare, "stay.check_in": check_in, "folio.get": folio,
    "stay.check_out": check_out,
}  # fmt: skip
