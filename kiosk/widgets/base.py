"""What every widget of ours is made of: the look it is given, words that break well, icons, and touching."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.theme import motion
from kiosk.theme.tokens import Tokens
from kiosk.widgets.linebreak import wrap

_CODEPOINTS = Path(__file__).parents[2] / "assets" / "icons" / "codepoints.txt"


def load_layout(module_file: str) -> None:
    """Load the .kv file that lies beside a module, with the same name."""
    Builder.load_file(str(Path(module_file).with_suffix(".kv")))


def _read_codepoints() -> MappingProxyType[str, str]:
    pairs = (line.split() for line in _CODEPOINTS.read_text().splitlines())
    return MappingProxyType({name: chr(int(code, 16)) for name, code in pairs})


ICONS = _read_codepoints()
"""Icon name -> character. An unknown name is a KeyError where it is drawn."""


class Themed(Widget):
    """Has the look that the shell hands down; until then the plain light one."""

    tokens = ObjectProperty(Tokens(), rebind=True)


class Text(Themed, Label):
    """Words in one style and one ink, broken by our own rules, as high as they come out.

    It fills the width it is given; with `hug` it is as wide as its words, up to `most` (0: no limit).
    """

    words = StringProperty("")
    style = StringProperty("body")
    ink = StringProperty("ink")
    hug = BooleanProperty(False)
    most = NumericProperty(0)

    def __init__(self, **kwargs):
        self._compose_soon = Clock.create_trigger(self._compose, -1)
        super().__init__(**kwargs)
        for name in ("words", "style", "ink", "hug", "most", "tokens", "bold", "halign", "padding"):
            self.fbind(name, self._compose_soon)
        self.fbind("width", self._width_changed)
        self._compose_soon()

    def _width_changed(self, *_):
        if not self.hug:
            self._compose_soon()

    def _compose(self, *_):
        self.font_size = dp(self.tokens.font(self.style))
        self.color = self.tokens.rgba(self.ink)
        inside = self.padding[0] + self.padding[2]
        limit = (self.most if self.hug else self.width) - inside
        face = CoreLabel(font_name=self.font_name, font_size=self.font_size, bold=self.bold)
        self.text = wrap(self.words, limit, lambda text: face.get_extents(text)[0]) if limit > 0 else self.words
        self.text_size = (None, None) if self.hug else (self.width, None)
        self.on_texture_size(self, self.texture_size)

    def on_texture_size(self, _, size):
        if self.size_hint_y is None:
            self.height = size[1] if self.words else 0
        if self.hug:
            self.width = size[0] if self.words else 0


class Icon(Themed, Label):
    """One icon of the family, `px` high on the reference screen. It never stands without a word beside it."""

    name = StringProperty("")
    px = NumericProperty(56)
    filled = BooleanProperty(False)
    ink = StringProperty("ink")

    def glyph(self, name):
        """The character of an icon."""
        return ICONS[name] if name else ""


class Touchable(Themed):
    """Takes a touch: pressed at once, done when the finger leaves inside it, nothing when it slides off."""

    action = StringProperty("")
    pressed = BooleanProperty(False)
    enabled = BooleanProperty(True)

    def on_touch_down(self, touch):
        if not self.enabled or not self.action or not self.collide_point(*touch.pos):
            return super().on_touch_down(touch)
        touch.grab(self)
        self.pressed = True
        return True

    def on_touch_move(self, touch):
        if touch.grab_current is not self:
            return super().on_touch_move(touch)
        self.pressed = self.collide_point(*touch.pos)
        return True

    def on_touch_up(self, touch):
        if touch.grab_current is not self:
            return super().on_touch_up(touch)
        touch.ungrab(self)
        if self.collide_point(*touch.pos) and self.enabled:
            self._fire()
        Clock.schedule_once(self._let_go, motion.PRESS)
        return True

    def _let_go(self, _):
        self.pressed = False

    def _fire(self):
        """Hand the action to the nearest surrounding thing that takes actions."""
        around = self.parent
        while around is not None and not hasattr(around, "take"):
            around = around.parent
        if around is not None:
            around.take(self.action)
