"""THE list of kinds. Adding one is its subject's file and, for a new subject, one line here."""

from __future__ import annotations

from typing import Any

from mqtt.messages import coupon, hold, identity, op, service, stay
from mqtt.messages.kind import Kind

KINDS: dict[str, Kind[Any, Any]] = {
    kind.name: kind
    for subject in (identity, stay, hold, op, coupon, service)
    for kind in subject.KINDS
}
