"""What may be written in one transaction, and read; on the writer's thread only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import apsw

from kiosk.journal.records import Deal, DealState, Draft, Note, Operation, OperationState, Standing
from kiosk.keyfile import Cipher

_OPERATION = "seq, id, kind, deal, hold, state, at, bytes, again"
_DEAL = "id, seq, kind, visit, state, at, expires_in_s, ref, bound"
_UNFINISHED = "state NOT IN ('done', 'kept', 'closed')"


class Page:
    """The verbs of a journal transaction. Nothing that it returns is durable before the transaction is committed."""

    def __init__(self, connection: apsw.Connection, cipher: Cipher) -> None:
        self._db = connection
        self._cipher = cipher

    # operations

    def add(self, draft: Draft) -> Operation:
        """Give `draft` the next place and keep its exact bytes, sealed. Raises TooLarge; the place is then not used."""
        seq = int(self._one("UPDATE journal SET last_seq = last_seq + 1 RETURNING last_seq"))
        payload = draft.encode(seq)
        self._db.execute(
            "INSERT INTO operations (seq, id, kind, deal, hold, state, at, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (seq, draft.id, draft.kind, draft.deal, draft.hold, draft.state, draft.at,
             self._cipher.seal(f"{draft.id}/bytes", payload)))  # fmt: skip
        return Operation(seq, draft.id, draft.kind, draft.deal, draft.hold, draft.state, draft.at, payload)

    def answered(self, id_: str, answer: bytes, code: str = "") -> None:
        """Central has answered for good; a first answer is never overwritten."""
        self._db.execute(
            "UPDATE operations SET state = 'answered', again = 0, "
            "code = CASE WHEN answer IS NULL THEN ? ELSE code END, answer = coalesce(answer, ?) WHERE id = ?",
            (code, self._cipher.seal(f"{id_}/answer", answer), id_))  # fmt: skip

    def move(self, id_: str, state: OperationState, code: str = "") -> None:
        self._db.execute("UPDATE operations SET state = ?, code = ?, noted = 0 WHERE id = ?", (state, code, id_))

    def operation(self, id_: str) -> Operation:
        """Raises KeyError."""
        for found in self._operations("id = ?", id_):
            return found
        raise KeyError(id_)

    def answer(self, id_: str) -> bytes | None:
        """The answer that finished `id_`, exactly as it came; None while there is none."""
        sealed = self._maybe("SELECT answer FROM operations WHERE id = ?", id_)
        return self._cipher.open(f"{id_}/answer", sealed) if sealed is not None else None

    def unfinished(self) -> list[Operation]:
        return self._operations("state IN ('intent', 'open', 'parked')")

    def again(self, places: Iterable[tuple[int, int]]) -> list[Operation]:
        """Open what was answered in these ranges of places, ends included, to be sent again."""
        found: list[Operation] = []
        for first, last in places:
            found += self._operations("state = 'answered' AND seq BETWEEN ? AND ?", first, last)
        for operation in found:
            self._db.execute("UPDATE operations SET state = 'open', again = 1 WHERE seq = ?", (operation.seq,))
        return [replace(operation, state="open", again=True) for operation in found]

    def skipped(self) -> list[int]:
        """Places that will not be sent any more and that central has not noted."""
        rows = self._db.execute("SELECT seq FROM operations WHERE state = 'aborted' AND noted = 0 ORDER BY seq")
        return [int(seq) for (seq,) in rows]

    def noted(self, seqs: Iterable[int], noted: bool) -> None:
        for seq in seqs:
            self._db.execute("UPDATE operations SET noted = ? WHERE seq = ? AND state = 'aborted'", (int(noted), seq))

    # deals, slips, notes

    def deal(self, deal: Deal) -> None:
        """Write `deal` as it is now."""
        self._db.execute(
            f"INSERT INTO deals ({_DEAL}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "state = excluded.state, at = excluded.at, expires_in_s = excluded.expires_in_s, ref = excluded.ref, "
            "bound = excluded.bound",
            (deal.id, deal.seq, deal.kind, deal.visit, deal.state, deal.at, deal.expires_in_s, deal.ref, deal.bound))

    def deals(self) -> list[Deal]:
        """Those that are not finished."""
        return [Deal(*row) for row in self._db.execute(f"SELECT {_DEAL} FROM deals WHERE {_UNFINISHED} ORDER BY seq")]

    def deal_state(self, id_: str) -> DealState | None:
        state: DealState | None = self._maybe("SELECT state FROM deals WHERE id = ?", id_)
        return state

    def slip(self, deal: str, at: str, document: bytes) -> None:
        """Keep a slip, sealed. The first one of a deal stands."""
        self._db.execute(
            "INSERT INTO slips (deal, at, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (deal, at, self._cipher.seal(f"{deal}/slip", document)))  # fmt: skip

    def slip_of(self, deal: str) -> bytes | None:
        sealed = self._maybe("SELECT document FROM slips WHERE deal = ?", deal)
        return self._cipher.open(f"{deal}/slip", sealed) if sealed is not None else None

    def printing(self, deal: str) -> int:
        """Count one more printing and say how many there were before: 0 makes it the original (I17)."""
        printed = self._maybe("UPDATE slips SET printed = printed + 1 WHERE deal = ? RETURNING printed", deal)
        return int(printed or 1) - 1

    def note(self, at: str, what: str, of: str, detail: str = "") -> None:
        self._db.execute("INSERT INTO notes (at, what, of, detail) VALUES (?, ?, ?, ?)", (at, what, of, detail))

    def notes(self) -> list[Note]:
        """Those that nobody has closed."""
        rows = self._db.execute("SELECT id, at, what, of, detail FROM notes WHERE closed_by = '' ORDER BY id")
        return [Note(*row) for row in rows]

    def close_note(self, id_: int, by: str) -> bool:
        """Whether it was open."""
        return bool(self._maybe("UPDATE notes SET closed_by = ? WHERE id = ? AND closed_by = '' RETURNING 1", by, id_))

    # the journal itself

    def standing(self) -> Standing:
        rows = self._db.execute("SELECT uuid, last_seq, durable_seq, ledger_epoch FROM journal")
        return Standing(*next(iter(rows)))

    def central(self, durable_seq: int, ledger_epoch: int) -> None:
        """What central says of itself; neither ever goes down."""
        self._db.execute(
            "UPDATE journal SET durable_seq = max(durable_seq, ?), ledger_epoch = max(ledger_epoch, ?)",
            (durable_seq, ledger_epoch))  # fmt: skip

    def prune(self, slips_before: str) -> int:
        """Forget finished rows that central can never lose: answered or noted, their deal finished, not above
        `durable_seq`; and slips older than `slips_before` of deals that are gone. Says how many operations went."""
        self._db.execute(
            "DELETE FROM operations WHERE seq <= (SELECT durable_seq FROM journal) "
            "AND (state = 'answered' OR (state = 'aborted' AND noted = 1)) "
            f"AND deal NOT IN (SELECT id FROM deals WHERE {_UNFINISHED})")
        gone = self._db.changes()
        self._db.execute(f"DELETE FROM deals WHERE NOT {_UNFINISHED} AND id NOT IN (SELECT deal FROM operations)")
        self._db.execute("DELETE FROM slips WHERE at < ? AND deal NOT IN (SELECT id FROM deals)", (slips_before,))
        return gone

    def _operations(self, where: str, *values: Any) -> list[Operation]:
        rows = list(self._db.execute(f"SELECT {_OPERATION} FROM operations WHERE {where} ORDER BY seq", values))
        return [
            Operation(seq, id_, kind, deal, hold, state, at, self._cipher.open(f"{id_}/bytes", sealed), bool(again))
            for seq, id_, kind, deal, hold, state, at, sealed, again in rows
        ]

    def _one(self, sql: str, *values: Any) -> Any:
        return next(iter(self._db.execute(sql, values)))[0]

    def _maybe(self, sql: str, *values: Any) -> Any:
        for row in self._db.execute(sql, values):
            return row[0]
        return None
