"""The price that enters the chain: cohort rooms, festival and category prices, once-only nights, the channel's cut.

A line takes one price rule at most, the lowest that covers it (X-51); the search may leave any of them out (X-90).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from membership.bill import Bill, Guest, Line, Wishes
from membership.hotel_time import Holidays
from membership.money import Fen, share
from membership.preset import CategoryPrice, Cohort, OfferClass, Preset
from membership.reasons import Reason
from membership.verdict import refuse

BIT: Final[dict[OfferClass, int]] = {
    "coupon": 1, "group_buy": 2, "tier": 4, "balance_tier": 8, "points": 16, "random": 32
}


def mask(excludes: frozenset[OfferClass] | tuple[OfferClass, ...]) -> int:
    """The classes an offer excludes, as bits (X-33)."""
    return sum(BIT[name] for name in excludes)


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of the bill, or the one night split off it for a special price."""

    line: int
    sku: str
    category: str
    units: int
    gross: Fen
    night: date
    room: bool
    discountable: bool
    special: bool = False


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A percentage that some pieces enter the chain with."""

    name: str
    rule: str
    key: str
    pay_percent: int
    excludes: int
    covers: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A night at its own price: what it takes off the piece, and why."""

    piece: int
    off: Fen
    why: Reason


@dataclass(frozen=True, slots=True)
class Entry:
    """The pieces of a bill, what they may be priced by, and what was asked for and cannot be had."""

    pieces: tuple[Piece, ...]
    rules: tuple[PriceRule, ...]
    fixed: tuple[Fixed, ...]
    special_night: bool
    free_nights: int
    left_out: tuple[tuple[str, Reason], ...]


def entry_prices(bill: Bill, guest: Guest, wishes: Wishes, preset: Preset, today: date, holidays: Holidays) -> Entry:
    """Everything that decides the price entering the chain (BK-3, BK-5, BK-6, CP-25, CP-26, X-51, X-117)."""
    left_out: list[tuple[str, Reason]] = []
    pieces = [_piece(n, line, preset, today) for n, line in enumerate(bill.lines)]
    cohort = next((one for one in preset.rooms.cohorts if one.name == guest.cohort), None)
    found = list(_category_rules(preset, guest, pieces, today, holidays, left_out))
    if cohort is not None and any(piece.room for piece in pieces):
        found.insert(0, _cohort_rule(cohort))
    found = [one for one in found if not (bill.group_buy and _barred(one, left_out))]
    fixed: list[Fixed] = []
    special = wishes.special_night and _special_night(cohort, guest, pieces, fixed, found, holidays, left_out)
    free = _free_nights(cohort, guest, wishes.free_nights, pieces, fixed, holidays, left_out)
    rules = tuple(
        PriceRule(one.name, one.rule, one.key, one.pay_percent, one.excludes,
                  tuple(piece.discountable and not piece.special and one.covers(piece) for piece in pieces))
        for one in found
    )
    useful = tuple(rule for rule in rules if rule.pay_percent < 100 and any(rule.covers))
    return Entry(tuple(pieces), useful, tuple(fixed), special, free, tuple(left_out))


def assign(entry: Entry, used: Sequence[PriceRule]) -> list[tuple[PriceRule, list[int]]]:
    """Which pieces each of the `used` rules prices: the lowest price wins, the earlier rule a tie (X-51)."""
    lists: dict[str, tuple[PriceRule, list[int]]] = {}
    for n in range(len(entry.pieces)):
        covering = [rule for rule in used if rule.covers[n]]
        if covering:
            best = min(covering, key=lambda rule: rule.pay_percent)
            lists.setdefault(best.name, (best, []))[1].append(n)
    return [lists[rule.name] for rule in used if rule.name in lists]


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    rule: str
    key: str
    pay_percent: int
    excludes: int
    covers: Callable[[Piece], bool]


def _piece(n: int, line: Line, preset: Preset, today: date) -> Piece:
    room = line.category == preset.rooms.category
    discountable = line.category not in preset.pricing.undiscounted_categories
    return Piece(n, line.sku, line.category, line.qty, line.gross, line.night or today, room, discountable)


def _cohort_rule(cohort: Cohort) -> _Found:
    """Old guests 8折, new guests 9.5折, on rooms (BK-5, BK-6, CP-23)."""
    return _Found(cohort.name, "X-51", "price.cohort", cohort.room_pay_percent, mask(cohort.excludes), _is_room)


def _is_room(piece: Piece) -> bool:
    return piece.room


