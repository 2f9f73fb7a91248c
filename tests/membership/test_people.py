"""Referrers and staff: one referrer each, three levels at most, rewards that are undone with the deed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.preset_values import HOTEL
from membership.referral import Reward, distribute, judge_referrer
from membership.staff_rewards import Deed, Done, Figures, figures, judge_sale, reward_of
from membership.verdict import BadInput
from tests.membership.houses import why

OFF = HOTEL.campaigns
ON = replace(OFF, distribution_enabled=True, distribution_percent=(5, 2, 1))
CHAIN = {"d": "c", "c": "b", "b": "a", "a": "root"}
PAID = replace(OFF, staff_card_sale=500, staff_recharge_percent=1)


@pytest.mark.rules("RF-2", "X-82")
@pytest.mark.parametrize(
    ("member", "referrer", "said"),
    [
        ("new", "d", "allowed"),
        ("new", "new", "referral.oneself"),
        ("d", "a", "referral.has_one"),
        ("root", "d", "referral.circle"),
    ],
)
def test_one_referrer_not_oneself_and_no_circle(member: str, referrer: str, said: str) -> None:
    assert why(judge_referrer(member, referrer, CHAIN)) == said


@pytest.mark.rules("RF-3", "X-82")
def test_distribution_is_off_and_reaches_three_levels_when_on() -> None:
    assert distribute("d", 10_050, CHAIN, OFF) == ()
    assert distribute("d", 10_050, CHAIN, ON) == (Reward("c", 1, 503), Reward("b", 2, 201), Reward("a", 3, 101))
    assert distribute("b", 10_000, CHAIN, ON) == (Reward("a", 1, 500), Reward("root", 2, 200))
    assert distribute("root", 10_000, CHAIN, ON) == ()
    with pytest.raises(BadInput):
        distribute("d", 10_000, CHAIN, replace(ON, distribution_percent=(5, 2, 1, 1)))
    with pytest.raises(BadInput):
        distribute("d", -1, CHAIN, ON)


@pytest.mark.rules("RF-3")
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef"), max_size=6),
    st.sampled_from("abcdef"),
    st.integers(0, 10**7),
)
def test_even_a_circle_in_the_data_ends_and_never_pays_more_than_agreed(
    referrers: dict[str, str], buyer: str, amount: int
) -> None:
    rewards = distribute(buyer, amount, referrers, ON)
    assert len(rewards) <= 3
    assert len({reward.member for reward in rewards}) == len(rewards)
    assert 100 * sum(reward.amount for reward in rewards) <= 8 * amount + 150


@pytest.mark.rules("ST-1", "ST-4", "SV-16")
def test_card_sales_and_recharges_are_rewarded_and_undone_with_the_deed() -> None:
    deeds = [
        Done("wang", Deed.CARD_SOLD),
        Done("wang", Deed.RECHARGE, 100_050),
        Done("wang", Deed.RECHARGE, 50_000, undone=True),
        Done("wang", Deed.RECRUITED),
        Done("sun", Deed.CARD_SOLD),
    ]
    assert [reward_of(done, PAID) for done in deeds] == [500, 1_001, 0, 0, 500]
    assert figures("wang", deeds, PAID) == Figures(cards=1, recruited=1, recharged=100_050, reward=1_501)
    assert figures("wang", deeds, OFF).reward == 0
    with pytest.raises(BadInput):
        Done("wang", Deed.RECHARGE, -1)


@pytest.mark.rules("ME-14", "ST-7", "X-142")
def test_an_operator_never_sells_to_his_own_card_but_a_colleague_may() -> None:
    own = frozenset({"m7"})
    assert why(judge_sale("wang", own, "m7")) == "staff.own_card"
    assert why(judge_sale("wang", own, "m8")) == why(judge_sale("wang", own, None)) == "allowed"
    assert why(judge_sale("sun", frozenset(), "m7")) == "allowed"
