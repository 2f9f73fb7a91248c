"""K02 and the first step of check-out: the readers are armed and nothing needs typing."""

from __future__ import annotations

from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout
from kiosk.widgets.reader import ReaderPanel


class FindPage(Page):
    """One panel for each reader that works; the first is the filled one."""

    WORDS = ""
    CODE_ON = "phone"

    def title(self, model, tr):
        """The question, naming only readers that work."""
        only = f".{model.slots[0]}" if len(model.slots) == 1 else ""
        return tr(f"{self.WORDS}.title{only}")

    def refill(self):
        self.ids.panels.clear_widgets()
        for number, slot in enumerate(self.model.slots):
            self.ids.panels.add_widget(ReaderPanel(
                slot=slot, thing=self.CODE_ON, filled=number == 0, ready=self.tr("reader.ready"),
                title=self.tr(f"{self.WORDS}.{slot}.title"), body=self.tr(f"{self.WORDS}.{slot}.body"),
                tokens=self.tokens,
            ))  # fmt: skip


class FindBookingPage(FindPage):
    """Check-in: the code of the booking, or the ID card."""

    WORDS = "find"


class FindStayPage(FindPage):
    """Check-out: the code on the slip, or the ID card."""

    WORDS = "find_stay"
    CODE_ON = "slip"


load_layout(__file__)
