"""K04: several bookings of this guest today."""

from __future__ import annotations

from kiosk.models.say import Count, Day
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
        for number, stay in enumerate(self.model.stays[:len(self.model.actions)]):
            note = self.tr(
                "pick.note", first=Day(stay.arrival), last=Day(stay.departure),
                nights=self.tr("stay.nights", n=Count(stay.nights)),
            )  # fmt: skip
            tail = self.tr("pick.number", no=stay.booking_no[-TAIL:])
            self.ids.rows.add_widget(Row(
                title=self.tr(stay.room_type), note=f"{note}\n{tail}", action=f"pick_{number}", tokens=self.tokens,
            ))  # fmt: skip


load_layout(__file__)
