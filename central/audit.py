"""Recomputes the books and checks every invariant that central can see; each finding names the operation.

The ids are those of docs/reliability.md. What is only true when everything is quiet (no gap in a journal) is checked
when asked for.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature

from central.keys import Keys
from central.ledger.interface import Tx
from mqtt.messages.fleet import Configuration, Signed

GRACE_MS = 10 * 60 * 1000
"""How long a reservation whose time is up may wait for the sweep."""
MOVES = {
    ("", "held"), ("held", "captured"), ("held", "released"), ("held", "expired"), ("expired", "captured"),
    ("expired", "released"), ("expired", "held"),
}  # fmt: skip
APPEND_ONLY = ("operations", "postings", "captures", "tombstones", "undone", "hold_moves")


class Violation(msgspec.Struct, frozen=True):
    """One broken promise: which, by what operation (or account), and how it shows."""

    invariant: str
    operation: str
    detail: str


class Report(msgspec.Struct, frozen=True):
    """`suspense` in fen, `alarms` those nobody has closed, `parked` as terminals last said."""

    violations: tuple[Violation, ...]
    suspense: int
    alarms: int
    alarms_total: int
    open_holds: int
    parked: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What is audited: one transaction's view, and whether faults are over and outboxes empty."""

    tx: Tx
    keys: Keys
    quiet: bool

    def count(self, sql: str, *values: int) -> int:
        row = self.tx.one(sql, *values)
        return int(row[0] or 0) if row else 0


Check = Callable[[Scene], Iterator[Violation]]


def audit(tx: Tx, keys: Keys, *, quiet: bool = False) -> Report:
    """The report of one moment."""
    scene = Scene(tx, keys, quiet)
    return Report(
        violations=tuple(violation for check in CHECKS for violation in check(scene)),
        suspense=-scene.count("SELECT SUM(amount) FROM postings WHERE account LIKE 'suspense:%' AND ledger = 'CNY'"),
        alarms=scene.count("SELECT COUNT(*) FROM alarms WHERE closed_at IS NULL"),
        alarms_total=scene.count("SELECT COUNT(*) FROM alarms"),
        open_holds=scene.count(
            "SELECT COUNT(DISTINCT hold) FROM hold_legs WHERE open = 1 AND amount > taken AND until > ?", tx.floor()
        ),
        parked=scene.count("SELECT SUM(parked) FROM terminals"),
    )


def balanced(scene: Scene) -> Iterator[Violation]:
    """I1: postings sum to zero in every ledger, for every operation."""
    sql = "SELECT op, ledger, SUM(amount) FROM postings GROUP BY op, ledger HAVING SUM(amount) <> 0"
    for op, ledger, left in scene.tx.rows(sql):
        yield Violation("I1", op, f"{ledger} is off by {left}")


def solvent(scene: Scene) -> Iterator[Violation]:
    """I2: no account below zero; balances are what was posted; suspense only ever owes, with a cause."""
    for account, ledger, posted, held in scene.tx.rows("SELECT account, ledger, posted, held FROM accounts"):
        if ledger != "POINT" and posted - held < 0:
            yield Violation("I2", account, f"{ledger}: {posted} posted, {held} held")
    sql = (
        "SELECT p.account, p.ledger, SUM(p.amount), a.posted FROM postings p LEFT JOIN accounts a"
        " ON a.account = p.account AND a.ledger = p.ledger"
        " WHERE p.account LIKE 'member:%' OR p.account LIKE 'coupon:%' GROUP BY p.account, p.ledger"
        " HAVING a.posted IS NULL OR a.posted <> SUM(p.amount)"
    )
    for account, ledger, posted, row in scene.tx.rows(sql):
        yield Violation("I2", account, f"{ledger}: {posted} by the postings, {row} by the balance")
    sql = "SELECT op, amount FROM postings WHERE account LIKE 'suspense:%' AND (amount > 0 OR cause IN ('', 'capture'))"
    for op, amount in scene.tx.rows(sql):
        yield Violation("I2", op, f"suspense of {amount} without a cause")


