"""Somebody is needed at a terminal."""

from __future__ import annotations

from central.context import Context, Handler
from central.ids import uuid7
from mqtt.messages.service import ServiceCall, ServiceCalled


def call(ctx: Context, body: ServiceCall) -> ServiceCalled:
    """Put the call on the desk's list; what is unknown or in doubt stays listed until a person closes it."""
    id_ = uuid7(ctx.at, ctx.chance)
    ctx.tx.run(
        "INSERT INTO service_calls (id, terminal, what, about, number, of, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        id_, ctx.scope, body.what, body.about, body.number, body.of, ctx.at,
    )  # fmt: skip
    if body.what != "staff":
        ctx.books.list_for_desk(ctx.hotel.id, ctx.scope, body.what, body.of or ctx.request.id, body.about, ctx.at)
    return ServiceCalled(call=id_)


HANDLERS: dict[str, Handler] = {"service.call": call}
