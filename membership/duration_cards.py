"""Duration cards: use by time, so many a day (DC-1; the guest reads "pass").

Days are calendar dates at the property (X-66, X-106): day 1 is the first, the card ends with its last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from membership.cards import Source, not_by_staff, not_here, not_owner
from membership.money import Fen
from membership.occasion import Occasion, Surface
from membership.preset import CardRules
from membership.reasons import Reason
from membership.verdict import BadInput, Verdict, first, must, refuse, whole


@dataclass(frozen=True, slots=True)
class DurationTerms:
    """One length of a card product: a week, a month, a quarter (DC-2).

    `uses_per_day` None: unlimited (DC-3). `delay_days` None: begins at the first use; else on the day so many dates
    after the purchase, 0 at once (DC-4, X-136). Terms change between seasons (CS-10); a card keeps those it was bought
    under (X-67).
    """

    product: str
    name: str
    days: int
    price: Fen
    uses_per_day: int | None = None
    delay_days: int | None = None
    stores: frozenset[str] | None = None
    photo_check: bool = False
    on_sale: bool = True

    def __post_init__(self) -> None:
        whole("days", self.days, least=1, most=3_660)
        whole("price", self.price)
        if self.uses_per_day is not None:
            whole("uses_per_day", self.uses_per_day, least=1, most=9_999)
        if self.delay_days is not None:
            whole("delay_days", self.delay_days, most=3_660)


def lengths_on_sale(product: str, prices: Mapping[str, Fen], rules: CardRules) -> tuple[DurationTerms, ...]:
    """A product's terms under the house's numbers: each length that has a price (DC-2, DC-3, DC-9). They begin at the
    first use unless set otherwise. A price for a length the house does not have: `BadInput`."""
    if unknown := set(prices) - {length.name for length in rules.lengths}:
        raise BadInput("card.no_length", rule="DC-2", name=", ".join(sorted(unknown)))
    return tuple(
        DurationTerms(
            product, length.name, length.days, prices[length.name], rules.uses_per_day, photo_check=rules.photo_check
        )
        for length in rules.lengths
        if length.name in prices
    )


@dataclass(frozen=True, slots=True)
class DurationCard:
    """A card in somebody's hands. Not begun: `first_day` is None and `days` waits; begun: `first_day` to `last_day`.

    `used_on` and `used_times` count the uses of the latest day of use. `photo` says whether the owner's is on file.
    """

    id: str
    owner: str
    terms: DurationTerms
    days: int
    first_day: date | None = None
    used_on: date | None = None
    used_times: int = 0
    photo: bool = False

    def __post_init__(self) -> None:
        whole("days", self.days, least=1, most=36_600)
        whole("used_times", self.used_times, most=9_999)

    @property
    def last_day(self) -> date | None:
        """The last day of use; None before the card has begun."""
        return None if self.first_day is None else self.first_day + timedelta(days=self.days - 1)

    def expired(self, today: date) -> bool:
        """Whether the last day has passed; a card that has not begun has none."""
        last_day = self.last_day
        return last_day is not None and today > last_day

    def days_left(self, today: date) -> int:
        """How many days of use are left, today included (X-135)."""
        if self.first_day is None or today < self.first_day:
            return self.days
        return max(0, self.days - (today - self.first_day).days)


def judge_purchase(terms: DurationTerms, source: Source, occasion: Occasion) -> Verdict:
    """May a card on these terms be bought, or added by staff, now (DC-5, DC-8)? Taken down, only its sale stops."""
    return first(
        None if terms.on_sale else refuse("card.off", "DC-5", name=terms.name),
        not_by_staff(source, occasion),
    )


def buy(
    terms: DurationTerms, card: str, owner: str, today: date, held: DurationCard | None = None
) -> DurationCard:
    """The card after a purchase: `held` renewed if it is of the same product and not expired, else a new one (DC-7).

    Renewed, the days add up - 5 left and 30 bought are 35 - and the newer terms hold from now on (X-65, X-134); how it
    begins stays as first bought. `held` of another owner: `BadInput`.
    """
    if held is not None and held.owner != owner:
        raise BadInput("card.not_yours", rule="X-60")
    if held is None or held.terms.product != terms.product or held.expired(today):
        begins = None if terms.delay_days is None else today + timedelta(days=terms.delay_days)
        return DurationCard(card, owner, terms, terms.days, begins)
    return replace(held, days=held.days + terms.days, terms=replace(terms, delay_days=held.terms.delay_days))


def judge_use(card: DurationCard, occasion: Occasion) -> Verdict:
    """May the card be used now and here? On a handheld a photo check is a note for staff to act on (DC-9, X-59)."""
    return first(
        not_owner(card.owner, occasion),
        _begun_and_not_over(card, occasion.today),
        not_here(card.terms.stores, occasion),
        _within_day_limit(card, occasion.today),
        _no_photo_decision_here(card, occasion),
        notes=_photo_notes(card),
    )


def use(card: DurationCard, today: date) -> DurationCard:
    """The card after one use on `today`; the first use begins a card that begins so. Not usable then: `BadInput`."""
    must(first(_begun_and_not_over(card, today), _within_day_limit(card, today)))
    times = card.used_times + 1 if card.used_on == today else 1
    return replace(card, first_day=card.first_day or today, used_on=today, used_times=times)


@dataclass(frozen=True, slots=True)
class PhotoDecision:
    """What staff decided after comparing buyer and user (DC-9, X-59). Another person needs a written reason."""

    card: str
    operator: str
    same_person: bool
    redeem: bool
    why: str = ""

    def __post_init__(self) -> None:
        if not self.operator:
            raise BadInput("card.needs_operator", rule="X-59")
        if not self.same_person and not self.why.strip():
            raise BadInput("card.photo_reason", rule="X-59")


def _begun_and_not_over(card: DurationCard, today: date) -> Reason | None:
    if card.first_day is not None and today < card.first_day:
        return refuse("card.early", "DC-4", date=card.first_day.isoformat())
    return refuse("card.expired", "X-66", date=str(card.last_day)) if card.expired(today) else None


def _within_day_limit(card: DurationCard, today: date) -> Reason | None:
    limit = card.terms.uses_per_day
    if limit is None or card.used_on != today or card.used_times < limit:
        return None
    return refuse("card.day_limit", "DC-3", n=limit)


def _no_photo_decision_here(card: DurationCard, occasion: Occasion) -> Reason | None:
    if not card.terms.photo_check or occasion.surface is Surface.HANDHELD:
        return None
    return refuse("card.photo_staff", "X-59")


def _photo_notes(card: DurationCard) -> tuple[Reason, ...]:
    if not card.terms.photo_check:
        return ()
    return (refuse("card.photo_compare" if card.photo else "card.photo_take", "DC-9"),)
