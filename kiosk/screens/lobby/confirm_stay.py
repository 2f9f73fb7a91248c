"""K07: the guest sees the stay and the four lines of the deposit, and agrees to an amount. Held is not charged."""

from __future__ import annotations

from kiosk.models.say import Money
from kiosk.screens.lobby.staying import breakfast, dates, nights, room_line
from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import Keyline, MoneyRow


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

    def breakfast(self, model, tr, short):
        """How many, when and where."""
        return breakfast(model.stay, tr, short)

    def refill(self):
        self.ids.sums.clear_widgets()
        for row in (*self._rate(), *self._hold()):
            self.ids.sums.add_widget(row)

    def _rate(self):
        """What the room costs, what of it is paid, and when the rest is."""
        model = self.model
        rest = model.room_rate - model.prepaid
        if rest <= 0:
            return [self._row("confirm.rate.paid", model.room_rate)]
        rows = [self._row("confirm.rate", model.room_rate)]
        if model.prepaid:
            rows.append(self._row("confirm.prepaid", -model.prepaid))
        return [*rows, self._row("confirm.unpaid", rest, strong=bool(model.deposit), result=not model.deposit)]

    def _hold(self):
        """What is held, from where, and what stays free."""
        model = self.model
        if not model.deposit:
            return []
        return [
            self._row("confirm.from", model.available), self._row("confirm.hold", -model.deposit, strong=True),
            Keyline(tokens=self.tokens), self._row("confirm.after", model.available_after, result=True),
        ]  # fmt: skip

    def _row(self, key, fen, **looks):
        return MoneyRow(label=self.tr(key), amount=self.tr("money", amt=Money(fen)), tokens=self.tokens, **looks)

    def heading(self, model, tr, part):
        """Title or lead; a stay without a deposit has its own."""
        return tr(f"confirm.{part}" if model.deposit else f"confirm.{part}.free")

    def agree_words(self, model, tr):
        """Verb and amount."""
        return tr("confirm.agree", amt=Money(model.deposit)) if model.deposit else tr("confirm.agree.free")


load_layout(__file__)
