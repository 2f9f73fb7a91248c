"""K10: the bill; what the deposit covers and what is free again."""

from __future__ import annotations

from kiosk.models.say import Count, Money
from kiosk.screens.lobby.staying import dates, nights
from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import MoneyRow

MOST_LINES = {False: 5, True: 2}
"""How many lines of a bill are shown, without and with large text; the rest is one sum."""


class CheckOutBillPage(Page):
    """Lines, sum, and the four lines of the deposit; the button says what is taken."""

    def refill(self):
        self.ids.lines.clear_widgets()
        lines, most = self.model.lines, MOST_LINES[self.tokens.large]
        shown = lines if len(lines) <= most else lines[:most - 1]
        for line in shown:
            what = self.tr(line.what) if line.qty == 1 else self.tr("bill.qty", what=line.what, n=str(line.qty))
            self.ids.lines.add_widget(MoneyRow(label=what, amount=self.money(line.amount, self.tr), tokens=self.tokens))
        rest = lines[len(shown):]
        if rest:
            amount = self.money(sum(line.amount for line in rest), self.tr)
            words = self.tr("bill.more", n=Count(len(rest)))
            self.ids.lines.add_widget(MoneyRow(label=words, amount=amount, tokens=self.tokens))

    def money(self, fen, tr):
        """An amount as it is shown."""
        return tr("money", amt=Money(fen))

    def room(self, model, tr):
        """Room and guest, masked."""
        return tr("bill.guest", room=model.stay.room, guest=model.stay.guest_masked)

    def when(self, model, tr):
        """From arrival to departure."""
        return dates(model.stay, tr)

    def nights(self, model, tr):
        """How many nights."""
        return nights(model.stay, tr)

    def lead(self, model, tr):
        """How it is settled."""
        return tr("bill.lead") if model.due else tr("bill.lead.none")

    def agree_words(self, model, tr):
        """Verb and amount, if anything is taken."""
        return tr("bill.agree", amt=Money(model.from_deposit)) if model.from_deposit else tr("bill.agree.none")


load_layout(__file__)
