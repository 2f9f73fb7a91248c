"""Gift cards: every state, every move between them, and never a fen lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership import gift_cards as gift
from membership.gift_cards import GiftCard, GiftTerms, State
from membership.occasion import Occasion, Surface
from membership.preset_values import HOTEL
from membership.verdict import BadInput
from tests.membership.houses import occasion, why

TERMS = GiftTerms("Mid-Autumn", face=20_000, valid_days=30)
BY_PHONE = replace(TERMS, phone_needed=True)


def li(text: str = "2026-03-05 18:00") -> Occasion:
    return occasion(text, presenter="li")


def zhao(text: str = "2026-03-05 18:00") -> Occasion:
    return occasion(text, presenter="zhao")


def new(terms: GiftTerms = TERMS) -> GiftCard:
    return gift.sell(terms, ("g1",), "li")[0]


@pytest.mark.rules("GC-1", "GC-5")
def test_anybody_buys_one_or_several_of_those_on_display() -> None:
    assert why(gift.judge_purchase(TERMS, 3, "wechat")) == "allowed"
    assert why(gift.judge_purchase(replace(TERMS, displayed=False), 1, "wechat")) == "gift.not_displayed"
    assert [card.value for card in gift.sell(TERMS, ("g1", "g2", "g3"), "li")] == [20_000] * 3
    with pytest.raises(BadInput):
        gift.judge_purchase(TERMS, 0, "wechat")


@pytest.mark.rules("GC-2", "X-38", "X-61")
@pytest.mark.parametrize("tender", ["cash", "balance", "alipay", "card", ""])
def test_by_wechat_only_and_never_refunded(tender: str) -> None:
    assert why(gift.judge_purchase(TERMS, 1, tender)) == "gift.wechat_only"
    assert why(gift.judge_refund(new())) == "gift.no_refund"


@pytest.mark.rules("GC-4")
def test_the_phone_switch_decides_whether_claiming_activates() -> None:
    assert gift.claim(new(), li()).stage is State.ACTIVE
    claimed = gift.claim(new(BY_PHONE), li())
    assert claimed.stage is State.CLAIMED
    assert why(gift.judge_spend(claimed, li())) == "gift.activate_first"
    assert why(gift.judge_activate(claimed, False, li())) == "gift.phone_needed"
    assert gift.activate(claimed, True, li()).stage is State.ACTIVE
    assert why(gift.judge_activate(new(BY_PHONE), True, li())) == "gift.claim_first"
    assert why(gift.judge_activate(gift.claim(new(), li()), True, li())) == "gift.already_active"


@pytest.mark.rules("GC-3", "X-132")
@given(st.lists(st.integers(1, 15_000), max_size=6))
def test_a_bill_takes_what_is_there(bills: list[int]) -> None:
    card, paid = gift.claim(new(), li()), 0
    for bill in bills:
        if card.value == 0:
            assert why(gift.judge_spend(card, li())) == "gift.empty"
            break
        card, given_now = gift.spend(card, bill, li())
        assert given_now == min(bill, 20_000 - paid)
        paid += given_now
        assert card.value + paid == 20_000


@pytest.mark.rules("GC-7", "X-62")
def test_from_the_offer_on_nobody_spends_and_after_the_claim_the_giver_never() -> None:
    card = gift.offer(gift.claim(new(), li()), li())
    assert why(gift.judge_spend(card, li())) == "gift.in_transfer"
    assert why(gift.judge_spend(card, zhao())) == "gift.not_yours"
    assert why(gift.judge_claim(card, li())) == "gift.to_oneself"
    assert why(gift.judge_spend(gift.withdraw(card, li()), li())) == "allowed"
    passed = gift.claim(card, zhao())
    assert why(gift.judge_spend(passed, li())) == "gift.transferred"
    assert why(gift.judge_withdraw(passed, li())) == "gift.transferred"
    assert why(gift.judge_spend(passed, zhao())) == "allowed"
    assert (gift.state_for(passed, "li"), gift.state_for(passed, "zhao")) == (State.TRANSFERRED, State.ACTIVE)


@pytest.mark.rules("X-132", "X-133")
def test_a_partly_used_card_is_given_whole_and_its_days_go_on() -> None:
    card, _ = gift.spend(gift.activate(gift.claim(new(BY_PHONE), li()), True, li()), 5_000, li())
    passed = gift.claim(gift.offer(card, li()), zhao("2026-03-10 09:00"))
    assert (passed.value, passed.stage, passed.active_from) == (15_000, State.CLAIMED, date(2026, 3, 5))
    again = gift.activate(passed, True, zhao("2026-03-11 09:00"))
    assert again.last_day == date(2026, 4, 3)
    on = gift.claim(gift.offer(again, zhao("2026-03-12 09:00")), occasion("2026-03-12 10:00", presenter="sun"))
    assert on.givers == ("li", "zhao")


@pytest.mark.rules("GC-1", "X-64", "X-133")
def test_the_activation_day_is_day_one() -> None:
    card = gift.claim(new(), li())
    assert why(gift.judge_spend(card, li("2026-04-03 23:59"))) == "allowed"
    refusal = gift.judge_spend(card, li("2026-04-04 00:00"))
    assert refusal == replace(refusal, key="gift.expired", values=(("date", "2026-04-03"),))
    assert why(gift.judge_offer(card, li("2026-04-04 00:00"))) == "gift.expired"
    endless = gift.claim(new(replace(TERMS, valid_days=None)), li())
    assert why(gift.judge_spend(endless, li("2066-04-04 00:00"))) == "allowed"


@pytest.mark.rules("SV-21", "X-63", "GC-6", "GC-10")
def test_the_rest_moves_to_the_balance_once() -> None:
    card, _ = gift.spend(gift.claim(new(), li()), 5_000, li())
    moved, to_bucket = gift.recharge(card, li())
    assert (moved.stage, moved.value, to_bucket) == (State.RECHARGED, 0, 15_000)
    assert why(gift.judge_recharge(moved, li())) == "gift.recharged"
    assert why(gift.judge_spend(moved, li())) == "gift.recharged"
    assert why(gift.judge_offer(moved, li())) == "gift.recharged"


@pytest.mark.rules("X-132", "GC-6")
def test_a_deleted_card_is_hidden_for_thirty_days() -> None:
    gone = gift.delete(gift.claim(new(replace(TERMS, valid_days=None)), li()), li())
    assert gift.state_for(gone, "li") is State.DELETED
    assert why(gift.judge_spend(gone, li())) == "gift.deleted"
    assert why(gift.judge_restore(gone, li("2026-04-04 23:59"))) == "allowed"
    assert why(gift.judge_restore(gone, li("2026-04-05 00:00"))) == "gift.gone"
    assert gift.restore(gone, li()).value == 20_000
    assert why(gift.judge_restore(new(), li())) == "gift.not_deleted"


@pytest.mark.rules("GC-4", "X-64", "X-132")
def test_the_houses_numbers_make_the_terms() -> None:
    assert gift.gift_terms("Spring", 10_000, HOTEL.cards) == GiftTerms("Spring", 10_000, None, False, True, 30)
    other = replace(HOTEL.cards, gift_valid_days=365, gift_phone_needed=True, gift_hidden_days=7)
    assert gift.gift_terms("Spring", 10_000, other, displayed=False) == GiftTerms("Spring", 10_000, 365, True, False, 7)


@pytest.mark.rules("X-61")
@pytest.mark.parametrize("surface", [Surface.LOBBY, Surface.HANDHELD, Surface.ROOM])
def test_every_terminal_redeems(surface: Surface) -> None:
    assert why(gift.judge_spend(gift.claim(new(), li()), occasion(presenter="li", surface=surface))) == "allowed"


def test_nobody_unidentified_claims_and_nobody_strange_spends() -> None:
    assert why(gift.judge_claim(new(), occasion(presenter=None))) == "gift.who"
    assert why(gift.judge_claim(new(), zhao())) == "gift.not_yours"


@pytest.mark.rules("GC-3", "GC-7")
def test_a_bearer_pays_by_the_code_issued_to_the_holder_of_today_only() -> None:
    nobody = occasion(presenter=None)
    card = gift.claim(new(), li(), "li-1")
    assert why(gift.judge_spend(card, nobody)) == why(gift.judge_spend(card, nobody, "li-2")) == "gift.code"
    rest, paid = gift.spend(card, 5_000, nobody, "li-1")
    assert (rest.value, paid) == (15_000, 5_000)
    assert why(gift.judge_spend(card, zhao(), "li-1")) == "gift.not_yours"

    offered = gift.offer(rest, li())
    assert why(gift.judge_spend(offered, nobody, "li-1")) == "gift.in_transfer"
    for issued in ("zhao-1", ""):
        passed = gift.claim(offered, zhao(), issued)
        assert why(gift.judge_spend(passed, nobody, "li-1")) == "gift.code"
        assert why(gift.judge_spend(passed, nobody, "")) == "gift.code"
        with pytest.raises(BadInput, match=r"gift\.code"):
            gift.spend(passed, 1_000, nobody, "li-1")
    assert gift.spend(gift.claim(offered, zhao(), "zhao-1"), 1_000, nobody, "zhao-1")[1] == 1_000
    with pytest.raises(BadInput, match=r"gift\.code"):
        gift.claim(offered, zhao(), "li-1")


@pytest.mark.rules("GC-7", "X-60")
def test_only_its_identified_holder_moves_a_card_or_its_value() -> None:
    held = gift.claim(new(), li(), "li-1")
    judged = {
        gift.judge_delete: held, gift.judge_offer: held, gift.judge_recharge: held,
        gift.judge_withdraw: gift.offer(held, li()), gift.judge_restore: gift.delete(held, li()),
    }  # fmt: skip
    for judge, card in judged.items():
        assert why(judge(card, li())) == "allowed"
        assert why(judge(card, zhao())) == "gift.not_yours"
        assert why(judge(card, occasion(presenter=None))) == "gift.sign_in"
    assert why(gift.judge_activate(gift.claim(new(BY_PHONE), li()), True, occasion(presenter=None))) == "gift.sign_in"


@pytest.mark.parametrize("bad", [{"face": 0}, {"face": 10.5}, {"valid_days": 0}, {"hidden_days": -1}])
def test_nonsense_terms_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        replace(TERMS, **bad)
    with pytest.raises(BadInput):
        replace(new(), value=20_001)
    with pytest.raises(BadInput):
        replace(new(), stage=State.IN_TRANSFER)


Act = Callable[[GiftCard, Occasion], GiftCard]
ACTS: dict[str, Act] = {
    "claim": gift.claim,
    "activate": lambda card, here: gift.activate(card, True, here),
    "spend": lambda card, here: gift.spend(card, 7_000, here)[0],
    "recharge": lambda card, here: gift.recharge(card, here)[0],
    "offer": gift.offer,
    "withdraw": gift.withdraw,
    "delete": gift.delete,
    "restore": gift.restore,
}
HAVING = (State.INACTIVE, State.CLAIMED, State.ACTIVE)
MAY: dict[str, tuple[State, ...]] = {
    "claim": (State.INACTIVE,),
    "activate": (State.CLAIMED,),
    "spend": (State.ACTIVE,),
    "recharge": (State.ACTIVE,),
    "offer": HAVING,
    "withdraw": (State.IN_TRANSFER,),
    "delete": (*HAVING, State.RECHARGED),
    "restore": (State.DELETED,),
}
NEEDS_VALUE = ("spend", "recharge", "offer")


@pytest.mark.rules("GC-6", "GC-7", "X-62", "X-63", "X-132")
@given(st.booleans(), st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(["li", "zhao", "sun"]))))
def test_states_follow_the_table(phone: bool, steps: list[tuple[str, str]]) -> None:
    """The second model: a table of what each visible state allows, and the state that each move leads to."""
    card = new(replace(TERMS, valid_days=None, phone_needed=phone))
    owner, seen, before, value, spent = "li", State.INACTIVE, State.INACTIVE, 20_000, 0
    for act, person in steps:
        friend_claims = act == "claim" and person != owner and seen is State.IN_TRANSFER
        mine = person == owner and seen in MAY[act] and (value > 0 or act not in NEEDS_VALUE)
        if not (friend_claims or mine):
            with pytest.raises(BadInput):
                ACTS[act](card, occasion(presenter=person))
            continue
        card = ACTS[act](card, occasion(presenter=person))
        match act:
            case "claim":
                owner, seen = person, State.CLAIMED if phone else State.ACTIVE
            case "activate":
                seen = State.ACTIVE
            case "spend":
                value, spent = max(0, value - 7_000), spent + min(value, 7_000)
            case "recharge":
                seen, value, spent = State.RECHARGED, 0, spent + value
            case "offer":
                seen, before = State.IN_TRANSFER, seen
            case "delete":
                seen, before = State.DELETED, seen
            case _:
                seen = before
        assert (card.holder, gift.state_for(card, owner), card.value) == (owner, seen, value)
        assert card.value + spent == 20_000
