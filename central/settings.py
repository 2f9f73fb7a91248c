"""central.toml: where the broker is, what proves us to it, and whether this is a test house."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

FILE = "central.toml"


class BadSettings(Exception):
    """central.toml is missing something or says something impossible; the message names the key."""


class Broker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Paths are relative to the data directory."""

    host: str
    port: int
    ca: str
    cert: str
    key: str


class House(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For `facts` alone: where outside test terminals find certificates, and how the broker is restarted."""

    certs: str = ""
    restart_broker: str = ""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`test_mode` allows a ttl of 1 s and `facts`; never in a real hotel."""

    broker: Broker | None = None
    worker: str = "w1"
    test_mode: bool = False
    house: House = msgspec.field(default_factory=House)


def read_settings(folder: Path) -> Settings:
    """The settings of a data directory; none is a house without a broker. Raises BadSettings."""
    path = folder / FILE
    if not path.exists():
        return Settings()
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None
