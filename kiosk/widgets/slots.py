"""Pictures of the real slots: the lower front of the kiosk, one slot lit, and an arrow that shows where to put what.

The places match the cabinet (docs/ux.md, Slots): cards and slips come out on the left, the scanner is in the middle,
the ID reader on the right.
"""

from __future__ import annotations

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Rectangle, SmoothEllipse, SmoothRoundedRectangle, SmoothTriangle
from kivy.properties import BooleanProperty, ListProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.widgets.base import ICONS, Themed

PLACES = {"card_exit": 0.185, "printer": 0.185, "scanner": 0.5, "id_reader": 0.815}
"""Slot -> its middle, as a share of the cabinet's width."""


class SlotArt(Themed, Widget):
    """The front below the screen with the slots named in `lit`. `filled`: it stands on a filled ground.

    `thing` is what is held to the scanner: phone or slip.
    """

    lit = ListProperty([])
    filled = BooleanProperty(False)
    thing = StringProperty("phone")

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._draw_soon = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "lit", "tokens", "filled", "thing"):
            self.fbind(name, self._draw_soon)
        self._draw_soon()

    def _draw(self, *_):
        self.canvas.clear()
        if self.width < 10 or self.height < 10:
            return
        # drawn in a box of 1000 x 460 that keeps its shape
        self._unit = min(self.width / 1000, self.height / 460)
        self._left = self.center_x - 500 * self._unit
        self._low = self.center_y - 230 * self._unit
        with self.canvas:
            self._cabinet()
            for slot in PLACES:
                self._slot(slot, slot in self.lit)
            for slot in self.lit:
                self._offer(slot)

    # the palette, on a filled or a light ground

    def _ink(self, name, alpha=1.0):
        names = {
            "ground": "primary" if self.filled else "surface",
            "shell": "primary_pressed" if self.filled else "surface2",
            "line": "on_primary2" if self.filled else "outline_strong",
            "thing": "on_primary" if self.filled else "primary",
            "inside": "primary" if self.filled else "surface",
            "lit": "accent_fill",
            "beam": "accent_fill",
        }
        Color(*self.tokens.rgba(names[name], alpha))

    def _box(self, x, y, width, height, radius, ink, alpha=1.0):
        """A rounded box in drawing units, its low left corner at x, y."""
        self._ink(ink, alpha)
        unit = self._unit
        SmoothRoundedRectangle(
            pos=(self._left + x * unit, self._low + y * unit), size=(width * unit, height * unit),
            radius=[radius * unit],
        )  # fmt: skip

    def _framed(self, x, y, width, height, radius, edge, inside, line=4):
        self._box(x, y, width, height, radius, edge)
        self._box(x + line, y + line, width - 2 * line, height - 2 * line, max(1, radius - line), inside)

    def _glyph(self, name, x, y, px, ink):
        """An icon with its middle at x, y."""
        label = CoreLabel(font_name="ICF", font_size=px * self._unit, text=ICONS[name])
        label.refresh()
        self._ink(ink)
        width, height = label.texture.size
        Rectangle(
            texture=label.texture, size=(width, height),
            pos=(self._left + x * self._unit - width / 2, self._low + y * self._unit - height / 2),
        )  # fmt: skip

    # the cabinet

    def _cabinet(self):
        self._box(20, 0, 960, 168, 36, "shell")
        self._framed(90, 400, 820, 90, 20, "line", "ground", 4)
        self._box(78, 428, 844, 80, 0, "ground")

    def _slot(self, slot, lit):
        middle = PLACES[slot] * 1000
        edge, inside = ("lit" if lit else "line"), "inside"
        line = 8 if lit else 4
        if slot == "scanner":
            self._framed(middle - 80, 30, 160, 108, 20, edge, inside, line)
            self._box(middle - 50, 80, 100, 8, 4, "beam" if lit else "line")
        elif slot == "id_reader":
            self._framed(middle - 118, 26, 236, 116, 22, edge, inside, line)
            self._glyph("contactless", middle, 84, 62, "beam" if lit else "line")
        elif slot == "card_exit":
            self._framed(middle - 110, 30, 220, 40, 16, edge, inside, line)
        else:
            self._framed(middle - 110, 96, 220, 40, 16, edge, inside, line)

    def _offer(self, slot):
        """What goes in or comes out, and which way."""
        middle = PLACES[slot] * 1000
        if slot == "scanner" and self.thing != "slip":
            self._phone(middle)
        elif slot == "scanner":
            self._slip(middle)
        elif slot == "id_reader":
            self._card(middle)
        out = slot in ("card_exit", "printer")
        if out:
            self._card(middle, key=slot == "card_exit")
        self._arrow(middle, 150, up=out)

    def _arrow(self, middle, low, up=False):
        unit = self._unit

        def at(x, y):
            return self._left + x * unit, self._low + y * unit

        self._ink("lit")
        if up:
            SmoothTriangle(points=(*at(middle - 34, low + 36), *at(middle + 34, low + 36), *at(middle, low + 80)))
            self._box(middle - 13, low + 4, 26, 40, 6, "lit")
        else:
            SmoothTriangle(points=(*at(middle - 34, low + 46), *at(middle + 34, low + 46), *at(middle, low + 2)))
            self._box(middle - 13, low + 40, 26, 40, 6, "lit")

    def _phone(self, middle):
        self._box(middle - 62, 238, 124, 200, 24, "thing")
        self._box(middle - 50, 254, 100, 168, 14, "inside")
        self._glyph("qr_code", middle, 338, 92, "thing")

    def _slip(self, middle):
        self._box(middle - 66, 238, 132, 200, 10, "thing")
        self._glyph("qr_code", middle, 306, 92, "inside")
        for row, length in ((400, 84), (376, 60)):
            self._box(middle - 42, row, length, 8, 4, "inside")

    def _card(self, middle, key=False):
        self._box(middle - 122, 250, 244, 156, 20, "thing")
        if key:
            self._glyph("key", middle, 328, 96, "inside")
            return
        unit = self._unit
        self._ink("inside")
        SmoothEllipse(pos=(self._left + (middle + 34) * unit, self._low + 338 * unit), size=(44 * unit, 44 * unit))
        self._box(middle + 20, 282, 72, 46, 22, "inside")
        for row, length in ((362, 96), (334, 76), (306, 96)):
            self._box(middle - 96, row, length, 12, 6, "inside")
