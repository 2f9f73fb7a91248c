"""K09: the room number, large, and three things to take. The ID card is reminded of first."""

from __future__ import annotations

from kiosk.models.say import Count, Money
from kiosk.screens.lobby.staying import breakfast, floor_and_way, leave_by
from kiosk.screens.page import Page
from kiosk.widgets import done  # noqa: F401  (the layout names its classes)
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import Take

SLIP = {"printed": "take.slip", "saving": "take.slip.saving", "to_follow": "take.slip.later"}


class CheckedInPage(Page):
    """Done is not offered while the ID card lies in the reader."""

    def refill(self):
        held = self.model.id_in_reader
        self.ids.things.clear_widgets()
        for icon, words, state in (
            ("id_card", self.tr("take.id.first" if held else "take.id"), "first" if held else "now"),
            ("key", self.tr("take.key", n=Count(self.model.keys)), "now"),
            ("receipt_long", self.tr(SLIP[self.model.slip]), "now" if self.model.slip == "printed" else "late"),
        ):
            self.ids.things.add_widget(Take(icon=icon, words=words, state=state, tokens=self.tokens))

    def way(self, model, tr):
        """Floor and the way from the lift."""
        return floor_and_way(model.stay, tr)

    def breakfast(self, model, tr, short):
        """How many, when and where."""
        return breakfast(model.stay, tr, short)

    def leave_by(self, model, tr):
        """The last day and hour."""
        return leave_by(model.stay, tr)

    def held(self, model, tr):
        """The deposit: held, not charged."""
        return tr("checked_in.held", amt=Money(model.deposit)) if model.deposit else tr("checked_in.no_deposit")

    def trouble(self, model, tr):
        """What became of the slip, if it is not in the guest's hand."""
        if model.slip == "printed":
            return ""
        return tr("done.saving" if model.slip == "saving" else "done.later", no=model.number)


load_layout(__file__)
