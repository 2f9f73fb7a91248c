"""Documents are shown once and kept as a keyed hash; members are found by document or by a code that is spent once."""

from __future__ import annotations

from datetime import date
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.cast import CAST
from central.context import Policy
from central.furnish import document_of
from central.member_code import make_code
from central.people import Vault, check_digit, masked, masked_guest, same_name, valid_resident_id
from central.worker import Central
from mqtt.messages.hold import HOLD_AUTHORISE, HOLD_RELEASE, HoldAuthorise, HoldRelease
from mqtt.messages.identity import IDENTITY_PRESENT, MEMBER_IDENTIFY, IdDocument, IdentityPresent, MemberIdentify
from mqtt.messages.service import SERVICE_CALL, ServiceCall
from tests.central.house import House, code_of


def test_no_document_number_stands_anywhere_in_clear(house: House) -> None:
    for who in CAST:
        if who != "gao":
            house.identity(house.k, who)
    dump = b"".join(
        repr(row).encode()
        for (table,) in house.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        for row in house.rows(f"SELECT * FROM {table}")
    )
    for person in CAST.values():
        assert person.number.encode() not in dump
        assert person.number.lower().encode() not in dump
    vault = Vault(house.keys.secret)
    sealed = house.rows("SELECT sealed FROM documents WHERE name = '李伟华'")[0][0]
    assert vault.unseal(sealed) == CAST["li"].number


def test_documents_that_led_to_nothing_are_forgotten_after_a_day(house: House) -> None:
    stranger = IdDocument(kind="passport", name="DOE JANE", number="P7", birth="1990-01-01")
    house.k.must(IDENTITY_PRESENT, IdentityPresent(document=stranger))
    house.identity(house.k, "li")
    house.wait(86_400 + 60)
    house.central.tick()
    names = {name for (name,) in house.rows("SELECT name FROM documents")}
    assert "DOE JANE" not in names
    assert "李伟华" in names


@pytest.mark.parametrize(("born", "adult"), [("2008-11-24", True), ("2008-11-25", False)])
def test_of_age_by_the_hotels_own_date(house: House, born: str, adult: bool) -> None:
    document = IdDocument(kind="passport", name="DOE JANE", number="P7", birth=born)
    assert house.k.must(IDENTITY_PRESENT, IdentityPresent(document=document))[1].adult is adult


def presented(house: House, who: str, name: str, latin: str = "") -> str:
    """A handle for somebody's number under another name."""
    document = msgspec.structs.replace(document_of(CAST[who]), name=name, name_latin=latin)
    return house.k.must(IDENTITY_PRESENT, IdentityPresent(document=document))[1].identity


def test_a_right_number_under_a_wrong_name_opens_no_member(house: House) -> None:
    wrong = presented(house, "li", "王五")
    assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="identity", token=wrong))) == "member_unknown"
    assert house.alarms() == ["name_of_another"]
    latin = presented(house, "li", "", "Li Weihua")
    assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="identity", token=latin))) == "ok"
    assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="identity", token=wrong))) == "member_unknown"


def test_another_showing_of_a_number_changes_nobodys_handle_and_no_stored_name(house: House) -> None:
    mine = house.identity(house.t, "li").identity
    presented(house, "li", "王五")
    assert code_of(house.t.ask(MEMBER_IDENTIFY, MemberIdentify(medium="identity", token=mine))) == "ok"
    assert house.rows("SELECT COUNT(*) FROM documents WHERE name = '王五'") == [(0,)]


def test_what_was_read_is_forgotten_with_the_document(house: House) -> None:
    presented(house, "chen", "王五")
    house.wait(86_400 + 60)
    house.central.tick()
    assert house.rows("SELECT COUNT(*) FROM handles WHERE name <> ''") == [(0,)]


def test_documents_that_prove_nothing(house: House) -> None:
    li = document_of(CAST["li"])
    wrong = li.number[:-1] + ("1" if li.number[-1] != "1" else "2")
    for document in (
        IdDocument(kind="resident_id", name=li.name, number=wrong), IdDocument(kind="passport", name="X", number="1"),
        IdDocument(kind="passport", name="X", number="1", birth="2026-02-30"),
        IdDocument(kind="passport", name="X", number="1", birth="2027-01-01"),
    ):  # fmt: skip
        assert code_of(house.k.ask(IDENTITY_PRESENT, IdentityPresent(document=document))) == "malformed"


