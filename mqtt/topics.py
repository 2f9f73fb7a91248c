"""Every topic, in one place (docs/protocol.md, Wire)."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROOT = "yk/v1"
_NAME = re.compile(r"[a-z0-9-]{2,24}")
RESERVED = frozenset({"central", "catalog"})

CENTRAL_STATE = f"{ROOT}/central/state"
SHARED_REQUESTS = f"$share/central/{ROOT}/+/+/req/#"
"""Central's workers share it: each request goes to one of them."""


class BadName(ValueError):
    """A property or terminal that the contract does not allow as a name."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal's place and the topics under it. Raises BadName."""

    hotel: str
    name: str

    def __post_init__(self) -> None:
        for part in (self.hotel, self.name):
            if not _NAME.fullmatch(part) or part in RESERVED:
                raise BadName(f"{part!r} is not [a-z0-9-]{{2,24}} or is reserved")

    @property
    def scope(self) -> str:
        """Common name of its certificate, user name at the broker, scope of its configuration."""
        return f"{self.hotel}/{self.name}"

    def topic(self, leaf: str) -> str:
        return f"{ROOT}/{self.hotel}/{self.name}/{leaf}"

    def request(self, kind: str) -> str:
        return self.topic(f"req/{kind}")

    @property
    def reads(self) -> tuple[str, ...]:
        """What a terminal subscribes to."""
        return (*(self.topic(leaf) for leaf in ("rsp", "hb/ack", "config/desired", "cmd", "event")), CENTRAL_STATE)


def sender(topic: str) -> tuple[Terminal, str] | None:
    """Who sent it and the leaf, from the topic alone: the certificate stands behind it, the payload does not."""
    parts = topic.split("/", 4)
    if len(parts) != 5 or f"{parts[0]}/{parts[1]}" != ROOT:
        return None
    try:
        return Terminal(parts[2], parts[3]), parts[4]
    except BadName:
        return None
