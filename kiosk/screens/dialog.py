"""A dialog over the screen: a scrim, and a box in the lower part, where a seated guest reaches it."""

from __future__ import annotations

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.widgets.base import Themed, load_layout
from kiosk.widgets.parts import STATUS


class Dialog(Themed, FloatLayout):
    """Takes every touch; only its buttons do anything. `model`, `tr` and `send` as in a page."""

    model = ObjectProperty(None, rebind=True)
    tr = ObjectProperty(None)
    send = ObjectProperty(None)
    icon = StringProperty("info")
    kind = StringProperty("info")
    title = StringProperty("")
    body = StringProperty("")
    yes = StringProperty("")
    yes_action = StringProperty("")
    no = StringProperty("")
    no_action = StringProperty("")

    def look(self, kind):
        """(ink, ground, icon) of the kind."""
        return STATUS[kind]

    def take(self, action):
        """A button was touched."""
        self.send(action)


load_layout(__file__)
