"""What this process tells systemd: that it is ready, alive, stopping (sd_notify, docs/operations.md, The service)."""

from __future__ import annotations

import contextlib
import socket


class Notifier:
    """Says it to the socket that systemd named in NOTIFY_SOCKET; without one, to nobody.

    A socket that is full or gone is not a fault of the terminal: what is said is lost, and the watchdog's next word
    may still come in time. Nothing here blocks or raises, so that it may be called from the UI thread.
    """

    def __init__(self, socket_path: str | None) -> None:
        self._address = "\0" + socket_path[1:] if socket_path and socket_path[0] == "@" else socket_path

    def ready(self) -> None:
        """The first interactive screen is up."""
        self._say("READY=1")

    def watchdog(self) -> None:
        """The UI thread still turns."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._say("STATUS=" + " ".join(text.split()))

    def _say(self, word: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(word.encode(), self._address)
