"""What is said has words, in both languages, and gives them what they need."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from _lists.house import LANGUAGES, House

BOTH = "central.wording"
"""The one text that picks a language's own among values: central's names come in both."""


def said(tree: ast.Module) -> Iterator[tuple[str, frozenset[str], bool, int]]:
    """(key, placeholders given, whether all are known, line) of each `say`, `tr` and `notice` with a literal key."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name = ast.unparse(call.func).rsplit(".", 1)[-1]
        if name not in ("say", "tr", "notice"):
            continue
        given = frozenset(k.arg for k in call.keywords if k.arg)
        known = all(k.arg for k in call.keywords)
        first = call.args[0]
        for value in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                for key in (f"{value.value}.title", f"{value.value}.body") if name == "notice" else (value.value,):
                    yield key, given, known, call.lineno


def texts(house: House) -> Iterator[str]:
    """What is said has words in both languages, and is given all that its sentence needs."""
    for path, tree in house.trees("kiosk/"):
        for key, given, known, line in said(tree):
            for language, words in house.catalogues.items():
                if key == "g.nothing":
                    continue
                if key not in words:
                    yield f"{path}:{line} says {key}, which {language} lacks"
                elif known and words[key] - given:
                    yield f"{path}:{line} says {key} in {language} without {', '.join(sorted(words[key] - given))}"
    for path, text in house.under("kiosk/", ends=".kv"):
        for key in re.findall(r"\btr\('([^']+)'\s*[,)]", text):
            for language, words in house.catalogues.items():
                if key not in words:
                    yield f"{path} says {key}, which {language} lacks"


def catalogues(house: House) -> Iterator[str]:
    """The languages have the same keys, and a sentence has the same placeholders in each."""
    one, other = (house.catalogues[name] for name in LANGUAGES)
    for key in sorted(set(one) ^ set(other)):
        yield f"text {key} is in {LANGUAGES[0] if key in one else LANGUAGES[1]} only"
    for key in sorted(set(one) & set(other)):
        if one[key] != other[key] and key != BOTH:
            yield f"text {key} has other placeholders in {LANGUAGES[0]} than in {LANGUAGES[1]}"


def unused(house: House) -> list[str]:
    """Keys that no literal, no pattern (`f"code.{kind}"`, `'home.' + part`) and no table of the terminal leads to."""
    literals, patterns = spoken(house, ("kiosk/", "mqtt/messages/"))
    for _, text in house.under("kiosk/", ends=".kv"):
        literals |= set(re.findall(r"'([^']+)'", text))
    roots = literals | set(house.failures) | set(house.out_of_service)
    prefixes = [word for word in literals if word.endswith(".") and word.count(".") < 4 and len(word) > 2]
    return [
        key
        for key in sorted(house.catalogues[LANGUAGES[0]])
        if key not in literals
        and key.rsplit(".", 1)[0] not in roots
        and not any(key.startswith(prefix) for prefix in prefixes)
        and not any(leads(pattern, key, literals) for pattern in patterns)
    ]


def spoken(
    house: House, starts: tuple[str, ...], but: tuple[str, ...] = ()
) -> tuple[set[str], list[re.Pattern[str]]]:
    """The strings of some code: those that are written out, and those that f-strings may make."""
    literals: set[str] = set()
    patterns = []
    for path, tree in house.trees(*starts):
        for node in ast.walk(tree) if path not in but else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            elif isinstance(node, ast.JoinedStr) and len(node.values) > 1:
                patterns.append(re.compile("".join(_part(value) for value in node.values)))
    return literals, patterns


def leads(pattern: re.Pattern[str], key: str, literals: set[str]) -> bool:
    """Whether an f-string may make `key`: what it begins with must be said somewhere."""
    match = pattern.fullmatch(key)
    return match is not None and (match.start(1) > 0 or match[1] in literals)


def _part(value: ast.expr) -> str:
    """A part of an f-string as a pattern: itself, or anything that a key may have there."""
    return re.escape(str(value.value)) if isinstance(value, ast.Constant) else r"(\.?\w[\w.]*|)"
