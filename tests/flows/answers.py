"""Every answer a step can get, read off its types: not off the flow, and not off its author."""

from __future__ import annotations

import functools
import re
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from kiosk.models.document import Document
from kiosk.models.screen import Answer, Presented, Pressed, ReaderTrouble, Scanned, Screen, Typed

ID = "01900000-0000-7000-8000-000000000001"
OTHER_ID = "01900000-0000-7000-8000-000000000002"
DOCUMENT = Document("resident_id", "王小明", "11010519491231002X", None, None)
TEXTS = ("x", ID, "2026-11-24T04:00:00.000Z", "2026-11-24", "CNY", "0" * 64)
"""One for every pattern of the contract."""
CODES = ("booking", "slip", "sn", "member", "foreign_url", "forged", "expired")


def screen_answers(screen: Screen) -> tuple[Answer, ...]:
    """What a guest can do on `screen`: its own controls first, then its keypad, then its readers."""
    answers: list[Answer] = [Pressed(action) for action in screen.offered() if action != "back"]
    if screen.types:
        answers.append(Typed("123456789012"))
    if "document" in screen.reads:
        answers += [Presented(DOCUMENT), ReaderTrouble("id_reader", "d.id.fail")]
    if "code" in screen.reads:
        answers += [Scanned(kind, f"YK1{kind}") for kind in CODES]
        answers.append(ReaderTrouble("scanner", "d.scan.fail"))
    if screen.backable:
        answers.append(Pressed("back"))
    return tuple(answers)


@functools.cache
def samples(type_: Any) -> tuple[Any, ...]:
    """Values of `type_`: a plain one first, then one for each thing that may differ, field by field."""
    origin = get_origin(type_)
    if origin is Annotated:
        return _annotated(type_)
    if origin is Literal:
        return get_args(type_)
    if origin in (Union, types.UnionType):
        inner = [value for arg in get_args(type_) if arg is not type(None) for value in samples(arg)]
        return (*inner, None)
    if origin is tuple:
        item = samples(get_args(type_)[0])
        return ((item[0],), (), (item[0], item[0]), *((other,) for other in item[1:]))
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return _structs(type_)
    plain = {str: ("x",), int: (30_000, 0), bool: (True, False), msgspec.Raw: (msgspec.Raw(b"{}"),)}
    return plain[type_]


def _structs(type_: type[msgspec.Struct]) -> tuple[Any, ...]:
    hints = get_type_hints(type_, include_extras=True)
    choices = {name: samples(hints[name]) for name in type_.__struct_fields__}
    base = {name: values[0] for name, values in choices.items()}
    found = [type_(**base)]
    found += [type_(**{**base, name: value}) for name, values in choices.items() for value in values[1:]]
    return tuple(found)


def _annotated(type_: Any) -> tuple[Any, ...]:
    plain, *metas = get_args(type_)
    pattern = next((meta.pattern for meta in metas if getattr(meta, "pattern", None)), "")
    if get_origin(plain) is tuple:
        return tuple(value for value in samples(plain) if value)
    if plain is str:
        return (next(text for text in TEXTS if re.search(pattern, text)),)
    ge = next((meta.ge for meta in metas if getattr(meta, "ge", None) is not None), None)
    le = next((meta.le for meta in metas if getattr(meta, "le", None) is not None), 10**12)
    if le < 100:
        return (1, 0, 2) if ge == 0 else (1, 2)
    return (30_000, 0) if ge is not None and ge <= 0 else (30_000,)
