"""Holds applied to the books: the decisions of `decide` written down, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from central.ledger.decide import (
    SPEND_ORDER,
    USE_ONCE_MS,
    CapturePlan,
    Giving,
    Missing,
    State,
    is_money,
    is_use_once,
    plan_capture,
    plan_release,
    plan_undo,
    resized,
    spend,
    to_suspense,
)
from central.ledger.interface import Adjusted, Books, Capture, Hold, Leg, Posting


class Insufficient(Exception):
    """The funds are not there. `available` is what is, in the hold's unit."""

    def __init__(self, available: int) -> None:
        super().__init__(f"{available} available")
        self.available = available


@dataclass(frozen=True, slots=True)
class Mover:
    """Who moves something: the operation (or job) that a posting names, the terminal behind it, and when."""

    op: str
    terminal: str
    sales: str
    """The house account that goods are sold from."""
    at: int

    @property
    def suspense(self) -> str:
        return f"suspense:{self.terminal}"


@dataclass(frozen=True, slots=True)
class Captured:
    """What a capture came to."""

    answer: str
    receipt_no: str
    posted: tuple[tuple[str, int], ...]
    shortfall: int
    missing: tuple[Missing, ...]
    account: str | None


def expire_due(books: Books, accounts: Sequence[str], mover: Mover) -> None:
    """Expiry is decided here, by comparison, before anything looks at these accounts' funds."""
    for account in accounts:
        for id_ in books.due(account, mover.at):
            expire(books, id_, mover)


def expire(books: Books, id_: str, mover: Mover) -> Hold | None:
    """The hold with everything freed whose time is up."""
    hold = books.hold(id_)
    if hold is None:
        return None
    due = [leg for leg in hold.legs if leg.open and leg.until <= mover.at]
    for leg in due:
        books.free(hold, leg)
    if hold.state == State.HELD and hold.until <= mover.at:
        books.move(hold, State.EXPIRED, mover.op, mover.at)
    return books.hold(id_) if due or hold.until <= mover.at else hold


def look(books: Books, id_: str, mover: Mover) -> tuple[State, Hold | None]:
    """Where the hold stands right now for this terminal; one whose time is up is expired by the look."""
    hold = expire(books, id_, mover)
    if hold is not None:
        return State(hold.state), hold
    return (State.TOMBSTONE if books.is_tombstone(id_, mover.terminal) else State.NONE), None


def hold_money(
    books: Books, member: str, amount: int, ttl_ms: int, mover: Mover, *, id_: str, stay: str | None = None,
    as_far_as_it_goes: bool = False,
) -> Hold:  # fmt: skip
    """Reserve `amount` fen in spending order. Raises Insufficient, unless less will do."""
    account = f"member:{member}"
    expire_due(books, [account], mover)
    free = {ledger: books.available(account, ledger, mover.at) for ledger in SPEND_ORDER}
    total = sum(max(0, part) for part in free.values())
    if as_far_as_it_goes:
        amount = min(amount, total)
    parts = spend(amount, free)
    if parts is None:
        raise Insufficient(total)
    until = mover.at + ttl_ms
    legs = tuple(Leg(n, account, ledger, part, until) for n, (ledger, part) in enumerate(parts, 1))
    hold = Hold(
        id_, mover.terminal, "deposit", member, State.HELD, amount, 0, until, 0, stay, mover.at, legs
    )  # fmt: skip
    books.open_hold(hold, mover.op)
    return hold


def hold_use_once(
    books: Books, account: str, ledger: str, count: int, worth: int, member: str | None, ttl_ms: int, mover: Mover, *,
    id_: str,
) -> Hold:  # fmt: skip
    """Reserve `count` of something that is used up. Raises Insufficient."""
    expire_due(books, [account], mover)
    free = books.available(account, ledger, mover.at)
    if free < count:
        raise Insufficient(max(0, free))
    own_until = mover.at + (max(USE_ONCE_MS, ttl_ms) if is_use_once(ledger) else ttl_ms)
    leg = Leg(1, account, ledger, count, own_until, worth=worth)
    hold = Hold(
        id_, mover.terminal, "instrument", member, State.HELD, 0, 0, mover.at + ttl_ms, 0, None, mover.at, (leg,)
    )  # fmt: skip
    books.open_hold(hold, mover.op)
    return hold


