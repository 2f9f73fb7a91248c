"""K99: this terminal cannot serve right now."""

from __future__ import annotations

from kiosk.screens.page import Page
from kiosk.widgets import dots  # noqa: F401  (the layout names its class)
from kiosk.widgets.base import load_layout


class OutOfServicePage(Page):
    """Why, in the guest's words, and where to go instead."""


load_layout(__file__)
