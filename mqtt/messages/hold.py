"""Holds: reserve, adjust, capture, release (docs/protocol.md, Money)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mqtt.messages.kind import Class, Kind
from mqtt.messages.values import (
    Amount,
    AmountOrNone,
    Body,
    Instant,
    LedgerAmount,
    LedgerBalance,
    Qty,
    Seconds,
    Token,
    Uuid7,
    Wording,
    always,
)

TenderKind = Literal["balance", "points", "coupon", "gift", "cash", "card", "wechat", "alipay", "room"]
Instrument = Literal["coupon", "sn", "times", "duration", "ticket", "points"]


class Tender(Body, frozen=True):
    """How a part of a bill is paid, in fen."""

    kind: TenderKind
    amount: AmountOrNone
    ref: Token | None = None


class HoldAuthorise(Body, frozen=True):
    """Reserve: a quote's bill, a member's deposit, or an instrument. Exactly one of the three shapes."""

    quote: Uuid7 | None = None
    tenders: tuple[Tender, ...] | None = None
    member: Token | None = None
    amount: Amount | None = None
    purpose: Literal["deposit"] | None = None
    instrument: Instrument | None = None
    ref: Token | None = None
    count: Qty | None = None
    ttl_s: Seconds | None = None
    capture: bool = False

    def __post_init__(self) -> None:
        quote = self.quote is not None and self.tenders is not None
        deposit = self.purpose is not None and self.member is not None and self.amount is not None
        instrument = self.instrument is not None and self.ref is not None and self.count is not None
        if quote + deposit + instrument != 1:
            raise ValueError("exactly one of quote, deposit, instrument")


class ShortfallLeg(Body, frozen=True):
    """Points or something used once that a late capture did not find any more; `worth` in fen went to suspense."""

    ledger: Annotated[str, Meta(pattern=r"^[A-Z]+(:[A-Za-z0-9_-]{1,64})?\Z")]
    amount: Amount
    worth: AmountOrNone


class CaptureAnswer(Body, frozen=True):
    """What was booked. Always posted + shortfall = amount."""

    state: Literal["captured", "late_posted", "already"]
    receipt_no: str
    posted: tuple[LedgerAmount, ...] = always(())
    shortfall: AmountOrNone = 0
    balances: tuple[LedgerBalance, ...] = always(())
    points_earned: AmountOrNone = always(0)
    gifts: tuple[Wording, ...] = always(())
    claim: Token | None = None
    shortfall_legs: tuple[ShortfallLeg, ...] = ()


class Held(Body, frozen=True):
    """The hold's legs and what stays available, in fen. `expires_in_s` counts from the first send (P1)."""

    hold: Uuid7
    legs: tuple[LedgerAmount, ...]
    available_after: AmountOrNone
    expires_in_s: AmountOrNone
    random_off: AmountOrNone = always(0)
    capture: CaptureAnswer | None = None


class HoldAdjust(Body, frozen=True):
    """The new total of a hold, what was captured included; `ttl_s` counts from now, without it the time stays."""

    hold: Uuid7
    amount: Amount
    ttl_s: Seconds | None = None


class HoldCapture(Body, frozen=True):
    """Goods were handed over: take what the hold reserved. `final` frees the rest. `tenders` is the whole bill, one
    entry a kind, none where nothing was paid."""

    hold: Uuid7
    amount: AmountOrNone
    final: bool
    tenders: tuple[Tender, ...]
    delivered_at: Instant


class HoldRelease(Body, frozen=True):
    """Give back what a hold reserved."""

    hold: Uuid7
    reason: Literal["left", "not_fulfilled", "too_old", "replaced", "staff"]


class Released(Body, frozen=True):
    """`never`: the hold had never been, and a tombstone keeps it so."""

    state: Literal["released", "never", "already_captured"]


HOLD_AUTHORISE = Kind(
    "hold.authorise", Class.REQUEST, HoldAuthorise, Held,
    "Reserves all that a bill, a deposit or an instrument will use, all or nothing.",
    undo="frees it, or leaves a tombstone", unknown="h.unknown")  # fmt: skip
HOLD_ADJUST = Kind(
    "hold.adjust", Class.REQUEST, HoldAdjust, Held,
    "Makes an open hold larger or smaller, or lengthens it.",
    undo="restores amount and time, if nothing came after", unknown="h.unknown")  # fmt: skip
HOLD_CAPTURE = Kind(
    "hold.capture", Class.ADVICE, HoldCapture, CaptureAnswer,
    "Tells that goods were handed over: takes what the hold reserved.", offline="queued")  # fmt: skip
HOLD_RELEASE = Kind(
    "hold.release", Class.ADVICE, HoldRelease, Released,
    "Gives back what a hold reserved.", offline="queued")  # fmt: skip

KINDS = (HOLD_AUTHORISE, HOLD_ADJUST, HOLD_CAPTURE, HOLD_RELEASE)