def held_is_open(scene: Scene) -> Iterator[Violation]:
    """I3: held is the sum of open legs; a hold that is over has none."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for hold, state, account, ledger, rest in scene.tx.rows(
        "SELECT h.id, h.state, l.account, l.ledger, l.amount - l.taken FROM hold_legs l JOIN holds h ON h.id = l.hold"
        " WHERE l.open = 1"
    ):
        sums[account, ledger] += rest
        if rest and state in ("captured", "released"):
            yield Violation("I3", hold, f"{state}, and still reserves {rest} {ledger} of {account}")
    for account, ledger, held in scene.tx.rows("SELECT account, ledger, held FROM accounts"):
        if held != sums.pop((account, ledger), 0):
            yield Violation("I3", account, f"{ledger}: held {held} is not what its open holds reserve")
    for (account, ledger), rest in sums.items():
        if rest:
            yield Violation("I3", account, f"{ledger}: {rest} reserved without an account")


def one_effect(scene: Scene) -> Iterator[Violation]:
    """I4: a refusal has no effect, an approved hold has its own, captures add up to what a hold gave."""
    for table, column in (("holds", "id"), ("postings", "op"), ("captures", "op")):
        sql = (
            f"SELECT DISTINCT t.{column}, o.code FROM {table} t JOIN operations o ON o.id = t.{column}"
            " WHERE o.outcome = 'refused'"
        )
        for op, code in scene.tx.rows(sql):
            yield Violation("I4", op, f"refused with {code}, and stands in {table}")
    sql = (
        "SELECT o.id FROM operations o LEFT JOIN holds h ON h.id = o.id"
        " WHERE o.kind = 'hold.authorise' AND o.outcome = 'ok' AND h.id IS NULL"
    )
    for (op,) in scene.tx.rows(sql):
        yield Violation("I4", op, "answered held, and no hold is there")
    sql = (
        "SELECT h.id, h.captured, COALESCE((SELECT SUM(c.posted) FROM captures c WHERE c.hold = h.id), 0)"
        " FROM holds h"
    )
    for hold, captured, posted in scene.tx.rows(sql):
        if captured != posted:
            yield Violation("I4", hold, f"gave {captured}, its captures took {posted}")


def has_its_operation(scene: Scene) -> Iterator[Violation]:
    """I6: every posting and hold names an operation or a job of central's; every operation has its place."""
    for table, column in (("postings", "op"), ("holds", "id"), ("captures", "op"), ("hold_moves", "op")):
        sql = (
            f"SELECT DISTINCT {column} FROM {table} WHERE {column} NOT IN (SELECT id FROM operations)"
            f" AND {column} NOT IN (SELECT id FROM jobs)"
        )
        for (op,) in scene.tx.rows(sql):
            yield Violation("I6", op, f"stands in {table}, and is neither an operation nor a job")
    sql = (
        "SELECT id FROM operations o WHERE terminal IN (SELECT scope FROM terminals) AND NOT EXISTS (SELECT 1 FROM"
        " places p WHERE p.terminal = o.terminal AND p.journal = o.journal AND p.seq = o.seq AND p.id = o.id)"
    )
    for (op,) in scene.tx.rows(sql):
        yield Violation("I6", op, "its place in the journal is not noted")


def used_once(scene: Scene) -> Iterator[Violation]:
    """I7: a coupon is consumed at most as often as it was issued, and marked used when it is."""
    sql = (
        "SELECT account, MAX(CASE WHEN amount < 0 THEN op END), SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END),"
        " -SUM(CASE WHEN amount < 0 THEN amount ELSE 0 END) FROM postings WHERE account LIKE 'coupon:%'"
        " GROUP BY account"
    )
    used = {}
    for account, op, issued, consumed in scene.tx.rows(sql):
        used[account] = consumed
        if consumed > issued:
            yield Violation("I7", op, f"{account} used {consumed} times, issued {issued}")
    for coupon, used_at, used_by in scene.tx.rows("SELECT id, used_at, used_by FROM coupons"):
        if (used_at is not None) != (used.get(f"coupon:{coupon}", 0) > 0):
            yield Violation("I7", used_by or coupon, f"coupon {coupon} is marked otherwise than it was used")


