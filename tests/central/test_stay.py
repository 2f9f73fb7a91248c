"""From the booking to the key and out again, and everything that stands in the way."""

from __future__ import annotations

import msgspec
import pytest

from central.audit import audit
from central.cast import CAST
from central.codes import booking_code
from central.furnish import document_of
from mqtt.messages.hold import HOLD_AUTHORISE, HOLD_CAPTURE, HOLD_RELEASE, HoldAuthorise, HoldRelease
from mqtt.messages.identity import IDENTITY_PRESENT, IdDocument, IdentityPresent
from mqtt.messages.op import OP_UNDO, OpUndo
from mqtt.messages.outcome import Reply
from mqtt.messages.stay import (
    BOOKING_FIND,
    FOLIO_GET,
    STAY_CHECK_IN,
    STAY_CHECK_OUT,
    STAY_PREPARE,
    BookingFind,
    FolioGet,
    KeyCut,
    StayCheckIn,
    StayCheckOut,
    StayPrepare,
)
from tests.central.house import House, code_of, handed_over

AT = "2026-11-24T06:30:00.000Z"


def prepare(house: House, who: str, *others: str):  # type: ignore[no-untyped-def]
    booking = house.booking(who)
    identities = tuple(house.identity(house.k, w, booking.id).identity for w in (who, *others))
    return house.k.ask(STAY_PREPARE, StayPrepare(booking=booking.id, identities=identities)), identities


def hold_deposit(house: House, stay, ttl_s: int = 600):  # type: ignore[no-untyped-def]
    return house.k.must(
        HOLD_AUTHORISE, HoldAuthorise(member=stay.member, amount=stay.deposit, purpose="deposit", ttl_s=ttl_s)
    )[0]


def check_in(house: House, stay, hold, identities):  # type: ignore[no-untyped-def]
    body = StayCheckIn(
        stay=stay.stay, hold=hold, identities=identities, keys=(KeyCut(serial="04A1"),), delivered_at=AT
    )
    return house.k.must(STAY_CHECK_IN, body)


