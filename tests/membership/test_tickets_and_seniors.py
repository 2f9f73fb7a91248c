"""Tickets at the gate, and the senior's free card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from membership import senior
from membership.hotel_time import DateRange
from membership.preset import SeniorRules, Tier
from membership.preset_values import HOTEL
from membership.senior import Given, Proof
from membership.tickets import Ticket, admit, judge_entry, judge_sign_in, new_ticket
from membership.verdict import BadInput
from tests.membership.houses import at, occasion, why

FAIR = Ticket("k1", "fair", DateRange(date(2026, 3, 5), date(2026, 3, 6)), gates=frozenset({"east"}))
RULES = SeniorRules(min_age=60, quantity=20)
PROOF = Proof("i_1", born=date(1966, 3, 5), chip_read=True, receipt="R-1001")


@pytest.mark.rules("TK-1", "TK-2")
def test_a_ticket_admits_once_on_its_days_by_its_gate() -> None:
    assert why(judge_entry(FAIR, "fair", "east", occasion("2026-03-05 00:00"))) == "allowed"
    assert why(judge_entry(FAIR, "fair", "east", occasion("2026-03-04 23:59"))) == "ticket.other_day"
    assert why(judge_entry(FAIR, "fair", "east", occasion("2026-03-07 00:00"))) == "ticket.other_day"
    assert why(judge_entry(FAIR, "fair", "west", occasion())) == "ticket.other_gate"
    assert why(judge_entry(FAIR, "ball", "east", occasion())) == "ticket.other_event"
    used = admit(FAIR, "fair", "east", occasion("2026-03-05 09:41"))
    again = judge_entry(used, "fair", "east", occasion("2026-03-05 09:42"))
    assert again == replace(again, key="ticket.used", values=(("time", "09:41"),))
    with pytest.raises(BadInput):
        admit(used, "fair", "east", occasion("2026-03-05 09:42"))


@pytest.mark.rules("TK-1")
def test_a_ticket_that_says_nothing_admits_once() -> None:
    assert new_ticket("k1", "fair", FAIR.valid, HOTEL.cards, FAIR.gates) == FAIR
    assert new_ticket("k1", "fair", FAIR.valid, replace(HOTEL.cards, ticket_entries=2)).entries == 2


@pytest.mark.rules("TK-1")
def test_a_ticket_for_three_entries_admits_three_times() -> None:
    ticket = replace(FAIR, entries=3, gates=None)
    for _ in range(3):
        ticket = admit(ticket, "fair", "anywhere", occasion())
    assert why(judge_entry(ticket, "fair", "anywhere", occasion())) == "ticket.used"
    assert replace(FAIR, entries=1).entries == 1
    with pytest.raises(BadInput):
        replace(FAIR, entries=0)
    with pytest.raises(BadInput):
        replace(FAIR, admitted=(at("2026-03-05 09:00"), at("2026-03-05 09:01")))


@pytest.mark.rules("BK-14", "TK-2", "TI-21")
@pytest.mark.parametrize(
    ("signed_up", "audited", "tier", "said"),
    [
        (True, True, Tier.IRON, "allowed"),
        (True, False, Tier.ONE_DIAMOND, "event.audit_pending"),
        (True, False, Tier.TWO_DIAMOND, "allowed"),
        (True, False, Tier.FIVE_DIAMOND, "allowed"),
        (True, False, None, "event.audit_pending"),
        (False, True, Tier.FIVE_DIAMOND, "event.not_signed_up"),
    ],
)
def test_event_guests_sign_in_and_two_diamond_needs_no_audit(
    signed_up: bool, audited: bool, tier: Tier | None, said: str
) -> None:
    assert why(judge_sign_in(signed_up, audited, tier, HOTEL.tiers)) == said


@pytest.mark.rules("ME-19", "X-50")
@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(1966, 3, 5), "allowed"),
        (date(1966, 3, 6), "senior.too_young"),
        (date(1940, 1, 1), "allowed"),
    ],
)
def test_from_sixty_on_the_birthday_included(born: date, said: str) -> None:
    assert why(senior.judge(RULES, replace(PROOF, born=born), Given(), occasion("2026-03-05 10:00"))) == said


@pytest.mark.rules("ME-19")
@pytest.mark.parametrize(
    ("proof", "given", "rules", "said"),
    [
        (replace(PROOF, chip_read=False), Given(), RULES, "senior.needs_id"),
        (replace(PROOF, receipt=" "), Given(), RULES, "senior.needs_receipt"),
        (PROOF, Given(identities=frozenset({"i_1"})), RULES, "senior.had_one"),
        (PROOF, Given(receipts=frozenset({"R-1001"})), RULES, "senior.receipt_used"),
        (PROOF, Given(count=20), RULES, "senior.all_given"),
        (PROOF, Given(count=19), RULES, "allowed"),
        (PROOF, Given(), replace(RULES, quantity=None), "senior.not_offered"),
    ],
)
def test_id_receipt_and_quantity(proof: Proof, given: Given, rules: SeniorRules, said: str) -> None:
    assert why(senior.judge(rules, proof, given, occasion())) == said


def test_a_birth_date_in_the_future_is_an_error() -> None:
    with pytest.raises(BadInput):
        senior.judge(RULES, replace(PROOF, born=date(2030, 1, 1)), Given(), occasion())
