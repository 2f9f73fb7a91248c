"""What goes wrong with the journal, as one error with a code."""

from __future__ import annotations

import apsw

_CODES: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.FullError, "full"),
    (apsw.ReadOnlyError, "read_only"),
    (apsw.CantOpenError, "cannot_open"),
    (apsw.PermissionsError, "read_only"),
    (apsw.CorruptError, "corrupt"),
    (apsw.NotADBError, "corrupt"),
    (apsw.BusyError, "busy"),
    (apsw.LockedError, "busy"),
    (apsw.IOError, "io"),
)

STICKY = frozenset({"io", "corrupt"})
"""After these nothing that the file says may be trusted before it was opened and checked again."""


class JournalFailed(Exception):
    """Nothing was written, so nothing may be done. `code`: full, read_only, cannot_open, corrupt, busy, io, closed,
    foreign (written by a newer program), failed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def named(error: apsw.Error) -> JournalFailed:
    """`error` as a JournalFailed."""
    return JournalFailed(next((code for type_, code in _CODES if isinstance(error, type_)), "failed"))
