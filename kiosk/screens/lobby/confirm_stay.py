"""K07: the guest sees the stay and the four lines of the deposit, and agrees to an amount. Held is not charged."""

from __future__ import annotations

from kiosk.models.say import Money
from kiosk.screens.lobby.staying import breakfast, dates, nights, room_line
from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout


class ConfirmStayPage(Page):
    """What for, how much, from where, what remains; one filled button with the amount on it."""

    def room(self, model, tr):
        """Room type, and the room if one is locked."""
        return room_line(model.stay, tr)

    def nights(self, model, tr):
        """How many nights."""
        return nights(model.stay, tr)

    def dates(self, model, tr):
        """From arrival to departure."""
        return dates(model.stay, tr)

    def breakfast(self, model, tr):
        """How many, when and where."""
        return breakfast(model.stay, tr)

    def rate(self, model, tr):
        """The room rate, and whether it is paid already."""
        if model.prepaid >= model.room_rate:
            return tr("confirm.rate.paid")
        return tr("confirm.rate.part", amt=Money(model.prepaid)) if model.prepaid else tr("confirm.rate")

    def money(self, fen, tr):
        """An amount as it is shown."""
        return tr("money", amt=Money(fen))

    def heading(self, model, tr, part):
        """Title or lead; a stay without a deposit has its own."""
        return tr(f"confirm.{part}" if model.deposit else f"confirm.{part}.free")

    def agree_words(self, model, tr):
        """Verb and amount."""
        return tr("confirm.agree", amt=Money(model.deposit)) if model.deposit else tr("confirm.agree.free")


load_layout(__file__)
