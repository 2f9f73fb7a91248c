"""A member's dynamic code (kind M, online): token and 30 s step under an 80-bit HMAC of the member's own key."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

import msgspec

from central.people import Vault
from mqtt.codes import HMAC, MAX_CHARS, PREFIX, decode45, encode45

STEP_MS = 30_000
STEPS_APART = 1


class Content(msgspec.Struct, frozen=True):
    """What the code carries: the member's token, which is not his number, and the step it was shown in."""

    m: str
    s: int


def make_code(vault: Vault, token: str, at: int) -> str:
    """The code that the member's phone shows at `at`."""
    body = msgspec.msgpack.encode(Content(token, at // STEP_MS))
    return f"{PREFIX}M{encode45(body + _mac(vault, token, body))}"


def read_code(vault: Vault, text: str, at: int) -> Content | Literal["forged", "expired"]:
    """The content of a code that is ours and of now; else why not."""
    if not text.startswith(f"{PREFIX}M") or len(text) > MAX_CHARS:
        return "forged"
    try:
        raw = decode45(text[len(PREFIX) + 1 :])
        content = msgspec.msgpack.decode(raw[:-HMAC], type=Content)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return "forged"
    if not hmac.compare_digest(raw[-HMAC:], _mac(vault, content.m, raw[:-HMAC])):
        return "forged"
    return content if abs(content.s - at // STEP_MS) <= STEPS_APART else "expired"


def _mac(vault: Vault, token: str, body: bytes) -> bytes:
    return hmac.new(vault.member_key(token), body, hashlib.sha256).digest()[:HMAC]
