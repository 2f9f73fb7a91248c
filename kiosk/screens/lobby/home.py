"""K01: what this terminal can do right now; the readers are armed, so most guests touch nothing."""

from __future__ import annotations

from kiosk.screens.page import Page
from kiosk.widgets import picture, slots  # noqa: F401  (the layout names their classes)
from kiosk.widgets.base import load_layout
from kiosk.widgets.parts import Banner, Hero, Tile

ICON = {"check_in": "login", "check_out": "logout", "redeem_coupon": "confirmation_number"}
ALWAYS = ("check_in", "check_out")
"""What a guest looks for here: if it is not on offer, its place says so."""
STOPS_CHECK_IN = ("d.id.down.title", "d.card.down.title")
READER_OF = {"d.scan.down.title": "scanner", "d.id.down.title": "id_reader"}
"""What Home says is missing -> the reader that must not be shown as waiting."""


class HomePage(Page):
    """The greeting, the readers, and the journeys on offer: the first is the large one, lowest on the screen."""

    ART = True

    def refill(self):
        offers = [name for name in self.model.actions if name in self.model.offers]
        self.ids.missing.clear_widgets()
        for what in self.model.missing:
            if what.key in STOPS_CHECK_IN and "check_in" not in offers:
                continue        # the place of check-in says it
            self.ids.missing.add_widget(Banner(kind="warn", words=self._consequence(what), tokens=self.tokens))
        self.ids.tiles.clear_widgets()
        for name in offers[1:]:
            self.ids.tiles.add_widget(self._choice(Tile, name))
        for name in ALWAYS:
            if name not in offers:
                self.ids.tiles.add_widget(self._away(name))
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
            icon=ICON[name], words=self.tr(f"action.{name}"), note=self.tr(f"home.{name}.note"), action=name,
            tokens=self.tokens,
        )  # fmt: skip

    def _away(self, name):
        """A journey that is not on offer now: said with where to go, and nothing to touch."""
        return Tile(
            icon=ICON[name], words=self.tr(f"action.{name}"), note=self._why_away(name), enabled=False,
            tokens=self.tokens,
        )  # fmt: skip

    def _why_away(self, name):
        reasons = [what for what in self.model.missing if name == "check_in" and what.key in STOPS_CHECK_IN]
        return self._consequence(reasons[0]) if reasons else self.tr("home.away")

    def _consequence(self, what):
        """What is missing and what that means here; without words of its own, what is missing."""
        key = f"home.{what.key.removesuffix('.title')}"
        return self.tr(key) if self.tr.has(key) else self.tr(what)


load_layout(__file__)
