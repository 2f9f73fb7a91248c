"""What a widget may know about looks: one frozen value, handed down by the shell."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.theme.colours import LIGHT, Colours, Rgba
from kiosk.theme.sizes import LOBBY, Role

SMALL_RADIUS, ROW_RADIUS, CARD_RADIUS, DIALOG_RADIUS = 12, 20, 28, 40
BUTTON_ROUNDING = 0.28

NUMBERS = ("hero", "figure", "display")
"""Styles that large-text mode leaves alone: they are read from two metres away."""
HEADS = ("h1", "h2", "button", "amount")


@dataclass(frozen=True)
class Tokens:
    """Colours and sizes now in force; `large` is large-text mode, `motion` one of kiosk.theme.motion.PROFILES."""

    colours: Colours = LIGHT
    role: Role = LOBBY
    large: bool = False
    motion: str = "soft"

    def font(self, style: str) -> float:
        """Pixels of a type style on the reference screen, in the text size that is on."""
        size: float = getattr(self.role.type, style)
        if not self.large or style in NUMBERS:
            return size
        return size * (self.role.type.large_head if style in HEADS else self.role.type.large)

    @property
    def factor(self) -> float:
        """What large-text mode multiplies by."""
        return self.role.type.large if self.large else 1.0

    def rgba(self, name: str, alpha: float = 1.0) -> Rgba:
        """A named colour as Kivy wants it."""
        return self.colours.rgba(name, alpha)

    def with_large(self, large: bool) -> Tokens:
        """The same look with large text on or off."""
        return replace(self, large=large)
