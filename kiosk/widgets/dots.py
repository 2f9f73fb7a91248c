"""Waiting made visible without a spinner: three dots that step twice a second, and a drawing in still rings."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.widget import Widget

from kiosk.theme import motion
from kiosk.widgets.base import Themed, load_layout


class Dots(Themed, Widget):
    """Steps only while it is on the screen; a still screen costs nothing."""

    moving = BooleanProperty(False)
    at = NumericProperty(0)

    def __init__(self, **kwargs):
        self._beat = None
        super().__init__(**kwargs)
        self.fbind("parent", self._attend)
        self.bind(on_parent=self._attend)

    def on_moving(self, *_):
        self._attend()

    def _attend(self, *_):
        """A beat while moving; it stops itself when the window no longer holds this widget."""
        if self.moving and self._beat is None:
            self._beat = Clock.schedule_interval(self._step, motion.DOTS)

    def _step(self, _):
        if not self.moving or self.get_root_window() is None:
            self._beat.cancel()
            self._beat = None
            return
        self.at = (self.at + 1) % 3


class Rings(Themed, AnchorLayout):
    """An icon in three still rings."""

    icon = StringProperty("")


load_layout(__file__)
