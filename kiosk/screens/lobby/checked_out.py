"""K12: done. What was taken from the deposit and what is free again."""

from __future__ import annotations

from kiosk.models.say import Money
from kiosk.screens.page import Page
from kiosk.widgets import done  # noqa: F401  (the layout names its classes)
from kiosk.widgets.base import load_layout


class CheckedOutPage(Page):
    """The amount that is free again, large."""

    def hero(self, model, tr):
        """(label, number) of the card."""
        if model.released:
            return tr("checked_out.hero"), tr("money", amt=Money(model.released))
        return tr("checked_out.charged"), tr("money", amt=Money(model.charged))

    def money(self, fen, tr):
        """An amount as it is shown."""
        return tr("money", amt=Money(fen))

    def room(self, model, tr):
        """Room and guest, masked."""
        return tr("bill.guest", room=model.stay.room, guest=model.stay.guest_masked)

    def trouble(self, model, tr):
        """What became of the slip, if it is not in the guest's hand."""
        if model.slip == "printed":
            return ""
        return tr("done.saving" if model.slip == "saving" else "done.later", no=model.number)


load_layout(__file__)