def test_a_member_is_found_by_document_and_the_handle_is_the_visits(house: House) -> None:
    seen = house.identity(house.k, "feng")
    found = house.k.must(MEMBER_IDENTIFY, MemberIdentify(medium="identity", token=seen.identity))[1]
    assert [(b.ledger, b.posted, b.held) for b in found.balances] == [
        ("BONUS", 15_000, 0), ("CNY", 20_000, 0), ("POINT", 760, 0),
    ]  # fmt: skip
    assert (found.name_masked, found.tier.zh) == ("冯*", "银牌会员")
    nobody = house.identity(house.k, "he").identity
    assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="identity", token=nobody))) == "member_unknown"
    blocked = house.identity(house.k, "xu").identity
    assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="identity", token=blocked))) == "member_blocked"
    body = HoldAuthorise(member=found.member, amount=1, purpose="deposit")
    assert code_of(house.t.ask(HOLD_AUTHORISE, body)) == "not_identified"
    house.wait(14 * 60)
    assert code_of(house.k.ask(HOLD_AUTHORISE, body)) == "ok"
    house.wait(14 * 60)
    assert code_of(house.k.ask(HOLD_AUTHORISE, body)) == "ok"
    house.wait(15 * 60 + 1)
    assert code_of(house.k.ask(HOLD_AUTHORISE, body)) == "not_identified"


def test_a_members_code_is_spent_on_a_visit(house: House) -> None:
    code = house.member_code("li")
    body = MemberIdentify(medium="qr", token=code)
    assert code_of(house.k.ask(MEMBER_IDENTIFY, body)) == "ok"
    house.wait(29)
    assert code_of(house.k.ask(MEMBER_IDENTIFY, body)) == "ok"
    assert code_of(house.t.ask(MEMBER_IDENTIFY, body)) == "not_identified"
    house.k.new_visit()
    assert code_of(house.k.ask(MEMBER_IDENTIFY, body)) == "not_identified"


def test_a_blocked_members_code_is_spent_too(house: House) -> None:
    body = MemberIdentify(medium="qr", token=house.member_code("xu"))
    assert code_of(house.k.ask(MEMBER_IDENTIFY, body)) == "member_blocked"
    assert code_of(house.t.ask(MEMBER_IDENTIFY, body)) == "not_identified"
    assert code_of(house.k.ask(MEMBER_IDENTIFY, body)) == "member_blocked"


def test_a_phone_number_alone_opens_nothing(house: House) -> None:
    body = MemberIdentify(medium="phone", token="13800000000")
    assert code_of(house.k.ask(MEMBER_IDENTIFY, body)) == "second_factor_required"


def test_codes_that_are_old_forged_or_of_nobody(house: House) -> None:
    code = house.member_code("li")
    house.wait(90)
    assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="qr", token=code))) == "code_expired"
    fresh = house.member_code("li")
    torn = fresh[:-2] + ("00" if fresh[-2:] != "00" else "11")
    for token in (torn, "YK1M", "hello", "YK1M" + "A" * 200):
        assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="qr", token=token))) == "code_forged"
    nobody = make_code(Vault(house.keys.secret), "nobody", house.at)
    assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="qr", token=nobody))) == "member_unknown"


def test_a_straggler_of_an_older_visit_does_not_end_the_new_one(house: House) -> None:
    old = house.k.visit
    first = house.identity(house.k, "li").identity
    house.k.new_visit()
    mine = house.member(house.k, "li")
    current, house.k.visit = house.k.visit, old
    body = MemberIdentify(medium="identity", token=first)
    assert code_of(house.k.ask(MEMBER_IDENTIFY, body)) == "not_identified"
    house.k.visit = current
    assert code_of(house.k.ask(HOLD_AUTHORISE, HoldAuthorise(member=mine, amount=1, purpose="deposit"))) == "ok"


