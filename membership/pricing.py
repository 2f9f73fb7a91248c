"""The pricing chain: one bill, one guest, one moment, and what is due - itemised, at central and on a handheld alike.

Price that enters -> member tier -> balance tier -> points -> coupon -> random reduction (SV-8). Everything comes in as
an argument; the same arguments give the same quote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from membership.balance_discount import balance_step
from membership.bill import Bill, Guest, Listed, Offer, Wishes, check_asked, check_bill
from membership.case import Case, make_ready
from membership.explain import explain
from membership.hotel_time import Holidays
from membership.money import Fen
from membership.preset import BalanceStep, Preset
from membership.prices import BIT, entry_prices
from membership.quote import LeftOut, Quote
from membership.reasons import Reason
from membership.search import Best, Found, search
from membership.verdict import BadInput, refuse


def quote(
    bill: Bill,
    guest: Guest,
    offers: Sequence[Offer],
    wishes: Wishes,
    preset: Preset,
    today: date,
    holidays: Holidays,
    catalog: Mapping[str, Listed] | None = None,
) -> Quote | Reason:
    """The bill at its lowest price, each step with why; or the reason why it cannot be priced (SV-8, X-33, X-90).

    `offers` are the coupons that may be considered; `today` is the hotel date (X-106), amounts are fen. A coupon
    that the guest chose himself and that cannot be used refuses the quote; of the others it says why not.
    """
    try:
        check_bill(bill, preset.pricing, catalog)
        check_asked(guest, wishes, tuple(offers), preset)
    except BadInput as bad:
        return bad.reason
    case, left_out = prepare(bill, guest, offers, wishes, preset, today, holidays)
    if (refused := _refused_wish(wishes, left_out)) is not None:
        return refused
    best = search(case)
    won = decide(best, wishes, case)
    if won is None:
        return _why_not_together(case)
    return explain(won, best, case, left_out)


def lowest(
    bill: Bill, guest: Guest, offers: Sequence[Offer], wishes: Wishes, preset: Preset, today: date, holidays: Holidays
) -> Fen | None:
    """Only what would be due, without a word of explanation: the same search as `quote` (X-90)."""
    case, _ = prepare(bill, guest, offers, wishes, preset, today, holidays)
    won = decide(search(case), wishes, case)
    return None if won is None else won.due


def draw_random(priced: Quote, chance: Callable[[int], int]) -> Fen:
    """The random reduction in fen, 0 to `up_to_random`; `chance(n)` gives an integer below n. Drawn once (SV-8)."""
    return chance(priced.up_to_random + 1) if priced.up_to_random else 0


def prepare(
    bill: Bill, guest: Guest, offers: Sequence[Offer], wishes: Wishes, preset: Preset, today: date, holidays: Holidays
) -> tuple[Case, list[LeftOut]]:
    """The case to be searched, and what is left out before any search, each with its reason."""
    entry = entry_prices(bill, guest, wishes, preset, today, holidays)
    left_out = [LeftOut(name, why) for name, why in entry.left_out]
    step = balance_step(guest.balance, preset.stored_value, today)
    percent = step.pay_percent if isinstance(step, BalanceStep) else 100
    if isinstance(step, Reason) and wishes.use_balance:
        left_out.append(LeftOut("balance_tier", step))
    usable = []
    for offer in offers:
        why = _unusable(offer, bill, guest, wishes, preset.pricing.undiscounted_categories, today)
        if why is None:
            usable.append(offer)
        else:
            left_out.append(LeftOut(offer.id, why))
    return make_ready(bill, guest, wishes, preset, entry, percent, usable), left_out


def _unusable(
    offer: Offer, bill: Bill, guest: Guest, wishes: Wishes, undiscounted: Sequence[str], today: date
) -> Reason | None:
    """Why a coupon cannot be used on this bill whatever else is used (CP-3, CP-6, CP-23, X-48)."""
    if offer.barred is not None:
        return offer.barred
    if offer.last_day < today:
        return refuse("coupon.expired", "CP-6", date=offer.last_day.isoformat())
    if offer.owner is not None and offer.owner != guest.member and not offer.shared:
        return refuse("coupon.not_yours", "X-48")
    if wishes.coupons is not None and offer.id not in wishes.coupons:
        return refuse("price.not_chosen", "X-33")
    if bill.group_buy and "group_buy" in offer.excludes:
        return refuse("price.not_with_group_buy", "CP-23")
    if not any(offer.fits(line) and line.category not in undiscounted for line in bill.lines):
        return refuse("price.nothing_fits", "CP-3")
    return None


def _refused_wish(wishes: Wishes, left_out: Sequence[LeftOut]) -> Reason | None:
    return next((one.why for one in left_out if one.offer in (wishes.coupons or ())), None)


def decide(best: Best, wishes: Wishes, case: Case) -> Found | None:
    """The way taken: the balance tier only if the guest pays from the balance, and only if it is cheaper (X-29, X-31).

    With stacking off a tie goes to the balance tier alone: the guest keeps coupon and points (X-121).
    """
    balance, plain = best.balance, best.plain
    if balance is None or not wishes.use_balance:
        return plain
    if plain is None or balance.cost < plain.cost:
        return balance
    return balance if balance.cost == plain.cost and not case.pricing.stack_with_all else plain


def _why_not_together(case: Case) -> Reason:
    """Why the guest's own choice of coupons gives no price (X-33, X-119)."""
    money = case.money
    if len(money) > case.pricing.max_money_coupons:
        return refuse("price.too_many_money_coupons", "X-119", n=len(money), most=case.pricing.max_money_coupons)
    for ticket in money:
        if ticket.offer.threshold and ticket.gross < ticket.offer.threshold:
            return refuse("price.threshold_missed", "X-32", amt=ticket.gross, amt_least=ticket.offer.threshold)
    tickets = case.goods + money
    if len(tickets) > 1 and any(ticket.excludes & BIT["coupon"] for ticket in tickets):
        return refuse("price.not_with_coupon", "CP-23")
    return refuse("price.not_applicable", "X-33")
