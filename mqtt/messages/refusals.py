"""The one list of refusal codes. `kiosk/errors.py` words each for guest and staff; a test holds the two together."""

from __future__ import annotations

LATER = frozenset({"overloaded", "not_ready"})
"""Means later: again after `retry_in_s`, without end, never parked, not remembered."""
UNDECIDED = frozenset({"malformed", "unsupported"})
"""Not remembered; three times and the operation is parked."""

REFUSALS = frozenset({
    "malformed", "unsupported", "overloaded", "not_ready", "id_reused", "forbidden", "not_identified", "quarantined",
    "undone", "expired", "member_unknown", "member_blocked", "second_factor_required", "second_factor_wrong",
    "insufficient", "coupon_unknown", "coupon_used", "coupon_held", "coupon_not_applicable", "quote_unknown",
    "quote_expired", "quote_used", "hold_not_open", "hold_of_quote", "hold_of_stay", "capture_unknown",
    "refund_exceeds", "approval_missing", "approval_used", "limit_exceeded", "sold_out", "not_yours",
    "not_ready_room", "registration_refused",
    # of the other kinds
    "booking_unknown", "booking_not_today", "booking_cancelled", "booking_unpaid", "already_checked_in",
    "identity_mismatch", "identity_minor", "identity_expired", "stay_unknown", "stay_closed", "folio_changed",
    "folio_exceeds_deposit", "code_expired", "code_used", "code_forged",
})  # fmt: skip

ADVICE_REFUSALS = frozenset({"malformed", "unsupported", "overloaded", "not_ready", "id_reused", "forbidden"})
"""All that an advice can meet; the last two park its row at once."""
