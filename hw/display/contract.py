"""What may be asked of a customer display: two lines of twenty characters, seen from the other side of the counter."""

from __future__ import annotations

from typing import Protocol

from hw.device import Device, Outcome

COLUMNS = 20


class Display(Device, Protocol):
    """Shows amounts. It never answers: Done means that it took the bytes."""

    def show(self, job_id: str, upper: str, lower: str) -> Outcome[None]:
        """Both lines at once, each at most 20 characters of ASCII. NotDone(bad_request) for others: the display has no
        Chinese. Unknown: it may show a part."""

    def clear(self, job_id: str) -> Outcome[None]:
        """Show nothing: a guest's amount does not stay for the next one."""
