"""Gift cards: bought, claimed, activated, spent in parts, passed on, moved to the balance, hidden (docs/rules.md, GC).

A card has a stage of its own; in transfer, hidden and expired lie over it. What a person sees is `state_for`.
Every action first asks its judge, and raises `BadInput` with the same reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from membership.money import MAX_FEN, Fen
from membership.occasion import Occasion
from membership.preset import CardRules
from membership.reasons import Reason
from membership.verdict import BadInput, Verdict, first, must, refuse, whole


class State(StrEnum):
    """The states a person sees (GC-6). The first four are stages of the card itself."""

    INACTIVE = "inactive"
    CLAIMED = "claimed"
    ACTIVE = "active"
    RECHARGED = "recharged"
    IN_TRANSFER = "in_transfer"
    TRANSFERRED = "transferred"
    DELETED = "deleted"


STAGES = (State.INACTIVE, State.CLAIMED, State.ACTIVE, State.RECHARGED)


@dataclass(frozen=True, slots=True)
class GiftTerms:
    """What head office sells (GC-5): `valid_days` from activation, None without end (X-64); `phone_needed` to activate
    (GC-4); only what is `displayed` can be bought; deleted cards can be brought back for `hidden_days` (X-132)."""

    name: str
    face: Fen
    valid_days: int | None = None
    phone_needed: bool = False
    displayed: bool = True
    hidden_days: int = 30

    def __post_init__(self) -> None:
        whole("face", self.face, least=1, most=MAX_FEN)
        whole("hidden_days", self.hidden_days, most=3_660)
        if self.valid_days is not None:
            whole("valid_days", self.valid_days, least=1, most=36_500)


def gift_terms(name: str, face: Fen, rules: CardRules, displayed: bool = True) -> GiftTerms:
    """Terms of one face value under the house's numbers (GC-1, GC-4, X-64)."""
    return GiftTerms(name, face, rules.gift_valid_days, rules.gift_phone_needed, displayed, rules.gift_hidden_days)


@dataclass(frozen=True, slots=True)
class GiftCard:
    """One card. `holder` has it now, `givers` had it before; `active_from` is the day it first became active. `code`
    was issued to this holder and pays without him being identified; empty: none was (GC-3, GC-7)."""

    id: str
    terms: GiftTerms
    holder: str
    value: Fen
    stage: State = State.INACTIVE
    active_from: date | None = None
    in_transfer: bool = False
    deleted_on: date | None = None
    givers: tuple[str, ...] = ()
    code: str = ""

    def __post_init__(self) -> None:
        whole("value", self.value, most=self.terms.face)
        if self.stage not in STAGES:
            raise BadInput("gift.no_stage", rule="GC-6", state=self.stage)

    @property
    def last_day(self) -> date | None:
        """The last day it can be spent; the day of activation is day 1 (X-133)."""
        if self.active_from is None or self.terms.valid_days is None:
            return None
        return self.active_from + timedelta(days=self.terms.valid_days - 1)


def state_for(card: GiftCard, person: str) -> State:
    """What that person sees: to whoever has given it away it is transferred (GC-6, GC-7)."""
    if person != card.holder:
        return State.TRANSFERRED
    if card.deleted_on is not None:
        return State.DELETED
    return State.IN_TRANSFER if card.in_transfer else card.stage


def judge_purchase(terms: GiftTerms, count: int, tender: str) -> Verdict:
    """May `count` cards be bought so (GC-1, GC-2, GC-5)? Members and others alike."""
    whole("count", count, least=1, most=999)
    return first(
        None if terms.displayed else refuse("gift.not_displayed", "GC-5"),
        None if tender == "wechat" else refuse("gift.wechat_only", "GC-2"),
    )


def sell(terms: GiftTerms, cards: tuple[str, ...], buyer: str) -> tuple[GiftCard, ...]:
    """New cards, inactive, in the buyer's hands (GC-1)."""
    return tuple(GiftCard(card, terms, buyer, terms.face) for card in cards)


