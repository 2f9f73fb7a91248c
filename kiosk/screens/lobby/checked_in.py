"""K09: the room number, large, and three things to take. The ID card is reminded of first."""

from __future__ import annotations

from kiosk.models.say import Count, Money
from kiosk.screens.lobby.staying import breakfast, floor_and_way, leave_by
from kiosk.screens.page import Page
from kiosk.widgets import done, slots  # noqa: F401  (the layout names their classes)
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import Take

SLIP = {"printed": "take.slip", "saving": "take.slip.saving", "to_follow": "take.slip.later"}


class CheckedInPage(Page):
    """While the ID card lies in the reader that is all there is; then the room, what to take, and Done."""

    def __init__(self, **kwargs):
        self._views = None
        super().__init__(**kwargs)

    def refill(self):
        if self._views is None:
            self._views = {True: self.ids.taking.__self__, False: self.ids.done.__self__}
        self.clear_widgets()
        self.add_widget(self._views[self.model.id_in_reader])
        self.ids.things.clear_widgets()
        for name, icon, words in (
            ("id", "id_card", self.tr("take.id")),
            ("key", "key", self.tr("take.key", n=Count(self.model.keys))),
            ("slip", "receipt_long", self.tr(SLIP[self.model.slip])),
        ):
            self.ids.things.add_widget(Take(icon=icon, words=words, state=self._state(name), tokens=self.tokens))

    def _state(self, name):
        """A tick stands only for what a sensor says was taken."""
        if name == "slip" and self.model.slip != "printed":
            return "late"
        return "taken" if name in self.model.taken else "now"

    def lead(self, model, tr):
        """What to take, naming only what there is."""
        return tr("checked_in.lead" if model.slip == "printed" else "checked_in.lead.no_slip")

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
