"""Waiting made visible without a spinner: three dots that step twice a second, and a drawing in still rings."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.widget import Widget

from kiosk.theme import motion
from kiosk.widgets.base import Themed, load_layout


class Dots(Themed, Widget):
    """Steps while `moving`; whoever shows it stops it again, because a still screen costs nothing."""

    moving = BooleanProperty(False)
    at = NumericProperty(0)

    def __init__(self, **kwargs):
        self._beat = Clock.create_trigger(self._step, motion.DOTS, interval=True)
        super().__init__(**kwargs)

    def on_moving(self, _, moving):
        if moving:
            self._beat()
        else:
            self._beat.cancel()

    def _step(self, _):
        self.at = (self.at + 1) % 3


class Rings(Themed, AnchorLayout):
    """An icon in three still rings."""

    icon = StringProperty("")


load_layout(__file__)
