"""What happened, what is safe, one next step, the way out."""

from __future__ import annotations

from kiosk.models.say import Say
from kiosk.screens.page import Page
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import STATUS, Command

ICON = {
    "retry": "refresh", "again": "refresh", "other_id": "id_card", "other_way": "qr_code_scanner",
    "staff": "support_agent", "home": "home", "finish": "home", "see_bill": "receipt_long", "id_card": "id_card",
}  # fmt: skip


class NoticePage(Page):
    """The error page: its sentences are `{key}.title` and `{key}.body`, its first choice the filled button, lowest."""

    def sentence(self, model, tr, part):
        """Title or body of the state."""
        return tr(Say(f"{model.key}.{part}", model.values))

    def look(self, model):
        """(ink, ground, icon) of its severity."""
        return STATUS[model.severity]

    def waits(self, model):
        """Whether staff are on their way and the guest is asked to stay."""
        return model.severity == "staff"

    def number(self, model):
        """The number that staff will ask for, large."""
        return dict(model.values).get("no", "") if self.waits(model) else ""

    def after(self, model, tr):
        """What ending does with the guest's details, where that is offered."""
        return tr("notice.finish.after") if "finish" in model.choices else ""

    def refill(self):
        self.ids.choices.clear_widgets()
        offered = self._offered()
        for choice in reversed(offered):
            # where a guest is asked to wait for staff, nothing invites him to go: his way out is quiet
            first = choice == offered[0] and not self.waits(self.model)
            self.ids.choices.add_widget(Command(
                kind="primary" if first else "outline", least=136 if first else 112, icon=ICON.get(choice, ""),
                style="button" if first else "body", icon_px=56 if first else 48,
                words=self.tr(Say(self._label(choice), self.model.values)), action=choice, tokens=self.tokens,
            ))  # fmt: skip

    def _offered(self):
        """The choices with a button: staff are one only where they are the next step and not yet called."""
        choices = self.model.choices
        return [
            choice for at, choice in enumerate(choices) if choice != "staff" or (at == 0 and not self.staff_called)
        ]

    def _label(self, choice):
        """A state's own wording of a choice, or the common one; `{key}.staff` is what the desk's list says."""
        own = f"{self.model.key}.{choice}"
        if choice != "staff" and self.tr.has(own):
            return own
        if choice == "finish":
            return "action.helped" if self.waits(self.model) else "action.home"
        return f"action.{choice}"


load_layout(__file__)
