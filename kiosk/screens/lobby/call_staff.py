"""K91: call a member of staff? Then: they are called. Then, perhaps: nobody answers yet."""

from __future__ import annotations

from kiosk.screens.dialog import Dialog
from kiosk.widgets.base import load_layout


class CallStaffDialog(Dialog):
    """Asked first, so that nobody calls by accident."""

    def words(self, model, tr, part):
        """A sentence or a button of the state."""
        return tr(f"g.staff.{model.state}.{part}", phone=model.phone)

    def kind_of(self, model):
        """Colour of the state."""
        return {"ask": "staff", "sent": "ok", "none": "warn"}[model.state]

    def may_call(self, model):
        """Whether there is something to call for; once sent there is only carrying on."""
        return model.state != "sent"


load_layout(__file__)