def _category_rules(
    preset: Preset, guest: Guest, pieces: Sequence[Piece], today: date, holidays: Holidays,
    left_out: list[tuple[str, Reason]],
) -> list[_Found]:
    """Festival and category prices that hold for a piece, rooms by the date of their evening (CP-25, CP-26, X-122)."""
    base = sum(piece.gross for piece in pieces if piece.discountable)
    found = []
    for price in preset.pricing.category_prices:
        dates = {piece.night if piece.room else today for piece in pieces if _named(price, piece)}
        good = frozenset(day for day in sorted(dates) if _on(price, day, holidays, left_out))
        if good and base < price.min_bill:
            why = refuse("price.min_bill", "CP-26", amt=base, amt_least=price.min_bill)
            left_out.append((price.name, why))
        elif good and price.members_only and guest.tier is None:
            left_out.append((price.name, refuse("price.members_only", "SC-9")))
        elif good:
            covers = _covering(price, good, today)
            found.append(_Found(price.name, "CP-25", "price.category", price.pay_percent, mask(price.excludes), covers))
    return found


def _named(price: CategoryPrice, piece: Piece) -> bool:
    """Whether the price is for this category: named, or none named, and not excepted (CP-25)."""
    named = not price.categories or piece.category in price.categories
    return piece.discountable and named and piece.category not in price.except_categories


def _covering(price: CategoryPrice, good: frozenset[date], today: date) -> Callable[[Piece], bool]:
    def covers(piece: Piece) -> bool:
        return _named(price, piece) and (piece.night if piece.room else today) in good
    return covers


def _on(price: CategoryPrice, day: date, holidays: Holidays, left_out: list[tuple[str, Reason]]) -> bool:
    if price.days is not None and not price.days.covers(day):
        return False
    if not price.holidays_only:
        return True
    holiday = holidays.is_holiday(day)
    if holiday is None:
        left_out.append((price.name, refuse("price.calendar_unknown", "CP-24", date=day.isoformat())))
    return bool(holiday)


def _barred(found: _Found, left_out: list[tuple[str, Reason]]) -> bool:
    """Whether a group-buy voucher on the bill keeps this price away (CP-23, BK-12)."""
    if not found.excludes & BIT["group_buy"]:
        return False
    left_out.append((found.name, refuse("price.not_with_group_buy", "CP-23")))
    return True


def _special_night(
    cohort: Cohort | None, guest: Guest, pieces: list[Piece], fixed: list[Fixed], found: Sequence[_Found],
    holidays: Holidays, left_out: list[tuple[str, Reason]],
) -> bool:
    """One night for 99 yuan, once a member, when asked for (BK-5, BK-6, X-52, X-91, X-123)."""
    if cohort is None or cohort.special_night is None:
        left_out.append(("special_night", refuse("price.not_your_benefit", "BK-5")))
        return False
    if guest.special_night_used:
        left_out.append(("special_night", refuse("price.used_up", "X-123")))
        return False
    n = _dearest_night(pieces, cohort.special_night_blackout, holidays)
    if n is None:
        left_out.append(("special_night", refuse("price.no_such_night", "CP-24")))
        return False
    unit = pieces[n].gross // pieces[n].units
    lowest = min((share(unit, one.pay_percent) for one in found if one.covers(pieces[n])), default=unit)
    if cohort.special_night >= lowest:
        left_out.append(("special_night", refuse("price.another_is_lower", "X-51")))
        return False
    off = unit - cohort.special_night
    why = Reason("price.special_night", (("amt", cohort.special_night),), "X-123")
    fixed.append(Fixed(_split(pieces, n), off, why))
    return True


def _free_nights(
    cohort: Cohort | None, guest: Guest, asked: int, pieces: list[Piece], fixed: list[Fixed], holidays: Holidays,
    left_out: list[tuple[str, Reason]],
) -> int:
    """Free trial nights of a new guest, not on statutory holidays (BK-6, CP-24, X-91, X-123).

    The first night that cannot be given, because none is owned or none fits, ends it with its reason.
    """
    given = 0
    for _ in range(asked):
        if cohort is None or guest.free_nights_used + given >= cohort.free_nights:
            left_out.append(("free_night", refuse("price.used_up", "X-123")))
            break
        n = _dearest_night(pieces, cohort.free_nights_blackout, holidays)
        if n is None:
            left_out.append(("free_night", refuse("price.no_such_night", "CP-24")))
            break
        unit = pieces[n].gross // pieces[n].units
        fixed.append(Fixed(_split(pieces, n), unit, Reason("price.free_night", (), "BK-6")))
        given += 1
    return given


def _dearest_night(pieces: Sequence[Piece], blackout: bool, holidays: Holidays) -> int | None:
    """The room night that a once-only benefit saves most on; nights that may not take it are passed over (X-123)."""
    nights = [
        n for n, piece in enumerate(pieces)
        if piece.room and piece.discountable and not piece.special and piece.gross
        and not (blackout and holidays.is_holiday(piece.night) is not False)
    ]
    return max(nights, key=lambda n: pieces[n].gross // pieces[n].units, default=None)


def _split(pieces: list[Piece], n: int) -> int:
    """Split one night off piece `n`; the index of that night."""
    piece = pieces[n]
    unit = piece.gross // piece.units
    night = replace(piece, units=1, gross=unit, special=True)
    if piece.units == 1:
        pieces[n] = night
        return n
    pieces[n] = replace(piece, units=piece.units - 1, gross=piece.gross - unit)
    pieces.append(night)
    return len(pieces) - 1
