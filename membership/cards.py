"""What times cards and duration cards have in common: where they come from, whose they are, where they are good."""

from __future__ import annotations

from enum import StrEnum

from membership.occasion import Occasion
from membership.reasons import Reason
from membership.verdict import refuse


class Source(StrEnum):
    """How a card came to its owner: bought by himself, added by staff for cash, as a gift or as a supplementary record
    (DC-8), got for points (TC-4, PT-18), or given by a campaign (TC-2)."""

    BOUGHT = "bought"
    CASH = "cash"
    GIFT = "gift"
    RECORDED = "recorded"
    POINTS = "points"
    CAMPAIGN = "campaign"

    @property
    def by_staff(self) -> bool:
        """Whether only staff may add a card this way (DC-8)."""
        return self in (Source.CASH, Source.GIFT, Source.RECORDED)


def not_owner(owner: str, occasion: Occasion) -> Reason | None:
    """A card is its owner's alone (X-60). A card code shown by somebody unidentified is its own proof."""
    return None if occasion.presenter in (None, owner) else refuse("card.not_yours", "X-60")


def not_here(stores: frozenset[str] | None, occasion: Occasion) -> Reason | None:
    """A card is good in its stores, or everywhere (ME-15)."""
    if stores is None or occasion.store in stores:
        return None
    return refuse("card.not_here", "AD-4", stores=", ".join(sorted(stores)))


def not_by_staff(source: Source, occasion: Occasion) -> Reason | None:
    """Cash, gift and supplementary record need an operator (DC-8)."""
    if not source.by_staff or occasion.operator is not None:
        return None
    return refuse("card.needs_operator", "DC-8")
