"""Coupons and serial numbers in the store: found, judged by the house's rules, issued, used up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from central.context import Context
from central.ids import moment
from central.ledger.interface import Posting, Row, Tx
from central.people import plain
from membership.coupons import Access, Batch, Coupon, Kind, State, judge_use
from membership.hotel_time import DateRange, Holidays, hotel_local
from membership.occasion import Occasion, Surface
from membership.reasons import Reason
from mqtt.codes import NotOurs, parse, verify
from mqtt.messages.identity import HeldCoupon
from mqtt.messages.values import Wording

SN_DIGITS = 12
_BATCH = (
    "b.id, b.property, b.zh, b.en, b.gives_zh, b.gives_en, b.kind, b.access, b.worth, b.valid_from, b.valid_to,"
    " b.stores, b.attended, b.transferable"
)
_SELECT = (
    f"SELECT c.id, c.sn, c.owner, c.used_at, c.used_by, c.used_where, {_BATCH} FROM coupons c"
    " JOIN batches b ON b.id = c.batch"
)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as it is stored. `stores` empty: every store; `worth` in fen."""

    id: str
    hotel: str
    zh: str
    en: str
    gives_zh: str
    gives_en: str
    kind: str
    access: str
    worth: int
    valid_from: str
    valid_to: str
    stores: tuple[str, ...]
    attended: bool
    transferable: bool

    @property
    def rules(self) -> Batch:
        """The batch as the rules of the house see it."""
        days = DateRange(date.fromisoformat(self.valid_from), date.fromisoformat(self.valid_to))
        return Batch(
            self.id, self.zh, Access(self.access), Kind(self.kind), days, stock=10**6,
            stores=frozenset(self.stores) or None, attended=self.attended, transferable=self.transferable,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CouponRow:
    """One coupon with its batch."""

    id: str
    sn: str
    owner: str | None
    used_at: int | None
    used_by: str | None
    used_where: str | None
    batch: BatchRow

    @property
    def account(self) -> str:
        return f"coupon:{self.id}"

    @property
    def ledger(self) -> str:
        return f"COUPON:{self.batch.id}"


def issue(tx: Tx, job: str, coupon: CouponRow, at: int) -> None:
    """Put a coupon into the world: a row, and one piece in its ledger."""
    tx.books.job(job, "issue", at)
    tx.run(
        "INSERT INTO coupons (id, sn, batch, owner) VALUES (?, ?, ?, ?)",
        coupon.id, coupon.sn, coupon.batch.id, coupon.owner,
    )  # fmt: skip
    piece = (Posting(coupon.account, coupon.ledger, 1), Posting("house:issued", coupon.ledger, -1))
    tx.books.post(job, "issue", piece, at)


def open_batch(tx: Tx, batch: BatchRow) -> None:
    """Enter a batch."""
    tx.run(
        "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        batch.id, batch.hotel, batch.zh, batch.en, batch.gives_zh, batch.gives_en, batch.kind, batch.access,
        batch.worth, batch.valid_from, batch.valid_to, " ".join(batch.stores), int(batch.attended),
        int(batch.transferable),
    )  # fmt: skip


def coupon_by_sn(ctx: Context, text: str) -> CouponRow | None:
    """By digits as typed (spaces and dashes do not matter) or by an S code of ours."""
    if text.startswith("YK1"):
        try:
            code = parse(text)
        except NotOurs:
            return None
        content = verify(code, ctx.keys.codes.public_key()) if code.kind == "sn" else None
        return coupon_where(ctx.tx, "c.sn", str(content.get("sn"))) if content else None
    return coupon_where(ctx.tx, "c.sn", plain(text))


def coupon_where(tx: Tx, column: str, value: str) -> CouponRow | None:
    """One coupon by a column."""
    row = tx.one(f"{_SELECT} WHERE {column} = ?", value)
    return _coupon(row) if row else None


def coupons(tx: Tx) -> tuple[CouponRow, ...]:
    """All coupons, in order of their serial numbers."""
    rows = tx.rows(f"{_SELECT} ORDER BY c.sn")
    return tuple(_coupon(row) for row in rows)


def held_coupons(ctx: Context, member: str) -> tuple[HeldCoupon, ...]:
    """The unused coupons of a member, those that end first in front."""
    rows = ctx.tx.rows(
        f"{_SELECT} WHERE c.owner = ? AND c.used_at IS NULL AND b.valid_to >= ?"
        " ORDER BY b.valid_to, c.sn LIMIT 50",
        member, ctx.today.isoformat(),
    )  # fmt: skip
    return tuple(
        HeldCoupon(
            coupon=row.id, name=Wording(zh=row.batch.zh, en=row.batch.en), worth=row.batch.worth,
            valid_to=row.batch.valid_to,
        )
        for row in map(_coupon, rows)
    )  # fmt: skip


def judge(ctx: Context, row: CouponRow, presenter: str | None = None) -> Reason | None:
    """May it be used now, here, at this terminal? The rules of the house decide; None: yes."""
    rules = row.batch.rules
    verdict = judge_use(rules, _as_rules(ctx, row), _occasion(ctx, presenter), no_holidays(rules))
    return verdict if isinstance(verdict, Reason) else None


def mark_used(ctx: Context, row: CouponRow) -> None:
    """Stamp where and when it was used; the ledger is what keeps it from being used twice."""
    ctx.tx.run(
        "UPDATE coupons SET used_at = ?, used_by = ?, used_where = ? WHERE id = ?",
        ctx.at, ctx.request.id, ctx.request.store, row.id,
    )  # fmt: skip


def local_time(ctx: Context, at: int) -> datetime:
    """An instant on the property's wall clock."""
    return hotel_local(moment(at), ctx.hotel.zone)


def no_holidays(rules: Batch) -> Holidays:
    """A calendar in which no day of the batch is a holiday: none of the stored batches excludes any."""
    return Holidays(rules.valid, frozenset())


def _occasion(ctx: Context, presenter: str | None) -> Occasion:
    return Occasion(
        ctx.now, ctx.hotel.zone, ctx.request.store, Surface(ctx.request.role), presenter, ctx.request.operator
    )


def _as_rules(ctx: Context, row: CouponRow) -> Coupon:
    state = State.TAKEN
    if row.used_at is not None:
        state = State.USED
    elif ctx.books.available(row.account, row.ledger, ctx.at) < 1:
        state = State.HELD
    return Coupon(
        row.sn, row.batch.id, taker=row.owner or "", owner=row.owner or "", via="", taken_at=ctx.now, state=state,
        used_at=moment(row.used_at) if row.used_at is not None else None,
    )  # fmt: skip


def _coupon(row: Row) -> CouponRow:
    id_, sn, owner, used_at, used_by, used_where, *rest = row
    raw = BatchRow(*rest)
    batch = replace(
        raw, stores=tuple(str(raw.stores).split()), attended=bool(raw.attended), transferable=bool(raw.transferable)
    )
    return CouponRow(id_, sn, owner, used_at, used_by, used_where, batch)
