"""Bytes to values and back, strictly: the first thing that touches what came over the wire (docs/protocol.md, Wire).

msgspec checks types and ranges; what it lets through is refused here: more than 64 KiB, depth over 16, a key given
twice in one object (it would silently take the last), bytes that are not UTF-8.
"""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any, TypeVar

import msgspec

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16

T = TypeVar("T")

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ENCODER = msgspec.json.Encoder()


class Malformed(ValueError):
    """A payload that is not what the contract says. `path` is where, as `$.body.amount`; it quotes no value."""

    def __init__(self, why: str, path: str = "$") -> None:
        super().__init__(f"{why} at {path}")
        self.why = why
        self.path = path


class TooLarge(ValueError):
    """What was to be sent is over 64 KiB; raised before anything is journaled or sent."""


def encode(value: Any) -> bytes:
    """The exact bytes of `value`. Raises TooLarge over 64 KiB."""
    payload = _ENCODER.encode(value)
    if len(payload) > MAX_BYTES:
        raise TooLarge(f"{len(payload)} bytes")
    return payload


def decode(payload: bytes, type_: type[T]) -> T:
    """`payload` as a `type_`. Raises Malformed, and nothing else, whatever the bytes are."""
    check(payload)
    try:
        return msgspec.json.decode(payload, type=type_)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Malformed(_why(error), _path(error)) from None


def convert(raw: msgspec.Raw | bytes, type_: type[T], path: str = "$.body") -> T:
    """A part of an already checked message as a `type_`. Raises Malformed with the path inside the whole message."""
    try:
        return msgspec.json.decode(bytes(raw), type=type_)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Malformed(_why(error), path + _path(error)[1:]) from None


def check(payload: bytes) -> None:
    """Size, encoding, depth and repeated keys. Raises Malformed."""
    if len(payload) > MAX_BYTES:
        raise Malformed("over 64 KiB")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    _check_depth(payload)
    try:
        _, end = _UNIQUE.raw_decode(text.lstrip(" \t\r\n"))
    except _RepeatedKey as error:
        raise Malformed("repeated key") from error
    except (JSONDecodeError, ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if text.lstrip(" \t\r\n")[end:].strip(" \t\r\n"):
        raise Malformed("bytes after the value")


def _check_depth(payload: bytes) -> None:
    depth = 0
    for byte in _STRINGS.sub(b'""', payload):
        if byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed("deeper than 16")
        elif byte in b"]}":
            depth -= 1


class _RepeatedKey(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _RepeatedKey


_UNIQUE = JSONDecoder(object_pairs_hook=_unique)


def _why(error: BaseException) -> str:
    """The kind of fault without the value: msgspec quotes none but in enum and tag errors, which are cut."""
    if isinstance(error, msgspec.ValidationError):
        return str(error).split(" - at `")[0].split(" '")[0].rstrip()
    return "not JSON" if not isinstance(error, RecursionError) else "too deep"


def _path(error: BaseException) -> str:
    match = re.search(r" - at `([^`]*)`", str(error))
    return match.group(1) if match else "$"
