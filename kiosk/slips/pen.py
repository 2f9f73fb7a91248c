"""Writes the parts that slips share: labels in two languages, sentences, money, head and foot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hw.printer.document import Block, Cut, Document, Pair, Rule, Text
from hw.printer.layout import width
from kiosk.models.say import Count, Say, Value, say
from kiosk.models.slips import SlipHead
from kiosk.texts import Texts, money

CHINESE, SECOND = "zh-Hans", "en"


class Pen:
    """Chinese first, because staff read it; the guest's language beside it, English for guests who read Chinese."""

    def __init__(self, texts: Texts, language: str, columns: int) -> None:
        self.texts, self.language, self.columns = texts, language, columns
        self._other = SECOND if language == CHINESE else language

    def own(self, what: Say) -> str:
        """A name in the guest's language."""
        return self.texts.render(what, self.language)

    def fact(self, key: str, value: str, bold: bool = False) -> Pair:
        """A label and its value; a Chinese guest's label drops its second language where it does not fit."""
        chinese = self.texts.render(say(key), CHINESE)
        other = self.texts.render(say(key), self._other)
        both = chinese if chinese == other else f"{chinese} {other}"
        fits = width(both) + 1 + width(value.replace("¥", "￥")) <= self.columns
        return Pair(both if fits or self.language != CHINESE else chinese, value, bold)

    def sum(self, key: str, fen: int, bold: bool = False) -> Pair:
        """A label and an amount."""
        return self.fact(key, money(fen), bold)

    def sentences(self, key: str, indent: int = 2, **values: Value) -> list[Text]:
        """A sentence in Chinese and, for a guest who reads something else, in that language too."""
        return [Text(" " * indent + words) for words in self._both(say(key, **values))]

    def middle(self, what: Say, double: bool = False) -> list[Text]:
        """The same, in the middle of the paper."""
        return [Text(words, align="center", double=double and at == 0) for at, words in enumerate(self._both(what))]

    def large(self, words: str) -> Text:
        """The main number, double."""
        return Text(words, align="center", double=True, bold=True)

    def when(self, at: datetime) -> str:
        """2026-11-22 15:06 on the hotel's clock."""
        return f"{self.texts.local(at):%Y-%m-%d %H:%M}"

    def count(self, key: str, n: int) -> Say:
        """A Say with a number in it."""
        return say(key, n=Count(n))

    def _both(self, what: Say) -> list[str]:
        chinese = self.texts.render(what, CHINESE)
        guest = self.texts.render(what, self.language)
        return [chinese] if guest == chinese else [chinese, guest]

    def document(self, title: str, head: SlipHead, body: Iterable[Block | None]) -> Document:
        """Head, body, foot. `title` is the key of the slip's name."""
        blocks = [*self._head(title, head), *(block for block in body if block is not None), *self._foot(head), Cut()]
        return Document(blocks=tuple(blocks), title=title)

    def _head(self, title: str, head: SlipHead) -> list[Block]:
        marks: list[Block] = []
        if head.training:
            marks += self._mark(say("slip.training"))
        if head.copy:
            marks += self._mark(self.count("slip.copy", head.copy))
        return [
            *marks, *self.middle(head.hotel, double=True), *self.middle(head.address), Text(head.phone, align="center"),
            Rule("="), *self._title(title), Rule(),
        ]  # fmt: skip

    def _mark(self, what: Say) -> list[Block]:
        """Said in both languages whoever the guest is: it is for everybody who ever holds the paper."""
        both = (self.texts.render(what, CHINESE), self.texts.render(what, self._other))
        return [Text(words, align="center", bold=True) for words in both]

    def _title(self, title: str) -> list[Text]:
        return self.middle(say(title), double=True)

    def _foot(self, head: SlipHead) -> list[Block]:
        return [Text(f"{self.texts.local(head.at):%m-%d %H:%M} {head.terminal} #{head.check}", align="center")]


def masked(name: str) -> str:
    """A name as it may stand on paper: what came masked stays, anything else loses its middle."""
    if not name or "*" in name:
        return name
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


