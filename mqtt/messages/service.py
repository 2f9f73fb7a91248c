"""Calling for a person."""

from __future__ import annotations

from typing import Literal

from mqtt.messages.kind import Class, Kind
from mqtt.messages.values import Body, Key, Text, Uuid7, always


class ServiceCall(Body, frozen=True):
    """Somebody is needed at this terminal. `about` is an error code or a journey, never a guest; `of` an operation."""

    what: Literal["staff", "in_doubt", "unknown", "listed"]
    about: Key
    number: Text = ""
    of: Uuid7 | None = None


class ServiceCalled(Body, frozen=True):
    """The desk has it on its list."""

    call: Uuid7
    eta_s: int = always(30)


SERVICE_CALL = Kind(
    "service.call", Class.ADVICE, ServiceCall, ServiceCalled,
    "Calls a member of staff to a terminal.", offline="queued")  # fmt: skip

KINDS = (SERVICE_CALL,)
