"""The contract's table of a hold's states, cell by cell: every state met by every event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from central.audit import audit
from mqtt.messages.hold import (
    HOLD_ADJUST,
    HOLD_AUTHORISE,
    HOLD_CAPTURE,
    HOLD_RELEASE,
    HoldAdjust,
    HoldAuthorise,
    HoldRelease,
)
from mqtt.messages.op import OP_ASK, OP_UNDO, OpAsk, OpUndo
from mqtt.messages.outcome import Refused, Reply
from tests.central.house import House, code_of, handed_over

AMOUNT = 30_000


@dataclass
class Case:
    """One hold of member test1 (CNY 100,000 and BONUS 30,000) at terminal `t`, known or not."""

    house: House
    id: str
    payload: bytes

    def authorise(self) -> str:
        return code_of(self.house.t.send(HOLD_AUTHORISE, self.payload))

    def capture(self, amount: int = AMOUNT, final: bool = True):  # type: ignore[no-untyped-def]
        return self.house.t.must(HOLD_CAPTURE, handed_over(self.id, amount, final))[1]

    def release(self) -> str:
        return self.house.t.must(HOLD_RELEASE, HoldRelease(hold=self.id, reason="left"))[1].state

    def undo(self) -> str:
        return self.house.t.must(OP_UNDO, OpUndo(of=self.id, of_kind="hold.authorise", of_seq=1))[1].state

    def ask(self) -> str:
        return self.house.t.must(OP_ASK, OpAsk(of=self.id))[1].state

    def adjust(self, amount: int) -> str:
        return code_of(self.house.t.ask(HOLD_ADJUST, HoldAdjust(hold=self.id, amount=amount)))

    def adjusted(self, amount: int, ttl_s: int | None = None) -> str:
        """The id of an adjust that was done."""
        return self.house.t.must(HOLD_ADJUST, HoldAdjust(hold=self.id, amount=amount, ttl_s=ttl_s))[0]

    def undo_adjust(self, id_: str) -> str:
        undo = OpUndo(of=id_, of_kind="hold.adjust", of_seq=2)
        return self.house.t.must(OP_UNDO, undo)[1].state

    @property
    def books(self) -> tuple[int, int, int]:
        """CNY posted, CNY held, suspense."""
        posted, held = self.house.balance("test1")["CNY"]
        return posted, held, self.house.suspense(self.house.t)


REACHED: dict[str, Callable[[Case], object]] = {
    "none": lambda case: None,
    "tombstone": lambda case: case.undo(),
    "held": lambda case: case.authorise(),
    "captured": lambda case: (case.authorise(), case.capture()),
    "released": lambda case: (case.authorise(), case.release()),
    "undone": lambda case: (case.authorise(), case.undo()),
    "expired": lambda case: (case.authorise(), case.house.wait(601)),
}


@pytest.fixture
def case(house: House, request: pytest.FixtureRequest) -> Case:
    member = house.member(house.t, "test1")
    body = HoldAuthorise(member=member, amount=AMOUNT, purpose="deposit", ttl_s=600)
    payload = house.t.message(HOLD_AUTHORISE, body)
    made = Case(house, payload[payload.index(b'"id":"') + 6 :][:36].decode(), payload)
    REACHED[request.param](made)
    return made


@pytest.fixture(autouse=True)
def books_in_order(house: House):  # type: ignore[no-untyped-def]
    yield
    with house.store.transaction() as tx:
        assert audit(tx, house.keys).violations == ()


@pytest.mark.parametrize(("case", "code", "books"), [
    ("none", "ok", (100_000, 30_000, 0)), ("tombstone", "undone", (100_000, 0, 0)),
    ("held", "ok", (100_000, 30_000, 0)), ("captured", "ok", (70_000, 0, 0)), ("released", "ok", (100_000, 0, 0)),
    ("expired", "ok", (100_000, 30_000, 0)),
], indirect=["case"])  # fmt: skip
def test_authorise(case: Case, code: str, books: tuple[int, int, int]) -> None:
    assert case.authorise() == code
    assert case.books == books


@pytest.mark.parametrize(("case", "state", "short", "books", "alarm"), [
    ("none", "late_posted", AMOUNT, (100_000, 0, AMOUNT), "capture_no_hold"),
    ("tombstone", "late_posted", AMOUNT, (100_000, 0, AMOUNT), "capture_after_undone"),
    ("held", "captured", 0, (70_000, 0, 0), None),
    ("captured", "already", 0, (70_000, 0, 0), "captured_twice"),
    ("released", "late_posted", AMOUNT, (100_000, 0, AMOUNT), "capture_after_released"),
    ("undone", "late_posted", AMOUNT, (100_000, 0, AMOUNT), "capture_after_released"),
    ("expired", "late_posted", 0, (70_000, 0, 0), None),
], indirect=["case"])  # fmt: skip
def test_capture(case: Case, state: str, short: int, books: tuple[int, int, int], alarm: str | None) -> None:
    done = case.capture()
    assert (done.state, done.shortfall) == (state, short)
    assert case.books == books
    assert case.house.alarms() == ([alarm] if alarm else [])


@pytest.mark.parametrize(("case", "state", "books"), [
    ("none", "never", (100_000, 0, 0)), ("tombstone", "never", (100_000, 0, 0)), ("held", "released", (100_000, 0, 0)),
    ("captured", "already_captured", (70_000, 0, 0)), ("released", "released", (100_000, 0, 0)),
    ("undone", "released", (100_000, 0, 0)), ("expired", "released", (100_000, 0, 0)),
], indirect=["case"])  # fmt: skip
def test_release(case: Case, state: str, books: tuple[int, int, int]) -> None:
    assert case.release() == state
    assert case.books == books


@pytest.mark.parametrize(("case", "state", "books", "then"), [
    ("none", "never", (100_000, 0, 0), "never"), ("tombstone", "never", (100_000, 0, 0), "never"),
    ("held", "undone", (100_000, 0, 0), "undone"), ("captured", "too_late", (70_000, 0, 0), "done"),
    ("released", "undone", (100_000, 0, 0), "undone"), ("undone", "undone", (100_000, 0, 0), "undone"),
    ("expired", "undone", (100_000, 0, 0), "undone"),
], indirect=["case"])  # fmt: skip
def test_undo(case: Case, state: str, books: tuple[int, int, int], then: str) -> None:
    assert case.undo() == state
    assert case.books == books
    assert case.ask() == then


@pytest.mark.parametrize(("case", "state"), [
    ("none", "unseen"), ("tombstone", "never"), ("held", "done"), ("captured", "done"), ("released", "done"),
    ("undone", "undone"), ("expired", "done"),
], indirect=["case"])  # fmt: skip
def test_ask(case: Case, state: str) -> None:
    assert case.ask() == state


@pytest.mark.parametrize("case", ["none", "released"], indirect=True)
def test_after_never_or_released_it_cannot_happen_any_more(case: Case) -> None:
    case.release()
    if case.ask() == "never":
        assert case.authorise() == "undone"
        assert case.ask() == "never"
    assert case.books == (100_000, 0, 0)


@pytest.mark.parametrize("case", ["none"], indirect=True)
def test_a_final_capture_of_nothing_leaves_a_tombstone_and_a_part_does_not(case: Case) -> None:
    case.capture(100, final=False)
    assert case.ask() == "unseen"
    case.capture(100)
    assert case.ask() == "never"
    assert case.authorise() == "undone"
    assert case.books == (100_000, 0, 200)


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_part_captures_add_up_to_what_is_held_and_the_rest_is_owed(case: Case) -> None:
    assert case.capture(10_000, final=False).state == "captured"
    assert case.books == (90_000, 20_000, 0)
    assert case.undo() == "too_late"
    over = case.capture(25_000, final=False)
    assert (over.state, [(p.ledger, p.amount) for p in over.posted], over.shortfall) == (
        "late_posted", [("CNY", 20_000)], 5_000,
    )  # fmt: skip
    assert case.books == (70_000, 0, 5_000)
    assert case.capture(0).state == "captured"
    assert case.capture(0).state == "already"


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_what_is_left_after_a_part_capture_can_be_released(case: Case) -> None:
    case.capture(10_000, final=False)
    assert case.release() == "released"
    assert case.books == (90_000, 0, 0)
    assert case.undo() == "too_late"


@pytest.mark.parametrize("case", ["expired"], indirect=True)
def test_a_late_capture_takes_what_is_there_from_its_ledger_then_from_bonus(case: Case) -> None:
    member = case.house.member(case.house.k, "test1")
    case.house.k.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=110_000, purpose="deposit"))
    done = case.capture()
    assert [(p.ledger, p.amount) for p in done.posted] == [("BONUS", 20_000)]
    assert done.shortfall == 10_000
    assert case.house.alarms() == ["late_capture_short"]
    assert case.capture(0).state == "already"


@pytest.mark.parametrize("case", ["expired"], indirect=True)
def test_a_late_capture_takes_no_more_than_was_held(case: Case) -> None:
    done = case.capture(AMOUNT + 700, final=False)
    assert (sum(p.amount for p in done.posted), done.shortfall) == (AMOUNT, 700)
    assert case.capture(500).shortfall == 500
    assert case.books == (70_000, 0, 1_200)


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_adjust_up_down_and_back(case: Case) -> None:
    assert case.adjust(120_000) == "ok"
    assert case.house.balance("test1") == {"BONUS": (30_000, 20_000), "CNY": (100_000, 100_000), "POINT": (5_000, 0)}
    assert case.adjust(130_001) == "insufficient"
    assert case.adjust(90_000) == "ok"
    assert case.house.balance("test1")["BONUS"] == (30_000, 0)
    assert case.books[:2] == (100_000, 90_000)
    case.capture(50_000, final=False)
    assert case.adjust(49_999) == "malformed"
    assert case.adjust(50_000) == "ok"
    assert case.books[:2] == (50_000, 0)


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_undo_of_an_adjust_restores_amount_and_time_if_nothing_came_after(case: Case) -> None:
    house = case.house
    first, held = house.t.must(HOLD_ADJUST, HoldAdjust(hold=case.id, amount=50_000, ttl_s=5_000))
    assert held.expires_in_s == 5_000
    undo = OpUndo(of=first, of_kind="hold.adjust", of_seq=2)
    assert house.t.must(OP_UNDO, undo)[1].state == "undone"
    assert house.t.must(OP_ASK, OpAsk(of=first))[1].state == "undone"
    assert case.books[:2] == (100_000, 30_000)
    house.wait(601)
    assert case.adjust(30_000) == "hold_not_open"


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_undo_of_an_adjust_is_too_late_after_a_capture_or_another(case: Case) -> None:
    house = case.house
    first, _ = house.t.must(HOLD_ADJUST, HoldAdjust(hold=case.id, amount=50_000))
    second, _ = house.t.must(HOLD_ADJUST, HoldAdjust(hold=case.id, amount=40_000))
    undo = OpUndo(of=first, of_kind="hold.adjust", of_seq=2)
    assert house.t.must(OP_UNDO, undo)[1].state == "too_late"
    case.capture(1, final=False)
    assert house.t.must(OP_UNDO, OpUndo(of=second, of_kind="hold.adjust", of_seq=3))[1].state == "too_late"


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_what_an_undone_adjust_added_is_never_debited_not_even_after_expiry(case: Case) -> None:
    more = case.adjusted(60_000, ttl_s=60)
    case.house.wait(601)
    assert case.undo_adjust(more) == "undone"
    done = case.capture(60_000)
    assert ([(p.ledger, p.amount) for p in done.posted], done.shortfall) == ([("CNY", AMOUNT)], 60_000 - AMOUNT)
    assert case.books == (70_000, 0, 30_000)


@pytest.mark.parametrize("case", ["held"], indirect=True)
@pytest.mark.parametrize(("elsewhere", "then"), [(0, "ok"), (110_000, "hold_not_open")])
def test_a_hold_that_an_adjust_let_expire_is_held_again_by_its_undo_if_funds_allow(
    case: Case, elsewhere: int, then: str
) -> None:
    more = case.adjusted(60_000, ttl_s=60)
    case.house.wait(61)
    member = case.house.member(case.house.k, "test1")
    if elsewhere:
        case.house.k.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=elsewhere, purpose="deposit"))
    assert case.undo_adjust(more) == "undone"
    assert case.adjust(AMOUNT) == then
    done = case.capture(60_000)
    assert sum(p.amount for p in done.posted) == (20_000 if elsewhere else AMOUNT)


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_undo_of_an_adjust_that_gave_more_time_lets_the_time_be_up(case: Case) -> None:
    longer = case.adjusted(60_000, ttl_s=5_000)
    case.house.wait(601)
    assert case.undo_adjust(longer) == "undone"
    assert case.books[:2] == (100_000, 0)
    assert case.adjust(AMOUNT) == "hold_not_open"
    assert case.capture(60_000).shortfall == 60_000 - AMOUNT


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_adjusts_are_undone_one_after_the_other_the_last_first(case: Case) -> None:
    first = case.adjusted(50_000)
    second = case.adjusted(40_000)
    assert case.undo_adjust(first) == "too_late"
    assert case.undo_adjust(second) == "undone"
    third = case.adjusted(70_000)
    assert case.undo_adjust(third) == "undone"
    assert case.undo_adjust(first) == "undone"
    assert case.books[:2] == (100_000, AMOUNT)


@pytest.mark.parametrize("case", ["none"], indirect=True)
def test_an_adjusted_hold_spends_principal_first(case: Case) -> None:
    house = case.house
    t, member = house.t, house.member(house.t, "test1")
    rest, _ = t.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=100_000, purpose="deposit"))
    case.id, _ = t.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=10_000, purpose="deposit"))
    t.must(HOLD_RELEASE, HoldRelease(hold=rest, reason="left"))
    case.adjusted(30_000)
    assert [(p.ledger, p.amount) for p in case.capture(25_000).posted] == [("BONUS", 5_000), ("CNY", 20_000)]


@pytest.mark.parametrize("case", ["released", "captured", "expired", "none"], indirect=True)
def test_a_closed_hold_is_not_adjusted(case: Case) -> None:
    assert case.adjust(40_000) == "hold_not_open"


@pytest.mark.parametrize("case", ["held"], indirect=True)
def test_another_terminal_moves_nothing(case: Case) -> None:
    k = case.house.k
    done = k.must(HOLD_CAPTURE, handed_over(case.id, AMOUNT))[1]
    assert (done.state, done.shortfall, done.balances) == ("late_posted", AMOUNT, ())
    assert case.house.suspense(k) == AMOUNT
    assert code_of(k.ask(HOLD_RELEASE, HoldRelease(hold=case.id, reason="left"))) == "forbidden"
    assert code_of(k.ask(OP_UNDO, OpUndo(of=case.id, of_kind="hold.authorise", of_seq=1))) == "forbidden"
    assert code_of(k.ask(HOLD_ADJUST, HoldAdjust(hold=case.id, amount=1))) == "not_yours"
    assert code_of(k.ask(OP_ASK, OpAsk(of=case.id))) == "id_reused"
    assert case.books == (100_000, 30_000, 0)
    assert case.capture().state == "captured"


@pytest.mark.parametrize("case", ["none"], indirect=True)
def test_a_tombstone_binds_only_the_terminal_that_asked(case: Case) -> None:
    undo = OpUndo(of=case.id, of_kind="hold.authorise", of_seq=1)
    assert case.house.k.must(OP_UNDO, undo)[1].state == "never"
    assert case.authorise() == "ok"


@pytest.mark.parametrize("case", ["none"], indirect=True)
def test_expiry_counts_as_free_before_anything_sweeps(case: Case) -> None:
    house = case.house
    member = house.member(house.t, "test1")
    big = HoldAuthorise(member=member, amount=130_000, purpose="deposit", ttl_s=60)
    assert code_of(house.t.ask(HOLD_AUTHORISE, big)) == "ok"
    refused = house.t.ask(HOLD_AUTHORISE, big)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.body.available) == ("insufficient", 0)
    house.wait(60)
    assert code_of(house.t.ask(HOLD_AUTHORISE, big)) == "ok"
    house.wait(61)
    house.central.tick()
    assert house.balance("test1")["CNY"] == (100_000, 0)


@pytest.mark.parametrize("case", ["none"], indirect=True)
def test_deposit_captured_at_once(case: Case) -> None:
    house = case.house
    member = house.member(house.t, "test1")
    at_once = HoldAuthorise(member=member, amount=110_000, purpose="deposit", capture=True)
    id_, held = house.t.must(HOLD_AUTHORISE, at_once)
    assert held.capture is not None
    assert [(p.ledger, p.amount) for p in held.capture.posted] == [("BONUS", 10_000), ("CNY", 100_000)]
    assert house.balance("test1")["BONUS"] == (20_000, 0)
    assert house.t.must(OP_UNDO, OpUndo(of=id_, of_kind="hold.authorise", of_seq=1))[1].state == "too_late"
    outcome = house.t.ask(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=20_001, purpose="deposit", capture=True))
    assert code_of(outcome) == "insufficient"
    assert not isinstance(outcome, Reply)