def judge_refund(card: GiftCard) -> Verdict:
    """A gift card is never refunded once sold (GC-2, X-38)."""
    return refuse("gift.no_refund", "GC-2", card=card.id)


def judge_claim(card: GiftCard, occasion: Occasion) -> Verdict:
    """May whoever presents it take it: the holder his own new card, a friend a card in transfer (GC-7)?"""
    person = occasion.presenter
    if person is None:
        return refuse("gift.who", "GC-7")
    mine = person == card.holder
    return first(
        None if mine or card.in_transfer else refuse("gift.not_yours", "GC-7"),
        refuse("gift.to_oneself", "GC-7") if mine and card.in_transfer else None,
        refuse("gift.already_claimed", "GC-6") if mine and card.stage is not State.INACTIVE else None,
        _not_deleted(card),
        _not_expired(card, occasion),
    )


def claim(card: GiftCard, occasion: Occasion, code: str = "") -> GiftCard:
    """The card in the claimer's hands, active at once unless a phone number is needed (GC-4, X-132).

    `code` is the one issued to him now, in place of the giver's, which pays no more (GC-7). The giver's own again:
    `BadInput`.
    """
    must(judge_claim(card, occasion))
    person = occasion.presenter or card.holder
    passed_on = person != card.holder
    if passed_on and code and code == card.code:
        raise BadInput("gift.code", rule="GC-7")
    givers = (*card.givers, card.holder) if passed_on else card.givers
    claimed = replace(card, holder=person, givers=givers, in_transfer=False, stage=State.CLAIMED, code=code)
    return claimed if card.terms.phone_needed else _active(claimed, occasion.today)


def judge_activate(card: GiftCard, phone_known: bool, occasion: Occasion) -> Verdict:
    """May a claimed card be activated; `phone_known`: its holder gave his number (GC-4)?"""
    return first(
        _holds(card, occasion),
        refuse("gift.claim_first", "GC-6") if card.stage is State.INACTIVE else None,
        None if card.stage in (State.INACTIVE, State.CLAIMED) else refuse("gift.already_active", "GC-6"),
        None if phone_known or not card.terms.phone_needed else refuse("gift.phone_needed", "GC-4"),
        _free(card),
        _not_expired(card, occasion),
    )


def activate(card: GiftCard, phone_known: bool, occasion: Occasion) -> GiftCard:
    """The card, active; its days run from the first activation on, also after it was passed on (X-133)."""
    must(judge_activate(card, phone_known, occasion))
    return _active(card, occasion.today)


def judge_spend(card: GiftCard, occasion: Occasion, code: str = "") -> Verdict:
    """May the card be spent now (GC-3, GC-6)? On every terminal alike (X-61). Nobody identified: by the `code` issued
    to the holder of today only (GC-7)."""
    return first(_bears(card, occasion, code), *_has_value(card, occasion))


def spend(card: GiftCard, amount: Fen, occasion: Occasion, code: str = "") -> tuple[GiftCard, Fen]:
    """The card after a bill of `amount` fen, and what it gave: what is there; the rest by another tender (X-132)."""
    whole("amount", amount, least=1, most=MAX_FEN)
    must(judge_spend(card, occasion, code))
    given = min(amount, card.value)
    return replace(card, value=card.value - given), given


def judge_recharge(card: GiftCard, occasion: Occasion) -> Verdict:
    """May the holder move what is left to the balance (SV-21, X-63)? Once, so never from a recharged card."""
    return first(_holds(card, occasion), *_has_value(card, occasion))


def recharge(card: GiftCard, occasion: Occasion) -> tuple[GiftCard, Fen]:
    """The card, recharged, and the fen that go to the gift bucket, which counts for no tier (X-63, GC-10)."""
    must(judge_recharge(card, occasion))
    return replace(card, value=0, stage=State.RECHARGED), card.value


def judge_offer(card: GiftCard, occasion: Occasion) -> Verdict:
    """May the holder start to pass it on: whole, with value, not in transfer (X-132)?"""
    return first(
        _holds(card, occasion),
        _free(card),
        refuse("gift.recharged", "X-132") if card.stage is State.RECHARGED else None,
        _not_expired(card, occasion),
        None if card.value else refuse("gift.empty", "X-132"),
    )