def nothing_left_reserved(scene: Scene) -> Iterator[Violation]:
    """I9: time frees what no stay owns; a stay that is not in the house owns nothing."""
    floor = scene.tx.floor()
    for hold, until in scene.tx.rows(
        "SELECT l.hold, l.until FROM hold_legs l WHERE l.open = 1 AND l.amount > l.taken AND l.until < ?",
        floor - GRACE_MS,
    ):
        yield Violation("I9", hold, f"due at {until}, still reserved at {floor}")
    sql = (
        "SELECT h.id, h.stay FROM holds h LEFT JOIN stays s ON s.id = h.stay WHERE h.stay IS NOT NULL"
        " AND h.state = 'held' AND (s.id IS NULL OR s.state <> 'in_house' OR COALESCE(s.hold, '') <> h.id)"
    )
    for hold, stay in scene.tx.rows(sql):
        yield Violation("I9", hold, f"held for stay {stay}, which is not in the house or has another deposit")


def moves_along_the_table(scene: Scene) -> Iterator[Violation]:
    """I11: states move only as the contract says; what was undone stays undone; time never goes back."""
    state: dict[str, tuple[str, int]] = {}
    for hold, to, op, at in scene.tx.rows("SELECT hold, state, op, at FROM hold_moves ORDER BY hold, n"):
        was, before = state.get(hold, ("", at))
        if (was, to) not in MOVES:
            yield Violation("I11", op, f"hold {hold} went from {was or 'nothing'} to {to}")
        if (was, to) == ("expired", "held") and not _is_undo(scene, op):
            yield Violation("I11", op, f"hold {hold} came back, and nothing was undone")
        if at < before:
            yield Violation("I11", op, f"hold {hold} moved at {at}, after {before}")
        state[hold] = (to, at)
    for hold, now in scene.tx.rows("SELECT id, state FROM holds"):
        if state.get(hold, ("", 0))[0] != now:
            yield Violation("I11", hold, f"is {now}, its moves end elsewhere")
    sql = "SELECT t.id, t.op FROM tombstones t JOIN holds h ON h.id = t.id AND h.terminal = t.terminal"
    for hold, op in scene.tx.rows(sql):
        yield Violation("I11", op, f"hold {hold} exists in spite of its tombstone")
    sql = "SELECT u.id, u.op FROM undone u JOIN holds h ON h.id = u.id WHERE h.state <> 'released'"
    for hold, op in scene.tx.rows(sql):
        yield Violation("I11", op, f"hold {hold} was undone and is not released")
    floor = scene.tx.floor()
    for op, at in scene.tx.rows("SELECT id, at FROM operations WHERE at > ?", floor):
        yield Violation("I11", op, f"decided at {at}, later than central's own time {floor}")


def _is_undo(scene: Scene, op: str) -> bool:
    return scene.tx.one("SELECT 1 FROM operations WHERE id = ? AND kind = 'op.undo'", op) is not None


def never_rewritten(scene: Scene) -> Iterator[Violation]:
    """I12: a hold gives at most what it held; the log and the postings cannot be changed."""
    for hold, amount, captured in scene.tx.rows("SELECT id, amount, captured FROM holds WHERE captured > amount"):
        yield Violation("I12", hold, f"gave {captured} of {amount}")
    for op, amount, posted, short in scene.tx.rows(
        "SELECT op, amount, posted, shortfall FROM captures WHERE state <> 'already' AND posted + shortfall <> amount"
    ):
        yield Violation("I12", op, f"captured {amount}: {posted} posted and {short} short")
    for table in sorted(set(APPEND_ONLY) - scene.tx.guarded()):
        yield Violation("I12", table, "may be rewritten: its guard is gone")


