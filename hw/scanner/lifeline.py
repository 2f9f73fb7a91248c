"""A child process ends when its parent does, however that ends: the pipe on its standard input hangs up."""

from __future__ import annotations

import os
import select
import signal
import threading


def hold_on_to_parent() -> None:
    """End this process at once when nobody holds the other end of standard input any more. Ctrl-C is the parent's
    business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    poll = select.poll()
    poll.register(0, 0)  # no event but hanging up, which is always told
    poll.poll()
    os._exit(0)
