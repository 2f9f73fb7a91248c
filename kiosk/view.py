"""What a terminal needs of its screen. The real one is `kiosk/screens/shell.py`; a test may look without a window."""

from __future__ import annotations

from typing import Protocol

from kiosk.models.chrome import Chrome
from kiosk.models.screen import Screen


class View(Protocol):
    """Called on the UI thread only."""

    def show(self, model: Screen) -> None:
        """Show a screen; its one answer comes back through the callback that the view was made with."""
        ...

    def overlay(self, model: Screen | None) -> None:
        """Lay a dialog over the screen, or take it away."""
        ...

    def chrome(self, chrome: Chrome) -> None: ...

    def wipe(self) -> None:
        """Drop all that a guest left in widgets and textures (I16)."""
        ...
