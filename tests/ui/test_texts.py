"""The words of the house: rendered exactly, the same keys and values in both languages, by the wording rules."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from kiosk.models.say import Count, Day, Moment, Money, Say, say
from kiosk.texts import LANGUAGES, CatalogueMissing, Texts, load_catalogues
from tests.ui.conftest import CATALOGUES, compiled

FIELD = re.compile(r"\{(\w+)\}")
FORBIDDEN = {
    "zh-Hans": ("系统错误", "非法", "无效", "未知异常", "亲，", "验证码", "扣款成功", "！", "你"),
    "en": ("invalid", "illegal", "unknown error", "Oops", "!", "the user", "failed"),
}


def catalogue(language: str) -> dict[str, str]:
    """Key (with the plural form behind it) -> sentence."""
    raw = load_catalogues(compiled(CATALOGUES))[language]._catalog
    return {key if isinstance(key, str) else f"{key[0]}#{key[1]}": text for key, text in raw.items() if key}


def keys(language: str) -> set[str]:
    return {key.partition("#")[0] for key in catalogue(language)}


@pytest.mark.parametrize("value, zh, en", [
    (Money(128000), "¥1,280.00", "¥1,280.00"),
    (Money(-2180), "-¥21.80", "-¥21.80"),
    (Money(5), "¥0.05", "¥0.05"),
    (Day(date(2026, 11, 22)), "11月22日 周日", "Sun 22 Nov"),
    (Moment(datetime(2026, 11, 22, 7, 6, tzinfo=UTC)), "15:06", "15:06"),
    (Count(12460), "12,460", "12,460"),
    (say("stay.nights", n=Count(1)), "1 晚", "1 night"),
    (say("stay.nights", n=Count(2)), "2 晚", "2 nights"),
    ("YQ18", "YQ18", "YQ18"),
])  # fmt: skip
def test_values(texts: Texts, value: object, zh: str, en: str) -> None:
    assert (texts.value(value, "zh-Hans"), texts.value(value, "en")) == (zh, en)  # type: ignore[arg-type]


def test_sentences(texts: Texts) -> None:
    assert texts.render(say("h.short.title", diff=Money(12000)), "zh-Hans") == "可用余额不足，还差 ¥120.00"
    assert texts.render(say("c.many.title", n=Count(1)), "en") == "1 booking found"
    assert texts.render(say("central.wording", zh="云栖酒店", en="Yunqi Hotel"), "en") == "Yunqi Hotel"
    assert texts.render(say("g.nothing"), "en") == ""


def test_a_missing_key_shows_as_itself_and_is_told(texts: Texts, missing: list[tuple[str, str]]) -> None:
    missing.clear()
    assert texts.render(Say("no.such.key"), "en") == "no.such.key"
    assert missing == [("en", "no.such.key")]
    missing.clear()


def test_what_lacks_its_value_is_said_without_it(texts: Texts, missing: list[tuple[str, str]]) -> None:
    missing.clear()
    assert texts.render(Say("h.short.title"), "zh-Hans") == "可用余额不足"
    assert missing == []
    assert texts.render(Say("confirm.agree"), "en") == "confirm.agree"
    assert missing == [("en", "confirm.agree{amt}")]
    missing.clear()


def test_uncompiled_catalogues_are_named(tmp_path: object) -> None:
    with pytest.raises(CatalogueMissing, match="script/setup"):
        load_catalogues(tmp_path)  # type: ignore[arg-type]


def test_both_languages_have_the_same_keys_and_values() -> None:
    zh, en = catalogue("zh-Hans"), catalogue("en")
    assert keys("zh-Hans") == keys("en")
    for key in keys("en") - {"central.wording"}:
        said = [text for words in (zh, en) for form, text in words.items() if form.partition("#")[0] == key]
        assert len({frozenset(FIELD.findall(text)) for text in said}) == 1, key


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_wording_rules(language: str) -> None:
    for key, text in catalogue(language).items():
        assert not [word for word in FORBIDDEN[language] if word in text], key
        if key.endswith((".title", ".staff")) or key.startswith("action."):
            assert not text.endswith(("。", ".")) or ". " in text, key
        if language == "zh-Hans" and not key.startswith("slip."):
            assert not re.search(r"[一-鿿][,;:?]", text), f"{key}: half-width punctuation"
            assert not re.search(rf"[一-鿿]({NUMBER}|[0-9])", text), f"{key}: no space before a number"


NUMBER = r"\{(?:amt|diff|dep|n|s|no|date|time|first|last|phone|p)\}"


@pytest.mark.parametrize("language, most", [("zh-Hans", 15), ("en", 44)])
def test_titles_are_short(language: str, most: int) -> None:
    """zh 12 characters is the rule, with room for an amount or a date; English 7 words."""
    for key, text in catalogue(language).items():
        if key.endswith(".title") and key.partition(".")[0] in "gdichokxs":
            bare = FIELD.sub("", text)
            assert len(bare) <= most, key
            assert language != "en" or len(bare.split()) <= 8, key
