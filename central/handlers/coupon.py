"""Coupons by their serial number."""

from __future__ import annotations

from central.context import Context, Handler
from central.coupons import CouponRow, coupon_by_sn, judge, local_time
from mqtt.messages.coupon import SnCheck, SnState
from mqtt.messages.values import Wording

_STATE = {
    "coupon.used": "used", "coupon.held": "held", "coupon.expired": "expired", "coupon.early": "early",
    "coupon.not_here": "other_store",
}  # fmt: skip


def check(ctx: Context, body: SnCheck) -> SnState:
    """What a serial number gives and whether it may be used. One that is not of this hotel is unknown."""
    row = coupon_by_sn(ctx, body.sn)
    if row is None or row.batch.hotel != ctx.hotel.id:
        return SnState(state="unknown")
    reason = judge(ctx, row)
    state = "usable" if reason is None else _STATE.get(reason.key, "other_store")
    return _shown(ctx, row, state)


def _shown(ctx: Context, row: CouponRow, state: str) -> SnState:
    used = f"{local_time(ctx, row.used_at):%Y-%m-%d %H:%M}" if row.used_at is not None else ""
    batch = row.batch
    return SnState(
        state=state, ref=row.id, tail=row.sn[-4:], worth=batch.worth,  # type: ignore[arg-type]
        name=Wording(zh=batch.zh, en=batch.en), gives=Wording(zh=batch.gives_zh, en=batch.gives_en),
        valid_from=batch.valid_from, valid_to=batch.valid_to, used_at=used, used_where=row.used_where or "",
    )  # fmt: skip


HANDLERS: dict[str, Handler] = {"sn.check": check}
