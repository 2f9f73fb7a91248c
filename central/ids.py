"""Ids and numbers that central makes. Time and chance are given."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from random import Random
from uuid import UUID

HANDLE_BYTES = 15


def millis(at: datetime) -> int:
    """`at` in whole milliseconds since 1970: how every instant stands in the store."""
    return int(at.timestamp() * 1000)


def moment(ms: int) -> datetime:
    """The instant of `millis`, aware, UTC."""
    return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)


def uuid7(ms: int, chance: Random) -> str:
    """A UUID version 7 of the instant `ms`."""
    n = ms << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62)
    return str(UUID(int=n))


def handle(prefix: str, chance: Random) -> str:
    """A random handle that says nothing: `m_...` for a member, `i_...` for an identity."""
    return prefix + base64.b32encode(chance.randbytes(HANDLE_BYTES)).decode().lower()


def receipt_no(prefix: str, operation: str, local: datetime) -> str:
    """A number for people, of an operation's id and hotel date; no counter, so no row that every sale must lock."""
    digest = base64.b32encode(hashlib.sha256(operation.encode()).digest()[:5]).decode()
    return f"{prefix}{local:%y%m%d}{digest}"
