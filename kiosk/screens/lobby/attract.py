"""K00: nobody's visit. The whole screen starts."""

from __future__ import annotations

from kiosk.screens.page import Page
from kiosk.widgets import picture, slots  # noqa: F401  (the layout names their classes)
from kiosk.widgets.base import Touchable, load_layout


class AttractPage(Touchable, Page):
    """The picture of the hour, one sentence, and a start that is everywhere."""

    ART = True

    def _fire(self):
        self.take(self.action)


load_layout(__file__)
