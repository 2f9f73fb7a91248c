"""The lists of the house against the code: each check is a function of a House that yields failures, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from _lists.contract import handlers, protocol, samples
from _lists.documents import citations, generated, links
from _lists.failures import failures, operations, reached, refusals
from _lists.house import House, catalogue, read
from _lists.laws import places, time_and_chance
from _lists.rooms import drivers, journeys, screens, settings
from _lists.texts import catalogues, texts, unused

__all__ = ["CHECKS", "House", "catalogue", "read", "unused"]

CHECKS: tuple[Callable[[House], Iterable[str]], ...] = (
    refusals, failures, reached, operations, texts, catalogues, settings, screens, journeys, drivers, handlers, samples,
    protocol, time_and_chance, places, citations, links, generated,
)  # fmt: skip
