"""What surrounds every screen: language, text size, the way to staff, the state of the link."""

from __future__ import annotations

import msgspec

from kiosk.models.say import Say


class Chrome(msgspec.Struct, frozen=True):
    """The shell around the current screen; a change re-renders the screen in place, keeping step and data."""

    language: str = "zh-Hans"
    large_text: bool = False
    staff_called: bool = False
    banner: Say | None = None
    """Link trouble or good news, shown as a strip: icon and words."""
    banner_kind: str = "warn"
    """info, ok, warn or stop: the strip's colour and icon."""
    seconds_left: int | None = None
    """Shown only under 60."""
    code: str = ""
