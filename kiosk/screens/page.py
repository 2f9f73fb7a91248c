"""What every screen is: filled by a frozen model, worded by `tr`, answering through `send`."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty

from kiosk.models.say import Say
from kiosk.widgets.base import Themed
from kiosk.widgets.column import Column


class Page(Themed, Column):
    """One screen. Built once and filled again; `model`, `tr` and `send` are given to the constructor.

    `tr(key or Say, **values)` words something in the guest's language, `tr.has(key)` says whether there are words;
    a change of language is a new `tr`.
    `send(action)` hands an action to the shell, which knows whether it is the journey's or its own.
    """

    ART = False
    """Whether a picture reaches up behind the shell's bar."""

    model = ObjectProperty(None, rebind=True)
    tr = ObjectProperty(None)
    send = ObjectProperty(None)
    staff_called = BooleanProperty(False)
    """Whether somebody is on the way already: a page does not offer to call again."""
    top_inset = NumericProperty(0)
    """How much of a page with a picture the shell's banner covers under the bar."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        for name in ("model", "tr", "tokens", "staff_called"):
            self.fbind(name, self._refill)
        self.refill()

    def _refill(self, *_):
        self.refill()

    def refill(self):
        """Make anew what depends on how many things the model holds. Most screens have nothing to do here."""

    def shown(self):
        """Called each time the screen is shown, the same model or not."""

    def said(self, hint, tr):
        """What the last read was and, under it, what to do: a hint is the body of a state that has a title."""
        if hint is None:
            return ""
        title = f"{hint.key.removesuffix('.body')}.title"
        known = hint.key.endswith(".body") and tr.has(title)
        return f"{tr(Say(title, hint.values))}\n{tr(hint)}" if known else tr(hint)

    def hidden(self):
        """Called when another screen takes its place."""

    def take(self, action):
        """A touchable inside was touched."""
        self.send(action)
