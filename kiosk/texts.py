"""The words of the house: catalogues by language, and how a Say becomes a sentence in one of them.

A catalogue is gettext; the message id is the key (`h.short.title`), so that no language is the original. A Count among
the values chooses the plural form. A key that a catalogue lacks is shown as itself and told to `on_missing`.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.models.say import Count, Day, Moment, Money, Say, Value

LANGUAGES = {"zh-Hans": "zh_Hans", "en": "en"}
"""Language of a visit -> its catalogue under assets/texts. The first is the hotel's own."""

NOTHING = "g.nothing"
"""The key that says nothing, for a place that a screen may leave empty."""

_DAYS = {
    "zh-Hans": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Missing = Callable[[str, str], None]


class CatalogueMissing(Exception):
    """A compiled catalogue is not there; script/setup makes it."""


def load_catalogues(folder: Path) -> dict[str, gettext.GNUTranslations]:
    """The compiled catalogues of `folder` by language. Raises CatalogueMissing."""
    found = {}
    for language, name in LANGUAGES.items():
        file = folder / f"{name}.mo"
        if not file.exists():
            raise CatalogueMissing(f"{file.name} is not compiled: run script/setup")
        with file.open("rb") as stream:
            found[language] = gettext.GNUTranslations(stream)
    return found


class Texts:
    """Renders what is said, in the language asked for and the hotel's own time zone."""

    def __init__(
        self, catalogues: Mapping[str, gettext.NullTranslations], zone: ZoneInfo, on_missing: Missing
    ) -> None:
        self._catalogues = catalogues
        self._zone = zone
        self._on_missing = on_missing

    def render(self, what: Say, language: str) -> str:
        """The sentence. What lacks a value is said by `{key}.plain`, if there is one. A missing key or value is told
        to `on_missing` as (language, key), and the key stands for the words."""
        if what.key == NOTHING:
            return ""
        sentence = self._sentence(what, language)
        if sentence is None:
            self._on_missing(language, what.key)
            return what.key
        try:
            return sentence.format_map({name: self.value(value, language) for name, value in what.values})
        except KeyError as missing:
            plain = self._sentence(Say(f"{what.key}.plain"), language)
            if plain is None:
                self._on_missing(language, f"{what.key}{{{missing.args[0]}}}")
            return plain or what.key

    def has(self, key: str, language: str) -> bool:
        """Whether the catalogue of `language` has `key`."""
        return key == NOTHING or self._sentence(Say(key), language) is not None

    def value(self, value: Value, language: str) -> str:
        """What stands in the place of a placeholder."""
        match value:
            case Say():
                return self.render(value, language)
            case Money(fen):
                return money(fen)
            case Day(day):
                return day_text(day, language)
            case Moment(at):
                return self.moment_text(at)
            case Count(n):
                return f"{n:,}"
            case _:
                return str(value)

    def moment_text(self, at: datetime) -> str:
        """A time of day at the hotel."""
        return at.astimezone(self._zone).strftime("%H:%M")

    def local(self, at: datetime) -> datetime:
        """An instant on the hotel's clock."""
        return at.astimezone(self._zone)

    def _sentence(self, what: Say, language: str) -> str | None:
        catalogue = self._catalogues[language]
        count = next((value.n for _, value in what.values if isinstance(value, Count)), None)
        if count is not None:
            plural = catalogue.ngettext(what.key, what.key, count)
            if plural != what.key:
                return plural
        single = catalogue.gettext(what.key)
        if single != what.key:
            return single
        one = catalogue.ngettext(what.key, what.key, 1)
        return None if one == what.key else one


def money(fen: int) -> str:
    """¥1,280.00; a minus sign stands before the currency sign."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}¥{yuan:,}.{rest:02d}"


def day_text(day: date, language: str) -> str:
    """11月22日 周日 or Sun 22 Nov."""
    weekday = _DAYS[language][day.weekday()]
    if language == "en":
        return f"{weekday} {day.day} {_MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日 {weekday}"
