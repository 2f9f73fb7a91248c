"""What a coupon gives, before it is used up."""

from __future__ import annotations

from datetime import date

from kiosk.models.say import Day
from kiosk.screens.page import Page
from kiosk.widgets import ticket  # noqa: F401  (the layout names its class)
from kiosk.widgets.base import load_layout


class ConfirmSnPage(Page):
    """The coupon as a ticket; one button uses it."""

    TITLE = "flow.coupon"

    def until(self, model, tr):
        """The last day; an ISO date is worded, anything else is shown as it came."""
        try:
            return tr("stay.until", day=Day(date.fromisoformat(model.valid_to[:10])))
        except ValueError:
            return model.valid_to


load_layout(__file__)
