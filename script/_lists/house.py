"""What the checks look at: every text file, the syntax trees, the catalogues and the tables."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CODE = ("kiosk", "hw", "mqtt", "membership", "central", "demo", "tests", "benchmarks", "script", "systemd", "docs")
TEXT = {".py", ".kv", ".md", ".json", ".jsonl", ".toml", ".service", ".conf", ".sql", ".po", ".tsv", ".txt", ""}
LANGUAGES = ("zh_Hans", "en")
FIELD = re.compile(r"\{(\w+)")
NONE: frozenset[str] = frozenset()

Words = dict[str, frozenset[str]]
"""A catalogue: key -> the placeholders of its sentence."""


@dataclass(frozen=True)
class House:
    """What the checks look at. `files` holds every text file by its path in the repository, `paths` every path."""

    root: Path
    files: Mapping[str, str]
    paths: frozenset[str]
    catalogues: Mapping[str, Words]
    refusals: frozenset[str]
    refused: Mapping[str, str]
    failures: Mapping[str, Any]
    out_of_service: Mapping[str, str]
    settings: frozenset[str]
    kinds: Mapping[str, Any]
    drivers: Mapping[str, Mapping[str, str]]

    def under(self, *starts: str, ends: str = ".py") -> Iterator[tuple[str, str]]:
        """Path and text of the files whose path begins and ends so."""
        return ((path, text) for path, text in self.files.items() if path.startswith(starts) and path.endswith(ends))

    def tree(self, path: str) -> ast.Module:
        return parsed(path, self.files[path])

    def trees(self, *starts: str) -> Iterator[tuple[str, ast.Module]]:
        return ((path, self.tree(path)) for path, _ in self.under(*starts))


@cache
def parsed(path: str, text: str) -> ast.Module:
    """The syntax tree; a file that is no Python ends the program with its name and line."""
    return ast.parse(text, path)


def read(root: Path) -> House:
    """The house as it stands under `root`. The tables are those that Python would import there."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    from hw.registry import DRIVERS
    from kiosk.errors import FAILURES, OUT_OF_SERVICE, REFUSED
    from kiosk.settings import SETTINGS
    from mqtt.messages.kinds import KINDS
    from mqtt.messages.refusals import REFUSALS

    folders = (root / name for name in (*CODE, "assets", "journeys"))
    paths = [*root.glob("*"), *(path for folder in folders for path in folder.rglob("*"))]
    named = {path.relative_to(root).as_posix(): path for path in sorted(paths) if "__pycache__" not in path.parts}
    files = {
        name: path.read_text("utf-8", errors="replace")
        for name, path in named.items()
        if path.is_file() and path.suffix in TEXT and not name.startswith("assets/")
    }
    catalogues = {name: catalogue(root / "assets" / "texts" / f"{name}.po") for name in LANGUAGES}
    return House(
        root, files, frozenset(named), catalogues, REFUSALS, REFUSED, FAILURES, OUT_OF_SERVICE, frozenset(SETTINGS),
        KINDS, DRIVERS,
    )  # fmt: skip


def catalogue(path: Path) -> Words:
    """The keys of a .po file with the placeholders of their sentences; an empty sentence is no sentence."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = [(m.id, m.string) for m in read_po(file) if m.id]
    found: Words = {}
    for key, sentence in messages:
        forms = [sentence or ""] if isinstance(sentence, str | None) else list(sentence)
        if all(forms):
            found[key if isinstance(key, str) else key[0]] = frozenset(FIELD.findall(" ".join(forms)))
    return found
