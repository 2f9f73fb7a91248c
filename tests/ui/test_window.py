"""Pictures of the window: whole, and the same each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.models import lobby
from tests.ui.conftest import SIZE, Stage

pytestmark = pytest.mark.window


def test_the_same_screen_gives_the_same_picture(stage: Stage, tmp_path: Path) -> None:
    from kiosk.screens.samples import samples
    from kiosk.screens.window import picture, settle

    stage.shell.show(samples(lobby.ConfirmStay)["deposit"])
    settle()
    picture(tmp_path / "one.png")
    stage.shell.show(lobby.Cleared())
    settle()
    picture(tmp_path / "other.png")
    stage.shell.show(samples(lobby.ConfirmStay)["deposit"])
    settle()
    picture(tmp_path / "again.png")
    assert Image.open(tmp_path / "one.png").size == SIZE
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "again.png").read_bytes()
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "other.png").read_bytes()


def test_kivy_is_tied_down(window: Any) -> None:
    from kivy.config import Config

    assert [name for name, _ in Config.items("input")] == ["mouse"]
    assert Config.getint("kivy", "exit_on_escape") == 0
    assert Config.getint("graphics", "multisamples") == 0
    assert window.dispatch("on_request_close")      # refused
