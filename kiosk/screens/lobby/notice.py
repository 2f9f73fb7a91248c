"""What happened, what is safe, one next step, the way out."""

from __future__ import annotations

from kiosk.models.say import Say
from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import STATUS, Command

ICON = {
    "retry": "refresh", "again": "refresh", "other_id": "id_card", "other_way": "search", "staff": "support_agent",
    "home": "home", "finish": "check", "see_bill": "receipt_long", "id_card": "id_card",
}  # fmt: skip


class NoticePage(Page):
    """The error page: its sentences are `{key}.title` and `{key}.body`, its first choice the filled button."""

    def sentence(self, model, tr, part):
        """Title or body of the state."""
        return tr(Say(f"{model.key}.{part}", model.values))

    def look(self, model):
        """(ink, ground, icon) of its severity."""
        return STATUS[model.severity]

    def refill(self):
        self.ids.choices.clear_widgets()
        for number, choice in enumerate(self.model.choices):
            self.ids.choices.add_widget(Command(
                kind="primary" if number == 0 else "outline", least=136 if number == 0 else 112,
                icon=ICON.get(choice, "") if number == 0 else "", style="button" if number == 0 else "body",
                words=self.tr(self._label(choice)), action=choice, tokens=self.tokens,
            ))  # fmt: skip

    def _label(self, choice):
        """A state's own wording of a choice, or the common one; `{key}.staff` is what the desk's list says."""
        own = f"{self.model.key}.{choice}"
        return own if choice != "staff" and self.tr.has(own) else f"action.{choice}"


load_layout(__file__)
