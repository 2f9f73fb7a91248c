"""THE table of failures: each one's code, who is told what, what the guest may do, and what clears it.

The sentences stand in the catalogues: `{key}.title`, `{key}.body` for the guest, `{key}.staff` for the desk's list.
A failure the guest can act on is a screen; one that nobody can act on takes the terminal out of service with a reason.
Codes are small and at the bottom left; they are never the message (docs/ux.md, Errors).
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.models.lobby import Notice
from kiosk.models.say import Value


@dataclass(frozen=True, slots=True)
class Failure:
    """One state that is not the straight way. `calls` is True where staff are called without being asked."""

    key: str
    code: str
    severity: str
    choices: tuple[str, ...]
    clears: str
    calls: bool = False


_F = Failure
FAILURES: dict[str, Failure] = {f.key: f for f in (
    # the link and the house
    _F("g.offline.mid", "L01", "warn", ("retry", "staff"), "central answers again"),
    _F("g.offline.kiosk", "L02", "stop", ("staff",), "hb/ack comes back"),
    _F("g.server", "L03", "warn", ("retry", "staff"), "central answers again"),
    _F("g.maint", "L04", "stop", ("staff",), "central says so"),
    _F("g.refused", "L05", "warn", ("staff", "finish"), "a member of staff"),
    # devices
    _F("d.scan.down", "D01", "warn", ("staff",), "the scanner opens again"),
    _F("d.id.down", "D02", "warn", ("staff",), "the reader opens again"),
    _F("d.card.down", "D03", "warn", ("staff",), "the encoder answers again"),
    _F("d.card.failed", "D04", "warn", ("staff", "finish"), "a member of staff", calls=True),
    _F("d.card.doubt", "D05", "staff", ("finish",), "a member of staff settles it", calls=True),
    # identity
    _F("i.mismatch", "I01", "warn", ("other_id", "staff"), "another document"),
    _F("i.tries", "I02", "staff", ("finish",), "a member of staff", calls=True),
    _F("i.minor", "I03", "warn", ("staff", "finish"), "a member of staff"),
    _F("i.expired", "I04", "warn", ("other_id", "staff"), "another document"),
    _F("i.review", "I05", "staff", ("finish",), "a member of staff", calls=True),
    # bookings
    _F("c.none", "C01", "warn", ("other_way", "staff"), "another code or card"),
    _F("c.early", "C02", "info", ("finish", "staff"), "the room is ready"),
    _F("c.future", "C03", "info", ("finish", "staff"), "the day of arrival"),
    _F("c.cancel", "C04", "warn", ("finish", "staff"), "a new booking"),
    _F("c.unpaid", "C05", "warn", ("staff", "finish"), "the rate is paid"),
    _F("c.qr.used", "C06", "warn", ("staff", "finish"), "a member of staff"),
    _F("c.qr.expired", "C07", "warn", ("other_way", "staff"), "a fresh code"),
    _F("c.qr.forged", "C08", "warn", ("other_way", "staff"), "a code of this hotel"),
    _F("c.room.gone", "C09", "warn", ("staff", "finish"), "another room"),
    # the deposit
    _F("h.none", "H01", "warn", ("staff", "finish"), "a member of staff takes the deposit"),
    _F("h.short", "H02", "warn", ("staff", "finish"), "a larger balance"),
    _F("h.fail", "H03", "warn", ("staff", "finish"), "a member of staff"),
    _F("h.unknown.staff", "H04", "staff", ("finish",), "central says what became of it", calls=True),
    _F("h.absent", "H05", "staff", ("finish",), "central says what became of it", calls=True),
    _F("h.expired", "H06", "warn", ("again", "staff"), "a new hold"),
    _F("h.blocked", "H07", "warn", ("staff", "finish"), "member services"),
    # check-out
    _F("o.none", "O01", "warn", ("other_way", "staff"), "another code or card"),
    _F("o.closed", "O02", "info", ("finish", "staff"), "nothing to do"),
    _F("o.changed", "O03", "warn", ("see_bill", "staff"), "the new bill"),
    _F("o.over", "O04", "warn", ("staff", "finish"), "a member of staff takes the rest"),
    _F("o.unknown", "O05", "staff", ("finish",), "central says what became of it", calls=True),
    _F("o.dispute", "O06", "staff", ("finish",), "a member of staff", calls=True),
    # coupons by SN
    _F("k.sn.bad", "S01", "warn", ("retry", "finish"), "another code"),
    _F("k.sn.used", "S02", "warn", ("retry", "finish"), "another code"),
    _F("k.sn.held", "S03", "warn", ("retry", "finish"), "the other terminal finishes"),
    _F("k.sn.gone", "S08", "warn", ("retry", "finish"), "another code"),
    _F("k.sn.expired", "S04", "warn", ("retry", "finish"), "another code"),
    _F("k.sn.early", "S05", "warn", ("retry", "finish"), "its first day"),
    _F("k.sn.store", "S06", "warn", ("retry", "finish"), "its own store"),
    _F("k.sn.unknown", "S07", "staff", ("finish",), "central says what became of it", calls=True),
    # codes that were shown
    _F("x.foreign", "X01", "info", ("other_way", "staff"), "a code of this hotel"),
)}  # fmt: skip

OUT_OF_SERVICE: dict[str, str] = {
    # key -> code. The reason is kept over reboot until what it names has cleared.
    "s.journal.full": "J01",
    "s.journal.broken": "J02",
    "g.maint": "L04",
    "g.offline.kiosk": "L02",
}

REFUSED: dict[str, str] = {
    # a refusal's code -> the failure the guest sees, in words that need no values. Where a journey knows more (by how
    # much a balance is short), it words it itself. What is not here is g.refused: nothing happened, staff help.
    "overloaded": "g.server", "not_ready": "g.server",
    "insufficient": "h.fail", "member_blocked": "h.blocked", "member_unknown": "h.none",
    "booking_unknown": "c.none", "booking_not_today": "c.none", "booking_cancelled": "c.cancel",
    "booking_unpaid": "i.review", "already_checked_in": "c.qr.used", "not_ready_room": "c.room.gone",
    "sold_out": "c.room.gone", "identity_mismatch": "i.mismatch", "identity_minor": "i.minor",
    "identity_expired": "i.expired", "registration_refused": "i.review",
    "stay_unknown": "o.none", "stay_closed": "o.closed", "folio_changed": "o.changed",
    "folio_exceeds_deposit": "o.over",
    "code_expired": "c.qr.expired", "code_used": "c.qr.used", "code_forged": "c.qr.forged",
    "coupon_unknown": "k.sn.bad", "coupon_used": "k.sn.gone", "coupon_held": "k.sn.held",
    "coupon_not_applicable": "k.sn.store",
    "malformed": "g.refused", "unsupported": "g.refused", "id_reused": "g.refused", "forbidden": "g.refused",
    "not_identified": "g.refused", "quarantined": "g.refused", "undone": "g.refused", "expired": "g.refused",
    "second_factor_required": "g.refused", "second_factor_wrong": "g.refused", "quote_unknown": "g.refused",
    "quote_expired": "g.refused", "quote_used": "g.refused", "hold_not_open": "g.refused",
    "hold_of_quote": "g.refused", "hold_of_stay": "g.refused", "capture_unknown": "g.refused",
    "refund_exceeds": "g.refused", "approval_missing": "g.refused", "approval_used": "g.refused",
    "limit_exceeded": "g.refused", "not_yours": "g.refused",
}  # fmt: skip


def notice(key: str, *, on: tuple[str, int] | None = None, **values: Value) -> Notice:
    """The page that tells of failure `key`. Raises KeyError for one that the table does not have."""
    failure = FAILURES[key]
    return Notice(
        key=key, values=tuple(sorted(values.items())), choices=failure.choices,
        severity=failure.severity, code=failure.code, on=on,
        # where the guest waits for staff he is asked before the page goes; elsewhere it goes by itself
        done="finish" in failure.choices and failure.severity != "staff",
    )  # fmt: skip


def refused(code: str, *, on: tuple[str, int] | None = None, **values: Value) -> Notice:
    """The page that tells of a refusal. A code that nobody foresaw is g.refused: nothing happened, staff help."""
    return notice(REFUSED.get(code, "g.refused"), on=on, **values)