def capture(
    books: Books, id_: str, amount: int, final: bool, mover: Mover, *, receipt_no: str, tenders: str = "[]",
    trusted: bool = True,
) -> Captured:  # fmt: skip
    """Book what was handed over: from the hold, late, or to suspense; always in full, with an alarm if short.

    One that is not `trusted` goes to suspense, and the hold stays as it is.
    """
    state, hold = look(books, id_, mover)
    mine = hold is None or hold.terminal == mover.terminal
    if hold is not None and state is State.EXPIRED:
        expire_due(books, sorted({leg.account for leg in hold.legs}), mover)
    plan = plan_capture(
        state, hold, amount, final, mine=mine, available=lambda account, led: books.available(account, led, mover.at)
    ) if trusted else to_suspense("quarantined", amount)  # fmt: skip
    return carry_out(books, plan, hold, id_, amount, final, mover, receipt_no=receipt_no, tenders=tenders)


def carry_out(
    books: Books, plan: CapturePlan, hold: Hold | None, id_: str, amount: int, final: bool, mover: Mover, *,
    receipt_no: str, tenders: str = "[]",
) -> Captured:  # fmt: skip
    """Write a capture's plan down."""
    if hold is not None and plan.taken:
        books.take(hold, plan.taken, plan.posted)
    postings = [Posting(account, ledger, -part) for account, ledger, part in plan.debits]
    postings += [Posting(_sold(mover, ledger), ledger, part) for _, ledger, part in plan.debits]
    missing_worth = sum(missing.worth for missing in plan.missing)
    books.post(mover.op, plan.cause, postings, mover.at)
    if plan.shortfall + missing_worth:
        owed = plan.shortfall + missing_worth
        books.post(
            mover.op, plan.cause if plan.cause not in ("capture", "late_capture") else f"{plan.cause}_short",
            (Posting(mover.suspense, "CNY", -owed), Posting(_sold(mover, "CNY"), "CNY", owed)), mover.at,
        )  # fmt: skip
    if hold is not None and plan.closes:
        _close(books, hold.id, State.CAPTURED, mover)
    if plan.tombstone:
        books.tombstone(id_, mover.terminal, mover.op, mover.at)
    if plan.alarm:
        detail = f"hold {id_}, amount {amount}, short {plan.shortfall}"
        books.alarm(plan.alarm, mover.terminal, mover.op, detail, mover.at)
    if plan.answer == "already":
        receipt_no = next((c.receipt_no for c in reversed(books.captures(id_)) if c.final), receipt_no)
    books.note_capture(Capture(
        mover.op, id_, mover.terminal, plan.answer, amount, plan.posted, plan.shortfall, final, receipt_no, tenders,
        mover.at,
    ))  # fmt: skip
    return Captured(
        plan.answer, receipt_no, _by_ledger(plan.debits), plan.shortfall, plan.missing,
        hold.legs[0].account if hold is not None and mine_of(hold, mover) and hold.legs else None,
    )  # fmt: skip


def mine_of(hold: Hold, mover: Mover) -> bool:
    """Did the mover's terminal take the hold?"""
    return hold.terminal == mover.terminal


def _close(books: Books, id_: str, state: State, mover: Mover) -> None:
    hold = books.hold(id_)
    assert hold is not None
    for leg in hold.legs:
        books.free(hold, leg)
    books.move(hold, state, mover.op, mover.at)


def release(books: Books, id_: str, mover: Mover) -> Giving:
    """hold.release by the terminal that took it; of a hold never seen it leaves a tombstone."""
    state, hold = look(books, id_, mover)
    return _give(books, id_, plan_release(state, hold), state, mover)


def undo_authorise(books: Books, id_: str, mover: Mover) -> Giving:
    """op.undo of a hold.authorise that was answered ok."""
    state, hold = look(books, id_, mover)
    return _give(books, id_, plan_undo(state, hold), state, mover)


def _give(books: Books, id_: str, giving: Giving, state: State, mover: Mover) -> Giving:
    if giving is Giving.NEVER:
        books.tombstone(id_, mover.terminal, mover.op, mover.at)
    elif giving is Giving.FREED and state is not State.RELEASED:
        _close(books, id_, State.RELEASED, mover)
    return giving


