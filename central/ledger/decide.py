"""What a hold does when something happens to it: the contract's table, pure (docs/protocol.md, Money).

Amounts are integers in their ledger's unit, instants milliseconds. Nothing here knows SQL, a clock or a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from central.ledger.interface import Hold, Leg

SPEND_ORDER = ("CNY", "BONUS")
"""Principal first (X-37, X-130)."""
USE_ONCE_MS = 24 * 3600 * 1000
"""How long what is used once stays reserved, so that an outage cannot free what was handed over."""


class State(StrEnum):
    """Where a hold stands, seen from the terminal that names it."""

    NONE = "none"
    TOMBSTONE = "tombstone"
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


def is_money(ledger: str) -> bool:
    """Does a capture's `amount` count it?"""
    return ledger in SPEND_ORDER or ledger.startswith(("GIFT:", "FOLIO:"))


def is_use_once(ledger: str) -> bool:
    """Coupons, card uses, stock: reserved for a day whatever the hold's own time."""
    return ledger.startswith(("COUPON:", "CARD:", "STOCK:"))


def spend(amount: int, available: Mapping[str, int]) -> tuple[tuple[str, int], ...] | None:
    """`amount` over the ledgers in spending order, None if it is not there; no zeros."""
    parts = []
    for ledger in SPEND_ORDER:
        part = min(amount, max(0, available.get(ledger, 0)))
        amount -= part
        if part:
            parts.append((ledger, part))
    return tuple(parts) if amount == 0 else None


def spread(amount: int, rests: Iterable[int]) -> tuple[int, ...]:
    """As much of `amount` as fits into `rests`, the first filled first."""
    parts = []
    for rest in rests:
        parts.append(min(amount, rest))
        amount -= parts[-1]
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Missing:
    """A use-once leg or points that could not be taken any more; `worth` in fen goes to suspense."""

    ledger: str
    amount: int
    worth: int


@dataclass(frozen=True, slots=True)
class CapturePlan:
    """What a capture does. `taken` counts against the hold's legs, `debits` are (account, ledger, amount) to book."""

    answer: str
    cause: str
    debits: tuple[tuple[str, str, int], ...] = ()
    taken: tuple[tuple[int, int], ...] = ()
    posted: int = 0
    shortfall: int = 0
    missing: tuple[Missing, ...] = ()
    closes: bool = False
    tombstone: bool = False
    alarm: str = ""


def plan_capture(
    state: State, hold: Hold | None, amount: int, final: bool, *, mine: bool, available: Callable[[str, str], int]
) -> CapturePlan:
    """A capture of `amount` fen. `available` says what an account has free in a ledger, for late ones."""
    if hold is None or not mine:
        cause = {State.NONE: "no_hold", State.TOMBSTONE: "after_undone"}.get(state, "foreign_hold")
        return to_suspense(cause if mine else "foreign_hold", amount, tombstone=mine and final)
    if hold.stay is not None:
        return to_suspense("hold_of_stay", amount)
    if state is State.CAPTURED:
        return CapturePlan("already", "already", alarm="captured_twice")
    if state is State.RELEASED:
        return to_suspense("after_released", amount)
    if state is State.EXPIRED:
        return _late(hold, amount, final, available)
    return _in_time(hold, amount, final)


def to_suspense(cause: str, amount: int, *, tombstone: bool = False) -> CapturePlan:
    """All of it is owed by nobody yet; an alarm names the cause."""
    return CapturePlan("late_posted", cause, shortfall=amount, tombstone=tombstone, alarm=f"capture_{cause}")


def _in_time(hold: Hold, amount: int, final: bool) -> CapturePlan:
    money = [leg for leg in hold.legs if is_money(leg.ledger)]
    parts = spread(amount, (leg.rest for leg in money))
    takes = [(leg, part) for leg, part in zip(money, parts, strict=True) if part]
    takes += [(leg, leg.rest) for leg in hold.legs if final and not is_money(leg.ledger) and leg.rest]
    posted = sum(parts)
    short = amount - posted
    return CapturePlan(
        "late_posted" if short else "captured", "capture",
        debits=tuple((leg.account, leg.ledger, part) for leg, part in takes),
        taken=tuple((leg.n, part) for leg, part in takes),
        posted=posted, shortfall=short, closes=final, alarm="capture_over_hold" if short else "",
    )  # fmt: skip


