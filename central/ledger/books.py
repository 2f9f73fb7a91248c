"""The books in SQL that both stores speak. Every method runs inside the caller's transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from central.ledger.interface import Adjusted, Capture, Hold, Leg, Posting, Remembered, Row

if TYPE_CHECKING:
    from central.ledger.interface import Tx

_OPERATION = "id, terminal, kind, hash, outcome, code, body, at, epoch, journal, seq, store, visit, shift, operator"
_HOLD = "id, terminal, shape, member, state, amount, captured, until, changes, stay, made_at"
_LEG = "n, account, ledger, amount, until, taken, open, worth"
PAGE = 1000
_FUNDED = ("member:", "coupon:")


def is_funded(account: str) -> bool:
    """Has the account a balance row that may not be overdrawn? House accounts have none."""
    return account.startswith(_FUNDED)


class SqlBooks:
    """See `central.ledger.interface.Books`."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    # memory

    def operation(self, id_: str) -> Remembered | None:
        row = self._tx.one(f"SELECT {_OPERATION} FROM operations WHERE id = ?", id_)
        return Remembered(*row) if row else None

    def remember(self, done: Remembered) -> None:
        self._tx.run(
            f"INSERT INTO operations ({_OPERATION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            done.id, done.terminal, done.kind, done.hash, done.outcome, done.code, done.body, done.at, done.epoch,
            done.journal, done.seq, done.store, done.visit, done.shift, done.operator,
        )  # fmt: skip

    def tombstone(self, id_: str, terminal: str, op: str, at: int) -> None:
        self._tx.run("INSERT INTO tombstones VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", id_, terminal, op, at)

    def is_tombstone(self, id_: str, terminal: str) -> bool:
        return self._tx.one("SELECT 1 FROM tombstones WHERE id = ? AND terminal = ?", id_, terminal) is not None

    def mark_undone(self, id_: str, op: str, at: int) -> None:
        self._tx.run("INSERT INTO undone VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id_, op, at)

    def is_undone(self, id_: str) -> bool:
        return self._tx.one("SELECT 1 FROM undone WHERE id = ?", id_) is not None

    def job(self, id_: str, name: str, at: int) -> None:
        self._tx.run("INSERT INTO jobs VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id_, name, at)

    # places

    def note_place(self, terminal: str, journal: str, seq: int, id_: str, at: int) -> bool:
        others = self._tx.rows(
            "SELECT id FROM places WHERE terminal = ? AND journal = ? AND seq = ?", terminal, journal, seq
        )
        if (id_,) in others:
            return True
        self._tx.run("INSERT INTO places VALUES (?, ?, ?, ?, ?)", terminal, journal, seq, id_, at)
        self.begin_journal(terminal, journal, at)
        if not others:
            self._advance(terminal, journal)
        return not id_ or not any(other for (other,) in others)

    def _advance(self, terminal: str, journal: str) -> None:
        (at,) = self._tx.rows(
            "SELECT contiguous FROM journals WHERE terminal = ? AND journal = ?", terminal, journal
        )[0]
        reached = at
        for (seq,) in self._seqs_above(terminal, journal, at):
            if seq != reached + 1:
                break
            reached = seq
        if reached > at:
            self._tx.run(
                "UPDATE journals SET contiguous = ? WHERE terminal = ? AND journal = ?", reached, terminal, journal
            )

    def _seqs_above(self, terminal: str, journal: str, at: int) -> list[Row]:
        return self._tx.rows(
            "SELECT DISTINCT seq FROM places WHERE terminal = ? AND journal = ? AND seq > ? ORDER BY seq LIMIT ?",
            terminal, journal, at, PAGE,
        )  # fmt: skip

    def journal_is_known_elsewhere(self, terminal: str, journal: str) -> bool:
        sql = "SELECT 1 FROM journals WHERE journal = ? AND terminal <> ?"
        return self._tx.one(sql, journal, terminal) is not None

    def begin_journal(self, terminal: str, journal: str, at: int) -> tuple[bool, bool]:
        sql = "SELECT newcomer FROM journals WHERE terminal = ? AND journal = ?"
        row = self._tx.one(sql, terminal, journal)
        if row is not None:
            return False, bool(row[0])
        newcomer = self.journal_is_known_elsewhere(terminal, journal)
        self._tx.run(
            "INSERT INTO journals (terminal, journal, first_at, newcomer) VALUES (?, ?, ?, ?)",
            terminal, journal, at, int(newcomer),
        )  # fmt: skip
        return True, newcomer

    def gaps(self, terminal: str, journal: str, seq: int, most: int) -> tuple[tuple[int, int], ...]:
        row = self._tx.one("SELECT contiguous FROM journals WHERE terminal = ? AND journal = ?", terminal, journal)
        expected = (row[0] if row else 0) + 1
        found: list[tuple[int, int]] = []
        above = self._seqs_above(terminal, journal, expected - 1)
        seq = min(seq, above[-1][0]) if len(above) == PAGE else seq
        for (noted,) in above:
            if noted > seq:
                break
            if noted > expected:
                found.append((expected, noted - 1))
            expected = noted + 1
        if expected <= seq:
            found.append((expected, seq))
        return tuple(found[:most])

    def durable_seq(self, terminal: str, journal: str) -> int:
        row = self._tx.one("SELECT durable FROM journals WHERE terminal = ? AND journal = ?", terminal, journal)
        return int(row[0]) if row else 0

    def raise_durable(self, reached: Sequence[tuple[str, str, int]]) -> None:
        for terminal, journal, seq in reached:
            self._tx.run(
                "UPDATE journals SET durable = ? WHERE terminal = ? AND journal = ? AND durable < ?",
                seq, terminal, journal, seq,
            )  # fmt: skip

    def reached(self) -> tuple[tuple[str, str, int], ...]:
        rows = self._tx.rows("SELECT terminal, journal, contiguous FROM journals")
        return tuple((terminal, journal, seq) for terminal, journal, seq in rows)

    # accounts

    def available(self, account: str, ledger: str, now: int) -> int:
        row = self._tx.one("SELECT posted, held FROM accounts WHERE account = ? AND ledger = ?", account, ledger)
        return 0 if row is None else int(row[0] - row[1]) + self._due_amount(account, ledger, now)

    def balances(self, account: str, now: int) -> tuple[tuple[str, int, int], ...]:
        rows = self._tx.rows("SELECT ledger, posted, held FROM accounts WHERE account = ? ORDER BY ledger", account)
        return tuple((ledger, posted, held - self._due_amount(account, ledger, now)) for ledger, posted, held in rows)

    def _due_amount(self, account: str, ledger: str, now: int) -> int:
        row = self._tx.one(
            "SELECT COALESCE(SUM(amount - taken), 0) FROM hold_legs"
            " WHERE account = ? AND ledger = ? AND open = 1 AND until <= ?",
            account, ledger, now,
        )  # fmt: skip
        return int(row[0]) if row else 0

    def post(self, op: str, cause: str, postings: Sequence[Posting], at: int) -> None:
        sums: dict[str, int] = defaultdict(int)
        for posting in postings:
            sums[posting.ledger] += posting.amount
        if any(sums.values()):
            raise ValueError(f"{op} {cause} does not balance: {dict(sums)}")
        row = self._tx.one("SELECT COALESCE(MAX(n), 0) FROM postings WHERE op = ?", op)
        n = int(row[0]) if row else 0
        for posting in postings:
            if posting.amount:
                n += 1
                self._tx.run(
                    "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?, ?)",
                    op, n, posting.account, posting.ledger, posting.amount, cause, at,
                )  # fmt: skip
                self._move_balance(posting.account, posting.ledger, posting.amount, 0)

    def _move_balance(self, account: str, ledger: str, posted: int, held: int) -> None:
        if not is_funded(account):
            return
        touched = self._tx.run(
            "UPDATE accounts SET posted = posted + ?, held = held + ? WHERE account = ? AND ledger = ?",
            posted, held, account, ledger,
        )  # fmt: skip
        if not touched:
            self._tx.run("INSERT INTO accounts VALUES (?, ?, ?, ?)", account, ledger, posted, held)

    # holds

    def hold(self, id_: str) -> Hold | None:
        row = self._tx.one(f"SELECT {_HOLD} FROM holds WHERE id = ?", id_)
        if row is None:
            return None
        legs = self._tx.rows(f"SELECT {_LEG} FROM hold_legs WHERE hold = ? ORDER BY n", id_)
        hold = Hold(*row)
        return replace(hold, legs=tuple(_leg(*leg) for leg in legs))

    def open_hold(self, hold: Hold, op: str) -> None:
        self._tx.run(
            f"INSERT INTO holds ({_HOLD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            hold.id, hold.terminal, hold.shape, hold.member, hold.state, hold.amount, hold.captured, hold.until,
            hold.changes, hold.stay, hold.made_at,
        )  # fmt: skip
        self._note_move(hold.id, hold.state, op, hold.made_at)
        self._write_legs(hold.id, hold.legs)

    def _write_legs(self, hold: str, legs: Sequence[Leg]) -> None:
        for leg in legs:
            self._tx.run(
                f"INSERT INTO hold_legs (hold, {_LEG}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                hold, leg.n, leg.account, leg.ledger, leg.amount, leg.until, leg.taken, int(leg.open), leg.worth,
            )  # fmt: skip
            self._move_balance(leg.account, leg.ledger, 0, leg.rest)

    def replace_legs(
        self, hold: Hold, *, amount: int, until: int, legs: Sequence[Leg], changes: int | None = None
    ) -> None:
        for leg in hold.legs:
            self._move_balance(leg.account, leg.ledger, 0, -leg.rest)
        self._tx.run("DELETE FROM hold_legs WHERE hold = ?", hold.id)
        self._write_legs(hold.id, legs)
        self._tx.run(
            "UPDATE holds SET amount = ?, until = ?, changes = COALESCE(?, changes + 1) WHERE id = ?",
            amount, until, changes, hold.id,
        )  # fmt: skip

    def take(self, hold: Hold, taken: Sequence[tuple[int, int]], captured: int) -> None:
        by_n = {leg.n: leg for leg in hold.legs}
        for n, amount in taken:
            leg = by_n[n]
            self._tx.run("UPDATE hold_legs SET taken = taken + ? WHERE hold = ? AND n = ?", amount, hold.id, n)
            if leg.open:
                self._move_balance(leg.account, leg.ledger, 0, -amount)
            by_n[n] = replace(leg, taken=leg.taken + amount)
        self._tx.run(
            "UPDATE holds SET captured = captured + ?, changes = changes + 1 WHERE id = ?", captured, hold.id
        )

    def free(self, hold: Hold, leg: Leg) -> None:
        if leg.open:
            self._tx.run("UPDATE hold_legs SET open = 0 WHERE hold = ? AND n = ?", hold.id, leg.n)
            self._move_balance(leg.account, leg.ledger, 0, -leg.rest)

    def move(self, hold: Hold, state: str, op: str, at: int) -> None:
        self._tx.run("UPDATE holds SET state = ? WHERE id = ?", state, hold.id)
        self._note_move(hold.id, state, op, at)

    def _note_move(self, hold: str, state: str, op: str, at: int) -> None:
        self._tx.run(
            "INSERT INTO hold_moves SELECT ?, COALESCE(MAX(n), 0) + 1, ?, ?, ? FROM hold_moves WHERE hold = ?",
            hold, state, op, at, hold,
        )  # fmt: skip

    def give_to_stay(self, hold: Hold, stay: str) -> None:
        self._tx.run("UPDATE holds SET stay = ? WHERE id = ?", stay, hold.id)

    def due(self, account: str, now: int) -> tuple[str, ...]:
        rows = self._tx.rows(
            "SELECT DISTINCT hold FROM hold_legs WHERE account = ? AND open = 1 AND until <= ? ORDER BY hold",
            account, now,
        )  # fmt: skip
        return tuple(hold for (hold,) in rows)

    def due_anywhere(self, now: int, most: int) -> tuple[str, ...]:
        rows = self._tx.rows(
            "SELECT DISTINCT hold FROM hold_legs WHERE open = 1 AND until <= ? ORDER BY hold LIMIT ?", now, most
        )
        return tuple(hold for (hold,) in rows)

    def adjusted(self, op: str) -> Adjusted | None:
        row = self._tx.one("SELECT op, hold, serial, amount, until, legs FROM adjusts WHERE op = ?", op)
        if row is None:
            return None
        return Adjusted(row[0], row[1], row[2], row[3], row[4], tuple(_leg(*leg) for leg in json.loads(row[5])))

    def note_adjust(self, adjusted: Adjusted) -> None:
        legs = [[x.n, x.account, x.ledger, x.amount, x.until, x.taken, x.open, x.worth] for x in adjusted.legs]
        self._tx.run(
            "INSERT INTO adjusts VALUES (?, ?, ?, ?, ?, ?)",
            adjusted.op, adjusted.hold, adjusted.serial, adjusted.amount, adjusted.until, json.dumps(legs),
        )  # fmt: skip

    def captures(self, hold: str) -> tuple[Capture, ...]:
        rows = self._tx.rows(
            "SELECT op, hold, terminal, state, amount, posted, shortfall, final, receipt_no, tenders, at"
            " FROM captures WHERE hold = ? ORDER BY at, op",
            hold,
        )
        found = (Capture(*row) for row in rows)
        return tuple(replace(c, final=bool(c.final)) for c in found)

    def note_capture(self, capture: Capture) -> None:
        self._tx.run(
            "INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            capture.op, capture.hold, capture.terminal, capture.state, capture.amount, capture.posted,
            capture.shortfall, int(capture.final), capture.receipt_no, capture.tenders, capture.at,
        )  # fmt: skip

    # evidence and lists

    def alarm(self, kind: str, terminal: str, op: str, detail: str, at: int) -> None:
        self._tx.run(
            "INSERT INTO alarms (kind, terminal, op, detail, at) VALUES (?, ?, ?, ?, ?)", kind, terminal, op, detail, at
        )

    def list_for_desk(self, property_: str, terminal: str, what: str, op: str, detail: str, at: int) -> None:
        self._tx.run(
            "INSERT INTO listed (property, terminal, what, op, detail, at) VALUES (?, ?, ?, ?, ?, ?)",
            property_, terminal, what, op, detail, at,
        )  # fmt: skip

    def listed(self, terminal: str) -> int:
        row = self._tx.one("SELECT COUNT(*) FROM listed WHERE terminal = ? AND closed_at IS NULL", terminal)
        return int(row[0]) if row else 0

    def quarantine(self, terminal: str, journal: str, why: str, at: int) -> None:
        self._tx.run(
            "INSERT INTO quarantine (terminal, journal, why, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            terminal, journal, why, at,
        )  # fmt: skip

    def quarantined(self, terminal: str) -> tuple[str, int | None] | None:
        row = self._tx.one("SELECT journal, confirmed_at FROM quarantine WHERE terminal = ?", terminal)
        return (row[0], row[1]) if row else None

    def end_quarantine(self, terminal: str) -> None:
        self._tx.run("DELETE FROM quarantine WHERE terminal = ?", terminal)


def _leg(n: int, account: str, ledger: str, amount: int, until: int, taken: int, open_: int, worth: int) -> Leg:
    return Leg(n, account, ledger, amount, until, taken, bool(open_), worth)
