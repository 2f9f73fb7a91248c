"""A customer display on a pty: it shows what the bytes say."""

from __future__ import annotations

from collections.abc import Callable

from hw.display.wire import Screen
from hw.standins.control import Control
from hw.standins.server import PLUGGED, Port, PtyPort, Served


class DisplayStandIn(Served):
    """`shown` is what stands on it; `on_show` hears of each change."""

    name = "display"
    controls: tuple[Control, ...] = (PLUGGED,)

    def __init__(self, port: Port | None = None, on_show: Callable[[str, str], None] = lambda _u, _l: None) -> None:
        super().__init__(port or PtyPort())
        self._screen = Screen()
        self._on_show = on_show

    @property
    def shown(self) -> tuple[str, str]:
        with self._lock:
            return self._screen.shown[0], self._screen.shown[1]

    def received(self, data: bytes) -> None:
        before = self._screen.shown.copy()
        self._screen.feed(data)
        if self._screen.shown != before:
            self._on_show(self._screen.shown[0], self._screen.shown[1])
