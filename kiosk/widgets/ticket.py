"""A coupon drawn as one: a head, what it gives, a perforation, the small facts."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.widgets.base import Themed, load_layout


class Ticket(Themed, BoxLayout):
    """Amber, never danger red. Facts added to it stand below the perforation."""

    title = StringProperty("")
    label = StringProperty("")
    gives = StringProperty("")

    def add_widget(self, widget, *args, **kwargs):
        """The layout's own parts come first; what is added later goes into the body."""
        if len(self.children) < 3:
            return super().add_widget(widget, *args, **kwargs)
        return self.ids.body.add_widget(widget, *args, **kwargs)


load_layout(__file__)
