"""The terms of a new times card, with the numbers that head office sets (docs/rules.md, TC)."""

from __future__ import annotations

from datetime import date

from membership.preset import CardRules
from membership.times_cards import TimesTerms


def times_terms(
    product: str, name: str, uses: int, rules: CardRules, valid_days: int | None = None,
    stores: frozenset[str] | None = None, until: date | None = None,
) -> TimesTerms:
    """Terms of a times card under the house's rules: how soon a second use is asked about first (TC-7, CS-1).

    `BadInput` for a number of uses or days that cannot be.
    """
    return TimesTerms(
        product, name, uses, valid_days, stores, until=until, ask_again_minutes=rules.ask_again_minutes
    )
