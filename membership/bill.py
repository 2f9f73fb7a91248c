"""A bill before any reduction, the guest it is for, and what the guest asks for: what a quote starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from membership.money import MAX_FEN, Fen
from membership.preset import OfferClass, Preset, PricingRules, Tier
from membership.reasons import Reason
from membership.verdict import BadInput, a_day, known, known_tier, whole


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill. `night`: for a room, the date of the evening (X-123); None means the day of the quote."""

    sku: str
    category: str
    qty: int
    unit_price: Fen
    night: date | None = None

    @property
    def gross(self) -> Fen:
        """The list price of the line in fen."""
        return self.qty * self.unit_price


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid. `channel`: where a stay was booked (BK-3); `group_buy`: a voucher of one is used (BK-12)."""

    lines: tuple[Line, ...]
    channel: str = ""
    group_buy: bool = False
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Guest:
    """Who pays, as pricing sees it: nobody's number, `tier` None for a guest who is no member.

    `balance` is principal and credited bonus, without what is held and without the gift bucket (X-29, X-120), in fen.
    """

    member: str | None = None
    tier: Tier | None = None
    cohort: str | None = None
    balance: Fen = 0
    points: int = 0
    special_night_used: bool = False
    free_nights_used: int = 0


@dataclass(frozen=True, slots=True)
class Wishes:
    """What only the guest may ask for: points, the balance, once-only nights (X-123), coupons of his own choice (X-33).

    `coupons` None lets the search choose the lowest price; a tuple means these and no others, in this order (X-119).
    """

    coupons: tuple[str, ...] | None = None
    points: int = 0
    use_balance: bool = False
    special_night: bool = False
    free_nights: int = 0


OfferKind = Literal["cash", "discount", "goods"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A coupon as the chain sees it (CP-2, CP-3, X-44). Whether it may be used here and now was judged before.

    `value`: fen off (cash), per cent paid (discount), units given (goods). `threshold` in fen on the lines it fits,
    `most` the most a discount takes off. `skus` and `categories` None fit every line. `excludes` are classes it cannot
    be combined with (CP-23, X-33, X-53). `barred` is the reason of that earlier judgement, shown with the quote.
    """

    id: str
    kind: OfferKind
    value: int
    last_day: date
    threshold: Fen = 0
    most: Fen | None = None
    skus: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    except_categories: frozenset[str] = frozenset()
    excludes: frozenset[OfferClass] = frozenset()
    stackable: bool = False
    owner: str | None = None
    shared: bool = False
    barred: Reason | None = None

    def fits(self, line: Line) -> bool:
        """Whether the coupon is for this line (CP-3)."""
        if line.category in self.except_categories:
            return False
        if self.skus is None and self.categories is None:
            return True
        return line.sku in (self.skus or ()) or line.category in (self.categories or ())


@dataclass(frozen=True, slots=True)
class Listed:
    """What the catalogue says of a sku."""

    category: str
    unit_price: Fen


def check_bill(bill: Bill, rules: PricingRules, catalog: Mapping[str, Listed] | None) -> None:
    """Refuse a bill that cannot be priced, by name: `BadInput` with a reason; never a silent default.

    With a `catalog` every sku must be in it, with its category and price.
    """
    if bill.currency != rules.currency:
        raise BadInput("price.currency", "X-32", found=bill.currency, wanted=rules.currency)
    if not 1 <= len(bill.lines) <= rules.max_lines:
        raise BadInput("price.lines", "X-118", n=len(bill.lines), most=rules.max_lines)
    total = 0
    for line in bill.lines:
        whole("qty", line.qty, least=1, most=rules.max_quantity, rule="X-118")
        whole("unit_price", line.unit_price)
        if line.night is not None:
            a_day("night", line.night, "X-123")
        total += line.qty * line.unit_price
        if catalog is not None:
            _check_listed(line, catalog)
    if total > MAX_FEN:
        raise BadInput("price.too_large", "X-32", amt=total, amt_most=MAX_FEN)


def _check_listed(line: Line, catalog: Mapping[str, Listed]) -> None:
    listed = catalog.get(line.sku)
    if listed is None:
        raise BadInput("price.sku_unknown", "X-118", sku=line.sku)
    if listed.category != line.category:
        raise BadInput("price.category_differs", "X-118", sku=line.sku, found=line.category, wanted=listed.category)
    if listed.unit_price != line.unit_price:
        raise BadInput("price.price_differs", "X-118", sku=line.sku, amt=line.unit_price, amt_listed=listed.unit_price)


def check_asked(guest: Guest, wishes: Wishes, offers: tuple[Offer, ...], preset: Preset) -> None:
    """Refuse impossible facts and wishes by name: negative, fractional, enormous numbers, a coupon twice or unknown.

    So is a tier or a cohort that this house does not have: it would cost the guest the full price in silence (BK-5).
    """
    rules = preset.pricing
    if guest.tier is not None:
        known_tier(guest.tier)
    if guest.cohort is not None:
        known("cohort", guest.cohort, [cohort.name for cohort in preset.rooms.cohorts], "BK-5")
    whole("balance", guest.balance, rule="X-29")
    whole("guest_points", guest.points, least=-MAX_FEN, rule="X-114")
    whole("free_nights_used", guest.free_nights_used, rule="BK-6")
    whole("points", wishes.points, rule="PT-16")
    whole("free_nights", wishes.free_nights, rule="BK-6")
    if len(offers) > rules.max_coupons_considered:
        raise BadInput("price.too_many_coupons", "X-119", n=len(offers), most=rules.max_coupons_considered)
    ids = {offer.id for offer in offers}
    if len(ids) < len(offers):
        raise BadInput("price.coupon_twice", "X-48")
    for wanted in wishes.coupons or ():
        if wanted not in ids:
            raise BadInput("price.coupon_unknown", "X-33", coupon=wanted)
    if len(set(wishes.coupons or ())) < len(wishes.coupons or ()):
        raise BadInput("price.coupon_twice", "X-48")
    for offer in offers:
        _check_offer(offer)


def _check_offer(offer: Offer) -> None:
    """A discount of 0 per cent paid is no coupon but a mistake, as goods of no unit are (CP-2)."""
    a_day("last_day", offer.last_day, "CP-6")
    for excluded in offer.excludes:
        known("excludes", excluded, get_args(OfferClass), "CP-23")
    known("coupon_kind", offer.kind, get_args(OfferKind), "CP-2")
    least, most = (0 if offer.kind == "cash" else 1), (100 if offer.kind == "discount" else MAX_FEN)
    whole("coupon_value", offer.value, least, most, "CP-2")
    whole("threshold", offer.threshold, rule="X-44")
    if offer.most is not None:
        whole("coupon_most", offer.most, rule="CP-2")
