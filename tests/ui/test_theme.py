"""Colours that can be read, sizes that can be hit, faces that have the characters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from kiosk.texts import load_catalogues
from kiosk.theme.colours import CONTRAST, LIGHT, PAIRS, TEXT, THEMES, channels, contrast, luminance
from kiosk.theme.sizes import LOBBY, ROLES, density
from kiosk.theme.tokens import Tokens
from tests.ui.conftest import CATALOGUES, ROOT, Stage, compiled


@pytest.mark.parametrize("name", list(THEMES))
def test_every_pair_keeps_its_contrast(name: str) -> None:
    colours = THEMES[name]
    low = [
        (ink, ground) for ink, ground, least in PAIRS
        if contrast(getattr(colours, ink), getattr(colours, ground)) < least
    ]  # fmt: skip
    assert low == []


def test_contrast_agrees_with_known_values() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert contrast(CONTRAST.ink, CONTRAST.bg) == pytest.approx(21.0)


@pytest.mark.window
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("kind", ["Attract", "Home"])
@pytest.mark.parametrize("part", ["morning", "noon", "afternoon", "evening"])
def test_words_on_a_picture_can_be_read(
    part: str, kind: str, large: bool, stage: Stage, words: Any, tmp_path: Path
) -> None:
    """Drawn without its words, the ground under each of them is dark enough for its ink everywhere."""
    from kiosk.models import lobby
    from kiosk.models.chrome import Chrome
    from kiosk.screens.samples import HOTEL
    from kiosk.screens.window import picture

    offers = ("check_in", "check_out", "redeem_coupon")
    stage.shell.chrome(Chrome(language="en", large_text=large))
    stage.shell.show(lobby.Home(HOTEL, part, offers) if kind == "Home" else lobby.Attract(HOTEL, offers, part))
    stage.settle()
    labels = [label for label in words(stage.shell) if label.ink in ("on_art", "on_art2")]
    assert len(labels) >= 3
    for label in labels:
        label.opacity = 0
    picture(tmp_path / "ground.png")
    drawn = Image.open(tmp_path / "ground.png").convert("RGB")
    for label in labels:
        left, low = label.to_window(*label.pos)
        width = max(face_of(label).get_extents(line)[0] for line in label.text.split("\n"))
        box = (int(left), int(drawn.height - low - label.height), int(left + width), int(drawn.height - low))
        ink = luminance(channels(getattr(LIGHT, label.ink)))
        assert (ink + 0.05) / (lightest(drawn.crop(box)) + 0.05) >= TEXT, label.words
    for label in labels:
        label.opacity = 1


def face_of(label: Any) -> Any:
    from kivy.core.text import Label

    return Label(font_name=label.font_name, font_size=label.font_size, bold=label.bold)


def lightest(picture: Image.Image) -> float:
    """The luminance of the lightest spot of a few pixels."""
    small = np.asarray(picture.resize((max(1, picture.width // 4), max(1, picture.height // 4))))
    return max(luminance(tuple(pixel / 255)) for pixel in small.reshape(-1, 3))


def test_large_text_keeps_what_is_large_and_grows_what_is_read() -> None:
    normal, large = Tokens(), Tokens(large=True)
    assert large.font("body") == normal.font("body") * 1.25
    assert large.font("hero") == normal.font("hero")
    assert all(large.font(style) >= normal.font(style) for style in ("h1", "h2", "button", "secondary", "minimum"))
    assert large.font("body") * 0.733 >= 36.6        # a capital H of 0.7 degrees at 550 mm (EN 301 549, 5.1.4)


def test_sizes_of_each_role_are_ordered_and_above_their_floors() -> None:
    for role in ROLES.values():
        sizes = role.type
        assert sizes.minimum <= sizes.secondary <= sizes.body <= sizes.h2 <= sizes.h1 <= sizes.hero
        assert role.targets.floor < role.targets.standard < role.targets.primary


def test_density_keeps_millimetres() -> None:
    assert density(LOBBY, 1080, 1920, 21.5) == pytest.approx(1.0, abs=0.01)
    assert density(LOBBY, 1080, 1920, 15.6) == pytest.approx(1.38, abs=0.01)


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_face_has_every_character_that_we_say_and_rare_names(weight: str) -> None:
    have = set(TTFont(ROOT / "assets" / "fonts" / f"UI-{weight}.otf", lazy=True).getBestCmap())
    said = {char for catalogue in load_catalogues(compiled(CATALOGUES)).values() for char in all_text(catalogue)}
    assert not [char for char in said | set("㛃𬱖𫖯䶮¥￥·–×✓") if ord(char) not in have]


def all_text(catalogue: object) -> str:
    return "".join(str(text) for key, text in catalogue._catalog.items() if key).replace("\n", "")  # type: ignore[attr-defined]


def test_shipped_fonts_are_static_and_icons_are_all_there() -> None:
    names = dict(line.split() for line in (ROOT / "assets/icons/codepoints.txt").read_text().splitlines())
    wanted = [line for line in (ROOT / "assets/icons/names.txt").read_text().splitlines() if not line.startswith("#")]
    assert sorted(names) == sorted(wanted)
    for file in ("Icons.ttf", "IconsFilled.ttf"):
        font = TTFont(ROOT / "assets" / "icons" / file, lazy=True)
        assert "fvar" not in font
        assert {int(code, 16) for code in names.values()} <= set(font.getBestCmap())


def test_every_icon_that_the_code_names_is_shipped() -> None:
    names = {line.split()[0] for line in (ROOT / "assets/icons/codepoints.txt").read_text().splitlines()}
    named = set()
    for file in [*Path(ROOT / "kiosk").rglob("*.kv"), *Path(ROOT / "kiosk" / "screens").rglob("*.py")]:
        named |= set(re.findall(r"icon(?:=|: )['\"]([a-z_]+)['\"]", file.read_text()))
    assert len(named) > 10
    assert named <= names
