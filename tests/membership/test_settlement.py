"""Who owes whom: every fen spent elsewhere is owed once, and all positions add up to nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.points_spend import exchange
from membership.preset import MerchantRate, SettlementRules
from membership.settlement import Debt, Lot, Movement, positions, rate_between, rates, settle, spend
from membership.verdict import BadInput
from tests.membership.houses import at

RULES = SettlementRules(bonus_share_percent=50, merchants=(MerchantRate("airline", 1, 5), MerchantRate("cinema", 3, 2)))
START = at("2026-03-01 09:00")
PARTIES = ["airport", "bund", "spa"]
AMOUNTS = st.integers(0, 30)
LOTS = st.lists(st.tuples(st.sampled_from(PARTIES), AMOUNTS, AMOUNTS), max_size=5).map(
    lambda rows: tuple(Lot(f"l{n}", party, START + timedelta(hours=n), p, b) for n, (party, p, b) in enumerate(rows))
)
MOVEMENTS = st.lists(
    st.builds(
        Movement,
        st.sampled_from(PARTIES),
        st.sampled_from(PARTIES),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.integers(0, 10**5),
        st.sampled_from(["", "airline", "cinema"]),
    ),
    max_size=12,
)


@pytest.mark.rules("X-131", "XS-1", "SV-17")
def test_filled_at_two_shops_and_spent_at_a_third_the_older_recharge_pays_first() -> None:
    lots = (Lot("1", "airport", START, 20_000, 2_000), Lot("2", "bund", START + timedelta(days=1), 50_000, 10_000))
    after, movements = spend(lots, 45_000, 1_000, "spa")
    assert movements == (Movement("airport", "spa", 20_000, 1_000), Movement("bund", "spa", 25_000))
    assert [(lot.principal, lot.bonus) for lot in after] == [(0, 1_000), (25_000, 10_000)]
    debts = settle(movements, RULES, 10)
    assert debts == (
        Debt("airport", "spa", 20_000, 1_000, 500, (), 0),
        Debt("bund", "spa", 25_000, 0, 0, (), 0),
    )
    assert positions(debts) == {"airport": -20_500, "bund": -25_000, "spa": 45_500}


@pytest.mark.rules("X-131")
@given(LOTS, st.data())
def test_lots_agree_with_spending_fen_by_fen(lots: tuple[Lot, ...], data: st.DataObject) -> None:
    """The second model: every fen a slip of paper with its shop on it, taken from the front."""
    papers = [lot.party for lot in lots for _ in range(lot.principal)]
    extra = [lot.party for lot in lots for _ in range(lot.bonus)]
    principal, bonus = data.draw(st.integers(0, len(papers))), data.draw(st.integers(0, len(extra)))
    after, movements = spend(lots[::-1], principal, bonus, "bund")
    for party in PARTIES:
        assert sum(m.principal for m in movements if m.issuer == party) == papers[:principal].count(party)
        assert sum(m.bonus for m in movements if m.issuer == party) == extra[:bonus].count(party)
        assert sum(lot.principal for lot in after if lot.party == party) == papers[principal:].count(party)
    with pytest.raises(BadInput):
        spend(lots, len(papers) + 1, bonus, "bund")


@pytest.mark.rules("XS-1", "XS-2", "XS-4", "RP-11")
@given(MOVEMENTS)
def test_statements_reconcile_to_the_fen(movements: list[Movement]) -> None:
    debts = settle(movements, RULES, 10)
    assert sum(positions(debts).values()) == 0
    away = [m for m in movements if m.issuer != m.spender]
    assert sum(debt.principal for debt in debts) == sum(m.principal for m in away)
    assert sum(debt.bonus_spent for debt in debts) == sum(m.bonus for m in away)
    assert len({(debt.owes, debt.owed) for debt in debts}) == len(debts)
    for party in PARTIES:
        received = sum(debt.total for debt in debts if debt.owed == party)
        paid = sum(debt.total for debt in debts if debt.owes == party)
        assert positions(debts).get(party, 0) == received - paid
    worth = {"": Fraction(10), "airline": Fraction(2), "cinema": Fraction(15)}  # fen a point at 10 points a yuan
    for debt in debts:
        exact = sum(
            m.points * worth[m.merchant] for m in away if (m.issuer, m.spender) == (debt.owes, debt.owed)
        )
        assert abs(debt.points_worth - exact) <= Fraction(1, 2)


@pytest.mark.rules("XS-4")
def test_departments_of_a_hotel_settle_in_the_same_way() -> None:
    debts = settle([Movement("front desk", "restaurant", 30_000), Movement("restaurant", "ktv", 5_000)], RULES, 10)
    assert positions(debts) == {"front desk": -30_000, "ktv": 5_000, "restaurant": 25_000}


@pytest.mark.rules("XS-1", "X-131")
def test_bonus_is_shown_and_owed_only_as_agreed_and_points_only_if_settled() -> None:
    moved = [Movement("bund", "spa", bonus=1_001, points=105)]
    alone = settle(moved, replace(RULES, bonus_share_percent=0, points_settled=False), 10)[0]
    assert (alone.bonus_spent, alone.bonus_owed, alone.points, alone.points_worth) == (1_001, 0, (("", 105),), 0)
    shared = settle(moved, RULES, 10)[0]
    assert (shared.bonus_owed, shared.points_worth, shared.total) == (501, 1_050, 1_551)
    dear = settle([Movement("bund", "spa", 300, points=1)], RULES, 1)[0]
    assert dear == Debt("bund", "spa", 300, 0, 0, (("", 1),), 100)


@pytest.mark.rules("PT-27", "XS-3")
def test_alliance_points_go_by_the_table() -> None:
    assert rates(RULES.merchants) == {"": 1, "airline": Fraction(1, 5), "cinema": Fraction(3, 2)}
    assert exchange(12, rate_between("airline", "", RULES.merchants)) == (10, 2)
    assert exchange(10, rate_between("", "airline", RULES.merchants)) == (10, 50)
    moved = [Movement("airline", "spa", points=500, merchant="airline")]
    assert settle(moved, RULES, 10)[0].points_worth == 1_000


@pytest.mark.rules("PT-27", "XS-3")
@given(st.integers(0, 10**6), st.sampled_from(["", "airline", "cinema"]), st.sampled_from(["", "airline", "cinema"]))
def test_an_exchange_is_of_equal_worth_and_takes_nothing_for_nothing(points: int, giver: str, taker: str) -> None:
    worth = rates(RULES.merchants)
    taken, got = exchange(points, rate_between(giver, taker, RULES.merchants))
    assert taken <= points
    assert got * worth[taker] <= taken * worth[giver]
    assert (got + 1) * worth[taker] > points * worth[giver]
    assert taken == 0 or (taken - 1) * worth[giver] < got * worth[taker]


@pytest.mark.parametrize(
    "bad",
    [
        lambda: rate_between("bank", "", RULES.merchants),
        lambda: settle([Movement("bund", "spa", points=1, merchant="bank")], RULES, 10),
        lambda: rates((MerchantRate("a", 1, 1), MerchantRate("a", 2, 1))),
        lambda: rates((MerchantRate("a", 0, 1),)),
        lambda: rates((MerchantRate("a", 1, 0),)),
        lambda: Movement("bund", "spa", principal=-1),
        lambda: Movement("bund", "spa", principal=1.5),  # type: ignore[arg-type]
        lambda: Lot("1", "bund", START, -1),
        lambda: settle([], RULES, 0),
    ],
)
def test_nonsense_is_refused(bad: object) -> None:
    with pytest.raises(BadInput):
        bad()  # type: ignore[operator]
