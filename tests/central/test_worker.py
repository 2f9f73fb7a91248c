"""Twice is once; what cannot be read; whose place it is; who may speak."""

from __future__ import annotations

import json
from typing import Any

import pytest

from central.audit import audit
from central.clerk import Clerk
from central.fleet import confirm_quarantine
from central.handlers import HANDLERS
from central.ledger.interface import StoreUnavailable
from central.refuse import Refuse
from mqtt.messages import wire
from mqtt.messages.envelope import Answer, Refusal
from mqtt.messages.hold import HOLD_AUTHORISE, HOLD_CAPTURE, HoldAuthorise, HoldCapture, Tender
from mqtt.messages.kinds import KINDS
from mqtt.messages.link import HeartbeatAck
from mqtt.messages.op import OP_ASK, OP_UNDO, UNDOABLE, OpAsk, OpUndo
from mqtt.messages.outcome import Refused, Reply
from mqtt.messages.service import SERVICE_CALL, ServiceCall
from tests.central.house import House, code_of, handed_over

AT = "2026-11-24T06:30:00.000Z"
OTHER_ID = "01a20000-0000-7000-8000-000000000001"


def test_every_kind_has_a_handler_and_no_handler_is_without_a_kind() -> None:
    assert set(HANDLERS) == set(KINDS)


def deposit(house: House, clerk: Clerk, amount: int = 1_000) -> bytes:
    member = house.member(clerk, "test1")
    return clerk.message(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=amount, purpose="deposit"))


def answer(house: House, clerk: Clerk, payload: bytes, kind: str = "hold.authorise", correlation: Any = None) -> Answer:
    ((topic, said, back),) = house.central.handle(clerk.terminal.request(kind), payload, correlation)
    assert topic == clerk.terminal.topic("rsp")
    read = wire.decode(said, Answer)
    assert back == read.id.encode()
    return read


def changed(payload: bytes, **fields: Any) -> bytes:
    message = json.loads(payload)
    message.update(fields)
    return json.dumps({key: value for key, value in message.items() if value is not ...}).encode()


def test_the_same_bytes_are_answered_the_same_and_done_once(house: House) -> None:
    payload = deposit(house, house.t)
    first = answer(house, house.t, payload)
    house.wait(3_600)
    again = answer(house, house.t, payload)
    assert (again.outcome, again.code, bytes(again.body)) == (first.outcome, first.code, bytes(first.body))
    assert house.balance("test1")["CNY"] == (100_000, 1_000)
    assert house.rows("SELECT COUNT(*) FROM holds WHERE shape = 'deposit' AND terminal = 'yunqi/t01'") == [(1,)]


def test_a_refusal_is_remembered_even_when_funds_come(house: House) -> None:
    payload = deposit(house, house.t, 200_000)
    assert answer(house, house.t, payload).code == "insufficient"
    from central.members import credit

    with house.store.transaction() as tx:
        member = tx.rows("SELECT id FROM members WHERE name = '测试一'")[0][0]
        credit(tx, "job:gift", member, "CNY", 500_000, house.at)
    assert answer(house, house.t, payload).code == "insufficient"


def test_the_same_id_with_other_bytes_or_from_elsewhere_is_refused_with_an_alarm(house: House) -> None:
    payload = deposit(house, house.t)
    assert answer(house, house.t, payload).outcome == "ok"
    assert answer(house, house.t, payload + b" ").code == "id_reused"
    assert answer(house, house.k, changed(payload, role="lobby")).code == "id_reused"
    assert house.alarms() == ["id_reused", "id_reused", "journal_cloned"]
    assert house.balance("test1")["CNY"] == (100_000, 1_000)


