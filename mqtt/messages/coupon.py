"""Coupons by their serial number."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mqtt.messages.kind import Class, Kind
from mqtt.messages.values import AmountOrNone, Body, Day, Text, Token, Wording


class SnCheck(Body, frozen=True):
    """What is this SN? As typed (digits) or as an S code."""

    sn: Token


class SnState(Body, frozen=True):
    """What it gives and whether it may be used here and now. `ref` is what hold.authorise takes."""

    state: Literal["usable", "used", "held", "expired", "early", "other_store", "unknown"]
    ref: Token = "-"
    name: Wording | None = None
    gives: Wording | None = None
    tail: Annotated[str, Meta(max_length=4)] = ""
    worth: AmountOrNone = 0
    valid_from: Day | None = None
    valid_to: Day | None = None
    used_at: Text = ""
    used_where: Text = ""


SN_CHECK = Kind(
    "sn.check", Class.READ, SnCheck, SnState,
    "Says what a serial number gives and whether it may be used.", roles=("lobby", "handheld"))  # fmt: skip

KINDS = (SN_CHECK,)
