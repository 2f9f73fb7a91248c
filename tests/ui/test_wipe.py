"""After a visit nothing of the guest is left in the window (I16)."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.models import lobby
from kiosk.models.say import say
from tests.ui.conftest import Stage

pytestmark = pytest.mark.window

CANARY = "卡纳*里7731"


def test_wipe_leaves_nothing_of_the_guest(stage: Stage) -> None:
    from kiosk.screens.samples import STAY, samples

    stay = replace(STAY, guest_masked=CANARY, booking_no=CANARY, room=CANARY, breakfast_hours=CANARY)
    for model in (
        lobby.PickBooking((stay,)),
        replace(samples(lobby.ConfirmStay)["deposit"], stay=stay),
        replace(samples(lobby.CheckedIn)["printed"], stay=stay, number=CANARY, wifi=CANARY),
        replace(samples(lobby.CheckOutBill)["due"], stay=stay),
        lobby.Notice("h.unknown.staff", (("no", CANARY),), ("finish",), "staff"),
        lobby.FindBooking(hint=say("central.wording", zh=CANARY, en=CANARY)),
    ):
        stage.shell.show(model)
        stage.settle()
    stage.shell.overlay(lobby.CallStaff("none", CANARY))
    stage.settle()
    assert holders(stage), "the search itself must be able to find it"
    stage.shell.wipe()
    stage.shell.show(lobby.Cleared())
    stage.settle()
    del model, stay
    gc.collect()
    assert holders(stage) == []


def holders(stage: Stage) -> list[Any]:
    """Widgets anywhere in the process, and the shell itself, that still hold the canary."""
    from kivy.uix.widget import Widget

    found: list[Any] = []
    for thing in gc.get_objects():
        if issubclass(type(thing), Widget):
            values = [getattr(thing, name, None) for name in thing.properties()]
            if any(CANARY in repr(value) for value in values if isinstance(value, str) or hasattr(value, "idle")):
                found.append(thing)
    found += [name for name, value in vars(stage.shell).items() if CANARY in repr(value)]
    return found


def test_visits_leave_no_widgets_behind(stage: Stage) -> None:
    from kivy.uix.widget import Widget

    from kiosk.screens.samples import samples

    def visit() -> int:
        stage.shell.show(samples(lobby.ConfirmStay)["deposit"])
        stage.shell.wipe()
        stage.shell.show(lobby.Cleared())
        stage.settle()
        gc.collect()
        return sum(issubclass(type(thing), Widget) for thing in gc.get_objects())

    first = visit()
    for _ in range(5):
        last = visit()
    assert last == first