def never_over_issued(scene: Scene) -> Iterator[Violation]:
    """I13: as many pieces of a batch as there are coupons of it."""
    sql = (
        "SELECT b.id, (SELECT COUNT(*) FROM coupons c WHERE c.batch = b.id), COALESCE((SELECT -SUM(p.amount) FROM"
        " postings p WHERE p.account = 'house:issued' AND p.ledger = 'COUPON:' || b.id), 0) FROM batches b"
    )
    for batch, coupons, pieces in scene.tx.rows(sql):
        if coupons != pieces:
            yield Violation("I13", batch, f"{pieces} pieces issued for {coupons} coupons")


def places_are_single(scene: Scene) -> Iterator[Violation]:
    """I14: two ids at one place have raised an alarm; the watermark is right; when quiet, no place is missing."""
    sql = (
        "SELECT terminal, journal, seq, MAX(id) FROM places WHERE id <> '' GROUP BY terminal, journal, seq"
        " HAVING COUNT(*) > 1"
    )
    for terminal, journal, seq, id_ in scene.tx.rows(sql):
        told = scene.tx.one(
            "SELECT 1 FROM alarms WHERE kind = 'journal_cloned' AND terminal = ? AND detail LIKE ?",
            terminal, f"%{journal}/{seq} %",
        )  # fmt: skip
        if told is None:
            yield Violation("I14", id_, f"a second operation at {journal}/{seq} of {terminal}, and no alarm")
    for terminal, journal, contiguous in scene.tx.rows("SELECT terminal, journal, contiguous FROM journals"):
        seqs = [seq for (seq,) in scene.tx.rows(
            "SELECT DISTINCT seq FROM places WHERE terminal = ? AND journal = ? ORDER BY seq", terminal, journal
        )]  # fmt: skip
        run = next((n for n, seq in enumerate(seqs) if seq != n + 1), len(seqs))
        if contiguous != run:
            yield Violation("I14", journal, f"{terminal}: noted up to {contiguous}, places say {run}")
        if scene.quiet and run != len(seqs):
            yield Violation("I14", journal, f"{terminal}: place {run + 1} is missing")


def configuration_is_signed(scene: Scene) -> Iterator[Violation]:
    """I15: what terminals should run is signed for exactly them; nobody runs what was never desired."""
    for terminal, version, signed in scene.tx.rows("SELECT terminal, version, signed FROM config_desired"):
        if not _is_good(scene.keys, terminal, version, signed):
            yield Violation("I15", f"{terminal} version {version}", "not signed for this terminal and version")
    sql = (
        "SELECT terminal, version FROM config_reported r WHERE state = 'applied' AND version >"
        " COALESCE((SELECT MAX(version) FROM config_desired d WHERE d.terminal = r.terminal), 0)"
    )
    for terminal, version in scene.tx.rows(sql):
        yield Violation("I15", f"{terminal} version {version}", "applied, and never desired")


def _is_good(keys: Keys, terminal: str, version: int, signed: bytes) -> bool:
    try:
        document = msgspec.json.decode(signed, type=Signed)
        payload = base64.b64decode(document.payload, validate=True)
        keys.config.public_key().verify(base64.b64decode(document.sig, validate=True), payload)
        inside = msgspec.json.decode(payload, type=Configuration)
    except (InvalidSignature, ValueError, msgspec.MsgspecError):
        return False
    return (inside.scope, inside.version) == (terminal, version)


CHECKS: tuple[Check, ...] = (
    balanced, solvent, held_is_open, one_effect, has_its_operation, used_once, nothing_left_reserved,
    moves_along_the_table, never_rewritten, never_over_issued, places_are_single, configuration_is_signed,
)  # fmt: skip
