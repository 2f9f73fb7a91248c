"""What staff earn for selling cards and taking recharges, and the sale they may not make: with their own card (ST)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from membership.money import MAX_FEN, Fen, share
from membership.preset import CampaignRules
from membership.verdict import Verdict, first, refuse, whole


class Deed(StrEnum):
    """What is rewarded (ST-1), and what counts in the appraisal (ST-4)."""

    CARD_SOLD = "card_sold"
    RECHARGE = "recharge"
    RECRUITED = "recruited"


@dataclass(frozen=True, slots=True)
class Done:
    """One deed of an operator; `amount` in fen of a recharge, `undone` if it was refunded or cancelled."""

    operator: str
    deed: Deed
    amount: Fen = 0
    undone: bool = False

    def __post_init__(self) -> None:
        whole("amount", self.amount, most=MAX_FEN)


@dataclass(frozen=True, slots=True)
class Figures:
    """An operator's own figures (RP-10): cards sold, members recruited, fen recharged, fen of reward."""

    cards: int
    recruited: int
    recharged: Fen
    reward: Fen


def reward_of(done: Done, rules: CampaignRules) -> Fen:
    """The reward of one deed in fen (ST-1, SV-16); recruiting counts for the appraisal only (ST-4)."""
    if done.undone:
        return 0
    match done.deed:
        case Deed.CARD_SOLD:
            return rules.staff_card_sale
        case Deed.RECHARGE:
            return share(done.amount, rules.staff_recharge_percent)
        case Deed.RECRUITED:
            return 0


def figures(operator: str, deeds: Iterable[Done], rules: CampaignRules) -> Figures:
    """That operator's figures, without what was undone."""
    own = [done for done in deeds if done.operator == operator and not done.undone]
    return Figures(
        cards=sum(done.deed is Deed.CARD_SOLD for done in own),
        recruited=sum(done.deed is Deed.RECRUITED for done in own),
        recharged=sum(done.amount for done in own if done.deed is Deed.RECHARGE),
        reward=sum(reward_of(done, rules) for done in own),
    )


def judge_sale(operator: str, own_members: frozenset[str], member: str | None) -> Verdict:
    """May this operator make a sale to this member? Never to himself (ME-14, ST-7, X-142); a colleague may take over.

    `own_members` are the member accounts known to be the operator's.
    """
    own = member is not None and member in own_members
    return first(refuse("staff.own_card", "X-142", operator=operator) if own else None)
