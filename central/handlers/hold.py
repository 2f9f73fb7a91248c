"""Holds: reserve, adjust, capture, release (docs/protocol.md, Money)."""

from __future__ import annotations

import msgspec

from central.bounds import watch
from central.context import Context, Handler
from central.coupons import CouponRow, coupon_by_sn, coupon_where, judge, mark_used
from central.ledger import holds
from central.ledger.decide import Giving, State
from central.ledger.holds import Captured, Insufficient
from central.ledger.interface import Hold
from central.members import balances
from central.refuse import Refuse, malformed
from central.visits import member_of
from membership.reasons import Reason
from mqtt.messages.envelope import Refusal
from mqtt.messages.hold import (
    CaptureAnswer,
    Held,
    HoldAdjust,
    HoldAuthorise,
    HoldCapture,
    HoldRelease,
    Released,
    ShortfallLeg,
)
from mqtt.messages.values import LedgerAmount

_SHAPES = ({"quote", "tenders"}, {"member", "amount", "purpose"}, {"instrument", "ref", "count"})
_SHAPED = frozenset[str]().union(*_SHAPES)
FROM_HOLD = ("balance", "gift", "room")
_COUPON_CODES = {"coupon.used": "coupon_used", "coupon.held": "coupon_held"}


def authorise(ctx: Context, body: HoldAuthorise) -> Held:
    """Reserve all of it or nothing, in one transaction."""
    _check_shape(body)
    ttl_ms = _ttl_ms(ctx, body.ttl_s)
    if body.quote is not None:
        raise Refuse("quote_unknown")
    if body.purpose is not None:
        return _deposit(ctx, body, ttl_ms)
    return _instrument(ctx, body, ttl_ms)


def _check_shape(body: HoldAuthorise) -> None:
    """The message has all of one shape; here it is refused if it has parts of another too."""
    given = {name for name in _SHAPED if getattr(body, name) is not None}
    if not any(given == shape or given == shape | {"member"} for shape in _SHAPES):
        raise malformed("$.body")


def _deposit(ctx: Context, body: HoldAuthorise, ttl_ms: int) -> Held:
    assert body.member is not None and body.amount is not None
    member = member_of(ctx, body.member)
    try:
        hold = holds.hold_money(ctx.books, member, body.amount, ttl_ms, ctx.mover, id_=ctx.request.id)
    except Insufficient as error:
        raise Refuse("insufficient", Refusal(available=error.available)) from None
    watch(ctx)
    capture = _at_once(ctx, hold) if body.capture else None
    return _held(ctx, hold, capture)


def _instrument(ctx: Context, body: HoldAuthorise, ttl_ms: int) -> Held:
    assert body.ref is not None and body.count is not None
    member = member_of(ctx, body.member) if body.member is not None else None
    row = _coupon(ctx, body)
    reason = judge(ctx, row, member)
    if reason is not None:
        raise Refuse(_coupon_code(reason))
    try:
        hold = holds.hold_use_once(
            ctx.books, row.account, row.ledger, body.count, row.batch.worth, member, ttl_ms, ctx.mover,
            id_=ctx.request.id,
        )  # fmt: skip
    except Insufficient as error:
        raise Refuse("insufficient", Refusal(available=error.available)) from None
    capture = _at_once(ctx, hold) if body.capture else None
    return _held(ctx, hold, capture)


def _coupon(ctx: Context, body: HoldAuthorise) -> CouponRow:
    """Only coupons and SN exist yet; cards, tickets and points gifts are found nowhere."""
    row = None
    if body.instrument in ("coupon", "sn") and body.ref is not None:
        row = coupon_where(ctx.tx, "c.id", body.ref)
        if row is None and body.instrument == "sn":
            row = coupon_by_sn(ctx, body.ref)
    if row is None or row.batch.hotel != ctx.hotel.id:
        raise Refuse("coupon_unknown")
    return row


def _coupon_code(reason: Reason) -> str:
    return _COUPON_CODES.get(reason.key, "coupon_not_applicable")


def _at_once(ctx: Context, hold: Hold) -> CaptureAnswer:
    """Its capture has the hold's id, takes all legs and is final; delivered now, by central's time."""
    done = holds.capture(ctx.books, hold.id, hold.amount, True, ctx.mover, receipt_no=ctx.receipt_no())
    _mark(ctx, hold.id)
    return _answer(ctx, done)


