"""The coupon is used up: hand over what it gives."""

from __future__ import annotations

from kiosk.screens.page import Page
from kiosk.widgets import done, ticket  # noqa: F401  (the layout names their classes)
from kiosk.widgets.base import load_layout


class CouponUsedPage(Page):
    """The tick, and what to hand over."""

    TITLE = "flow.coupon"

    def trouble(self, model, tr):
        """What became of the slip, if it is not in the hand."""
        if model.slip == "printed":
            return ""
        return tr("done.saving" if model.slip == "saving" else "done.later", no=model.number)


load_layout(__file__)
