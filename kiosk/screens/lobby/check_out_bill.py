"""K10: the bill; what the deposit covers and what is free again."""

from __future__ import annotations

from kivy.properties import NumericProperty

from kiosk.models.say import Money
from kiosk.screens.lobby.staying import nights
from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import Command, MoneyRow

ALL = {False: 6, True: 2}
"""How many lines stand above the sums if that is all, without and with large text."""
FIRST = {False: 2, True: 0}
"""How many of a longer bill; a button shows all of it, page by page, in the place of the sums."""
A_PAGE = {False: 10, True: 5}


class CheckOutBillPage(Page):
    """Every line, the sum, and the four lines of the deposit; the button says what is taken and from where."""

    part = NumericProperty(0)
    """What of a long bill is shown: 0 its first lines and the sums, then all lines by pages."""

    def shown(self):
        """A bill starts with its sums."""
        self.part = 0
        self.refill()

    def take(self, action):
        """Turning pages stays here."""
        if action != "more":
            self.send(action)
            return
        self.part += 1
        self.refill()

    def refill(self):
        lines, large = self._charges(), self.tokens.large
        self.ids.lines.clear_widgets()
        if len(lines) <= ALL[large]:
            self._list(lines)
            self._add_up(True)
            return
        pages = -(-len(lines) // A_PAGE[large])
        at = self.part % (pages + 1)
        self._list(lines[(at - 1) * A_PAGE[large]:at * A_PAGE[large]] if at else lines[:FIRST[large]])
        words = self.tr("bill.all", n=len(lines)) if at == 0 else self.tr("bill.more", at=at, of=pages)
        if at == pages:
            words = self.tr("bill.back")
        self.ids.lines.add_widget(Command(
            kind="tonal", least=96, style="secondary", icon="receipt_long", icon_px=40, action="more", words=words,
            tokens=self.tokens,
        ))  # fmt: skip
        self._add_up(at == 0)

    def _list(self, lines):
        for line in lines:
            what = self.tr(line.what) if line.qty == 1 else self.tr("bill.qty", what=line.what, n=str(line.qty))
            self.ids.lines.add_widget(self._row(what, line.amount))

    def _charges(self):
        """What the stay cost; what was paid before is a sum of its own, not a line."""
        charges = tuple(line for line in self.model.lines if line.amount >= 0)
        before = sum(line.amount for line in self.model.lines if line.amount < 0)
        return charges if before == -self.model.paid else self.model.lines

    def _add_up(self, seen):
        model, row = self.model, self._row
        self.ids.sums.clear_widgets()
        if not seen:
            self.ids.sums.add_widget(row(self.tr("bill.total"), model.total, strong=True))
            return
        rows = [row(self.tr("bill.total"), model.total)]
        if model.paid:
            rows.append(row(self.tr("bill.paid"), -model.paid))
        rows.append(row(self.tr("bill.due"), model.due, strong=True))
        rows.append(row(self.tr("bill.held"), model.deposit))
        if model.from_deposit:
            rows.append(row(self.tr("bill.from_deposit"), -model.from_deposit))
        for one in rows:
            self.ids.sums.add_widget(one)

    def _row(self, label, fen, **looks):
        return MoneyRow(label=label, amount=self.money(fen, self.tr), tokens=self.tokens, **looks)

    def money(self, fen, tr):
        """An amount as it is shown."""
        return tr("money", amt=Money(fen))

    def room(self, model, tr):
        """Room and guest, masked."""
        return tr("bill.guest", room=model.stay.room, guest=model.stay.guest_masked)

    def nights(self, model, tr):
        """How many nights."""
        return nights(model.stay, tr)

    def lead(self, model, tr):
        """How it is settled."""
        return tr("bill.lead") if model.due else tr("bill.lead.none")

    def agree_words(self, model, tr):
        """Verb and amount, and from where, if anything is taken."""
        return tr("bill.agree", amt=Money(model.from_deposit)) if model.from_deposit else tr("bill.agree.none")


load_layout(__file__)