def _held(ctx: Context, hold: Hold, capture: CaptureAnswer | None) -> Held:
    left = sum(
        max(0, ctx.books.available(account, ledger, ctx.at))
        for account, ledger in {(f"member:{hold.member}", name) for name in ("CNY", "BONUS")}
    ) if hold.shape == "deposit" else 0  # fmt: skip
    sums: dict[str, int] = {}
    for leg in hold.legs:
        sums[leg.ledger] = sums.get(leg.ledger, 0) + leg.amount
    return Held(
        hold=hold.id, legs=_amounts(tuple(sums.items())), available_after=left,
        expires_in_s=max(0, (hold.until - ctx.at) // 1000), capture=capture,
    )  # fmt: skip


def adjust(ctx: Context, body: HoldAdjust) -> Held:
    """A new total for an open hold, or more time for it."""
    ttl_ms = _ttl_ms(ctx, body.ttl_s) if body.ttl_s is not None else None
    state, hold = holds.look(ctx.books, body.hold, ctx.mover)
    if hold is None:
        raise Refuse("hold_not_open")
    if hold.terminal != ctx.scope:
        raise Refuse("not_yours")
    if hold.stay is not None:
        raise Refuse("hold_of_stay")
    if state is not State.HELD or hold.shape != "deposit":
        raise Refuse("hold_not_open")
    if body.amount < hold.captured:
        raise malformed("$.body.amount")
    until = hold.until if ttl_ms is None else ctx.at + ttl_ms
    try:
        after = holds.adjust(ctx.books, hold, body.amount, until, ctx.mover)
    except Insufficient as error:
        raise Refuse("insufficient", Refusal(available=error.available)) from None
    watch(ctx)
    return _held(ctx, after, None)


def capture(ctx: Context, body: HoldCapture) -> CaptureAnswer:
    """Goods were handed over: booked in full, from the hold, late, or to suspense."""
    tenders = msgspec.json.encode(body.tenders).decode()
    done = holds.capture(
        ctx.books, body.hold, body.amount, body.final, ctx.mover, receipt_no=ctx.receipt_no(), tenders=tenders,
        trusted=_came_in_order(ctx, body),
    )  # fmt: skip
    if not _fits(body):
        ctx.books.alarm("tenders_do_not_fit", ctx.scope, ctx.request.id, f"hold {body.hold}", ctx.at)
    if done.answer != "already":
        _mark(ctx, body.hold)
    return _answer(ctx, done)


def _came_in_order(ctx: Context, body: HoldCapture) -> bool:
    """What was done off line is listed for the desk; from a quarantined terminal it debits nobody."""
    if ctx.request.offline is None:
        return True
    quarantined = ctx.books.quarantined(ctx.scope) is not None
    what = "conflict_quarantined" if quarantined else "captured_offline"
    detail = f"hold {body.hold}, amount {body.amount}, offline {ctx.request.offline.n}"
    ctx.books.list_for_desk(ctx.hotel.id, ctx.scope, what, ctx.request.id, detail, ctx.at)
    return not quarantined


def _fits(body: HoldCapture) -> bool:
    """One entry a kind, and those that a hold pays for are what was captured."""
    kinds = [tender.kind for tender in body.tenders]
    from_hold = sum(tender.amount for tender in body.tenders if tender.kind in FROM_HOLD)
    return len(set(kinds)) == len(kinds) and from_hold == body.amount


def _mark(ctx: Context, id_: str) -> None:
    """Stamp the coupons that this terminal's hold has used up."""
    hold = ctx.books.hold(id_)
    for leg in hold.legs if hold is not None and hold.terminal == ctx.scope else ():
        if leg.account.startswith("coupon:") and leg.taken:
            row = coupon_where(ctx.tx, "c.id", leg.account.removeprefix("coupon:"))
            if row is not None and row.used_at is None:
                mark_used(ctx, row)


def _answer(ctx: Context, done: Captured) -> CaptureAnswer:
    is_member = done.account is not None and done.account.startswith("member:")
    return CaptureAnswer(
        state=done.answer,  # type: ignore[arg-type]
        receipt_no=done.receipt_no, posted=_amounts(done.posted), shortfall=done.shortfall,
        balances=balances(ctx, done.account) if is_member and done.account else (),
        shortfall_legs=tuple(ShortfallLeg(ledger=m.ledger, amount=m.amount, worth=m.worth) for m in done.missing),
    )  # fmt: skip


def release(ctx: Context, body: HoldRelease) -> Released:
    """Give back what is left, or make sure that a hold never seen never will be."""
    hold = ctx.books.hold(body.hold)
    if hold is not None and hold.terminal != ctx.scope:
        raise Refuse("forbidden", alarm=("release_of_foreign_hold", body.hold))
    giving = holds.release(ctx.books, body.hold, ctx.mover)
    if giving is Giving.OF_STAY:
        raise Refuse("hold_of_stay")
    if giving is Giving.TOO_LATE:
        return Released(state="already_captured")
    return Released(state="never" if giving is Giving.NEVER else "released")


def _ttl_ms(ctx: Context, ttl_s: int | None) -> int:
    if ttl_s is None:
        return ctx.policy.bill_ttl_s * 1000
    if ttl_s < ctx.policy.min_ttl_s:
        raise malformed("$.body.ttl_s")
    return ttl_s * 1000


def _amounts(parts: tuple[tuple[str, int], ...]) -> tuple[LedgerAmount, ...]:
    return tuple(LedgerAmount(ledger=ledger, amount=amount) for ledger, amount in sorted(parts) if amount)


HANDLERS: dict[str, Handler] = {
    "hold.authorise": authorise, "hold.adjust": adjust, "hold.capture": capture, "hold.release": release,
}  # fmt: skip
