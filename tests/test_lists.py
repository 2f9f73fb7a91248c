"""script/lists finds what it is there to find: every list is spoilt once, and named."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "script"))

from _lists import CHECKS, catalogue, read, unused  # noqa: E402

lists = SimpleNamespace(**{check.__name__: check for check in CHECKS}, unused=unused, catalogue=catalogue)


@pytest.fixture(scope="module")
def house() -> Any:
    return read(ROOT)


def with_file(house: Any, path: str, text: str) -> Any:
    return replace(house, files={**house.files, path: text})


def with_words(house: Any, language: str, **changes: Any) -> Any:
    """`changes` by key with __ for the dot; None takes a key away."""
    words = dict(house.catalogues[language])
    for name, needs in changes.items():
        key = name.replace("__", ".")
        words.pop(key, None)
        if needs is not None:
            words[key] = frozenset(needs)
    return replace(house, catalogues={**house.catalogues, language: words})


def found(check: Any, spoilt: Any, house: Any) -> set[str]:
    """What the spoilt house fails that the house as it is does not."""
    return set(check(spoilt)) - set(check(house))


def test_a_refusal_without_words(house: Any) -> None:
    spoilt = replace(house, refusals=house.refusals | {"moon_in_the_way"})
    assert found(lists.refusals, spoilt, house) == {
        "refusal moon_in_the_way is not worded in kiosk/errors.py REFUSED"}  # fmt: skip


def test_words_for_a_refusal_that_nobody_makes(house: Any) -> None:
    spoilt = replace(house, refused={**house.refused, "moon_in_the_way": "g.refused"})
    assert "moon_in_the_way" in found(lists.refusals, spoilt, house).pop()


def test_a_refusal_whose_words_need_what_it_does_not_bring(house: Any) -> None:
    spoilt = with_words(house, "en", g__refused__body=["amt"])
    assert any("forbidden leads to g.refused, whose words need amt" in f for f in found(lists.refusals, spoilt, house))


def test_a_failure_without_a_sentence_in_one_language(house: Any) -> None:
    spoilt = with_words(house, "zh_Hans", i__minor__body=None)
    assert found(lists.failures, spoilt, house) == {"i.minor.body has no words in zh_Hans"}


def test_a_button_without_words(house: Any) -> None:
    spoilt = with_words(house, "en", action__other_id=None)
    assert "button other_id of i.mismatch has no words in en" in found(lists.failures, spoilt, house)


def test_two_failures_with_one_code(house: Any) -> None:
    minor = replace(house.failures["i.minor"], code="I01")
    spoilt = replace(house, failures={**house.failures, "i.minor": minor})
    assert found(lists.failures, spoilt, house) == {"code I01 stands for i.mismatch and for i.minor"}


def test_a_failure_that_nobody_shows(house: Any) -> None:
    moon = replace(house.failures["i.minor"], key="i.moon")
    spoilt = replace(house, failures={**house.failures, "i.moon": moon}, out_of_service={"s.moon": "J99"})
    assert {"failure i.moon is shown by nobody in kiosk/", "failure s.moon is shown by nobody in kiosk/"} == found(
        lists.reached, spoilt, house)  # fmt: skip
    refused = replace(spoilt, refused={**house.refused, "x": "i.moon"}, out_of_service={})
    assert found(lists.reached, refused, house) == set()


def test_a_code_that_operations_cannot_look_up(house: Any) -> None:
    spoilt = replace(house, out_of_service={**house.out_of_service, "s.moon": "J99"})
    assert found(lists.operations, spoilt, house) == {"code J99 is not explained in docs/operations.md"}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('say("no.such.text")', "says no.such.text, which en lacks"),
        ('say("x.foreign.body" if up else "no.such.text")', "says no.such.text, which zh_Hans lacks"),
        ('notice("h.short", on=STEP)', "says h.short.title in en without diff"),
        ('say("x.foreign.body", that=1)', "says x.foreign.body in en without what"),
    ],
)
def test_a_journey_that_says_what_nobody_can_read(house: Any, line: str, names: str) -> None:
    spoilt = with_file(house, "kiosk/flows/lobby/new.py", line)
    assert any(names in failure for failure in found(lists.texts, spoilt, house))


def test_a_layout_that_says_what_nobody_can_read(house: Any) -> None:
    spoilt = with_file(house, "kiosk/screens/lobby/new.kv", "<New>:\n    words: root.tr('no.such.text')\n")
    assert "kiosk/screens/lobby/new.kv says no.such.text, which en lacks" in found(lists.texts, spoilt, house)


def test_languages_that_drift_apart(house: Any) -> None:
    spoilt = with_words(house, "en", only__here=[], x__foreign__body=["thing"])
    assert found(lists.catalogues, spoilt, house) == {
        "text only.here is in en only",
        "text x.foreign.body has other placeholders in zh_Hans than in en",
    }


def test_an_empty_sentence_is_none(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr ""\n\n'
    (tmp_path / "en.po").write_text(head + 'msgid "a.b"\nmsgstr ""\n\nmsgid "a.c"\nmsgstr "{n} of {m}"\n')
    assert lists.catalogue(tmp_path / "en.po") == {"a.c": frozenset({"n", "m"})}


def test_a_text_that_nothing_says_is_reported(house: Any) -> None:
    spoilt = with_words(house, "zh_Hans", quite__unheard__of=[])
    assert set(lists.unused(spoilt)) - set(lists.unused(house)) == {"quite.unheard.of"}


def test_a_setting_that_nobody_reads(house: Any) -> None:
    spoilt = replace(house, settings=house.settings | {"bell.volume"})
    assert found(lists.settings, spoilt, house) == {"setting bell.volume is read by nobody in kiosk/"}


def test_a_text_of_the_same_name_does_not_read_a_setting(house: Any) -> None:
    spoilt = replace(house, settings=house.settings | {"bell.volume"})
    said = with_file(spoilt, "kiosk/bell.py", 'say("bell.volume")')
    assert "setting bell.volume is read by nobody in kiosk/" in set(lists.settings(said))


def test_a_setting_that_is_read_and_is_not_there(house: Any) -> None:
    spoilt = with_file(house, "kiosk/bell.py", 'desk.settings.number("bell.volume")')
    assert found(lists.settings, spoilt, house) == {
        "kiosk/bell.py:1 reads setting bell.volume, which kiosk/settings.py lacks"}  # fmt: skip


def test_a_kind_without_handler_sample_and_place_in_the_protocol(house: Any) -> None:
    kind = replace(house.kinds["sn.check"], name="moon.ask", unknown="moon.unknown")
    spoilt = replace(house, kinds={**house.kinds, "moon.ask": kind})
    assert found(lists.handlers, spoilt, house) == {"kind moon.ask has no handler in central/handlers"}
    assert found(lists.samples, spoilt, house) == {"kind moon.ask has no golden sample in tests/contract"}
    written = with_file(spoilt, "docs/protocol.md", " ".join(house.kinds))
    assert set(lists.protocol(written)) == {"kind moon.ask is not in docs/protocol.md"}
    assert any("moon.unknown.title, said while unknown" in f for f in found(lists.failures, spoilt, house))


def test_a_handler_for_what_nobody_sends(house: Any) -> None:
    spoilt = with_file(house, "central/handlers/moon.py", 'HANDLERS = {"moon.ask": ask}')
    assert "handles moon.ask" in found(lists.handlers, spoilt, house).pop()


def test_a_screen_without_page_and_sample(house: Any) -> None:
    spoilt = with_file(house, "kiosk/models/moon.py", "class Moon(Screen):\n    pass\n")
    assert found(lists.screens, spoilt, house) == {
        "screen Moon has no page in kiosk/screens/registry.py",
        "screen Moon has no sample in kiosk/screens/samples.py",
    }


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("membership/moon.py", "from datetime import datetime\nx = datetime.now()"),
        ("membership/moon.py", "x = house.today()"),
        ("mqtt/messages/moon.py", "import time as t\nx = t.time()"),
        ("kiosk/flows/lobby/moon.py", "from random import choice\nx = choice([1])"),
        ("kiosk/moon.py", "import secrets\nx = secrets.token_hex()"),
        ("hw/moon.py", "from datetime import date\nx = date.today()"),
        ("central/moon.py", "from uuid import uuid4\nx = uuid4()"),
        ("central/moon.py", "import os\nx = os.environ['HOME']"),
    ],
)
def test_time_chance_and_environment_are_never_taken(house: Any, path: str, code: str) -> None:
    assert any(f.startswith(path) for f in found(lists.time_and_chance, with_file(house, path, code), house))


@pytest.mark.parametrize("code", ["x = clock.monotonic()", "x = occasion.today", "from uuid import UUID\nx = UUID(y)"])
def test_what_is_given_may_be_used(house: Any, code: str) -> None:
    assert found(lists.time_and_chance, with_file(house, "kiosk/moon.py", code), house) == set()


def test_a_path_of_one_machine(house: Any) -> None:
    spoilt = with_file(house, "kiosk/moon.py", "x = '/" + "home/ann/moon.txt'\n")
    assert any(f.startswith("kiosk/moon.py:1 names a place of one machine") for f in found(lists.places, spoilt, house))
    harmless = with_file(house, "kiosk/moon.py", "x = '/etc/hotel-terminal/terminal.toml'\ny = 'a/tmp/b'\n")
    assert found(lists.places, harmless, house) == set()


def test_a_document_or_section_that_is_cited_and_is_not_there(house: Any) -> None:
    docs = "docs"
    written = with_file(house, f"{docs}/moon.md", "# The moon\n\n## Far side\n")
    citing = f'"""As {docs}/moon.md, Far side, and {docs}/moon.md, Near side ({docs}/sun.md)."""'
    assert found(lists.citations, with_file(written, "kiosk/moon.py", citing), house) == {
        f"{docs}/moon.md has no section 'Near side', cited by kiosk/moon.py",
        f"{docs}/sun.md is not there, cited by kiosk/moon.py",
    }


def test_a_link_that_leads_nowhere(house: Any) -> None:
    moon = "docs" + "/moon.md"
    text = "[a](rules.md) [b](../README.md#far) ![c](pictures/moon.png) [d](https://example.org/x) `kiosk/moon.py`"
    assert found(lists.links, with_file(house, moon, text + " `script/lists --unused` `hw/`"), house) == {
        f"{moon} links to pictures/moon.png, which is not there",
        f"{moon} names kiosk/moon.py, which is not there",
    }


def test_a_journey_that_no_explorer_walks(house: Any) -> None:
    spoilt = with_file(house, "kiosk/flows/lobby/moon.py", "async def moon(desk): ...\n")
    assert found(lists.journeys, spoilt, house) == {
        "kiosk/flows/lobby/moon.py is walked by no explorer: tests/flows/test_explorer.py does not lead to it"
    }
    door = "kiosk/flows/lobby/front_door.py"
    led_to = with_file(spoilt, door, house.files[door] + "from kiosk.flows.lobby.moon import moon\n")
    assert found(lists.journeys, led_to, house) == set()


def test_a_driver_that_is_not_where_the_registry_says(house: Any) -> None:
    spoilt = replace(house, drivers={**house.drivers, "printer": {"moon": "hw.printer.driver:made_of_cheese"}})
    assert found(lists.drivers, spoilt, house) == {
        "driver moon of printer is not at hw.printer.driver:made_of_cheese",
        "driver moon of printer is not in docs/hardware.md",
    }