def settle(books: Books, hold: Hold, due: int, mover: Mover, *, receipt_no: str) -> tuple[Captured, int]:
    """A stay's end: capture `due` from its hold and free the rest. Raises Insufficient if it holds less."""
    state, now = look(books, hold.id, mover)
    rest = sum(leg.rest for leg in now.legs if is_money(leg.ledger)) if now and state is State.HELD else 0
    if now is None or due > rest:
        raise Insufficient(rest)
    if state is not State.HELD:
        return Captured("captured", receipt_no, (), 0, (), now.legs[0].account if now.legs else None), 0
    plan = plan_capture(state, replace(now, stay=None), due, True, mine=True, available=_nothing)
    done = carry_out(books, plan, now, hold.id, due, True, mover, receipt_no=receipt_no)
    return replace(done, account=now.legs[0].account if now.legs else None), rest - due


def prolong(books: Books, hold: Hold, until: int, stay: str) -> None:
    """The hold becomes the stay's, for as long as the stay may need it."""
    legs = tuple(replace(leg, until=until) for leg in hold.legs)
    books.replace_legs(hold, amount=hold.amount, until=until, legs=legs)
    books.give_to_stay(hold, stay)


def adjust(books: Books, hold: Hold, amount: int, until: int, mover: Mover) -> Hold:
    """Make an open hold larger or smaller. Raises Insufficient and leaves it as it was."""
    account = next(leg.account for leg in hold.legs if is_money(leg.ledger))
    expire_due(books, [account], mover)
    free = {ledger: books.available(account, ledger, mover.at) for ledger in SPEND_ORDER}
    legs = resized(hold, amount, until, free)
    if legs is None:
        raise Insufficient(sum(max(0, part) for part in free.values()))
    books.note_adjust(Adjusted(mover.op, hold.id, hold.changes + 1, hold.amount, hold.until, hold.legs))
    books.replace_legs(hold, amount=amount, until=until, legs=legs)
    after = books.hold(hold.id)
    assert after is not None
    return after


def undo_adjust(books: Books, adjusted: Adjusted, mover: Mover) -> Giving:
    """Amount and time as they were, also of a hold that has expired since, so that what was undone is never debited.

    Too late if something was captured or adjusted after it, or if it had made the hold smaller and the money is gone.
    One that has expired, and whose restored time still runs, is held again as far as the funds are there.
    """
    state, hold = look(books, adjusted.hold, mover)
    if hold is None or hold.stay is not None or hold.changes != adjusted.serial or state is State.CAPTURED:
        return Giving.TOO_LATE
    if state is State.RELEASED:
        return Giving.FREED
    running = adjusted.until > mover.at
    funded = running and _funds_for(books, adjusted, hold, mover)
    if running and not funded and state is State.HELD:
        return Giving.TOO_LATE
    legs = adjusted.legs if funded else tuple(replace(leg, open=False) for leg in adjusted.legs)
    books.replace_legs(
        hold, amount=adjusted.amount, until=adjusted.until, legs=legs, changes=adjusted.serial - 1
    )  # fmt: skip
    now = State.HELD if funded else State.EXPIRED
    if now is not state:
        books.move(hold, now, mover.op, mover.at)
    return Giving.FREED


def _funds_for(books: Books, adjusted: Adjusted, hold: Hold, mover: Mover) -> bool:
    """Is there what the legs of before reserve more than those of now?"""
    more: dict[tuple[str, str], int] = {}
    for legs, sign in ((adjusted.legs, 1), (hold.legs, -1)):
        for leg in legs:
            more[leg.account, leg.ledger] = more.get((leg.account, leg.ledger), 0) + sign * leg.rest
    expire_due(books, sorted({account for account, _ in more}), mover)
    return all(extra <= max(0, books.available(*where, mover.at)) for where, extra in more.items() if extra > 0)


def _nothing(_account: str, _ledger: str) -> int:
    return 0


def _sold(mover: Mover, ledger: str) -> str:
    return mover.sales if is_money(ledger) else f"{mover.sales}:used"


def _by_ledger(debits: Sequence[tuple[str, str, int]]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for _, ledger, part in debits:
        sums[ledger] = sums.get(ledger, 0) + part
    return tuple(sorted(sums.items()))
