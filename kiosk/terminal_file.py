"""The terminal's file: who this board is, where its broker is, what is plugged into it (docs/operations.md).

TOML, read once at start. Everything else is configuration and comes signed from central.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,24}$")]


class BadTerminalFile(ValueError):
    """The file is not there, not TOML, or lacks something: says what, and where."""


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who this terminal is."""

    property: Name
    terminal: Name
    role: Literal["lobby", "handheld", "room"]
    store: Name
    data: str
    zone: str = "Asia/Shanghai"
    department: Name | None = None


class Hotel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands on screens and slips."""

    name_zh: str
    name_en: str
    address_zh: str
    address_en: str
    phone: str


class LinkTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The broker, and the files that prove us to it. Paths are relative to the terminal's file."""

    host: str
    port: Annotated[int, Meta(ge=1, le=65535)]
    ca: str
    cert: str
    key: str


class PinnedKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Public keys of central, 32 bytes in hex (`central keys --public`): none can stand in for another."""

    codes: Hex32
    config: Hex32
    commands: Hex32


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The screen."""

    width: Annotated[int, Meta(ge=320, le=4096)] = 1080
    height: Annotated[int, Meta(ge=320, le=4096)] = 1920
    diagonal_inch: Annotated[float, Meta(gt=3, lt=100)] = 21.5
    motion: Literal["gpu", "soft", "off"] = "soft"


class TerminalFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it. `devices` maps a kind (scanner, id_reader, printer, key_encoder) to `driver` and its options."""

    place: Place
    hotel: Hotel
    link: LinkTo
    keys: PinnedKeys
    screen: Panel = msgspec.field(default_factory=Panel)
    devices: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)


def load(path: Path) -> TerminalFile:
    """Read and check the file at `path`. Raises BadTerminalFile."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTerminalFile(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTerminalFile(f"{path}: {error}") from None
    try:
        file = msgspec.convert(content, type=TerminalFile)
    except msgspec.ValidationError as error:
        raise BadTerminalFile(f"{path}: {error}") from None
    for kind, options in file.devices.items():
        if "driver" not in options:
            raise BadTerminalFile(f"{path}: [devices.{kind}] names no driver")
    return file
