"""What bounds a stolen terminal: how much of members it may touch in an hour before people look at it.

Nothing is refused by it: above a limit of the house the terminal is quarantined with an alarm (docs/protocol.md,
Details: the visit handle).
"""

from __future__ import annotations

from central.context import Context

HOUR_MS = 3_600_000


def watch(ctx: Context) -> None:
    """Count the terminal's last hour, after something was added to it."""
    if ctx.books.quarantined(ctx.scope) is not None:
        return
    over = [f"{done} {what} in an hour" for what, done, most in _hour(ctx) if done > most]
    if over:
        detail = ", ".join(over)
        ctx.books.alarm("terminal_over_limit", ctx.scope, ctx.request.id, detail, ctx.at)
        ctx.books.quarantine(ctx.scope, ctx.request.journal or _journal(ctx), detail, ctx.at)


def _hour(ctx: Context) -> tuple[tuple[str, int, int], ...]:
    since, policy = ctx.at - HOUR_MS, ctx.policy
    shown, people = ctx.tx.rows(
        "SELECT COUNT(*), COUNT(DISTINCT CASE WHEN kind = 'member' THEN subject END) FROM handles"
        " WHERE terminal = ? AND made_at > ?",
        ctx.scope, since,
    )[0]  # fmt: skip
    (held,) = ctx.tx.rows(
        "SELECT COALESCE(SUM(CASE WHEN state IN ('held', 'expired') THEN amount ELSE captured END), 0) FROM holds"
        " WHERE terminal = ? AND made_at > ?",
        ctx.scope, since,
    )[0]  # fmt: skip
    return (
        ("identifications", shown, policy.identifications_an_hour), ("members", people, policy.members_an_hour),
        ("fen held", held, policy.held_an_hour),
    )  # fmt: skip


def _journal(ctx: Context) -> str:
    """The journal that the terminal came with last: another one ends the quarantine when a supervisor has looked."""
    row = ctx.tx.one("SELECT journal FROM places WHERE terminal = ? ORDER BY at DESC LIMIT 1", ctx.scope)
    return str(row[0]) if row else ""
