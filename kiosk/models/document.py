"""An identity document in memory. Never journaled, logged, printed or kept after the visit (docs/security.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Document:
    """`kind` resident_id, residence_permit, foreigner_id or passport; `name` as printed; `number` for central alone."""

    kind: str
    name: str
    number: str
    birth: date | None
    valid_to: date | None
    name_latin: str = ""
    nationality: str = "CHN"

    def __repr__(self) -> str:
        """Say only the kind, so that no log or traceback can carry a guest."""
        return f"Document({self.kind})"
