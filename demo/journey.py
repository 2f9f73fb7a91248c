"""Journeys as text: what happens to a guest, line by line. They drive the tour, the tests and the pictures alike.

A file of `journeys/` is a head (`journey`, `role`, `languages`, `about`, `twin`) and then one step a line: a verb of
`demo/steps.py` and its words. `#` begins a comment.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

_HEADS = ("journey", "role", "languages", "about", "twin")


class BadJourney(ValueError):
    """A script that cannot be read: names the file and the line."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `words[0]` is the verb."""

    line: int
    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Journey:
    """A script, read. `twin` names the journey that it is the unhappy twin of; empty: it is the straight way."""

    name: str
    title: str
    role: str
    languages: tuple[str, ...]
    about: str
    twin: str
    steps: tuple[Step, ...]


def read(path: Path, verbs: frozenset[str]) -> Journey:
    """The journey of `path`. Raises BadJourney for a line whose verb is not among `verbs`."""
    heads: dict[str, str] = {}
    steps: list[Step] = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        head, _, rest = raw.partition(" ")
        if head in _HEADS and not steps:
            heads[head] = rest.strip()
            continue
        try:
            words = shlex.split(raw, comments=True)
        except ValueError as error:
            raise BadJourney(f"{path.name}:{number}: {error}") from None
        if not words:
            continue
        if words[0] in verbs:
            steps.append(Step(number, tuple(words)))
        else:
            raise BadJourney(f"{path.name}:{number}: no verb {words[0]!r}; there are: {', '.join(sorted(verbs))}")
    if not steps or "journey" not in heads:
        raise BadJourney(f"{path.name}: needs a line `journey TITLE` and at least one step")
    return Journey(
        name=path.stem, title=heads["journey"], role=heads.get("role", "lobby"),
        languages=tuple(heads.get("languages", "zh-Hans en").split()), about=heads.get("about", ""),
        twin=heads.get("twin", ""), steps=tuple(steps),
    )  # fmt: skip
