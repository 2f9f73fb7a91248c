"""Our own keys: digits only, large enough for a finger, never a keyboard."""

from __future__ import annotations

from kivy.metrics import dp
from kivy.properties import StringProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.widgets.base import Themed
from kiosk.widgets.parts import Command


class Keypad(Themed, GridLayout):
    """Twelve keys; each is the action `key.` and its digit, `key.clear` or `key.back`."""

    clear_words = StringProperty("")
    back_words = StringProperty("")

    def __init__(self, **kwargs):
        super().__init__(cols=3, spacing=dp(24), size_hint_y=None, row_force_default=True, **kwargs)
        self.bind(minimum_height=self.setter("height"), tokens=self._size_rows)
        for digit in "123456789":
            self.add_widget(_key(digit, words=digit))
        self._clear = _key("clear", words=self.clear_words, style="body")
        self.add_widget(self._clear)
        self.add_widget(_key("0", words="0"))
        self._back = _key("back", words=self.back_words, style="body")
        self.add_widget(self._back)
        self._size_rows()

    def _size_rows(self, *_):
        self.row_default_height = dp(self.tokens.role.targets.key_height)

    def on_clear_words(self, _, words):
        self._clear.words = words

    def on_back_words(self, _, words):
        self._back.words = words


def _key(name, **looks):
    return Command(kind="outline", action=f"key.{name}", size_hint_y=1, **{"style": "h1", **looks})
