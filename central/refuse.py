"""How a handler says no."""

from __future__ import annotations

from collections.abc import Callable

from mqtt.messages.envelope import Refusal
from mqtt.messages.refusals import REFUSALS


class Refuse(Exception):
    """A refusal by its code. What the handler had written is taken back; an `alarm` (kind, detail) is kept, and what
    `keep` writes, which is called after that."""

    def __init__(
        self, code: str, detail: Refusal | None = None, *, alarm: tuple[str, str] | None = None,
        keep: Callable[[], object] | None = None,
    ) -> None:  # fmt: skip
        if code not in REFUSALS:
            raise ValueError(f"{code!r} is not in the list of refusals")
        super().__init__(code)
        self.code = code
        self.detail = detail or Refusal()
        self.alarm = alarm
        self.keep = keep


def malformed(path: str) -> Refuse:
    """The message is well-formed JSON but means nothing at `path`."""
    return Refuse("malformed", Refusal(path=path))
