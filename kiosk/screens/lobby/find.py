"""K02 and the first step of check-out: the readers are armed and nothing needs typing."""

from __future__ import annotations

from kiosk.models.say import say
from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout
from kiosk.widgets.reader import ReaderPanel


class FindPage(Page):
    """One panel for each reader that works. Alone, it says where it is: the title has said what to do."""

    WORDS = ""
    CODE_ON = "phone"

    def title(self, model, tr):
        """The question, naming only readers that work."""
        only = f".{model.slots[0]}" if len(model.slots) == 1 else ""
        return tr(f"{self.WORDS}.title{only}")

    def refill(self):
        self.ids.panels.clear_widgets()
        alone = len(self.model.slots) == 1
        for slot in self.model.slots:
            title = f"reader.{slot}.place" if alone else f"{self.WORDS}.{slot}.title"
            self.ids.panels.add_widget(ReaderPanel(
                slot=slot, thing=self.CODE_ON, ready=self.tr("reader.ready"), title=self.tr(title),
                body=self.tr(f"{self.WORDS}.{slot}.body"), tokens=self.tokens,
            ))  # fmt: skip


class FindBookingPage(FindPage):
    """Check-in: the code of the booking, or the ID card."""

    WORDS = "find"


class FindStayPage(FindPage):
    """Check-out: the code on the slip, or the ID card."""

    WORDS = "find_stay"
    CODE_ON = "slip"

    def said(self, hint, tr):
        """Paper has no brightness: a code that could not be read is worded for the slip."""
        on_paper = hint is not None and hint.key == "d.scan.fail.body"
        return super().said(say("o.slip.fail.body") if on_paper else hint, tr)


load_layout(__file__)
