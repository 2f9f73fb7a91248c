"""A times card takes the house's numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from membership.card_terms import times_terms
from membership.preset_values import HOTEL
from membership.verdict import BadInput


@pytest.mark.rules("TC-7", "CS-1")
def test_how_soon_a_second_use_is_asked_about_is_head_offices() -> None:
    assert times_terms("spa10", "Spa", 10, HOTEL.cards).ask_again_minutes == 10
    assert times_terms("spa10", "Spa", 10, replace(HOTEL.cards, ask_again_minutes=45)).ask_again_minutes == 45
    with pytest.raises(BadInput):
        times_terms("spa10", "Spa", 0, HOTEL.cards)
