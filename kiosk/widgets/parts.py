"""The components of the house. What they look like stands in parts.kv; what they are for, in docs/ux.md, Components."""

from __future__ import annotations

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    StringProperty,
)
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.widgets import column  # noqa: F401  (layouts name its classes)
from kiosk.widgets.base import Text, Themed, Touchable, load_layout

STATUS = {
    "info": ("info", "info_c", "info"),
    "ok": ("success", "success_c", "check_circle"),
    "warn": ("warning", "warning_c", "warning"),
    "stop": ("danger", "danger_c", "block"),
    "staff": ("primary", "primary_c", "support_agent"),
}
"""Kind -> ink, ground, icon. Colour never stands alone: icon and words come with it."""


class Ground(Themed):
    """Something with a ground, an edge and round corners."""

    ground = StringProperty("surface")
    edge = StringProperty("outline")
    radius = NumericProperty(28)


class Card(Ground, BoxLayout):
    """A box of things that belong together: outline, no shadow, as high as what it holds."""


class StayCard(Ground, BoxLayout):
    """A card with a coloured head: what it is about, and one thing on the right; facts below."""

    title = StringProperty("")
    aside = StringProperty("")

    def add_widget(self, widget, *args, **kwargs):
        """The layout's own parts come first; what is added later goes into the body."""
        if len(self.children) < 2:
            return super().add_widget(widget, *args, **kwargs)
        return self.ids.body.add_widget(widget, *args, **kwargs)


class Badge(Themed, AnchorLayout):
    """An icon in a disc."""

    icon = StringProperty("")
    px = NumericProperty(112)
    ground = StringProperty("primary_c")
    ink = StringProperty("primary")
    filled = BooleanProperty(False)


class Keyline(Themed, Widget):
    """A thin line between groups."""


class Gap(Widget):
    """Room that takes what is left; `share` against other gaps."""

    share = NumericProperty(1)


class Command(Touchable, AnchorLayout):
    """A command: `primary` is filled and once a screen, `outline` and `text` are the others, `tonal` is for tools."""

    kind = StringProperty("primary")
    icon = StringProperty("")
    words = StringProperty("")
    style = StringProperty("button")
    least = NumericProperty(136)
    icon_px = NumericProperty(56)
    gap = NumericProperty(20)
    side = NumericProperty(24)

    def fill(self, *_):
        """The ground now: pressed is darker, disabled is grey and still readable."""
        if not self.enabled:
            return self.tokens.rgba("disabled_bg")
        if self.kind == "primary":
            return self.tokens.rgba("primary_pressed" if self.pressed else "primary")
        if self.kind == "tonal":
            return self.tokens.rgba("primary_c") if not self.pressed else self.tokens.rgba("outline")
        resting = "surface" if self.kind == "outline" else "bg"
        seen = self.kind == "outline" or self.pressed
        return self.tokens.rgba("primary_c" if self.pressed else resting, 1 if seen else 0)

    def line(self, *_):
        """The edge now; only the outline kind has one."""
        if self.kind != "outline":
            return self.fill()
        return self.tokens.rgba("outline_strong")

    def word_ink(self, *_):
        """The ink of icon and words."""
        if not self.enabled:
            return "disabled_ink"
        return {"primary": "on_primary", "tonal": "on_primary_c"}.get(self.kind, "primary")


class Fact(Themed, BoxLayout):
    """A label and what it says: 入住人 · 李*华."""

    label = StringProperty("")
    value = StringProperty("")
    strong = BooleanProperty(False)
    label_share = NumericProperty(0.3)


class MoneyRow(Themed, BoxLayout):
    """What for, and how much; amounts stand right-aligned in one column."""

    label = StringProperty("")
    note = StringProperty("")
    amount = StringProperty("")
    strong = BooleanProperty(False)
    result = BooleanProperty(False)


class Banner(Themed, BoxLayout):
    """A state in one or two lines: icon, words, colour."""

    kind = StringProperty("info")
    icon = StringProperty("")
    words = StringProperty("")
    style = StringProperty("secondary")

    def look(self, _kind):
        """(ink, ground, icon) of the kind."""
        return STATUS[self.kind]


class Heading(Themed, BoxLayout):
    """The question of the screen and one line under it."""

    title = StringProperty("")
    lead = StringProperty("")
    halign = StringProperty("left")


class StepBar(Themed, BoxLayout):
    """Where am I, how many are left. `at` counts from 0."""

    names = ListProperty([])
    at = NumericProperty(0)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        for name in ("names", "at", "tokens"):
            self.fbind(name, self._fill)
        self._fill()

    def _fill(self, *_):
        self.clear_widgets()
        for index, name in enumerate(self.names):
            self.add_widget(Step(words=name, place=(index > self.at) - (index < self.at), tokens=self.tokens))


class Step(Themed, BoxLayout):
    """One step: `place` -1 done, 0 here, 1 to come."""

    words = StringProperty("")
    place = NumericProperty(0)


class Tile(Touchable, Ground, BoxLayout):
    """A journey to choose: icon, name, what it brings."""

    icon = StringProperty("")
    words = StringProperty("")
    note = StringProperty("")


class Hero(Touchable, BoxLayout):
    """The journey most guests came for: large, filled, once a screen."""

    icon = StringProperty("")
    words = StringProperty("")
    note = StringProperty("")


class Pill(Touchable, AnchorLayout):
    """A small tool in an outline: the language, the time left."""

    icon = StringProperty("")
    words = StringProperty("")
    over_art = BooleanProperty(False)
    ground = ColorProperty((0, 0, 0, 0))


class Row(Touchable, Ground, BoxLayout):
    """One of several to choose from."""

    title = StringProperty("")
    note = StringProperty("")
    badge = StringProperty("hotel")


class StepWords(Text):
    """The step in words, where large text has no room for the names of all of them."""

    sentence = StringProperty("")


class Take(Ground, BoxLayout):
    """One thing to take away; `state` is now (it is out), taken (a sensor says so) or late (not here)."""

    icon = StringProperty("")
    words = StringProperty("")
    state = StringProperty("now")


class Mark(Themed, AnchorLayout):
    """What became of a thing to take: an empty ring, a tick, or a clock."""

    state = StringProperty("now")


load_layout(__file__)
