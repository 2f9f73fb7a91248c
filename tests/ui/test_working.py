"""The waiting screen: it says more the longer it takes, and costs nothing once it is gone."""

from __future__ import annotations

import pytest

from kiosk.models import lobby
from kiosk.models.chrome import Chrome
from kiosk.models.say import say
from kiosk.theme import motion
from tests.ui.conftest import Stage

pytestmark = pytest.mark.window


def test_words_grow_with_the_wait(stage: Stage) -> None:
    stage.shell.show(lobby.Working(say("h.wait.title"), say("h.wait.body"), picture="hold"))
    page = stage.shell._page
    assert page.patience(page.model, page.tr, 0) == "通常几秒钟"
    assert page.patience(page.model, page.tr, motion.SLOWER) == "比平时慢一些"
    assert "呼叫前台" in page.patience(page.model, page.tr, motion.WAY_OUT)


def test_after_a_long_wait_the_way_out_is_a_large_button(stage: Stage) -> None:
    stage.shell.show(lobby.Working(say("h.wait.title"), say("h.wait.body"), picture="hold"))
    stage.settle()
    assert "staff" not in stage.shell.controls()
    stage.shell._page.waited = motion.WAY_OUT
    stage.settle()
    stage.tap(stage.shell.controls()["staff"])
    assert (stage.answers, stage.chrome) == ([], ["staff"])
    stage.shell.chrome(Chrome(staff_called=True))
    stage.settle()
    assert "staff" not in stage.shell.controls()


def test_nothing_ticks_after_it_is_hidden_and_it_ticks_again_when_shown(stage: Stage) -> None:
    waiting = lobby.Working(say("h.wait.title"))
    stage.shell.show(waiting)
    page = stage.shell._page
    assert page.ids.dots._beat.is_triggered
    stage.shell.show(lobby.Cleared())
    assert not page.ids.dots._beat.is_triggered
    assert not any(timer.is_triggered for timer in page._timers)
    stage.shell.show(waiting)
    assert page.ids.dots._beat.is_triggered
    stage.shell.wipe()
    assert not page.ids.dots._beat.is_triggered


@pytest.mark.parametrize("picture", ["key", "hold", "search", "receipt", "card", ""])
def test_every_picture_is_drawn(stage: Stage, picture: str) -> None:
    stage.shell.show(lobby.Working(say("h.wait.title"), picture=picture))
    stage.settle()
    page = stage.shell._page
    assert bool(page.icon(page.model)) != bool(page.slot(page.model))
