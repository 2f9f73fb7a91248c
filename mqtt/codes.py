"""YK1 codes: made, parsed, verified (docs/protocol.md, Codes).

`YK1` + kind (one capital) + base45(body + signature). A payload is hostile until it is parsed; one that is not ours is
named by its prefix and never sent on whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = "YK1"
MAX_CHARS = 300
MAX_OFFLINE_CHARS = 400
KINDS = {
    "B": "booking", "M": "member", "C": "coupon", "S": "sn", "G": "gift", "T": "ticket",
    "F": "badge", "R": "slip", "K": "claim", "P": "payment",
}  # fmt: skip
SIGNATURE = 64
HMAC = 10

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {char: value for value, char in enumerate(_ALPHABET)}
_PAYMENT = re.compile(r"^(1[0-5]\d{16}|2[5-9]\d{14,22}|62\d{17}|wxp://.*|https://qr\.alipay\.com/.*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Code:
    """A code of ours, not yet verified. `token` is the whole text, which is what central is shown."""

    kind: str
    body: bytes
    signature: bytes
    token: str


class NotOurs(ValueError):
    """`kind` names what it is instead: foreign_url, foreign_payment, foreign, or broken for a YK1 code that is torn."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def make(kind: str, content: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """A signed code of `kind` (a letter of KINDS) around `content`. Raises ValueError over 300 characters."""
    if kind not in KINDS:
        raise ValueError(f"no kind {kind!r}")
    body = msgspec.msgpack.encode(content)
    text = PREFIX + kind + encode45(body + key.sign(_signed(kind, body)))
    if len(text) > MAX_CHARS:
        raise ValueError("over 300 characters")
    return text


def parse(text: str) -> Code:
    """The parts of a code of ours. Raises NotOurs, naming what it is instead."""
    if not text.startswith(PREFIX):
        raise NotOurs(_foreign(text))
    kind = text[3:4]
    if kind not in KINDS or len(text) > (MAX_OFFLINE_CHARS if kind == "M" else MAX_CHARS):
        raise NotOurs("broken")
    try:
        raw = decode45(text[4:])
    except ValueError:
        raise NotOurs("broken") from None
    size = HMAC if kind == "M" and _is_content(raw[:-HMAC]) else SIGNATURE
    if len(raw) <= size:
        raise NotOurs("broken")
    return Code(KINDS[kind], raw[:-size], raw[-size:], text)


def verify(code: Code, key: Ed25519PublicKey) -> dict[str, Any] | None:
    """The content of `code` if `key` signed it, else None: forged, torn or of another fleet."""
    try:
        key.verify(code.signature, _signed(code.token[3], code.body))
        content = msgspec.msgpack.decode(code.body)
    except (InvalidSignature, msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def encode45(raw: bytes) -> str:
    """RFC 9285."""
    out = []
    for i in range(0, len(raw) - 1, 2):
        n = raw[i] * 256 + raw[i + 1]
        out.append(_ALPHABET[n % 45] + _ALPHABET[n // 45 % 45] + _ALPHABET[n // 2025])
    if len(raw) % 2:
        out.append(_ALPHABET[raw[-1] % 45] + _ALPHABET[raw[-1] // 45])
    return "".join(out)


def decode45(text: str) -> bytes:
    """RFC 9285. Raises ValueError on a foreign character, a torn group or an overflow."""
    try:
        values = [_VALUE[char] for char in text]
    except KeyError:
        raise ValueError("not base45") from None
    out = bytearray()
    for i in range(0, len(values), 3):
        group = values[i : i + 3]
        if len(group) == 1:
            raise ValueError("torn")
        n = sum(value * 45**place for place, value in enumerate(group))
        size = len(group) - 1
        if n >= 256**size:
            raise ValueError("overflow")
        out += n.to_bytes(size, "big")
    return bytes(out)


def _is_content(body: bytes) -> bool:
    """An online member code is content and a short HMAC, which only central can check; an offline one is signed."""
    try:
        return isinstance(msgspec.msgpack.decode(body), dict)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return False


def _signed(kind: str, body: bytes) -> bytes:
    """What the signature covers: the kind too, so that a booking code can never pass for a badge."""
    return f"{PREFIX}{kind}".encode() + body


def _foreign(text: str) -> str:
    if _PAYMENT.match(text):
        return "foreign_payment"
    if re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        return "foreign_url"
    return "foreign"
