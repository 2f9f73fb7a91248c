"""Layouts that fit what they hold: a column whose gaps give way before words are cut, and a row of equal heights."""

from __future__ import annotations

from kivy.metrics import dp
from kivy.properties import NumericProperty, VariableListProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.layout import Layout

LEAST_GAP = LEAST_EDGE = 8
"""No gap and no edge is pressed below this, in pixels of the reference screen."""


class Column(Layout):
    """Children from top to bottom, each as wide as the column. Those without a height of their own share what is left
    by their `size_hint_y`; if nothing is left, `spacing` shrinks to LEAST_GAP, then the edges to LEAST_EDGE.
    `minimum_height` is what it holds with full gaps, `least_height` with everything pressed."""

    padding = VariableListProperty([0, 0, 0, 0])
    spacing = NumericProperty(0)
    minimum_height = NumericProperty(0)
    least_height = NumericProperty(0)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        for name in ("size", "pos", "padding", "spacing", "children"):
            self.fbind(name, self._trigger_layout)

    def add_widget(self, widget, *args, **kwargs):
        widget.fbind("height", self._trigger_layout)
        widget.fbind("size_hint_y", self._trigger_layout)
        return super().add_widget(widget, *args, **kwargs)

    def remove_widget(self, widget, *args, **kwargs):
        widget.funbind("height", self._trigger_layout)
        widget.funbind("size_hint_y", self._trigger_layout)
        return super().remove_widget(widget, *args, **kwargs)

    def do_layout(self, *_):
        left, top, right, bottom = self.padding
        seen = [child for child in reversed(self.children) if child.size_hint_y is not None or child.height > 0]
        fixed = sum(child.height for child in seen if child.size_hint_y is None)
        inside = sum(getattr(child, "least_height", 0) for child in seen if child.size_hint_y is not None)
        shares = sum(child.size_hint_y for child in seen if child.size_hint_y is not None)
        gaps = max(0, len(seen) - 1)
        least_gap, least_edge = min(self.spacing, dp(LEAST_GAP)), dp(LEAST_EDGE)
        self.minimum_height = fixed + gaps * self.spacing + top + bottom
        self.least_height = fixed + inside + gaps * least_gap + min(top, least_edge) + min(bottom, least_edge)
        spare = self.height - fixed - gaps * least_gap
        if 0 < top + bottom > spare:        # the edges give way after the gaps
            share = max(0.0, spare) / (top + bottom)
            top, bottom = max(min(top, least_edge), top * share), max(min(bottom, least_edge), bottom * share)
        room = self.height - top - bottom - fixed
        spacing = self.spacing if not gaps else max(min(self.spacing, room / gaps), least_gap)
        rest = max(0, room - gaps * spacing)
        edge = self.top - top
        for child in seen:
            if child.size_hint_y is not None:
                child.height = rest * child.size_hint_y / shares
            if child.size_hint_x is not None:
                child.width = (self.width - left - right) * child.size_hint_x
            child.pos = self.x + left, edge - child.height
            edge -= child.height + spacing


class EqualRow(BoxLayout):
    """Side by side, each as high as the highest needs to be; its children tell a `minimum_height`."""

    def __init__(self, **kwargs):
        super().__init__(size_hint_y=None, **kwargs)

    def add_widget(self, widget, *args, **kwargs):
        widget.size_hint_y = 1
        widget.fbind("minimum_height", self._grow)
        super().add_widget(widget, *args, **kwargs)
        self._grow()

    def remove_widget(self, widget, *args, **kwargs):
        widget.funbind("minimum_height", self._grow)
        super().remove_widget(widget, *args, **kwargs)
        self._grow()

    def _grow(self, *_):
        heights = [child.minimum_height for child in self.children]
        self.height = max(heights, default=0) if self.orientation == "horizontal" else (
            max(heights, default=0) * len(heights) + self.spacing * max(0, len(heights) - 1)
        )
