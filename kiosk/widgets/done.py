"""What a good end looks like: a tick, a word, and a number that can be read two metres away."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.widgets.base import Themed, load_layout
from kiosk.widgets.parts import Ground


class DoneHeading(Themed, BoxLayout):
    """Tick, title, one line."""

    title = StringProperty("")
    lead = StringProperty("")


class NumberCard(Ground, BoxLayout):
    """The number everything is about, under its label or, with `beside`, to the right of it."""

    label = StringProperty("")
    number = StringProperty("")
    note = StringProperty("")
    style = StringProperty("hero")
    beside = BooleanProperty(False)


load_layout(__file__)