def bad_messages() -> list[tuple[str, dict[str, Any], str, str]]:
    body = {"member": "m_x", "amount": 100, "purpose": "deposit"}
    return [
        ("no v", {"v": ...}, "malformed", "$"), ("text v", {"v": "1"}, "malformed", "$.v"),
        ("float v", {"v": 1.0}, "malformed", "$.v"), ("next v", {"v": 2}, "unsupported", ""),
        ("v of another shape", {"v": 7, "body": [], "role": 3}, "unsupported", ""),
        ("unknown kind", {"kind": "bill.pay"}, "unsupported", ""),
        ("other kind", {"kind": "hold.adjust"}, "malformed", "$.kind"),
        ("no place", {"seq": ...}, "malformed", "$.seq"), ("no journal", {"journal": ...}, "malformed", "$.journal"),
        ("seq 0", {"seq": 0}, "malformed", "$.seq"), ("no body", {"body": ...}, "malformed", "$"),
        ("list body", {"body": []}, "malformed", "$.body"),
        ("text amount", {"body": {**body, "amount": "100"}}, "malformed", "$.body.amount"),
        ("float amount", {"body": {**body, "amount": 100.0}}, "malformed", "$.body.amount"),
        ("true amount", {"body": {**body, "amount": True}}, "malformed", "$.body.amount"),
        ("no amount", {"body": {**body, "amount": 0}}, "malformed", "$.body.amount"),
        ("too much", {"body": {**body, "amount": 10**12 + 1}}, "malformed", "$.body.amount"),
        ("ttl 0", {"body": {**body, "ttl_s": 0}}, "malformed", "$.body.ttl_s"),
        ("two shapes", {"body": {**body, "instrument": "sn", "ref": "1", "count": 1}}, "malformed", "$.body"),
        ("no role", {"role": "oracle"}, "malformed", "$.role"), ("store", {"store": "A"}, "malformed", "$.store"),
        ("a line after the id", {"id": OTHER_ID + "\n"}, "malformed", "$.id"),
        ("a line after the store", {"store": "front\n"}, "malformed", "$.store"),
        ("no such day", {"at": "2026-02-29T06:30:00.000Z"}, "malformed", "$.at"),
        ("no such hour", {"at": "2026-11-24T24:30:00.000Z"}, "malformed", "$.at"),
        ("digits of elsewhere", {"at": "２０２６-11-24T06:30:00.000Z"}, "malformed", "$.at"),
        ("local time", {"at": "2026-11-24T06:30:00+08:00"}, "malformed", "$.at"),
        ("upper id", {"id": "01A20000-0000-7000-8000-000000000001"}, "malformed", "$.id"),
    ]  # fmt: skip


@pytest.mark.parametrize(("what", "fields", "code", "path"), bad_messages())
def test_what_is_not_a_message_is_named_and_not_remembered(
    house: House, what: str, fields: dict[str, Any], code: str, path: str
) -> None:
    payload = deposit(house, house.t)
    said = answer(house, house.t, changed(payload, **fields), correlation=OTHER_ID.encode())
    assert said.code == code
    assert wire.convert(said.body, Refusal).path == (path or None)
    assert answer(house, house.t, payload).outcome == "ok"


def test_bytes_that_are_hardly_json(house: House) -> None:
    payload = deposit(house, house.t)
    deep = b"[" * 40 + b"]" * 40
    for wrong in (
        payload[:-1], payload + b"}", b"\xef\xbb\xbf" + payload, payload.replace(b'"v":1', b'"v":1,"v":1'),
        payload.replace(b'"amount":1000', b'"amount":1,"amount":1000'),
        payload.replace(b'"amount":1000', b'"amount":NaN'), changed(payload, extra=json.loads(deep)),
        changed(payload, extra="x" * 66_000), b"", b"\xff\xfe", b"[]", b"null", b"[" * 100_000, b'{"a":' * 20_000,
    ):  # fmt: skip
        said = answer(house, house.t, wrong, correlation=OTHER_ID.encode())
        assert said.code == "malformed", wrong[:80]
    assert house.rows("SELECT COUNT(*) FROM operations WHERE id = ?", OTHER_ID) == [(0,)]


def test_without_any_id_there_is_no_answer_but_a_count(house: House) -> None:
    topic = house.t.terminal.request("hold.authorise")
    for correlation in (None, b"hello", b"\xff", OTHER_ID.upper().encode()):
        assert house.central.handle(topic, b"{}", correlation) == []
    assert house.central.counted["no id"] == 4
    assert house.central.handle("yk/v1/central/x/req/op.ask", b"{}", OTHER_ID.encode()) == []
    assert house.central.handle("yk/v1/yunqi", b"{}", OTHER_ID.encode()) == []


def test_unknown_fields_are_ignored(house: House) -> None:
    assert answer(house, house.t, changed(deposit(house, house.t), newer={"x": [1.5]})).outcome == "ok"


