"""Typed values to and from plain documents (dicts, lists, text, integers); every fault has its path."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from membership.reasons import Reason
from membership.verdict import refuse

_MISSING = dataclasses.MISSING


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a preset: where it stands and why it cannot be so."""

    path: str
    reason: Reason


def to_plain(value: object) -> Any:
    """The plain document of a preset or of a part of it; `read_preset` gives the same preset back."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, IntEnum):
        return value.name.lower()
    return value


def read(kind: Any, plain: object, path: str, problems: list[Problem]) -> object:
    """`plain` as a value of type `kind`; what does not fit goes to `problems` and comes back as None."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if plain is None else read(args[0], plain, path, problems)
    if origin is Literal:
        return plain if plain in args else _wrong(path, "one of " + ", ".join(map(str, args)), plain, problems)
    if origin is tuple:
        return _read_tuple(args, plain, path, problems)
    if dataclasses.is_dataclass(kind):
        return _read_record(kind, plain, path, problems)
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        names = {member.name.lower(): member for member in kind}
        found = names.get(plain) if isinstance(plain, str) else None
        return found or _wrong(path, "one of " + ", ".join(names), plain, problems)
    return plain if type(plain) is kind else _wrong(path, kind.__name__, plain, problems)


def _read_tuple(args: tuple[Any, ...], plain: object, path: str, problems: list[Problem]) -> object:
    if not isinstance(plain, Sequence) or isinstance(plain, str):
        return _wrong(path, "list", plain, problems)
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(read(args[0], item, f"{path}[{n}]", problems) for n, item in enumerate(plain))
    if len(plain) != len(args):
        return _wrong(path, f"list of {len(args)}", plain, problems)
    pairs = zip(args, plain, strict=True)
    return tuple(read(kind, item, f"{path}[{n}]", problems) for n, (kind, item) in enumerate(pairs))


def _read_record(kind: Any, plain: object, path: str, problems: list[Problem]) -> object:
    if not isinstance(plain, Mapping):
        return _wrong(path, "section", plain, problems)
    before = len(problems)
    hints, values = _hints(kind), {}
    for name in plain:
        if name not in hints:
            problems.append(Problem(_under(path, str(name)), refuse("preset.unknown", "CS-1", name=str(name))))
    for field in dataclasses.fields(kind):
        if field.name in plain:
            values[field.name] = read(hints[field.name], plain[field.name], _under(path, field.name), problems)
        elif field.default is _MISSING and field.default_factory is _MISSING:
            problems.append(Problem(_under(path, field.name), refuse("preset.missing", "CS-1", name=field.name)))
    return kind(**values) if len(problems) == before else None


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(path: str, wanted: str, plain: object, problems: list[Problem]) -> object:
    problems.append(Problem(path, refuse("preset.wrong_type", "CS-1", wanted=wanted, found=repr(plain)[:60])))
    return None
