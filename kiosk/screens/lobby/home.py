"""K01: what this terminal can do right now; the readers are armed, so most guests touch nothing."""

from __future__ import annotations

from kiosk.screens.page import Page
from kiosk.widgets import picture, slots  # noqa: F401  (the layout names their classes)
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import Banner, Hero, Tile

ICON = {"check_in": "login", "check_out": "logout", "redeem_coupon": "confirmation_number"}
READER_OF = {"d.scan.down.title": "scanner", "d.id.down.title": "id_reader"}
"""What Home says is missing -> the reader that must not be shown as waiting."""


class HomePage(Page):
    """The greeting, the readers, and the journeys on offer: the first is the large one, lowest on the screen."""

    ART = True

    def refill(self):
        offers = [name for name in self.model.actions if name in self.model.offers]
        self.ids.missing.clear_widgets()
        for what in self.model.missing:
            self.ids.missing.add_widget(Banner(words=self.tr(what), tokens=self.tokens))
        self.ids.tiles.clear_widgets()
        for name in offers[1:]:
            self.ids.tiles.add_widget(self._choice(Tile, name))
        self.ids.hero.clear_widgets()
        for name in offers[:1]:
            self.ids.hero.add_widget(self._choice(Hero, name))

    def readers(self, model):
        """The readers that wait for a guest."""
        down = {READER_OF.get(what.key) for what in model.missing}
        return [reader for reader in ("scanner", "id_reader") if reader not in down]

    def ready(self, model, tr):
        """What to put where, naming only readers that work."""
        readers = self.readers(model)
        return tr("home.ready.title" if len(readers) == 2 else f"home.ready.{readers[0]}") if readers else ""

    def _choice(self, kind, name):
        return kind(
            icon=ICON[name], words=self.tr(f"action.{name}"), note=self._note(kind, name), action=name,
            tokens=self.tokens,
        )  # fmt: skip

    def _note(self, kind, name):
        """One line under the name; large text leaves it out of the small tiles."""
        return "" if kind is Tile and self.tokens.large else self.tr(f"home.{name}.note")


load_layout(__file__)