def test_malformed_notes_its_place_and_overloaded_does_not(house: House) -> None:
    payload = deposit(house, house.t)
    topic = house.t.terminal.request("hold.authorise")
    (said,) = house.central.later(topic, payload, None, "overloaded")
    refusal = wire.decode(said[1], Answer)
    assert refusal.code == "overloaded"
    assert wire.convert(refusal.body, Refusal).retry_in_s == 5
    assert beat(house, house.t).gaps == ((1, 1),)
    answer(house, house.t, changed(payload, store="A"))
    assert beat(house, house.t).gaps == ()


def test_a_store_that_cannot_answer_means_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    payload = deposit(house, house.t)
    with monkeypatch.context() as patch:
        def unavailable() -> None:
            raise StoreUnavailable("FullError")

        patch.setattr(house.store, "transaction", unavailable)
        assert answer(house, house.t, payload).code == "not_ready"
    assert answer(house, house.t, payload).outcome == "ok"


def test_later_names_the_epoch_before_anything_was_answered(house: House) -> None:
    with house.store.transaction() as tx:
        tx.run("UPDATE facts SET value = '3' WHERE key = 'ledger_epoch'")
    payload = deposit(house, house.t)
    ((_, said, _),) = house.worker().later(house.t.terminal.request("hold.authorise"), payload, None, "overloaded")
    assert wire.decode(said, Answer).ledger_epoch == 3


