"""Central's keys, in its data directory, readable by nobody else: one for codes, one for configuration, one for
commands (so that none can stand in for another), and the secret that document numbers are hashed and sealed under."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNING = ("codes", "config", "commands")
SECRET_BYTES = 32


@dataclass(frozen=True)
class Keys:
    """Private parts; only `public` leaves this machine."""

    codes: Ed25519PrivateKey
    config: Ed25519PrivateKey
    commands: Ed25519PrivateKey
    secret: bytes

    def public(self) -> dict[str, str]:
        """What terminals pin: kid -> public key in hex."""
        return {name: raw_public(getattr(self, name).public_key()).hex() for name in SIGNING}


def raw_public(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def keys_in(folder: Path, chance: Random) -> Keys:
    """The keys of a data directory, made at first use. Each file is written whole or not at all, mode 0600.
    `chance` must be the system's."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _keys({name: _bytes_of(folder / f"{name}.key", chance) for name in (*SIGNING, "secret")})


def keys_from(seed: bytes) -> Keys:
    """Keys that follow from `seed`, for tests and simulations that must be repeatable."""
    return _keys({name: hashlib.sha256(seed + name.encode()).digest() for name in (*SIGNING, "secret")})


def _keys(raw: dict[str, bytes]) -> Keys:
    signing = {name: Ed25519PrivateKey.from_private_bytes(raw[name]) for name in SIGNING}
    return Keys(secret=raw["secret"], **signing)


def _bytes_of(path: Path, chance: Random) -> bytes:
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(chance.randbytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return path.read_bytes()
