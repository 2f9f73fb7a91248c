"""Who is standing there: a document shown once, a member found by what he carries."""

from __future__ import annotations

from typing import Literal

from mqtt.messages.kind import Class, Kind
from mqtt.messages.values import AmountOrNone, Body, Day, LedgerBalance, Text, Token, Uuid7, Wording, always


class IdDocument(Body, frozen=True):
    """An identity document, whole. It travels in this one read and nowhere else."""

    kind: Literal["resident_id", "residence_permit", "foreigner_id", "passport"]
    name: Text
    number: Text
    birth: Day | None = None
    valid_to: Day | None = None
    name_latin: Text = ""
    nationality: Text = "CHN"


class IdentityPresent(Body, frozen=True):
    """Show a document to central, once. With `booking` the name is compared there."""

    document: IdDocument
    booking: Uuid7 | None = None


class IdentitySeen(Body, frozen=True):
    """`identity` is a random handle bound to terminal and visit, good for 30 minutes. `match`: with the booking."""

    identity: Token
    match: Literal["yes", "no", "unknown"]
    adult: bool
    name_masked: Text


class MemberIdentify(Body, frozen=True):
    """Find a member by what he carries."""

    medium: Literal["qr", "identity", "phone", "nfc", "magstripe", "barcode", "stay"]
    token: Token
    second_factor: Token | None = None


class HeldCoupon(Body, frozen=True):
    """A coupon of a member, as it may be shown."""

    coupon: Uuid7
    name: Wording
    worth: AmountOrNone
    valid_to: Day


class HeldCard(Body, frozen=True):
    """A times or duration card of a member: `left` uses, or valid until."""

    card: Uuid7
    name: Wording
    left: AmountOrNone | None = None
    valid_to: Day | None = None


class MemberFound(Body, frozen=True):
    """`member` is a visit handle, not the member's number: bound to terminal and visit, 15 minutes, renewed by use."""

    member: Token
    name_masked: Text
    tier: Wording
    balances: tuple[LedgerBalance, ...]
    coupons: tuple[HeldCoupon, ...] = always(())
    cards: tuple[HeldCard, ...] = always(())
    notices: tuple[Wording, ...] = always(())


IDENTITY_PRESENT = Kind(
    "identity.present", Class.READ, IdentityPresent, IdentitySeen,
    "Shows an identity document to central, once; gives a handle for it.")  # fmt: skip
MEMBER_IDENTIFY = Kind(
    "member.identify", Class.READ, MemberIdentify, MemberFound,
    "Finds a member by a code, a card, an identity or a phone number.")  # fmt: skip

KINDS = (IDENTITY_PRESENT, MEMBER_IDENTIFY)
