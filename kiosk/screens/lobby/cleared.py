"""g.cleared: the guest's details are gone."""

from __future__ import annotations

from kiosk.screens.page import Page
from kiosk.widgets import dots  # noqa: F401  (the layout names its class)
from kiosk.widgets.base import load_layout


class ClearedPage(Page):
    """A tick and one sentence, for three seconds."""


load_layout(__file__)
