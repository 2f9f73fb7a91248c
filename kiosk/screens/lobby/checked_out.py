"""K12: done. What was taken from the deposit and what is free again."""

from __future__ import annotations

from kiosk.models.say import Money
from kiosk.screens.page import Page
from kiosk.widgets import done  # noqa: F401  (the layout names its classes)
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import MoneyRow


class CheckedOutPage(Page):
    """The amount that is free again, large; the sums below it."""

    def hero(self, model, tr):
        """(label, number) of the card."""
        if model.released:
            return tr("checked_out.hero"), tr("money", amt=Money(model.released))
        return tr("checked_out.hero.none"), tr("money", amt=Money(model.charged))

    def lead(self, model, tr):
        """What to take, naming only what there is."""
        return tr("checked_out.lead" if model.slip == "printed" else "checked_out.lead.no_slip")

    def refill(self):
        """The bill, what paid it, that nothing is owed, and what is free now."""
        model = self.model
        sums = [("bill.total", model.total), ("bill.paid", -model.paid)] if model.total else []
        if model.charged and model.released:       # else the large number has said it
            sums.append(("checked_out.charged", -model.charged))
        if model.total:
            sums.append(("checked_out.owed", model.total - model.paid - model.charged))
        sums.append(("checked_out.available", model.available))
        self.ids.sums.clear_widgets()
        for key, fen in sums:
            self.ids.sums.add_widget(MoneyRow(
                label=self.tr(key), amount=self.tr("money", amt=Money(fen)), strong=key == "checked_out.available",
                tokens=self.tokens,
            ))  # fmt: skip

    def room(self, model, tr):
        """Room and guest, masked."""
        return tr("bill.guest", room=model.stay.room, guest=model.stay.guest_masked)

    def trouble(self, model, tr):
        """What became of the slip, if it is not in the guest's hand."""
        if model.slip == "printed":
            return ""
        return tr("done.saving" if model.slip == "saving" else "done.later", no=model.number)


load_layout(__file__)
