"""Names and document numbers: compared, masked, hashed, sealed; a document number is never stored in clear."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ADULT_YEARS = 18
NONCE = 12
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Vault:
    """Hashes a document number to search by and seals it to keep; both under keys drawn from one secret."""

    secret: bytes

    def fingerprint(self, kind: str, number: str) -> str:
        """The keyed hash of a document: the same for the same document, nothing without the secret."""
        return hmac.new(self._key(b"fingerprint"), f"{kind}:{plain(number)}".encode(), hashlib.sha256).hexdigest()

    def seal(self, clear: str, nonce: bytes) -> bytes:
        """AES-GCM. `nonce` is 12 random bytes, never used twice."""
        return nonce + AESGCM(self._key(b"seal")).encrypt(nonce, clear.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """The clear text. Raises cryptography's InvalidTag if it was altered."""
        return AESGCM(self._key(b"seal")).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()

    def member_key(self, member: str) -> bytes:
        """The key of a member's dynamic code."""
        return hmac.new(self._key(b"member"), member.encode(), hashlib.sha256).digest()

    def _key(self, purpose: bytes) -> bytes:
        return hmac.new(self.secret, purpose, hashlib.sha256).digest()


def plain(text: str) -> str:
    """Without width, case, spaces and the dots of transcribed names, so that two spellings of a name are equal."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def same_name(booked: str, *shown: str) -> bool:
    """Is one of the names on the document the booked one? An empty name is nobody's."""
    return bool(plain(booked)) and plain(booked) in {plain(name) for name in shown}


def masked(name: str) -> str:
    """李伟华 -> 李*华, 李华 -> 李*, LI WEIHUA -> LI* (ux: masking of names)."""
    name = name.strip()
    if not name:
        return "*"
    if name.isascii():
        return name.split()[0][:12] + "*"
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


def masked_guest(name: str, latin: str) -> str:
    """As a slip shows a guest: both scripts where both are known."""
    return " ".join(masked(part) for part in (name, latin) if part)


def check_digit(first_17: str) -> str:
    """The last place of a resident id number (GB 11643: weights mod 11)."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(first_17, _WEIGHTS, strict=True)) % 11]


def valid_resident_id(number: str) -> bool:
    """Eighteen places, a real birth date, the right check digit (GB 11643)."""
    if len(number) != 18 or not number[:17].isdigit() or not number.isascii():
        return False
    return birth_in(number) is not None and check_digit(number[:17]) == number[17].upper()


def birth_in(number: str) -> date | None:
    """The birth date inside a resident id number, None if there is none."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
