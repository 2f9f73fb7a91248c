"""What can be read of a message before it is known to be one, so that its sender gets an answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 128 * 1024
"""The broker's own limit: more never arrives."""
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Head:
    """`version` is None where it is not an integer; `id` is the correlation data where the message tells none."""

    id: str | None = None
    journal: str | None = None
    seq: int | None = None
    version: int | None = None


def read_head(payload: bytes, correlation: bytes | None) -> Head:
    """Never raises. A key that is given twice is not readable."""
    fields = _fields(payload)
    id_ = _text(fields.get("id"), _UUID7)
    version = fields.get("v")
    seq = fields.get("seq")
    return Head(
        id=id_ or _text((correlation or b"").decode("ascii", "replace"), _UUID7),
        journal=_text(fields.get("journal"), _UUID) if id_ else None,
        seq=seq if id_ and type(seq) is int and 1 <= seq <= 2**53 else None,
        version=version if type(version) is int else None,
    )


def _fields(payload: bytes) -> dict[str, Any]:
    if len(payload) > MOST_BYTES:
        return {}
    try:
        pairs = json.loads(payload, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(pairs, _Pairs):
        return {}
    keys = [key for key, _ in pairs]
    return {key: value for key, value in pairs if keys.count(key) == 1}


class _Pairs(list[tuple[str, Any]]):
    """An object, its keys as they came."""


def _text(value: Any, pattern: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None
