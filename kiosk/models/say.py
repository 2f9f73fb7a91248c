"""What is said on a screen or a slip: a text key and its values. The sentence stands in the catalogues, one a language.

A flow never holds words: `say("hold.short.title", diff=Money(12000))`. The screen renders it in the guest's language,
and again when the guest changes language in the middle of a step. Tagged, so that a slip can be stored as bytes.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec


class Money(msgspec.Struct, frozen=True, tag="money"):
    """An amount in fen, shown as ¥1,280.00 in both languages."""

    fen: int


class Day(msgspec.Struct, frozen=True, tag="day"):
    """A hotel date, shown as 11月22日 周日 or Sun 22 Nov."""

    day: date


class Moment(msgspec.Struct, frozen=True, tag="moment"):
    """A time of day at the hotel, shown as 15:06."""

    at: datetime


class Count(msgspec.Struct, frozen=True, tag="count"):
    """A number that chooses the plural form of its sentence."""

    n: int


class Say(msgspec.Struct, frozen=True, tag="say"):
    """`key` names the sentence; `values` fill its placeholders by name. A value may be a Say of its own."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()


Value = str | int | Money | Day | Moment | Count | Say


def say(key: str, **values: Value) -> Say:
    """A sentence by key, with its placeholders filled by name."""
    return Say(key, tuple(sorted(values.items())))
