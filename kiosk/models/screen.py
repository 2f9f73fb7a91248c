"""The shape of every screen: a frozen model in, one answer out."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import msgspec

from kiosk.models.document import Document


class Pressed(msgspec.Struct, frozen=True):
    """The guest touched the control named `action` (touch up inside it)."""

    action: str


class Typed(msgspec.Struct, frozen=True):
    """The guest typed `text` on our keypad and confirmed it."""

    text: str


class Scanned(msgspec.Struct, frozen=True):
    """A code was accepted. `kind` is booking, member, coupon, sn, gift, ticket, badge, slip, claim, payment,
    or names what is not ours: foreign_url, foreign_payment, foreign, expired, forged. `token` is what central is shown;
    it is empty for a code that is not ours, which is never sent on."""

    kind: str
    token: str = ""


class Presented(msgspec.Struct, frozen=True):
    """An identity document was read. It stays in memory for this visit; central sees it once (identity.present)."""

    document: Document


class ReaderTrouble(msgspec.Struct, frozen=True):
    """A reader could not read what was shown to it: `device` scanner or id_reader, `code` of the error table."""

    device: str
    code: str


Answer = Pressed | Typed | Scanned | Presented | ReaderTrouble


class Idle(Enum):
    """How long a screen waits for its guest (docs/ux.md, Timers)."""

    GUEST = "guest"        # 60 s, then the dialog of 30 s, then leaving
    WORKING = "working"    # a reader, the encoder, the printer or central is at work: the timer stands still
    DONE = "done"          # 15 s, then the visit ends by itself
    FOREVER = "forever"    # attract, out of service: nobody's visit


class Screen(msgspec.Struct, frozen=True):
    """What every screen declares. Subclasses are frozen dataclasses; their fields are all that the screen may show."""

    actions: ClassVar[tuple[str, ...]] = ()
    """The controls of this screen, primary first. Back is `back` where `backable`; home, staff, language and text size
    belong to the shell and never reach a flow."""
    reads: ClassVar[tuple[str, ...]] = ()
    """The readers armed while it is shown: `code`, `document`. An accepted read is an answer (scan anywhere)."""
    types: ClassVar[bool] = False
    """Whether it has a keypad and may answer `Typed`."""
    backable: ClassVar[bool] = False
    idle: ClassVar[Idle] = Idle.GUEST
    step: ClassVar[tuple[str, int] | None] = None
    """The step bar it stands on (`check_in`, `check_out`, `coupon`) and which step, from 0."""

    def offered(self) -> tuple[str, ...]:
        """The controls that this very screen shows, `back` included where it has one."""
        return (*self.actions, "back") if self.backable else self.actions
