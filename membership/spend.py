"""Qualifying spend: the part of a paid bill that counts for the ladder, and the same basis for points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from membership.money import Fen
from membership.preset import TenderKind, TierRules
from membership.verdict import BadInput, a_day, known, whole


@dataclass(frozen=True, slots=True)
class Tender:
    """One way in which a bill was paid, by the tender finally collected (X-103)."""

    kind: TenderKind
    amount: Fen

    def __post_init__(self) -> None:
        known("tender", self.kind, get_args(TenderKind), "X-103")
        whole("tender", self.amount, rule="X-103")


@dataclass(frozen=True, slots=True)
class LinePaid:
    """What was due for one line of a bill after every reduction."""

    category: str
    due: Fen

    def __post_init__(self) -> None:
        whole("line", self.due, rule="X-108")


@dataclass(frozen=True, slots=True)
class Spend:
    """A bill as the ladder sees it: its hotel date and its qualifying spend net of refunds (X-8, X-99)."""

    bill: str
    day: date
    amount: Fen

    def __post_init__(self) -> None:
        a_day("day", self.day, "X-8")
        whole("spend", self.amount, rule="X-99")


def check_tendered(tenders: Iterable[Tender], lines: Iterable[LinePaid]) -> None:
    """Refuse a bill paid with more than its lines are worth: what is too much counts for nothing (X-103, X-108)."""
    tendered, due = sum(tender.amount for tender in tenders), sum(line.due for line in lines)
    if tendered > due:
        raise BadInput("spend.over_tendered", "X-103", amt=tendered, amt_most=due)


def each_bill_once(spends: Iterable[Spend]) -> tuple[Spend, ...]:
    """The bills as they are; `BadInput` if one stands there twice: it would count twice (X-99)."""
    bills, seen = tuple(spends), set()
    for spend in bills:
        if spend.bill in seen:
            raise BadInput("spend.bill_twice", "X-99", bill=spend.bill)
        seen.add(spend.bill)
    return bills


def counted(
    tenders: Iterable[Tender], lines: Iterable[LinePaid], not_tenders: Sequence[str], not_categories: Sequence[str]
) -> Fen:
    """Money that counts: what counting tenders paid, less the lines that do not count (X-12, X-103, X-108).

    Lines that do not count - a tip, a recharge - are taken as paid in counting money, so that nothing counts twice.
    """
    tenders, lines = tuple(tenders), tuple(lines)
    check_tendered(tenders, lines)
    paid = sum(tender.amount for tender in tenders if tender.kind not in not_tenders)
    out = sum(line.due for line in lines if line.category in not_categories)
    return max(0, paid - out)


def qualifying(tenders: Iterable[Tender], lines: Iterable[LinePaid], rules: TierRules) -> Fen:
    """Qualifying spend of a bill in fen: no coupon, gift card, red packet, bonus, points, tip (TI-15, GC-10, X-12)."""
    return counted(tenders, lines, rules.excluded_tenders, rules.excluded_categories)


def total_between(spends: Iterable[Spend], first: date, last: date) -> Fen:
    """Qualifying spend of the bills dated from `first` to `last`, both included (X-87, X-89)."""
    return sum(spend.amount for spend in each_bill_once(spends) if first <= spend.day <= last)


def order_dates(spends: Iterable[Spend], first: date, last: date) -> int:
    """Distinct hotel dates with qualifying spend above zero; several bills of a date are one (X-8, X-99, X-100)."""
    counting = (spend for spend in each_bill_once(spends) if spend.amount > 0)
    return len({spend.day for spend in counting if first <= spend.day <= last})
