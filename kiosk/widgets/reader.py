"""A reader that waits: the picture of its slot, what to do there, and that it is ready."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.widgets import slots  # noqa: F401  (the layout names its class)
from kiosk.widgets.base import Themed, load_layout


class ReaderPanel(Themed, BoxLayout):
    """One reader. `filled` is the one that most guests use; nothing in it is touched, the hand goes to the slot."""

    slot = StringProperty("id_reader")
    thing = StringProperty("phone")
    title = StringProperty("")
    body = StringProperty("")
    ready = StringProperty("")
    filled = BooleanProperty(False)


load_layout(__file__)
