"""Handles: what a terminal may call a person during one visit. They say nothing by themselves and end with the visit.

Age refuses only new requests; what a handle stood for is remembered, so that an advice is booked whenever it comes.
"""

from __future__ import annotations

from dataclasses import dataclass

from central.bounds import watch
from central.context import Context
from central.ids import handle
from central.ledger.interface import Row
from central.refuse import Refuse

MEMBER = "member"
IDENTITY = "identity"
_PREFIX = {MEMBER: "m_", IDENTITY: "i_"}


@dataclass(frozen=True, slots=True)
class Identity:
    """A document as it was shown this time: `fingerprint` is its keyed hash, the names are those that were read."""

    fingerprint: str
    kind: str
    name: str
    latin: str
    birth: str | None
    valid_to: str | None


def give_handle(ctx: Context, kind: str, subject: str, seen: Identity | None = None) -> str:
    """A new handle for this visit; earlier ones of the same visit stay good. Raises not_identified in one that ended.

    What was read of a document is kept with the handle: another showing of the same number changes it for nobody.
    """
    if _ended(ctx):
        raise Refuse("not_identified")
    made = handle(_PREFIX[kind], ctx.chance)
    read = (seen.name, seen.latin, seen.birth, seen.valid_to) if seen is not None else ("", "", None, None)
    ctx.tx.run(
        "INSERT INTO handles (handle, kind, terminal, visit, subject, made_at, used_at, name, latin, birth, valid_to)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made, kind, ctx.scope, visit_of(ctx), subject, ctx.at, ctx.at, *read,
    )  # fmt: skip
    watch(ctx)
    return made


def visit_of(ctx: Context) -> str:
    """The visit of this message; a terminal that names none has one that never ends another."""
    return ctx.request.visit or ""


def member_of(ctx: Context, token: str) -> str:
    """The member behind a handle of this terminal and visit, renewed by use. Raises not_identified, member_blocked."""
    member = _fresh(ctx, MEMBER, token, ctx.policy.member_ms)
    ctx.tx.run("UPDATE handles SET used_at = ? WHERE handle = ?", ctx.at, token)
    row = ctx.tx.one("SELECT blocked FROM members WHERE id = ?", member)
    if row is None or row[0]:
        raise Refuse("member_blocked")
    return member


def identity_of(ctx: Context, token: str) -> Identity:
    """The document behind a handle of this terminal and visit, at most 30 minutes old. Raises not_identified."""
    _fresh(ctx, IDENTITY, token, ctx.policy.identity_ms)
    identity = remembered_identity(ctx, token)
    if identity is None:
        raise Refuse("not_identified")
    return identity


def remembered_identity(ctx: Context, token: str) -> Identity | None:
    """What a handle of this terminal stood for, whatever its age: for advices."""
    row = ctx.tx.one(
        "SELECT d.fingerprint, d.kind, h.name, h.latin, h.birth, h.valid_to FROM handles h"
        " JOIN documents d ON d.fingerprint = h.subject WHERE h.handle = ? AND h.kind = ? AND h.terminal = ?",
        token, IDENTITY, ctx.scope,
    )  # fmt: skip
    return Identity(*row) if row else None


def _fresh(ctx: Context, kind: str, token: str, age_ms: int) -> str:
    row: Row | None = ctx.tx.one(
        "SELECT subject, used_at FROM handles WHERE handle = ? AND kind = ? AND terminal = ? AND visit = ?",
        token, kind, ctx.scope, visit_of(ctx),
    )  # fmt: skip
    if row is None or ctx.at - row[1] > age_ms or _ended(ctx):
        raise Refuse("not_identified")
    return str(row[0])


def begin_visit(ctx: Context) -> None:
    """A read or a request with a visit never seen begins it, whatever it is answered.

    Reads live 10 s and requests are asked with a guest in front, so that no straggler can end the visit after it; an
    advice may come any time later and begins none.
    """
    if ctx.request.visit:
        ctx.tx.run(
            "INSERT INTO visits SELECT ?, ?, COALESCE(MAX(n), 0) + 1 FROM visits WHERE terminal = ?"
            " ON CONFLICT DO NOTHING",
            ctx.scope, ctx.request.visit, ctx.scope,
        )  # fmt: skip


def _ended(ctx: Context) -> bool:
    """A new visit at the terminal ends all handles of the old."""
    row = ctx.tx.one("SELECT visit FROM visits WHERE terminal = ? ORDER BY n DESC LIMIT 1", ctx.scope)
    return row is not None and row[0] != ctx.request.visit
