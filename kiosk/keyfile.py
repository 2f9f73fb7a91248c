"""The terminal's key: bodies and slips in the journal are sealed with it (docs/protocol.md, Twice is once)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mqtt.durable import replace

_KEY = 32
_NONCE = 12
Entropy = Callable[[int], bytes]


class NotSealedByUs(ValueError):
    """Bytes that this key did not seal for this name: another key, another row, or damage."""


class Cipher:
    """Seals and opens bytes under a name, AES-256-GCM; the name is authenticated with them."""

    def __init__(self, key: bytes, entropy: Entropy) -> None:
        self._aead = AESGCM(key)
        self._entropy = entropy

    def seal(self, name: str, clear: bytes) -> bytes:
        nonce = self._entropy(_NONCE)
        return nonce + self._aead.encrypt(nonce, clear, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """Raises NotSealedByUs."""
        try:
            return self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            raise NotSealedByUs(name) from None


def load(path: Path, entropy: Entropy) -> Cipher:
    """The cipher of the key file at `path`, which is made, 0600 and synced, if it is not there. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        key = path.read_bytes()
        if len(key) == _KEY:
            path.chmod(0o600)
            return Cipher(key, entropy)
        path.rename(path.with_suffix(".damaged"))
    key = entropy(_KEY)
    replace(path, key)
    return Cipher(key, entropy)