def test_later_is_remembered_nowhere_and_notes_no_place(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    payload = deposit(house, house.t)
    with monkeypatch.context() as patch:
        def busy(_ctx: object, _body: object) -> None:
            raise Refuse("not_ready")

        patch.setitem(HANDLERS, "hold.authorise", busy)
        said = answer(house, house.t, payload)
    assert (said.code, wire.convert(said.body, Refusal).retry_in_s) == ("not_ready", 5)
    assert beat(house, house.t).gaps == ((1, 1),)
    assert answer(house, house.t, payload).outcome == "ok"


def beat(house: House, clerk: Clerk, *skipped: int) -> HeartbeatAck:
    payload = {"journal": clerk.journal, "seq": clerk.seq, "outbox": 0, "oldest_s": 0, "skipped": list(skipped)}
    ((topic, ack, correlation),) = house.central.handle(clerk.terminal.topic("hb"), json.dumps(payload).encode(), None)
    assert (topic, correlation) == (clerk.terminal.topic("hb/ack"), None)
    return wire.decode(ack, HeartbeatAck)


def test_the_heartbeat_names_gaps_until_they_come_or_are_skipped(house: House) -> None:
    t = house.t
    payloads = [t.message(SERVICE_CALL, ServiceCall(what="staff", about="help")) for _ in range(6)]
    for n in (1, 4):
        assert t.send(SERVICE_CALL, payloads[n])
    assert beat(house, t).gaps == ((1, 1), (3, 4), (6, 6))
    t.send(SERVICE_CALL, payloads[0])
    assert beat(house, t, 3, 4).gaps == ((6, 6),)
    t.send(SERVICE_CALL, payloads[5])
    ack = beat(house, t)
    assert (ack.gaps, ack.durable_seq, ack.now) == ((), 0, "2026-11-24T06:30:00.000Z")


def test_never_notes_the_place_of_what_it_made_impossible(house: House) -> None:
    t = house.t
    lost = t.message(HOLD_AUTHORISE, HoldAuthorise(instrument="sn", ref="1", count=1))
    id_ = json.loads(lost)["id"]
    t.must(OP_UNDO, OpUndo(of=id_, of_kind="hold.authorise", of_seq=1))
    assert beat(house, t).gaps == ()
    assert code_of(t.send(HOLD_AUTHORISE, lost)) == "undone"
    assert house.alarms() == []


@pytest.mark.parametrize("kind", sorted(UNDOABLE))
def test_what_can_be_undone_and_was_never_seen_never_will_be(house: House, kind: str) -> None:
    assert house.t.must(OP_UNDO, OpUndo(of=OTHER_ID, of_kind=kind, of_seq=9))[1].state == "never"
    assert house.t.must(OP_ASK, OpAsk(of=OTHER_ID))[1].state == "never"


def test_a_kind_that_is_undone_stands_in_the_list() -> None:
    assert {kind.name for kind in KINDS.values() if kind.undo} <= UNDOABLE


def test_a_heartbeat_skips_places_and_nothing_else(house: House) -> None:
    t = house.t
    beat(house, t, 1)
    said = {"journal": t.journal, "seq": 1, "outbox": 0, "oldest_s": 0, "skipped": [0]}
    assert house.central.handle(t.terminal.topic("hb"), json.dumps(said).encode(), None) == []
    with house.store.transaction() as tx:
        assert audit(tx, house.keys).violations == ()


def test_two_ids_at_one_place_quarantine_and_go_on(house: House) -> None:
    t = house.t
    t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    t.seq -= 1
    t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    assert beat(house, t).quarantined
    assert house.alarms() == ["journal_cloned"]
    first, t.journal = t.journal, OTHER_ID
    assert beat(house, t).quarantined
    t.journal = first
    with house.store.transaction() as tx:
        assert confirm_quarantine(tx, "yunqi/t01", house.at)
    assert beat(house, t).quarantined
    t.journal, t.seq = OTHER_ID, 0
    assert not beat(house, t).quarantined


def test_who_names_anothers_journal_is_the_evidence_himself(house: House) -> None:
    t, k = house.t, house.k
    t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    k.journal, k.seq = t.journal, 1
    for _ in range(3):
        k.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
        t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    assert house.rows("SELECT terminal FROM quarantine") == [("yunqi/k01",)]
    assert house.alarms() == ["journal_cloned"]
    assert not beat(house, t).quarantined
    with house.store.transaction() as tx:
        assert audit(tx, house.keys).violations == ()


def test_a_heartbeat_with_anothers_journal_is_not_answered(house: House) -> None:
    t, k = house.t, house.k
    t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    said = {"journal": t.journal, "seq": 5, "outbox": 0, "oldest_s": 0, "skipped": [2, 3]}
    for _ in range(2):
        assert house.central.handle(k.terminal.topic("hb"), json.dumps(said).encode(), None) == []
    assert house.central.counted["foreign journal"] == 2
    assert house.alarms() == ["journal_cloned"]
    assert house.rows("SELECT terminal FROM quarantine") == [("yunqi/k01",)]
    assert house.rows("SELECT COUNT(*) FROM places WHERE terminal = 'yunqi/k01' AND journal = ?", t.journal) == [(0,)]
    assert beat(house, t).gaps == ()
    with house.store.transaction() as tx:
        confirm_quarantine(tx, "yunqi/k01", house.at)
    assert not beat(house, k).quarantined


def test_a_terminal_speaks_only_its_own_role_and_kinds(house: House) -> None:
    payload = house.k.message(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    assert answer(house, house.k, changed(payload, role="handheld"), "service.call").code == "forbidden"
    room = house.clerk("r1206", "room", "rooms")
    from mqtt.messages.coupon import SN_CHECK, SnCheck

    assert code_of(room.ask(SN_CHECK, SnCheck(sn="1"))) == "forbidden"
    stranger = house.clerk("k99")
    assert code_of(stranger.ask(SERVICE_CALL, ServiceCall(what="staff", about="help"))) == "forbidden"
    assert stranger.terminal.scope not in {t for (t,) in house.rows("SELECT terminal FROM places")}
    assert house.central.handle(stranger.terminal.topic("hb"), b"{}", None) == []


def test_ask_and_undo_of_what_was_refused_or_has_no_undo(house: House) -> None:
    t = house.t
    refused = t.ask(HOLD_AUTHORISE, HoldAuthorise(instrument="sn", ref="nothing", count=1))
    assert isinstance(refused, Refused)
    asked = t.must(OP_ASK, OpAsk(of=refused.id))[1]
    assert (asked.state, asked.answer and asked.answer.code) == ("done", "coupon_unknown")
    undone = t.must(OP_UNDO, OpUndo(of=refused.id, of_kind="hold.authorise", of_seq=1))[1]
    assert (undone.state, undone.answer and undone.answer.code) == ("done", "coupon_unknown")
    assert house.alarms() == []
    called, _ = t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    assert t.must(OP_UNDO, OpUndo(of=called, of_kind="service.call", of_seq=2))[1].state == "done"
    assert house.alarms() == ["undo_of_kind_without"]
    for kind in ("hold.capture", "no.kind"):
        assert code_of(t.ask(OP_UNDO, OpUndo(of=OTHER_ID, of_kind=kind, of_seq=9))) == "malformed"
    assert t.must(OP_ASK, OpAsk(of=OTHER_ID))[1].state == "unseen"


def offline(payload: bytes, n: int = 1) -> bytes:
    return changed(payload, offline={"at": AT, "n": n, "prev": "0" * 64})


def quarantine(house: House, clerk: Clerk) -> None:
    with house.store.transaction() as tx:
        tx.books.quarantine(clerk.terminal.scope, clerk.journal, "a test", house.at)


@pytest.mark.parametrize(("free", "code"), [(True, "unsupported"), (False, "quarantined")])
def test_nothing_is_asked_off_line_yet(house: House, free: bool, code: str) -> None:
    payload = offline(deposit(house, house.t))
    if not free:
        quarantine(house, house.t)
    assert answer(house, house.t, payload).code == code
    assert house.balance("test1")["CNY"] == (100_000, 0)
    assert beat(house, house.t).gaps == ()


@pytest.mark.parametrize(("free", "state", "listed", "books"), [
    (True, "captured", "captured_offline", (99_000, 0)),
    (False, "late_posted", "conflict_quarantined", (100_000, 1_000)),
])  # fmt: skip
def test_a_capture_off_line_is_listed_and_debits_nobody_from_a_quarantined_terminal(
    house: House, free: bool, state: str, listed: str, books: tuple[int, int]
) -> None:
    t = house.t
    hold = answer(house, t, deposit(house, t)).id
    if not free:
        quarantine(house, t)
    said = answer(house, t, offline(t.message(HOLD_CAPTURE, handed_over(hold, 1_000))), "hold.capture")
    assert json.loads(bytes(said.body))["state"] == state
    assert house.balance("test1")["CNY"] == books
    assert house.rows("SELECT what FROM listed WHERE terminal = 'yunqi/t01'") == [(listed,)]
    assert house.suspense(t) == (0 if free else 1_000)
    with house.store.transaction() as tx:
        assert audit(tx, house.keys).violations == ()


def test_a_quote_is_unknown_for_now(house: House) -> None:
    assert code_of(house.t.ask(HOLD_AUTHORISE, HoldAuthorise(quote=OTHER_ID, tenders=()))) == "quote_unknown"


def test_ttl_has_a_floor_outside_test_mode(house: House) -> None:
    from central.context import Policy
    from central.worker import Central

    strict = Central(house.store, house.keys, house.central._wall, house.t._chance, Policy())
    house.t.central = strict
    member = house.member(house.t, "test1")
    short = HoldAuthorise(member=member, amount=1, purpose="deposit", ttl_s=29)
    assert code_of(house.t.ask(HOLD_AUTHORISE, short)) == "malformed"
    long = HoldAuthorise(member=member, amount=1, purpose="deposit", ttl_s=30)
    assert code_of(house.t.ask(HOLD_AUTHORISE, long)) == "ok"


@pytest.mark.parametrize(("tenders", "fits"), [
    ([("balance", 500)], True), ([("balance", 300), ("gift", 200)], True), ([("balance", 500), ("cash", 100)], True),
    ([("balance", 400), ("cash", 100)], False), ([], False), ([("balance", 200), ("balance", 300)], False),
])  # fmt: skip
def test_tenders_that_do_not_fit_are_booked_with_an_alarm(
    house: House, tenders: list[tuple[Any, int]], fits: bool
) -> None:
    member = house.member(house.t, "test1")
    hold, _ = house.t.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=500, purpose="deposit"))
    paid = tuple(Tender(kind=kind, amount=amount) for kind, amount in tenders)
    body = HoldCapture(hold=hold, amount=500, final=True, delivered_at=AT, tenders=paid)
    assert house.t.must(HOLD_CAPTURE, body)[1].state == "captured"
    assert house.alarms() == ([] if fits else ["tenders_do_not_fit"])


def test_a_capture_says_how_it_was_paid(house: House) -> None:
    payload = house.t.message(HOLD_CAPTURE, handed_over(OTHER_ID, 500))
    message = json.loads(payload)
    del message["body"]["tenders"]
    assert answer(house, house.t, json.dumps(message).encode(), "hold.capture").code == "malformed"


def test_time_never_goes_back_not_even_in_a_new_worker(house: House) -> None:
    first = answer(house, house.t, deposit(house, house.t)).at
    house.at -= 3_600_000
    house.central = house.t.central = house.worker()
    outcome = house.t.ask(OP_ASK, OpAsk(of=OTHER_ID))
    assert isinstance(outcome, Reply)
    payload = house.t.message(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    assert answer(house, house.t, payload, "service.call").at >= first
