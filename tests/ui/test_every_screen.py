"""Every screen in every state, language and text size: it builds, nothing is cut, all can be hit and read."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from kiosk.models import lobby
from kiosk.models.chrome import Chrome
from kiosk.models.say import say
from kiosk.models.screen import Screen
from kiosk.texts import LANGUAGES
from kiosk.theme.sizes import LOBBY
from tests.ui.conftest import SIZE, Stage, shown

pytestmark = pytest.mark.window

KINDS = [
    getattr(lobby, name) for name in dir(lobby)
    if isinstance(getattr(lobby, name), type) and issubclass(getattr(lobby, name), Screen) and name != "Screen"
]  # fmt: skip
SLACK = 1.5     # pixels that rounding may cost


def test_every_screen_is_registered_and_has_samples(window: Any) -> None:
    from kiosk.screens.registry import OVERLAYS, PAGES
    from kiosk.screens.samples import samples

    assert set(KINDS) == set(PAGES) | set(OVERLAYS)
    for kind in KINDS:
        assert samples(kind), kind
        assert all(type(model) is kind for model in samples(kind).values())


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_looks(
    kind: type[Screen], language: str, large: bool, stage: Stage, missing: list[Any], words: Callable[[Any], list[Any]]
) -> None:
    from kiosk.screens.registry import OVERLAYS
    from kiosk.screens.samples import samples

    missing.clear()
    for state, model in samples(kind).items():
        stage.shell.chrome(Chrome(language=language, large_text=large))
        stage.shell.show(samples(lobby.VerifyId)["first"] if kind in OVERLAYS else model)
        stage.shell.overlay(model if kind in OVERLAYS else None)
        stage.settle()
        root = stage.shell._dialog or stage.shell
        faults = [*missing, *cut(root, words), *overflow(stage), *targets(stage), *primaries(root), *sizes(root, words)]
        assert not faults, (state, faults)


def cut(root: Any, words: Callable[[Any], list[Any]]) -> list[str]:
    """Words wider or higher than their place, or outside the window."""
    faults = []
    for label in words(root):
        (left, low), (width, height) = label.to_window(*label.pos), label.texture_size
        if width > label.width + SLACK or height > label.height + SLACK:
            faults.append(f"{label.words!r} is {width}x{height} in {label.width}x{label.height}")
        right, top = left + label.width, low + label.height
        if min(left, low) < -SLACK or right > SIZE[0] + SLACK or top > SIZE[1] + SLACK:
            faults.append(f"{label.words!r} is outside")
        if label.text.count("\n") > label.words.count("\n") + 2:
            faults.append(f"{label.words!r} has more than three lines")
    return faults


def overflow(stage: Stage) -> list[str]:
    """More on a page than it has room for, even with the gaps pressed."""
    page = stage.shell._page
    return [f"needs {page.least_height} of {page.height}"] if page.least_height > page.height + SLACK else []


def targets(stage: Stage) -> list[str]:
    """Controls below the floor, nearer to each other than the least gap, or without a word."""
    from kiosk.widgets.base import Text

    controls = {name: control for name, control in stage.shell.controls().items() if name != "start"}
    faults = [
        f"{name} is {control.width}x{control.height}" for name, control in controls.items()
        if min(control.width, control.height) < LOBBY.targets.floor
    ]  # fmt: skip
    for (one, a), (other, b) in combinations(controls.items(), 2):
        if gap(a, b) < LOBBY.targets.gap_min - SLACK and not {one, other} <= {"agree", "other_way", "dispute"}:
            faults.append(f"{one} and {other} are {gap(a, b)} apart")
    for name, control in controls.items():
        said = any(isinstance(widget, Text) and widget.words for widget in control.walk(restrict=True))
        if not said:
            faults.append(f"{name} has no word")
    return faults


def gap(a: Any, b: Any) -> float:
    (ax, ay), (bx, by) = a.to_window(*a.pos), b.to_window(*b.pos)
    across = max(bx - (ax + a.width), ax - (bx + b.width))
    up = max(by - (ay + a.height), ay - (by + b.height))
    return max(across, up)


def primaries(root: Any) -> list[str]:
    """At most one filled control that can be pressed."""
    from kiosk.widgets.parts import Command, Hero

    filled = [
        widget for widget in root.walk(restrict=True)
        if isinstance(widget, Hero) or (isinstance(widget, Command) and widget.kind == "primary")
    ]  # fmt: skip
    return [f"{len(filled)} filled controls"] if len([widget for widget in filled if shown(widget)]) > 1 else []


def sizes(root: Any, words: Callable[[Any], list[Any]]) -> list[str]:
    """Text under the minimum."""
    return [f"{label.words!r} at {label.font_size}" for label in words(root) if label.font_size < LOBBY.type.minimum]


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_banner_leaves_room_for_the_fullest_screens(language: str, large: bool, stage: Stage) -> None:
    from kiosk.screens.samples import samples

    banner = say("g.reconnecting")
    stage.shell.chrome(Chrome(language=language, large_text=large, banner=banner, seconds_left=42, staff_called=True))
    fullest = (lobby.PickBooking, lobby.ConfirmStay, lobby.CheckedIn, lobby.CheckOutBill, lobby.CheckedOut, lobby.Home)
    for kind in fullest:
        for state, model in samples(kind).items():
            stage.shell.show(model)
            stage.settle()
            assert not overflow(stage), (kind, state)
            assert stage.shell.timer_words == "42"
            assert stage.shell.controls()["chrome.staff"].kind == "tonal"


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_money_screens_name_the_amount_on_the_button(language: str, stage: Stage) -> None:
    from kiosk.screens.samples import samples

    stage.shell.chrome(Chrome(language=language))
    for kind, state, button, amount in (
        (lobby.ConfirmStay, "deposit", "agree", "¥300.00"), (lobby.CheckOutBill, "due", "agree", "¥112.00"),
        (lobby.Notice, "lapsed", "again", "¥300.00"),
    ):  # fmt: skip
        stage.shell.show(samples(kind)[state])
        stage.settle()
        assert amount in stage.shell.controls()[button].words


def test_the_primary_is_the_lowest_and_at_one_height(stage: Stage) -> None:
    from kiosk.screens.registry import PAGES
    from kiosk.screens.samples import samples
    from kiosk.widgets.parts import Command

    lows = set()
    for kind in PAGES:
        for model in samples(kind).values():
            stage.shell.show(model)
            stage.settle()
            commands = [w for w in stage.shell._page.walk(restrict=True) if isinstance(w, Command) and shown(w)]
            primary = [w for w in commands if w.kind == "primary"]
            if primary:
                low = [w.to_window(*w.pos)[1] for w in commands if w.action and not w.action.startswith("key.")]
                assert min(low, default=primary[0].y) >= primary[0].to_window(*primary[0].pos)[1] - SLACK, model
                lows.add(round(primary[0].to_window(*primary[0].pos)[1]))
    assert len(lows) == 1, lows


def test_a_failure_has_one_way_to_staff_in_its_page_and_none_once_they_are_called(stage: Stage) -> None:
    from kiosk.screens.samples import samples

    stage.shell.show(samples(lobby.Notice)["mismatch"])     # staff are not the next step: the footer has them
    stage.settle()
    assert {"other_id", "chrome.staff"} <= set(stage.shell.controls())
    assert "staff" not in stage.shell.controls()
    stage.shell.show(samples(lobby.Notice)["short"])
    stage.settle()
    assert stage.shell.controls()["staff"].kind == "primary"
    stage.shell.chrome(Chrome(staff_called=True))
    stage.settle()
    assert "staff" not in stage.shell.controls()
    assert stage.shell.controls()["finish"].kind == "primary"


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_every_line_of_a_long_bill_can_be_read(large: bool, stage: Stage, words: Callable[[Any], list[Any]]) -> None:
    from kiosk.screens.samples import LONG_BILL, samples

    stage.shell.chrome(Chrome(language="en", large_text=large))
    stage.shell.show(samples(lobby.CheckOutBill)["long"])
    stage.settle()
    wanted = {stage.shell._page.tr(line.what) for line in LONG_BILL}
    seen: set[str] = set()
    for _ in range(len(LONG_BILL)):
        seen |= {label.words.partition(" ×")[0] for label in words(stage.shell._page)}
        stage.tap(stage.shell.controls()["more"])
        stage.settle()
    assert wanted <= seen
    assert stage.answers == []


def test_staff_and_language_stand_in_the_same_place_on_every_screen(stage: Stage) -> None:
    from kiosk.screens.registry import PAGES
    from kiosk.screens.samples import samples

    places = set()
    for kind in PAGES:
        stage.shell.show(next(iter(samples(kind).values())))
        stage.settle()
        controls = stage.shell.controls()
        staff, language = controls["chrome.staff"], controls["chrome.language"]
        places.add((round(staff.x), round(staff.y), round(language.right), round(language.center_y)))
    assert len(places) == 1


def test_a_journey_that_cannot_be_offered_has_no_button_and_says_so(
    stage: Stage, words: Callable[[Any], list[Any]]
) -> None:
    from kiosk.screens.samples import samples

    stage.shell.show(samples(lobby.Home)["trouble"])
    stage.settle()
    assert "check_out" in stage.shell.controls()
    assert not {"check_in", "redeem_coupon"} & set(stage.shell.controls())
    assert "读卡器暂时不可用，入住请到前台" in {label.words for label in words(stage.shell._page)}


def test_done_waits_for_the_id_card(stage: Stage) -> None:
    from kiosk.screens.samples import samples

    stage.shell.show(samples(lobby.CheckedIn)["id_in_reader"])
    stage.settle()
    assert "finish" not in stage.shell.controls()
    stage.shell.show(samples(lobby.CheckedIn)["printed"])
    stage.settle()
    assert "finish" in stage.shell.controls()
