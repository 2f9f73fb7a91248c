"""A serial number is used up once, here and now or not at all."""

from __future__ import annotations

import pytest

from central.audit import audit
from central.codes import sn_code
from mqtt.messages.coupon import SN_CHECK, SnCheck, SnState
from mqtt.messages.hold import (
    HOLD_AUTHORISE,
    HOLD_CAPTURE,
    HOLD_RELEASE,
    HoldAuthorise,
    HoldRelease,
)
from mqtt.messages.op import OP_UNDO, OpUndo
from tests.central.house import House, code_of, handed_over


def sn(house: House, batch: str, used: bool = False) -> str:
    sql = f"SELECT sn FROM coupons WHERE batch = ? AND used_at IS {'NOT ' if used else ''}NULL ORDER BY sn LIMIT 1"
    return str(house.rows(sql, batch)[0][0])


def check(house: House, text: str) -> SnState:
    return house.k.must(SN_CHECK, SnCheck(sn=text))[1]


def authorise(house: House, ref: str, *, capture: bool = False, ttl_s: int | None = None) -> HoldAuthorise:
    return HoldAuthorise(instrument="sn", ref=ref, count=1, capture=capture, ttl_s=ttl_s)


@pytest.mark.parametrize(("batch", "used", "state", "code"), [
    ("welcome", False, "usable", "ok"), ("welcome", True, "used", "coupon_used"),
    ("breakfast", False, "expired", "coupon_not_applicable"), ("spa", False, "other_store", "coupon_not_applicable"),
    ("harvest", False, "early", "coupon_not_applicable"),
])  # fmt: skip
def test_what_a_number_says_is_what_happens(house: House, batch: str, used: bool, state: str, code: str) -> None:
    number = sn(house, batch, used)
    said = check(house, number)
    assert (said.state, said.tail) == (state, number[-4:])
    assert code_of(house.k.ask(HOLD_AUTHORISE, authorise(house, said.ref, capture=True))) == code


def test_used_at_once_and_never_again(house: House) -> None:
    said = check(house, sn(house, "welcome"))
    _, held = house.k.must(HOLD_AUTHORISE, authorise(house, said.ref, capture=True))
    assert held.capture is not None
    assert [(p.ledger, p.amount) for p in held.capture.posted] == [("COUPON:welcome", 1)]
    assert (held.capture.state, held.available_after) == ("captured", 0)
    (number,) = house.rows("SELECT sn FROM coupons WHERE id = ?", said.ref)[0]
    again = check(house, number)
    assert (again.state, again.used_at, again.used_where) == ("used", "2026-11-24 14:30", "lobby")
    assert code_of(house.t.ask(HOLD_AUTHORISE, authorise(house, said.ref, capture=True))) == "coupon_used"


def test_typed_with_spaces_scanned_or_unknown(house: House) -> None:
    number = sn(house, "welcome")
    spaced = " ".join(number[i : i + 4] for i in range(0, 12, 4))
    assert check(house, spaced).state == "usable"
    assert check(house, sn_code(house.keys, number)).state == "usable"
    for text in ("0", "YK1S", "YK1B0000", "' OR 1=1 --"):
        assert check(house, text).state == "unknown"
        assert code_of(house.k.ask(HOLD_AUTHORISE, authorise(house, text))) == "coupon_unknown"


def test_two_terminals_want_the_same_one(house: House) -> None:
    said = check(house, sn(house, "welcome"))
    hold, _ = house.k.must(HOLD_AUTHORISE, authorise(house, said.ref))
    assert check(house, sn(house, "welcome")).state == "held"
    assert code_of(house.t.ask(HOLD_AUTHORISE, authorise(house, said.ref))) == "coupon_held"
    house.k.must(HOLD_RELEASE, HoldRelease(hold=hold, reason="left"))
    assert code_of(house.t.ask(HOLD_AUTHORISE, authorise(house, said.ref))) == "ok"


def test_an_outage_does_not_free_what_was_handed_over(house: House) -> None:
    said = check(house, sn(house, "welcome"))
    hold, held = house.k.must(HOLD_AUTHORISE, authorise(house, said.ref, ttl_s=300))
    assert held.expires_in_s == 300
    house.wait(20 * 3600)
    house.central.tick()
    assert code_of(house.t.ask(HOLD_AUTHORISE, authorise(house, said.ref))) == "coupon_held"
    done = house.k.must(HOLD_CAPTURE, handed_over(hold, 0))[1]
    assert (done.state, [p.ledger for p in done.posted], done.shortfall_legs) == ("late_posted", ["COUPON:welcome"], ())
    assert house.alarms() == []


def test_after_a_day_it_is_free_and_a_later_capture_owes_its_worth(house: House) -> None:
    said = check(house, sn(house, "welcome"))
    hold, _ = house.k.must(HOLD_AUTHORISE, authorise(house, said.ref))
    house.wait(24 * 3600)
    house.t.must(HOLD_AUTHORISE, authorise(house, said.ref, capture=True))
    done = house.k.must(HOLD_CAPTURE, handed_over(hold, 0))[1]
    assert [(leg.ledger, leg.amount, leg.worth) for leg in done.shortfall_legs] == [("COUPON:welcome", 1, 3_800)]
    assert house.suspense(house.k) == 3_800
    house.central.tick()
    with house.store.transaction() as tx:
        assert audit(tx, house.keys).violations == ()


def test_undo_frees_it_even_after_its_time(house: House) -> None:
    said = check(house, sn(house, "welcome"))
    hold, _ = house.k.must(HOLD_AUTHORISE, authorise(house, said.ref))
    house.wait(3600)
    assert house.k.must(OP_UNDO, OpUndo(of=hold, of_kind="hold.authorise", of_seq=1))[1].state == "undone"
    assert check(house, sn(house, "welcome")).state == "usable"


def test_what_does_not_exist_yet_is_found_nowhere(house: House) -> None:
    for instrument in ("times", "duration", "ticket", "points"):
        body = HoldAuthorise(instrument=instrument, ref="x", count=1)  # type: ignore[arg-type]
        assert code_of(house.t.ask(HOLD_AUTHORISE, body)) == "coupon_unknown"
