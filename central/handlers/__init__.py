"""What central does with each kind: one file a subject. The list is held against the contract's by a test."""

from __future__ import annotations

from central.context import Handler
from central.handlers import coupon, hold, identity, op, service, stay

HANDLERS: dict[str, Handler] = {
    **identity.HANDLERS, **stay.HANDLERS, **hold.HANDLERS, **op.HANDLERS, **coupon.HANDLERS, **service.HANDLERS,
}  # fmt: skip
