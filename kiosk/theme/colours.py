"""The colours of the house by the name of their duty, and the arithmetic that says whether they can be read.

`PAIRS` is the promise: which ink may stand on which ground, and the least contrast there (docs/ux.md, Colours).
A brand may change `primary*` and `accent*` only while every pair holds; tests/ui recomputes them all.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

Rgba = tuple[float, float, float, float]


@dataclass(frozen=True)
class Colours:
    """One theme. Every value is #RRGGBB."""

    bg: str
    surface: str
    surface2: str
    ink: str
    ink2: str
    ink3: str
    outline: str
    outline_strong: str
    primary: str
    primary_pressed: str
    on_primary: str
    on_primary2: str
    primary_c: str
    on_primary_c: str
    accent: str
    accent_fill: str
    on_accent: str
    success: str
    success_c: str
    warning: str
    warning_c: str
    danger: str
    danger_c: str
    info: str
    info_c: str
    disabled_bg: str
    disabled_ink: str
    scrim: str
    art: str
    """The darkest ground of the pictures; `on_art` and `on_art2` stand on it."""
    on_art: str
    on_art2: str

    def rgba(self, name: str, alpha: float = 1.0) -> Rgba:
        """The named colour as Kivy wants it, 0..1; `name` must be one of ours."""
        red, green, blue = channels(getattr(self, name))
        return (red, green, blue, alpha)

    def names(self) -> tuple[str, ...]:
        """Every name a widget may ask for."""
        return tuple(field.name for field in fields(self))


LIGHT = Colours(
    bg="#F4F6F5", surface="#FFFFFF", surface2="#E9EEEC",
    ink="#14211E", ink2="#42514C", ink3="#5C6A65",
    outline="#C6D0CC", outline_strong="#6B7974",
    primary="#0A635C", primary_pressed="#084E49", on_primary="#FFFFFF", on_primary2="#D3EBE6",
    primary_c="#D7EFEA", on_primary_c="#053B37",
    accent="#945C00", accent_fill="#F2B84B", on_accent="#2B1B00",
    success="#1A6B38", success_c="#DDF3E3", warning="#8A4B00", warning_c="#FFEFD2",
    danger="#B3261E", danger_c="#FCE4E1", info="#1B56A8", info_c="#E2EDFB",
    disabled_bg="#DDE3E0", disabled_ink="#55635E", scrim="#0D1413",
    art="#0B3B3A", on_art="#FFFFFF", on_art2="#D3EBE6",
)

DARK = Colours(
    bg="#0D1413", surface="#17211F", surface2="#202C29",
    ink="#EEF4F2", ink2="#BECBC6", ink3="#98A7A1",
    outline="#33423E", outline_strong="#8FA09A",
    primary="#5FD0C1", primary_pressed="#4ABBAD", on_primary="#00201D", on_primary2="#06302B",
    primary_c="#0E4A44", on_primary_c="#BDF3EA",
    accent="#F2B84B", accent_fill="#F2B84B", on_accent="#2B1B00",
    success="#6FD693", success_c="#123D22", warning="#FFC26B", warning_c="#4A2E00",
    danger="#FFB4AB", danger_c="#5C1410", info="#A9C9FF", info_c="#12315F",
    disabled_bg="#2A3733", disabled_ink="#A3B1AB", scrim="#000000",
    art="#0B3B3A", on_art="#FFFFFF", on_art2="#D3EBE6",
)

CONTRAST = Colours(
    bg="#000000", surface="#000000", surface2="#141414",
    ink="#FFFFFF", ink2="#FFFFFF", ink3="#E6E6E6",
    outline="#FFFFFF", outline_strong="#FFFFFF",
    primary="#FFE45C", primary_pressed="#D9BE2B", on_primary="#000000", on_primary2="#000000",
    primary_c="#141414", on_primary_c="#FFE45C",
    accent="#FFE45C", accent_fill="#FFE45C", on_accent="#000000",
    success="#7CFFB2", success_c="#141414", warning="#FFD180", warning_c="#141414",
    danger="#FF8A80", danger_c="#141414", info="#9CD2FF", info_c="#141414",
    disabled_bg="#2B2B2B", disabled_ink="#E6E6E6", scrim="#000000",
    art="#000000", on_art="#FFFFFF", on_art2="#FFFFFF",
)

THEMES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}

MONEY = 7.0      # money and instructions
TEXT = 4.5       # every other text
SHAPE = 3.0      # icons and the edges of controls

PAIRS: tuple[tuple[str, str, float], ...] = (
    ("ink", "bg", MONEY), ("ink", "surface", MONEY), ("ink", "surface2", MONEY),
    ("ink2", "bg", MONEY), ("ink2", "surface", MONEY), ("ink2", "surface2", MONEY),
    ("ink3", "bg", TEXT), ("ink3", "surface", TEXT), ("ink3", "surface2", TEXT),
    ("on_primary", "primary", MONEY), ("on_primary2", "primary", TEXT),
    ("on_primary", "primary_pressed", MONEY),
    ("primary", "bg", TEXT), ("primary", "surface", TEXT), ("primary", "primary_c", TEXT),
    ("on_primary_c", "primary_c", MONEY),
    ("accent", "surface", TEXT), ("accent", "surface2", SHAPE), ("on_accent", "accent_fill", MONEY),
    ("success", "surface", TEXT), ("success", "success_c", TEXT), ("success", "bg", TEXT),
    ("warning", "surface", TEXT), ("warning", "warning_c", TEXT), ("warning", "bg", TEXT),
    ("danger", "surface", TEXT), ("danger", "danger_c", TEXT), ("danger", "bg", TEXT),
    ("info", "surface", TEXT), ("info", "info_c", TEXT), ("info", "bg", TEXT),
    ("ink", "success_c", MONEY), ("ink", "warning_c", MONEY), ("ink", "danger_c", MONEY), ("ink", "info_c", MONEY),
    ("ink", "primary_c", MONEY), ("ink2", "primary_c", TEXT),
    ("disabled_ink", "disabled_bg", TEXT),
    ("outline_strong", "surface", SHAPE), ("outline_strong", "bg", SHAPE),
    ("accent_fill", "art", SHAPE), ("on_art", "art", MONEY), ("on_art2", "art", MONEY),
)


def channels(colour: str) -> tuple[float, float, float]:
    """#RRGGBB as three channels, 0..1."""
    return tuple(int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5))  # type: ignore[return-value]


def luminance(rgb: tuple[float, float, float]) -> float:
    """Relative luminance of sRGB channels (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    light, dark = sorted((luminance(channels(one)), luminance(channels(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)
