"""Something is being done and the guest waits. After 5 s it says that it is slow, after 15 s it names the way out."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import NumericProperty

from kiosk.screens.page import Page
from kiosk.theme import motion
from kiosk.widgets import dots, slots  # noqa: F401  (the layout names their classes)
from kiosk.widgets.base import load_layout

ICON = {"hold": "lock", "search": "search", "receipt": "receipt_long", "": "hourglass_top"}
SLOT = {"key": "card_exit", "card": "id_reader"}
"""Drawings that show a slot, because something comes out there."""


class WorkingPage(Page):
    """A quiet drawing, what is happening, what is safe meanwhile."""

    TITLE = "flow.working"
    waited = NumericProperty(0)

    def __init__(self, **kwargs):
        self._timers = []
        super().__init__(**kwargs)

    def icon(self, model):
        """The drawing of what is done."""
        return ICON.get(model.picture, "")

    def slot(self, model):
        """The slot to look at, if there is one."""
        return [SLOT[model.picture]] if model.picture in SLOT else []

    def shown(self):
        """The guest's patience starts anew."""
        self._stop()
        self.waited = 0
        self.ids.dots.moving = True
        self._timers = [
            Clock.schedule_once(lambda _: self._wait(motion.SLOWER), motion.SLOWER),
            Clock.schedule_once(lambda _: self._wait(motion.WAY_OUT), motion.WAY_OUT),
        ]

    def _wait(self, seconds):
        self.waited = seconds

    def hidden(self):
        self._stop()
        self.ids.dots.moving = False

    def _stop(self):
        for timer in self._timers:
            timer.cancel()
        self._timers = []

    def patience(self, model, tr, waited):
        """How long it takes, and what is added the longer it does."""
        if model.picture == "card":
            return ""
        if waited >= motion.WAY_OUT:
            return f"{tr('work.longer')}\n{tr('work.help')}"
        return tr("work.slower" if waited >= motion.SLOWER else "work.usual")

    def help(self, waited, called):
        """The way out, large, once it has taken too long and nobody is on the way yet."""
        return "staff" if waited >= motion.WAY_OUT and not called else ""


load_layout(__file__)
