"""A priced bill: what is due, step by step, and why; the other ways, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from membership.bill import Line
from membership.chain import cash_off
from membership.money import Fen
from membership.reasons import Reason
from membership.verdict import refuse, whole

StepKind = Literal[
    "room_price", "category_price", "room_cut", "member_tier", "balance_tier", "points", "coupon", "random_cut"
]
WayKind = Literal["balance_alone", "others", "other_tender", "by_balance", "in_order"]


@dataclass(frozen=True, slots=True)
class Step:
    """One reduction: the bill before it, what it took off, the bill after it, all in fen, and why (SV-8, X-32)."""

    rule: str
    kind: StepKind
    before: Fen
    off: Fen
    after: Fen
    why: Reason


@dataclass(frozen=True, slots=True)
class Way:
    """Another way to pay the same bill, and what would be due (X-30, X-31, X-90)."""

    kind: WayKind
    due: Fen
    why: Reason


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An offer not used, and why: a coupon's id, `member_tier`, `balance_tier`, `points`, or a price's name (X-90)."""

    offer: str
    why: Reason


@dataclass(frozen=True, slots=True)
class Quote:
    """A bill priced. `due` is after all steps, before tenders and the random reduction; it is the sum of `line_dues`.

    `coupons` and `points` are what the quote uses up; `needs_balance`: the price holds only if the rest is paid whole
    from stored value (X-29). `up_to_random` is the most that the one later draw may take off.
    """

    lines: tuple[Line, ...]
    steps: tuple[Step, ...]
    due: Fen
    line_dues: tuple[Fen, ...]
    up_to_random: Fen
    coupons: tuple[str, ...]
    points: int
    needs_balance: bool
    special_night: bool
    free_nights: int
    alternatives: tuple[Way, ...]
    left_out: tuple[LeftOut, ...]
    discounted: tuple[bool, ...]

    @property
    def gross(self) -> Fen:
        """The bill at list prices, in fen."""
        return sum(line.gross for line in self.lines)


def with_random(quote: Quote, off: Fen) -> Quote | Reason:
    """The quote after the random reduction, drawn once by the caller: the last step of the chain (SV-8, X-32).

    A second draw and one above `up_to_random` are refused.
    """
    if any(step.kind == "random_cut" for step in quote.steps):
        return refuse("price.random_drawn", "SV-8")
    whole("random", off, rule="SV-8")
    if off > quote.up_to_random:
        return refuse("price.random_too_large", "SV-8", amt=off, amt_most=quote.up_to_random)
    dues = list(quote.line_dues)
    cash_off(off, dues, [n for n, discounted in enumerate(quote.discounted) if discounted])
    step = Step("SV-8", "random_cut", quote.due, off, quote.due - off, Reason("price.random", (("amt", off),), "SV-8"))
    return replace(
        quote, steps=(*quote.steps, step), due=step.after, line_dues=tuple(dues), up_to_random=0
    )
