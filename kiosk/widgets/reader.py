"""A reader that waits: the picture of its slot, what to do there, and that it is ready."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.widgets import slots  # noqa: F401  (the layout names its class)
from kiosk.widgets.base import Themed, load_layout


class ReaderPanel(Themed, BoxLayout):
    """One reader. Nothing in it is touched, so it is never filled: the hand goes to the slot."""

    slot = StringProperty("id_reader")
    thing = StringProperty("phone")
    title = StringProperty("")
    body = StringProperty("")
    ready = StringProperty("")


load_layout(__file__)