def offer(card: GiftCard, occasion: Occasion) -> GiftCard:
    """The card in transfer: from now on nobody spends it (X-62)."""
    must(judge_offer(card, occasion))
    return replace(card, in_transfer=True)


def judge_withdraw(card: GiftCard, occasion: Occasion) -> Verdict:
    """May the giver take the offer back? Until it is claimed (X-62)."""
    return first(_holds(card, occasion), None if card.in_transfer else refuse("gift.not_offered", "X-62"))


def withdraw(card: GiftCard, occasion: Occasion) -> GiftCard:
    """The card back with its giver, as it was."""
    must(judge_withdraw(card, occasion))
    return replace(card, in_transfer=False)


def judge_delete(card: GiftCard, occasion: Occasion) -> Verdict:
    """May the holder delete it? Not while it is on its way."""
    return first(_holds(card, occasion), _free(card))


def delete(card: GiftCard, occasion: Occasion) -> GiftCard:
    """The card hidden from its holder; its value stays (X-132)."""
    must(judge_delete(card, occasion))
    return replace(card, deleted_on=occasion.today)


def judge_restore(card: GiftCard, occasion: Occasion) -> Verdict:
    """May a deleted card be brought back? Within the hidden days, the day of deletion being day 0 (X-132)."""
    if card.deleted_on is None:
        return first(_holds(card, occasion), refuse("gift.not_deleted", "X-132"))
    last = card.deleted_on + timedelta(days=card.terms.hidden_days)
    gone = refuse("gift.gone", "X-132", date=last.isoformat()) if occasion.today > last else None
    return first(_holds(card, occasion), gone)


def restore(card: GiftCard, occasion: Occasion) -> GiftCard:
    """The card as it was before it was deleted."""
    must(judge_restore(card, occasion))
    return replace(card, deleted_on=None)


def _active(card: GiftCard, today: date) -> GiftCard:
    return replace(card, stage=State.ACTIVE, active_from=card.active_from or today)


def _holds(card: GiftCard, occasion: Occasion) -> Reason | None:
    """Whoever changes where a card or its value is must be identified as its holder (GC-7)."""
    if occasion.presenter is None:
        return refuse("gift.sign_in", "GC-7")
    if occasion.presenter == card.holder:
        return None
    key = "gift.transferred" if occasion.presenter in card.givers else "gift.not_yours"
    return refuse(key, "GC-7")


def _bears(card: GiftCard, occasion: Occasion, code: str) -> Reason | None:
    if occasion.presenter is not None:
        return _holds(card, occasion)
    return None if code and code == card.code else refuse("gift.code", "GC-7")


def _free(card: GiftCard) -> Reason | None:
    if card.in_transfer:
        return refuse("gift.in_transfer", "X-62")
    return _not_deleted(card)


def _not_deleted(card: GiftCard) -> Reason | None:
    return None if card.deleted_on is None else refuse("gift.deleted", "GC-6", date=card.deleted_on.isoformat())


def _has_value(card: GiftCard, occasion: Occasion) -> tuple[Reason | None, ...]:
    return (
        _free(card),
        _spendable_stage(card),
        _not_expired(card, occasion),
        None if card.value else refuse("gift.empty", "GC-3"),
    )


def _spendable_stage(card: GiftCard) -> Reason | None:
    match card.stage:
        case State.INACTIVE:
            return refuse("gift.claim_first", "GC-6")
        case State.CLAIMED:
            return refuse("gift.activate_first", "GC-4")
        case State.RECHARGED:
            return refuse("gift.recharged", "X-63")
        case _:
            return None


def _not_expired(card: GiftCard, occasion: Occasion) -> Reason | None:
    last_day = card.last_day
    if last_day is None or occasion.today <= last_day:
        return None
    return refuse("gift.expired", "X-133", date=last_day.isoformat())
