"""The schema is numbered .sql files; a store is brought up to the newest, one file a transaction, never back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+(?:\.(\w+))?\.sql")


class SchemaTooNew(Exception):
    """The store was written by a newer central; an older one must not touch it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file of the schema."""

    version: int
    name: str
    sql: str


def steps(dialect: str) -> tuple[Step, ...]:
    """The files in order; where a variant `NNNN_name.{dialect}.sql` exists it stands in for `NNNN_name.sql`."""
    found: dict[int, Step] = {}
    for file in sorted(resources.files("central.ledger").joinpath("schema").iterdir(), key=lambda f: len(f.name)):
        match = _NAME.fullmatch(file.name)
        if match and match.group(2) in (None, dialect):
            version = int(match.group(1))
            found[version] = Step(version, file.name, file.read_text("utf-8"))
    ordered = tuple(found[version] for version in sorted(found))
    if [step.version for step in ordered] != list(range(1, len(ordered) + 1)):
        raise ValueError("the schema's files are not numbered without gaps")
    return ordered


def migrate(at: int, ordered: tuple[Step, ...], apply: Callable[[Step], None]) -> int:
    """Apply every step above version `at` and return the version reached. Raises SchemaTooNew."""
    newest = ordered[-1].version if ordered else 0
    if at > newest:
        raise SchemaTooNew(f"the store is at {at}, this central knows {newest}")
    for step in ordered:
        if step.version > at:
            apply(step)
    return newest