def test_a_guest_checks_in_by_code_and_out_by_slip(house: House) -> None:
    booking = house.booking("li")
    code = booking_code(house.keys, "yunqi", booking.id, house.at // 1000 + 60)
    found = house.k.must(BOOKING_FIND, BookingFind(medium="code", token=code))[1].bookings
    assert [(b.booking, b.state, b.guest_masked) for b in found] == [(booking.id, "ready", "李*华 LI*")]
    outcome, identities = prepare(house, "li")
    assert isinstance(outcome, Reply)
    stay = outcome.body
    assert (stay.room, stay.deposit, stay.available, stay.nights) == ("1206", 30_000, 128_000, 2)
    hold = hold_deposit(house, stay)
    assert house.balance("li")["CNY"] == (128_000, 30_000)
    _, done = check_in(house, stay, hold, identities)
    assert (done.state, done.held, done.shortfall) == ("checked_in", 30_000, 0)
    folio = house.k.must(FOLIO_GET, FolioGet(medium="slip", token=done.slip))[1]
    assert (folio.total, folio.paid, folio.due, folio.released) == (73_600, 73_600, 0, 30_000)
    body = StayCheckOut(stay=folio.stay, version=folio.version, due=folio.due)
    out = house.t.must(STAY_CHECK_OUT, body)[1]
    assert (out.released, out.posted) == (30_000, ())
    assert house.balance("li")["CNY"] == (128_000, 0)
    assert code_of(house.k.ask(FOLIO_GET, FolioGet(medium="slip", token=done.slip))) == "stay_closed"
    assert code_of(house.t.ask(STAY_CHECK_OUT, body)) == "stay_closed"


def test_an_id_card_alone_finds_the_booking_and_the_stay(house: House) -> None:
    seen = house.identity(house.k, "li")
    (found,) = house.k.must(BOOKING_FIND, BookingFind(medium="identity", token=seen.identity))[1].bookings
    assert found.state == "ready"
    sun = house.identity(house.k, "sun")
    (found,) = house.k.must(BOOKING_FIND, BookingFind(medium="identity", token=sun.identity))[1].bookings
    assert found.state == "checked_in"
    folio = house.k.must(FOLIO_GET, FolioGet(medium="identity", token=sun.identity))[1]
    assert (folio.due, folio.deposit, folio.from_deposit, folio.released) == (11_200, 30_000, 11_200, 18_800)
    out = house.k.must(STAY_CHECK_OUT, StayCheckOut(stay=folio.stay, version=folio.version, due=11_200))[1]
    assert [(p.ledger, p.amount) for p in out.posted] == [("CNY", 11_200)]
    assert out.released == 18_800
    assert house.balance("sun")["CNY"] == (80_000 - 11_200, 0)


def test_two_bookings_of_one_member_are_both_found_and_strangers_find_none(house: House) -> None:
    zheng = house.identity(house.k, "zheng").identity
    assert len(house.k.must(BOOKING_FIND, BookingFind(medium="identity", token=zheng))[1].bookings) == 2
    nobody = house.identity(house.k, "chen").identity
    assert house.k.must(BOOKING_FIND, BookingFind(medium="identity", token=nobody))[1].bookings == ()


def test_codes_that_are_over_or_not_ours(house: House) -> None:
    booking = house.booking("li")
    old = booking_code(house.keys, "yunqi", booking.id, house.at // 1000)
    good = booking_code(house.keys, "yunqi", booking.id, house.at // 1000 + 60)
    other = booking_code(house.keys, "other", booking.id, house.at // 1000 + 60)
    torn = good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB")
    for token, code in ((old, "code_expired"), (torn, "code_forged"), (other, "code_forged"), ("hello", "code_forged")):
        assert code_of(house.k.ask(BOOKING_FIND, BookingFind(medium="code", token=token))) == code
    unknown = booking_code(house.keys, "yunqi", house.k.visit, house.at // 1000 + 60)
    assert house.k.must(BOOKING_FIND, BookingFind(medium="code", token=unknown))[1].bookings == ()


@pytest.mark.parametrize(("who", "code"), [
    ("zhao", "booking_cancelled"), ("liu", "booking_not_today"), ("sun", "already_checked_in"),
    ("zhou", "booking_unpaid"), ("zhang", "not_ready_room"), ("lin", "identity_minor"), ("wang", "identity_mismatch"),
])  # fmt: skip
def test_what_stands_in_the_way(house: House, who: str, code: str) -> None:
    assert code_of(prepare(house, who)[0]) == code


def test_two_adults_show_two_documents(house: House) -> None:
    outcome, _ = prepare(house, "wang", "chen")
    assert isinstance(outcome, Reply)
    assert outcome.body.adults == 2
    outcome, _ = prepare(house, "wang", "wang")
    assert code_of(outcome) == "identity_mismatch"


def test_a_document_that_ran_out_and_one_of_somebody_else(house: House) -> None:
    gao = IdentityPresent(document=document_of(CAST["gao"]))
    assert code_of(house.k.ask(IDENTITY_PRESENT, gao)) == "identity_expired"
    assert house.identity(house.k, "wang", house.booking("li").id).match == "no"
    assert house.identity(house.k, "li", house.booking("li").id).match == "yes"
    assert house.identity(house.k, "li").match == "unknown"
    booking = house.booking("li")
    wang = house.identity(house.k, "wang", booking.id).identity
    outcome = house.k.ask(STAY_PREPARE, StayPrepare(booking=booking.id, identities=(wang,)))
    assert code_of(outcome) == "identity_mismatch"


def test_a_namesake_is_not_the_guest(house: House) -> None:
    namesake = IdDocument(kind="passport", name="李伟华", name_latin="LI WEIHUA", number="P1", birth="1985-03-12")
    body = IdentityPresent(document=namesake, booking=house.booking("li").id)
    seen = house.k.must(IDENTITY_PRESENT, body)[1]
    assert seen.match == "no"
    assert house.k.must(BOOKING_FIND, BookingFind(medium="identity", token=seen.identity))[1].bookings == ()


def renamed(house: House, who: str, name: str) -> str:
    document = msgspec.structs.replace(document_of(CAST[who]), name=name, name_latin="")
    return house.k.must(IDENTITY_PRESENT, IdentityPresent(document=document))[1].identity


def test_a_companions_wallet_pays_nothing_under_another_name(house: House) -> None:
    booking = house.booking("wang")
    wang = house.identity(house.k, "wang", booking.id).identity
    li = renamed(house, "li", "王五")
    body = StayPrepare(booking=booking.id, identities=(wang, li))
    prepared = house.k.must(STAY_PREPARE, body)[1]
    owner = house.rows("SELECT member FROM stays WHERE id = ?", prepared.stay)
    assert house.rows("SELECT id FROM members WHERE name = '李伟华'") != owner
    assert house.alarms() == ["name_of_another"]


def test_a_guests_number_under_another_name_shows_no_bill(house: House) -> None:
    body = FolioGet(medium="identity", token=renamed(house, "sun", "王五"))
    assert code_of(house.k.ask(FOLIO_GET, body)) == "stay_unknown"
    assert house.alarms() == ["name_of_another"]


def test_two_guests_never_get_the_same_room(house: House) -> None:
    rooms = [prepare(house, who)[0].body.room for who in ("wu", "zheng", "xu", "smith")]
    assert len(set(rooms)) == 4
    assert not {"1203", "804", "1202", "1206", "802"} & set(rooms), "dirty, taken or somebody else's"


def test_handles_are_bound_to_terminal_visit_and_time(house: House) -> None:
    booking = house.booking("li")
    mine = house.identity(house.k, "li").identity
    body = StayPrepare(booking=booking.id, identities=(mine,))
    assert code_of(house.t.ask(STAY_PREPARE, body)) == "not_identified"
    house.wait(30 * 60 + 1)
    assert code_of(house.k.ask(STAY_PREPARE, body)) == "not_identified"
    mine = house.identity(house.k, "li").identity
    house.k.new_visit()
    body = StayPrepare(booking=booking.id, identities=(mine,))
    assert code_of(house.k.ask(STAY_PREPARE, body)) == "not_identified"


def test_a_room_is_given_back_and_locked_against_another_terminal(house: House) -> None:
    outcome, _ = prepare(house, "li")
    assert isinstance(outcome, Reply)
    booking = house.booking("li")
    theirs = house.identity(house.t, "li", booking.id).identity
    assert code_of(house.t.ask(STAY_PREPARE, StayPrepare(booking=booking.id, identities=(theirs,)))) == "not_ready_room"
    undo = OpUndo(of=outcome.id, of_kind="stay.prepare", of_seq=1)
    assert house.k.must(OP_UNDO, undo)[1].state == "undone"
    assert code_of(house.t.ask(STAY_PREPARE, StayPrepare(booking=booking.id, identities=(theirs,)))) == "ok"


def test_from_check_in_on_the_stay_owns_the_hold(house: House) -> None:
    outcome, identities = prepare(house, "li")
    stay = outcome.body
    hold = hold_deposit(house, stay)
    check_in(house, stay, hold, identities)
    assert code_of(house.k.ask(HOLD_RELEASE, HoldRelease(hold=hold, reason="left"))) == "hold_of_stay"
    undo = OpUndo(of=hold, of_kind="hold.authorise", of_seq=2)
    assert house.k.must(OP_UNDO, undo)[1].state == "too_late"
    prepared = OpUndo(of=outcome.id, of_kind="stay.prepare", of_seq=1)
    assert house.k.must(OP_UNDO, prepared)[1].state == "too_late"
    done = house.k.must(HOLD_CAPTURE, handed_over(hold, 500))[1]
    assert (done.state, done.shortfall) == ("late_posted", 500)
    assert house.suspense(house.k) == 500
    assert house.balance("li")["CNY"] == (128_000, 30_000)
    assert code_of(house.k.ask(STAY_CHECK_IN, StayCheckIn(
        stay=stay.stay, hold=hold, identities=identities, keys=(), delivered_at=AT
    ))) == "ok"  # fmt: skip
    assert house.alarms()[-1] == "checked_in_twice"


def test_a_late_check_in_takes_the_deposit_again_as_far_as_funds_go(house: House) -> None:
    outcome, identities = prepare(house, "li")
    stay = outcome.body
    hold = hold_deposit(house, stay)
    house.wait(3 * 3600)
    elsewhere = house.member(house.t, "li")
    house.t.must(HOLD_AUTHORISE, HoldAuthorise(member=elsewhere, amount=118_000, purpose="deposit"))
    _, done = check_in(house, stay, hold, identities)
    assert (done.state, done.held, done.shortfall) == ("late", 10_000, 20_000)
    assert [what for (what,) in house.rows("SELECT what FROM listed")] == ["deposit_short"]
    late = house.k.must(HOLD_CAPTURE, handed_over(hold, 100))[1]
    assert (late.state, late.shortfall) == ("late_posted", 100)


def test_a_check_in_after_the_hold_was_given_back_takes_nothing(house: House) -> None:
    outcome, identities = prepare(house, "li")
    hold = hold_deposit(house, outcome.body)
    house.k.must(HOLD_RELEASE, HoldRelease(hold=hold, reason="left"))
    _, done = check_in(house, outcome.body, hold, identities)
    assert (done.state, done.held, done.shortfall) == ("late", 0, 30_000)
    assert house.balance("li")["CNY"] == (128_000, 0)


@pytest.mark.parametrize("given_back", ["by the next", "by an undo"])
def test_a_check_in_of_another_room_keeps_one_deposit_and_lists_the_other(house: House, given_back: str) -> None:
    first, before = prepare(house, "li")
    assert isinstance(first, Reply)
    first_hold = hold_deposit(house, first.body)
    if given_back == "by an undo":
        house.k.must(OP_UNDO, OpUndo(of=first.id, of_kind="stay.prepare", of_seq=1))
    second, identities = prepare(house, "li")
    second_hold = hold_deposit(house, second.body)
    _, late = check_in(house, first.body, first_hold, before)
    assert (late.state, late.held, late.shortfall) == ("late", 0, 30_000)
    _, done = check_in(house, second.body, second_hold, identities)
    assert (done.state, done.held) == ("checked_in", 30_000)
    for _ in range(2):
        assert check_in(house, first.body, first_hold, before)[1].state == "late"
    assert [what for (what,) in house.rows("SELECT what FROM listed")] == ["room_conflict"] * 3
    with house.store.transaction() as tx:
        assert audit(tx, house.keys).violations == ()
    house.wait(601)
    house.central.tick()
    assert house.balance("li")["CNY"] == (128_000, 30_000)
    assert house.rows("SELECT hold FROM stays WHERE id = ?", second.body.stay) == [(second_hold,)]


def test_the_bill_moved_or_is_larger_than_the_deposit(house: House) -> None:
    luo = house.identity(house.k, "luo").identity
    folio = house.k.must(FOLIO_GET, FolioGet(medium="identity", token=luo))[1]
    assert folio.due == 60_000 and folio.from_deposit == 30_000
    outcome = house.k.ask(STAY_CHECK_OUT, StayCheckOut(stay=folio.stay, version=folio.version, due=60_000))
    assert code_of(outcome) == "folio_exceeds_deposit"
    old = StayCheckOut(stay=folio.stay, version=folio.version - 1, due=60_000)
    assert code_of(house.k.ask(STAY_CHECK_OUT, old)) == "folio_changed"
    nobody = house.identity(house.k, "chen").identity
    assert code_of(house.k.ask(FOLIO_GET, FolioGet(medium="identity", token=nobody))) == "stay_unknown"
