"""A swipe reader for passports, with a drawer of fictitious ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from hw.id_reader import mrz
from hw.id_reader.contract import Document, DocumentKind, Sex
from hw.standins.control import Control
from hw.standins.line_device import DELIVERY, LineStandIn
from hw.standins.server import PLUGGED, Port, PtyPort

NONE = "none"
ENDING = Control("ending", "how the lines are sent", ("cr", "one_line"))


def passport(name: str, number: str, birth: date, *, sex: Sex = Sex.UNKNOWN, state: str = "UTO") -> Document:
    """A passport of a state that does not exist (ICAO's Utopia), valid to the middle of 2035."""
    return Document(
        DocumentKind.PASSPORT, "", name, number, sex, birth, "", state, "", state, None, date(2035, 6, 30)
    )


class MrzStandIn(LineStandIn):
    """`swipe` sends any lines; the control `document` the lines of a card by name, at each turn."""

    name = "mrz"

    def __init__(self, cards: Mapping[str, Document], port: Port | None = None) -> None:
        self._cards = dict(cards)
        self.controls = (Control("document", "what is swiped", (NONE, *self._cards)), ENDING, DELIVERY, PLUGGED)
        super().__init__(port or PtyPort())

    def swipe(self, lines: Sequence[str]) -> None:
        """Pull a document through."""
        with self._lock:
            for line in ["".join(lines)] if self.setting("ending") == "one_line" else lines:
                self.line(line.encode())

    def turned(self, control: str, value: str) -> None:
        if control == "document" and value in self._cards:
            self.swipe(mrz.zone_of(self._cards[value]))