def _late(hold: Hold, amount: int, final: bool, available: Callable[[str, str], int]) -> CapturePlan:
    """Re-debit leg by leg in its own ledger, the rest of the money from BONUS, and no more than was held."""
    money = [leg for leg in hold.legs if is_money(leg.ledger)]
    wanted = spread(amount, (leg.amount - leg.taken for leg in money))
    spent: dict[tuple[str, str], int] = {}
    debits: list[tuple[str, str, int]] = []
    taken: list[tuple[int, int]] = []

    def draw(account: str, ledger: str, most: int) -> int:
        free = available(account, ledger) - spent.get((account, ledger), 0)
        part = max(0, min(most, free))
        if part:
            spent[account, ledger] = spent.get((account, ledger), 0) + part
            debits.append((account, ledger, part))
        return part

    own = [draw(leg.account, leg.ledger, want) for leg, want in zip(money, wanted, strict=True)]
    for leg, want, got in zip(money, wanted, own, strict=True):
        if leg.ledger in SPEND_ORDER:
            got += draw(leg.account, "BONUS", want - got)
        if got:
            taken.append((leg.n, got))
    posted = sum(part for _, part in taken)
    missing = []
    for leg in (leg for leg in hold.legs if final and not is_money(leg.ledger) and leg.amount > leg.taken):
        reserved = leg.rest
        got = reserved or draw(leg.account, leg.ledger, leg.amount)
        if reserved:
            debits.append((leg.account, leg.ledger, reserved))
        if got:
            taken.append((leg.n, got))
        if got < leg.amount - leg.taken:
            missing.append(Missing(leg.ledger, leg.amount - leg.taken - got, leg.worth))
    short = amount - posted
    return CapturePlan(
        "late_posted", "late_capture", tuple(debits), tuple(taken), posted, short, tuple(missing), closes=final,
        alarm="late_capture_short" if short or missing else "",
    )  # fmt: skip


class Giving(StrEnum):
    """What a release or an undo of a hold comes to."""

    NEVER = "never"
    FREED = "freed"
    TOO_LATE = "too_late"
    OF_STAY = "of_stay"


def plan_release(state: State, hold: Hold | None) -> Giving:
    """hold.release by the terminal that took it: what is left is freed, also after a part capture."""
    if hold is None:
        return Giving.NEVER
    if hold.stay is not None:
        return Giving.OF_STAY
    return Giving.TOO_LATE if state is State.CAPTURED else Giving.FREED


def plan_undo(state: State, hold: Hold | None) -> Giving:
    """op.undo of a hold.authorise: too late as soon as anything was captured."""
    if hold is None:
        return Giving.NEVER
    if hold.stay is not None or state is State.CAPTURED or hold.captured:
        return Giving.TOO_LATE
    return Giving.FREED


def resized(hold: Hold, amount: int, until: int, available: Mapping[str, int]) -> tuple[Leg, ...] | None:
    """The legs for a new total of `amount` (captured part included); None if the funds are not there.

    More is taken in spending order from what is free; less is given back the other way round. The legs stand in
    spending order again, for that is how a capture takes them.
    """
    legs = [replace(leg, until=until) if is_money(leg.ledger) else leg for leg in hold.legs]
    change = amount - hold.amount
    if change < 0:
        return tuple(_smaller(legs, -change))
    extra = spend(change, available)
    if extra is None:
        return None
    account = next(leg.account for leg in legs if is_money(leg.ledger))
    for ledger, part in extra:
        same = next((i for i, leg in enumerate(legs) if leg.ledger == ledger and leg.open), None)
        if same is None:
            legs.append(Leg(max(leg.n for leg in legs) + 1, account, ledger, part, until))
        else:
            legs[same] = replace(legs[same], amount=legs[same].amount + part)
    return tuple(replace(leg, n=n) for n, leg in enumerate(sorted(legs, key=lambda leg: _turn(leg.ledger)), 1))


def _smaller(legs: Sequence[Leg], less: int) -> list[Leg]:
    kept = list(legs)
    by_turn = sorted(range(len(kept)), key=lambda i: _turn(kept[i].ledger), reverse=True)
    for i in by_turn:
        part = min(less, kept[i].rest) if is_money(kept[i].ledger) else 0
        less -= part
        kept[i] = replace(kept[i], amount=kept[i].amount - part)
    return kept


def _turn(ledger: str) -> int:
    return SPEND_ORDER.index(ledger) if ledger in SPEND_ORDER else -1
