"""The small types that every message is made of."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

Uuid7 = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")]
"""A lower-case canonical UUID version 7."""
Uuid = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,24}\Z")]
"""A property, terminal, store or worker."""
_DAY = (
    r"(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
"""A day that is in the calendar, leap years too."""
Instant = Annotated[str, Meta(pattern=rf"^{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{{3}}Z\Z")]
"""UTC, ISO 8601, milliseconds."""
Day = Annotated[str, Meta(pattern=rf"^{_DAY}\Z")]
"""A hotel date."""
Amount = Annotated[int, Meta(ge=1, le=10**12)]
"""Fen."""
AmountOrNone = Annotated[int, Meta(ge=0, le=10**12)]
"""Fen; nothing is allowed."""
Balance = Annotated[int, Meta(ge=-(10**12), le=10**12)]
Seconds = Annotated[int, Meta(ge=1, le=2_678_400)]
Qty = Annotated[int, Meta(ge=1, le=9_999)]
Seq = Annotated[int, Meta(ge=1, le=2**53)]
Token = Annotated[str, Meta(min_length=1, max_length=400)]
"""An opaque string made by somebody else: parsed by whoever made it."""
Text = Annotated[str, Meta(max_length=200)]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9_.-]{1,64}\Z")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


def always(value: Any) -> Any:
    """A field's value where none is given; the field is written all the same (without this, what is as by default is
    left out). For answers: only what the contract marks `?` may be absent."""
    return msgspec.field(default_factory=lambda: value)


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message or a part of one. Unknown fields are ignored at both ends; fields may be added, never renamed."""


class LedgerAmount(Body, frozen=True):
    """An amount in one ledger: fen, points or pieces. Lists of them are sorted by ledger and hold no zeros."""

    ledger: Annotated[str, Meta(pattern=r"^[A-Z]+(:[A-Za-z0-9_-]{1,64})?\Z")]
    amount: Amount


class LedgerBalance(Body, frozen=True):
    """What an account has in one ledger and how much of it is under a hold."""

    ledger: Annotated[str, Meta(pattern=r"^[A-Z]+(:[A-Za-z0-9_-]{1,64})?\Z")]
    posted: Balance
    held: Annotated[int, Meta(ge=0, le=10**12)]


class Wording(Body, frozen=True):
    """A name in both languages, as central keeps it for rooms, dishes, coupons."""

    zh: Text
    en: Text
