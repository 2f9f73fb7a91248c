"""Our own pictures of hills and water, one for each part of the day; script/make-art draws them."""

from __future__ import annotations

from pathlib import Path

from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.widgets.base import Themed, load_layout

ART = Path(__file__).parents[2] / "assets" / "art"
PARTS_OF_DAY = ("morning", "noon", "afternoon", "evening")


class Landscape(Themed, Widget):
    """The picture of a part of the day, covering its whole box. `shape` is tall (attract) or wide (home).

    `veil` is how far down from the top, on the reference screen, it is darkened for the words that stand there.
    """

    part_of_day = StringProperty("afternoon")
    shape = StringProperty("tall")
    texture = ObjectProperty(None, allownone=True)
    ratio = NumericProperty(1)
    veil = NumericProperty(0)
    fade = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fade = _fade()
        load = Clock.create_trigger(self._load, -1)     # once, after everything is set and before it is drawn
        for name in ("part_of_day", "shape"):
            self.fbind(name, load)
        load()

    def _load(self, *_):
        part = self.part_of_day if self.part_of_day in PARTS_OF_DAY else "afternoon"
        self.texture = CoreImage(str(ART / f"{part}-{self.shape}.jpg")).texture
        self.ratio = self.texture.width / self.texture.height

    def cover(self, size, ratio):
        """Texture coordinates that fill `size` without distortion, cut at the sides or at the top."""
        if not size[0] or not size[1]:
            return (0, 1, 1, 1, 1, 0, 0, 0)
        wanted = size[0] / size[1]
        across, up = (min(1, wanted / ratio), 1) if wanted < ratio else (1, ratio / wanted)
        left, right, low, top = 0.5 - across / 2, 0.5 + across / 2, 0, up
        return (left, 1 - low, right, 1 - low, right, 1 - top, left, 1 - top)


def _fade(steps=64):
    """A texture that is clear at the bottom and softly becomes full over its lower two fifths."""
    texture = Texture.create(size=(1, steps), colorfmt="rgba")
    reached = (min(1.0, 2.6 * row / (steps - 1)) for row in range(steps))
    soft = (int(255 * at * at * (3 - 2 * at)) for at in reached)
    texture.blit_buffer(b"".join(bytes((255, 255, 255, alpha)) for alpha in soft), colorfmt="rgba", bufferfmt="ubyte")
    return texture


load_layout(__file__)
