"""Attended mode: a colleague scans the coupon's code or types it."""

from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.models.screen import Typed
from kiosk.screens.page import Page
from kiosk.widgets import keypad  # noqa: F401  (the layout names its class)
from kiosk.widgets.base import load_layout

MOST, LEAST, GROUP = 16, 4, 4


class EnterSnPage(Page):
    """A field, a keypad of digits, one button."""

    TITLE = "flow.coupon"
    typed = StringProperty("")

    def shown(self):
        """Every time starts empty."""
        self.typed = ""

    def hidden(self):
        self.typed = ""

    def take(self, action):
        """Keys stay here; the button hands over what was typed."""
        kind, _, key = action.partition(".")
        if kind != "key":
            self.send(Typed(self.typed) if action == "check" else action)
        elif key == "back":
            self.typed = self.typed[:-1]
        elif key == "clear":
            self.typed = ""
        elif len(self.typed) < MOST:
            self.typed += key

    def grouped(self, typed):
        """1234 5678."""
        return " ".join(typed[at:at + GROUP] for at in range(0, len(typed), GROUP))

    def enough(self, typed):
        """Whether the button may be pressed."""
        return len(typed) >= LEAST


load_layout(__file__)
