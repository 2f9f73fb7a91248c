"""K90: more time? Only the button continues."""

from __future__ import annotations

from kiosk.screens.dialog import Dialog
from kiosk.widgets.base import load_layout


class StillThereDialog(Dialog):
    """In the countdown only the sentence with the seconds is drawn again."""


load_layout(__file__)
