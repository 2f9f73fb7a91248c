"""K05: place the ID card. Why, for how long, and that no photo stays."""

from __future__ import annotations

from kiosk.screens.page import Page
from kiosk.widgets import reader  # noqa: F401  (the layout names its class)
from kiosk.widgets.base import load_layout


class VerifyIdPage(Page):
    """The lit reader; other documents go to staff."""

    def who(self, model, tr):
        """Which guest of how many, where there is more than one."""
        return tr("verify.guest", n=model.guest, of=model.guests) if model.guests > 1 else tr("find.lead")


load_layout(__file__)
