"""THE table: operation x link state -> allow, queue or refuse (docs/protocol.md, Offline; OF-1..4, X-80).

What a journey may begin, not what is already under way: a capture against a hold that was taken online, a release, an
undo are always written down and sent when the link is back.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from mqtt.heartbeat import LinkState
from mqtt.messages.kind import Class, Kind
from mqtt.messages.kinds import KINDS

_ON, _DO, _OFF, _HARD = LinkState.ONLINE, LinkState.DOUBTFUL, LinkState.OFFLINE, LinkState.OFFLINE_HARD
_QUA, _MAI = LinkState.QUARANTINED, LinkState.MAINTENANCE


class Verdict(Enum):
    """allow: ask central now. queue: write it down, central hears it later. refuse: do not begin."""

    ALLOW = "allow"
    QUEUE = "queue"
    REFUSE = "refuse"


_A, _Q, _R = Verdict.ALLOW, Verdict.QUEUE, Verdict.REFUSE

_READ = {_ON: _A, _DO: _A, _OFF: _R, _HARD: _R, _QUA: _A, _MAI: _R}
_NEVER = {_ON: _A, _DO: _A, _OFF: _R, _HARD: _R, _QUA: _A, _MAI: _R}
_QUEUED = {_ON: _A, _DO: _A, _OFF: _Q, _HARD: _Q, _QUA: _A, _MAI: _Q}
_LIMITED = {_ON: _A, _DO: _A, _OFF: _Q, _HARD: _R, _QUA: _R, _MAI: _Q}
"""Handhelds only, up to the limits of the configuration; a quarantined terminal sells nothing offline."""

_ROWS = {"never": _NEVER, "queued": _QUEUED, "limited": _LIMITED}

TABLE: dict[str, dict[LinkState, Verdict]] = {
    name: _READ if kind.class_ is Class.READ else _ROWS[kind.offline] for name, kind in KINDS.items()
}


def verdict(kind: Kind[Any, Any], state: LinkState, role: str) -> Verdict:
    """Whether a terminal of `role` may begin `kind` while the link is in `state`. Limits are the caller's to count."""
    if kind.offline == "limited" and role != "handheld":
        return _NEVER[state]
    return TABLE[kind.name][state]
