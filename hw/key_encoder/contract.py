"""What may be asked of a room-key encoder.

Encoding is not idempotent: a second cut makes a second key, or locks the first guest out. So every cut carries its
job id onto the card, and a driver that lost the answer reads the card back before it says anything; it never cuts
twice by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hw.device import Device, Outcome


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the card on the encoder carries it. Times are the property's wall clock, to the minute, without a
    zone.

    `mark` is the mark of the job that cut it (`hw.key_encoder.wire.mark_of(job_id)`), empty where the lock system
    kept none.
    """

    room: str
    valid_from: datetime
    valid_to: datetime
    copy: bool
    mark: str = ""


class KeyEncoder(Device, Protocol):
    """Cuts room keys onto blank cards."""

    def cut(self, job_id: str, room: str, valid_from: datetime, valid_to: datetime, copy: bool = False) -> Outcome[Key]:
        """Cut one key: a new one (which ends every earlier key of the room) or a copy of the current one.

        Done: the encoder confirmed it, or the card was read back and carries this job's mark. NotDone: nothing was
        written. Unknown: something may have been written; only the card, a sensor or staff can tell.
        """

    def read_back(self, job_id: str) -> Outcome[Key]:
        """Read the card that lies on the encoder, and say whether it is the key that `job_id` cut.

        Done(key): it is. NotDone(other_key): a card was read, and it is not. NotDone(no_card), Unknown: could not
        tell.
        """
