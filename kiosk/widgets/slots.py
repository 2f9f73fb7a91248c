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
MOST_MORE, MOST_WIDE = 300, 2200


class SlotArt(Themed, Widget):
    """The front below the screen with the slots named in `lit`.

    `thing` is what is held to the scanner: phone or slip. `out` turns the arrow of the ID reader: take the card away.
    """

    lit = ListProperty([])
    thing = StringProperty("phone")
    out = BooleanProperty(False)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._draw_soon = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "lit", "tokens", "thing", "out"):
            self.fbind(name, self._draw_soon)
        self._draw_soon()

    def _draw(self, *_):
        self.canvas.clear()
        if self.width < 10 or self.height < 10:
            return
        # drawn in a box of 1000 x 460 that keeps its shape; where there is more room above, the things grow into it
        self._unit = min(self.width / 1000, self.height / 460)
        self._more = min(MOST_MORE, max(0, self.height / self._unit - 460))
        self._grown = 1 + self._more / 420
        self._wide = min(MOST_WIDE, max(1000, self.width / self._unit))     # where it is low, the shelf goes on
        self._left = self.center_x - self._wide / 2 * self._unit
        self._low = self.center_y - (230 + self._more / 2) * self._unit
        with self.canvas:
            self._cabinet()
            for slot in PLACES:
                self._slot(slot, slot in self.lit)
            for slot in self.lit:
                self._offer(slot)

    # the palette

    def _ink(self, name, alpha=1.0):
        names = {
            "shell": "surface2", "line": "outline_strong", "thing": "primary", "inside": "surface", "lit": "accent",
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
        """The shelf with the slots, and the edge of the screen above it."""
        self._box(10, 0, self._wide - 20, 172, 32, "shell")
        self._box(60, 196, self._wide - 120, 10, 5, "line", 0.55)

    def _slot(self, slot, lit):
        middle = PLACES[slot] * self._wide
        edge, inside = ("lit" if lit else "line"), "inside"
        line = 8 if lit else 4
        if slot == "scanner":
            self._framed(middle - 80, 30, 160, 108, 20, edge, inside, line)
            self._box(middle - 50, 80, 100, 8, 4, "lit" if lit else "line")
        elif slot == "id_reader":
            self._framed(middle - 118, 26, 236, 116, 22, edge, inside, line)
            self._glyph("contactless", middle, 84, 62, "lit" if lit else "line")
        elif slot == "card_exit":
            self._framed(middle - 110, 96, 220, 40, 16, edge, inside, line)
        else:
            self._framed(middle - 110, 30, 220, 40, 16, edge, inside, line)

    def _offer(self, slot):
        """What goes in or comes out, and which way."""
        middle = PLACES[slot] * self._wide
        comes_out = slot in ("card_exit", "printer")
        low = 238 + self._more * 0.28
        if slot == "scanner":
            self._phone(middle, low) if self.thing == "phone" else self._slip(middle, low)
        else:
            edge = 70 + 122 * self._grown
            self._card(min(max(middle, edge), self._wide - edge), low, key=comes_out)
        self._arrow(middle, 150 + self._more * 0.06, up=comes_out or self.out)

    def _arrow(self, middle, low, up=False):
        unit, size = self._unit, self._grown

        def at(x, y):
            return self._left + x * unit, self._low + y * unit

        self._ink("lit")
        tip, base = (low + 84 * size, low + 40 * size) if up else (low, low + 44 * size)
        SmoothTriangle(points=(*at(middle - 36 * size, base), *at(middle + 36 * size, base), *at(middle, tip)))
        shaft = low if up else low + 38 * size
        self._box(middle - 13 * size, shaft, 26 * size, 44 * size, 6, "lit")

    def _phone(self, middle, low):
        size = self._grown
        self._box(middle - 62 * size, low, 124 * size, 200 * size, 24 * size, "thing")
        self._box(middle - 50 * size, low + 16 * size, 100 * size, 168 * size, 14 * size, "inside")
        self._glyph("qr_code", middle, low + 100 * size, 92 * size, "thing")

    def _slip(self, middle, low):
        size = self._grown
        self._box(middle - 66 * size, low, 132 * size, 200 * size, 10, "thing")
        self._glyph("qr_code", middle, low + 68 * size, 92 * size, "inside")
        for row, length in ((162, 84), (138, 60)):
            self._box(middle - 42 * size, low + row * size, length * size, 8 * size, 4, "inside")

    def _card(self, middle, low, key=False):
        size, unit = self._grown, self._unit
        self._box(middle - 122 * size, low + 12 * size, 244 * size, 156 * size, 20 * size, "thing")
        if key:
            self._glyph("key", middle, low + 90 * size, 96 * size, "inside")
            return
        self._ink("inside")
        head = 46 * size * unit
        SmoothEllipse(
            pos=(self._left + (middle + 33 * size) * unit, self._low + (low + 98 * size) * unit), size=(head, head)
        )
        self._box(middle + 20 * size, low + 42 * size, 72 * size, 46 * size, 22 * size, "inside")
        for row, length in ((122, 96), (94, 76), (66, 96)):
            self._box(middle - 96 * size, low + row * size, length * size, 12 * size, 6 * size, "inside")
