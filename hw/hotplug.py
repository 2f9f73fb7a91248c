"""Notices that something was plugged in, so that a device which is being waited for is opened at once and not when its
back-off ends.

udev tells; where it cannot be asked, the device folders are listed every five seconds. Nothing depends on it: a worker
opens again by itself, only later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from hw.device import Clock

SUBSYSTEMS = ("tty", "input", "hidraw", "video4linux", "usbmisc")
FOLDERS = ("/dev", "/dev/serial/by-id", "/dev/input/by-id", "/dev/v4l/by-id", "/dev/usb")
RESCAN_S = 5.0
SETTLE_S = 0.2
"""One device is several nodes; its other ones follow within this time."""


class Monitor(Protocol):
    def poll(self, timeout: float) -> object | None:
        """The next change within so many seconds, or None."""


def udev_monitor() -> Monitor | None:
    """Changes after udev's rules have been applied to them; None where udev cannot be asked."""
    try:
        import pyudev

        monitor: Any = pyudev.Monitor.from_netlink(pyudev.Context(), source="udev")
        for subsystem in SUBSYSTEMS:
            monitor.filter_by(subsystem)
        monitor.start()
    except (ImportError, OSError, ValueError):  # no libudev, or no netlink in this container
        return None
    found: Monitor = monitor
    return found


def listing(folders: Iterable[str]) -> frozenset[str]:
    """What is in the device folders now; one that is not there is empty."""
    names: set[str] = set()
    for folder in folders:
        try:
            names.update(str(path) for path in Path(folder).iterdir())
        except OSError:
            continue
    return frozenset(names)


class HotPlug:
    """Calls `on_change`, on its own thread, when devices came or went: for each worker `look_again`. `monitor` is
    asked for once, at the start."""

    def __init__(
        self, on_change: Callable[[], None], clock: Clock, *, monitor: Callable[[], Monitor | None] = udev_monitor,
        folders: Iterable[str] = FOLDERS, rescan_s: float = RESCAN_S,
    ) -> None:  # fmt: skip
        self._on_change, self._clock, self._make = on_change, clock, monitor
        self._folders, self._rescan_s = tuple(folders), rescan_s
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="hotplug", daemon=True)
        self.by_udev = False

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """May be called twice. Under udev it takes up to a second."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        monitor = self._make()
        self.by_udev = monitor is not None
        if monitor is None:
            self._rescan()
        else:
            self._listen(monitor)

    def _listen(self, monitor: Monitor) -> None:
        while not self._stopping:
            if monitor.poll(timeout=1.0) is None:
                continue
            while not self._stopping and monitor.poll(timeout=SETTLE_S) is not None:
                pass
            self._on_change()

    def _rescan(self) -> None:
        before = listing(self._folders)
        while True:
            with self._wake:
                if self._stopping:
                    return
                self._clock.wait(self._wake, self._rescan_s)
            now = listing(self._folders)
            if now != before and not self._stopping:
                self._on_change()
            before = now
