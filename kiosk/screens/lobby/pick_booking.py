"""K04: several bookings of this guest today."""

from __future__ import annotations

from kiosk.models.say import Count
from kiosk.screens.lobby.staying import dates, nights
from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import Row

TAIL = 4


class PickBookingPage(Page):
    """One row a booking; a touch chooses it."""

    def title(self, model, tr):
        """How many there are."""
        return tr("c.many.title", n=Count(len(model.stays)))

    def refill(self):
        self.ids.rows.clear_widgets()
        large = self.tokens.large
        for number, stay in enumerate(self.model.stays[:len(self.model.actions)]):
            when = dates(stay, self.tr)
            if not large:
                when = self.tr("pick.note", dates=when, nights=nights(stay, self.tr))
            tail = self.tr("pick.number", no=stay.booking_no[-TAIL:])
            self.ids.rows.add_widget(Row(
                title=self.tr(stay.room_type), note=f"{when}\n{tail}", badge="" if large else "hotel",
                action=f"pick_{number}", tokens=self.tokens,
            ))  # fmt: skip


load_layout(__file__)
