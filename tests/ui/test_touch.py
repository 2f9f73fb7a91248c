"""What a finger does: one answer a screen, on release, nothing on sliding off, nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.models import lobby
from kiosk.models.chrome import Chrome
from kiosk.models.screen import Pressed, Typed
from tests.ui.conftest import Stage

pytestmark = pytest.mark.window


@pytest.fixture
def confirm(stage: Stage) -> Stage:
    from kiosk.screens.samples import samples

    stage.shell.show(samples(lobby.ConfirmStay)["deposit"])
    stage.settle()
    return stage


def test_a_touch_is_an_answer_and_the_screen_is_dead_after_it(confirm: Stage) -> None:
    controls = confirm.shell.controls()
    confirm.tap(controls["agree"])
    confirm.now = 10.0
    confirm.tap(controls["agree"])
    confirm.tap(controls["other_way"])
    confirm.tap(controls["back"])
    assert confirm.answers == [Pressed("agree")]


def test_the_shells_own_controls_live_on_after_an_answer(confirm: Stage) -> None:
    controls = confirm.shell.controls()
    confirm.tap(controls["agree"])
    confirm.tap(controls["chrome.staff"])
    confirm.tap(controls["chrome.language"])
    assert confirm.chrome == ["staff", "language"]


def test_the_second_half_of_a_double_touch_is_nothing_even_on_the_next_screen(confirm: Stage) -> None:
    from kiosk.screens.samples import samples

    confirm.tap(confirm.shell.controls()["agree"])
    confirm.shell.show(samples(lobby.CheckOutBill)["due"])
    confirm.settle()
    confirm.now = 0.5
    confirm.tap(confirm.shell.controls()["agree"])
    assert confirm.answers == [Pressed("agree")]
    confirm.now = 0.7
    confirm.tap(confirm.shell.controls()["agree"])
    assert confirm.answers == [Pressed("agree"), Pressed("agree")]


def test_sliding_off_takes_it_back(confirm: Stage) -> None:
    confirm.tap(confirm.shell.controls()["agree"], slide_to=(540, 1500))
    assert confirm.answers == []


def test_a_finger_that_lies_on_a_control_shows_it(confirm: Stage) -> None:
    from kivy.tests.common import UnitTestTouch

    agree = confirm.shell.controls()["agree"]
    touch = UnitTestTouch(*agree.to_window(*agree.center))
    touch.touch_down()
    assert agree.pressed
    touch.touch_move(540, 1500)
    assert not agree.pressed
    touch.touch_up()


def test_the_answer_to_a_journey_and_the_shells_own_touch_go_different_ways(stage: Stage) -> None:
    from kiosk.screens.samples import samples

    stage.shell.show(samples(lobby.Notice)["short"])
    stage.settle()
    stage.tap(stage.shell.controls()["staff"])
    assert stage.answers == [Pressed("staff")]
    stage.shell.show(samples(lobby.VerifyId)["first"])
    stage.settle()
    stage.tap(stage.shell.controls()["chrome.staff"])       # passports: no answer of the journey
    assert (stage.answers, stage.chrome) == ([Pressed("staff")], ["staff"])


def test_only_its_buttons_answer_a_dialog(confirm: Stage) -> None:
    back, staff = (confirm.shell.controls()[name] for name in ("back", "chrome.staff"))
    confirm.shell.overlay(lobby.StillThere(30))
    confirm.settle()
    confirm.tap(back)
    confirm.tap(staff)
    assert (confirm.answers, confirm.chrome, confirm.touches) == ([], [], 0)    # not even the idle timer hears of it
    confirm.tap(confirm.shell.controls()["continue"])
    assert confirm.answers == [Pressed("continue")]


def test_the_countdown_draws_one_sentence_and_nothing_else(confirm: Stage) -> None:
    from kiosk.widgets.base import Text

    confirm.shell.overlay(lobby.StillThere(30))
    confirm.settle()
    dialog = confirm.shell._dialog
    drawn: set[str] = set()
    for root in (dialog, confirm.shell.ids.stage, confirm.shell.ids.bar, confirm.shell.ids.foot):
        for widget in root.walk(restrict=True):
            if isinstance(widget, Text):
                widget.bind(texture=lambda label, _: drawn.add(label.words))
    confirm.shell.overlay(lobby.StillThere(29))
    confirm.settle()
    assert drawn == {"29 秒后将清除您的信息并返回首页"}
    assert confirm.shell._dialog is dialog


def test_keys_type_and_the_button_hands_it_over(stage: Stage) -> None:
    stage.shell.show(lobby.EnterSn())
    stage.settle()
    assert "check" not in stage.shell.controls()
    for key in ("key.1", "key.2", "key.9", "key.back", "key.3", "key.4", "key.4"):
        stage.tap(stage.shell.controls()[key])
    stage.settle()
    stage.tap(stage.shell.controls()["check"])
    assert stage.answers == [Typed("12344")]
    stage.shell.show(lobby.EnterSn())
    stage.settle()
    assert stage.shell._page.typed == ""


def test_language_and_size_change_in_place(stage: Stage, words: Any) -> None:
    stage.shell.show(lobby.EnterSn())
    stage.settle()
    for key in ("key.1", "key.2", "key.3", "key.4"):
        stage.tap(stage.shell.controls()[key])
    page = stage.shell._page
    stage.shell.chrome(Chrome(language="en", large_text=True))
    stage.settle()
    assert stage.shell._page is page
    said = {label.words for label in words(page)}
    assert {"Scan or type the coupon code", "1234"} <= said
    assert stage.shell.language_words == "简体中文"
    stage.shell.chrome(Chrome())
    stage.settle()
    assert "扫描券码，或输入数字" in {label.words for label in words(page)}