@pytest.mark.parametrize("first", ["read", "request"])
def test_a_visit_begins_with_its_first_message_even_if_that_is_refused(house: House, first: str) -> None:
    mine = house.member(house.k, "li")
    body = HoldAuthorise(member=mine, amount=1, purpose="deposit")
    old = house.k.visit
    house.k.new_visit()
    if first == "read":
        assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="qr", token="x"))) == "code_forged"
    else:
        assert code_of(house.k.ask(HOLD_AUTHORISE, body)) == "not_identified"
    house.k.visit = old
    assert code_of(house.k.ask(HOLD_AUTHORISE, body)) == "not_identified"


def test_an_advice_of_another_visit_ends_nobodys_handles(house: House) -> None:
    mine = house.member(house.k, "li")
    current = house.k.visit
    house.k.new_visit()
    house.k.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    house.k.visit = current
    assert code_of(house.k.ask(HOLD_AUTHORISE, HoldAuthorise(member=mine, amount=1, purpose="deposit"))) == "ok"


def test_an_ended_visit_gets_no_handle_that_is_dead_at_birth(house: House) -> None:
    old, code = house.k.visit, house.member_code("li")
    house.identity(house.k, "li")
    house.k.new_visit()
    house.identity(house.k, "wang")
    house.k.visit = old
    li = IdentityPresent(document=document_of(CAST["li"]))
    assert code_of(house.k.ask(IDENTITY_PRESENT, li)) == "not_identified"
    assert code_of(house.k.ask(MEMBER_IDENTIFY, MemberIdentify(medium="qr", token=code))) == "not_identified"
    assert code_of(house.t.ask(MEMBER_IDENTIFY, MemberIdentify(medium="qr", token=code))) == "ok"


@pytest.mark.parametrize("what", ["identifications_an_hour", "members_an_hour", "held_an_hour"])
def test_a_terminal_that_does_too_much_in_an_hour_is_quarantined_once(house: House, what: str) -> None:
    most = 500 if what == "held_an_hour" else 2
    policy = Policy(**{what: most})
    house.k.central = Central(house.store, house.keys, house.central._wall, Random(1), policy)

    def people(*names: str) -> None:
        for who in names:
            member = house.member(house.k, who)
            house.k.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=200, purpose="deposit"))

    quarantined = "SELECT terminal FROM quarantine"
    if what == "identifications_an_hour":
        house.identity(house.k, "li")
        house.identity(house.k, "li")
        assert house.rows(quarantined) == []
        house.wait(3_601)
        house.identity(house.k, "li")
        house.identity(house.k, "li")
        assert house.rows(quarantined) == []
        people("li")
    else:
        people("li", "sun")
        assert house.rows(quarantined) == []
        people("feng")
    assert house.rows(quarantined) == [("yunqi/k01",)]
    people("li", "zheng")
    assert house.alarms() == ["terminal_over_limit"]


def test_what_a_terminal_gave_back_does_not_count_against_it(house: House) -> None:
    house.k.central = Central(house.store, house.keys, house.central._wall, Random(1), Policy(held_an_hour=500))
    member = house.member(house.k, "li")
    for _ in range(5):
        hold, _ = house.k.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=200, purpose="deposit"))
        house.k.must(HOLD_RELEASE, HoldRelease(hold=hold, reason="left"))
    assert house.rows("SELECT terminal FROM quarantine") == []


def test_masks() -> None:
    names = {"李伟华": "李*华", "李华": "李*", "欧阳文静": "欧**静", "LI WEIHUA": "LI*", "": "*"}
    assert {name: masked(name) for name in names} == names
    assert masked_guest("SMITH JOHN", "") == "SMITH*"


def test_names_are_compared_without_spaces_case_or_width() -> None:
    assert same_name("Li  Weihua", "李伟华", "LI WEIHUA")
    assert same_name("ＬＩ Weihua", "li weihua")
    assert not same_name("", "")
    assert not same_name("李伟", "李伟华")


def test_every_invented_number_is_valid_and_nobodys() -> None:
    numbers = [p.number for p in CAST.values() if not p.passport]
    assert all(valid_resident_id(number) and number.startswith("339999") for number in numbers)
    assert len(set(numbers)) == len(numbers)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_changed_digit_is_found(born: date, order: int, place: int, by: int) -> None:
    first = f"339999{born:%Y%m%d}{order:03d}"
    number = first + check_digit(first)
    assert valid_resident_id(number)
    if number[place] != "X":
        other = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
        assert not valid_resident_id(other)
