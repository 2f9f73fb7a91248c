"""What terminals tell of themselves: birth and will, heartbeat, health, reported configuration, results of commands."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from central import places
from central.ids import moment
from central.ledger.interface import Tx
from mqtt.messages import wire
from mqtt.messages.fleet import CommandResult, Reported
from mqtt.messages.link import Health, Heartbeat, HeartbeatAck, State
from mqtt.timing import stamp
from mqtt.topics import Terminal

if TYPE_CHECKING:
    from central.worker import Central, Out

GAPS_TOLD = 100

log = logging.getLogger(__name__)


def hear(central: Central, terminal: Terminal, leaf: str, payload: bytes) -> list[Out]:
    """One message that is not a request. Raises Malformed."""
    if leaf == "log":
        log.info("terminal.log from=%s bytes=%d", terminal.scope, len(payload))
        return []
    with central.store.transaction() as tx:
        at = central.now(tx, keep=False)
        if tx.one("SELECT 1 FROM terminals WHERE scope = ?", terminal.scope) is None:
            central.counted["unknown terminal"] += 1
            return []
        match leaf:
            case "hb":
                beat = wire.decode(payload, Heartbeat)
                if _is_of_another(tx, terminal, beat.journal, at):
                    central.counted["foreign journal"] += 1
                    return []
                return [_beat(tx, terminal, beat, at)]
            case "state":
                _state(tx, terminal, wire.decode(payload, State), at)
            case "health":
                _health(tx, terminal, wire.decode(payload, Health), payload, at)
            case "config/reported":
                _reported(tx, terminal, wire.decode(payload, Reported), at)
            case "cmd/result":
                _result(tx, terminal, wire.decode(payload, CommandResult), at)
            case _:
                central.counted["leaf"] += 1
    return []


def _is_of_another(tx: Tx, terminal: Terminal, journal: str, at: int) -> bool:
    """A heartbeat would skip places and learn how far another's journal has come: it is not answered."""
    books = tx.books
    return books.journal_is_known_elsewhere(terminal.scope, journal) and not places.claim(
        books, terminal.scope, journal, "", at
    )


def _beat(tx: Tx, terminal: Terminal, beat: Heartbeat, at: int) -> Out:
    scope = terminal.scope
    for seq in beat.skipped:
        places.skip(tx.books, scope, beat.journal, seq, at)
    places.lift_quarantine(tx.books, scope, beat.journal)
    tx.run(
        "UPDATE terminals SET outbox = ?, oldest_s = ?, heard_at = ? WHERE scope = ?",
        beat.outbox, beat.oldest_s, at, scope,
    )  # fmt: skip
    row = tx.one("SELECT MAX(version) FROM config_desired WHERE terminal = ?", scope)
    ack = HeartbeatAck(
        now=stamp(moment(at)), durable_seq=tx.books.durable_seq(scope, beat.journal),
        gaps=tx.books.gaps(scope, beat.journal, beat.seq, GAPS_TOLD), ledger_epoch=tx.epoch(),
        quarantined=tx.books.quarantined(scope) is not None, config_version=row[0] or 0 if row else 0,
        listed=tx.books.listed(scope),
    )  # fmt: skip
    return terminal.topic("hb/ack"), wire.encode(ack), None


def _state(tx: Tx, terminal: Terminal, state: State, at: int) -> None:
    tx.run(
        "UPDATE terminals SET online = ?, boot = ?, app = ?, config = ?, state_at = ? WHERE scope = ?",
        int(state.online), state.boot, state.app, state.config, at, terminal.scope,
    )  # fmt: skip


def _health(tx: Tx, terminal: Terminal, health: Health, payload: bytes, at: int) -> None:
    tx.run(
        "UPDATE terminals SET parked = ?, in_doubt = ?, health = ?, health_at = ? WHERE scope = ?",
        health.parked, health.in_doubt, payload.decode(), at, terminal.scope,
    )  # fmt: skip


def _reported(tx: Tx, terminal: Terminal, reported: Reported, at: int) -> None:
    tx.run(
        "INSERT INTO config_reported VALUES (?, ?, ?, ?, ?) ON CONFLICT (terminal) DO UPDATE SET"
        " version = excluded.version, state = excluded.state, reasons = excluded.reasons, at = excluded.at",
        terminal.scope, reported.version, reported.state, "\n".join(reported.reasons), at,
    )  # fmt: skip


def _result(tx: Tx, terminal: Terminal, result: CommandResult, at: int) -> None:
    tx.run(
        "INSERT INTO command_results VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        result.id, terminal.scope, int(result.ok), result.reason, at,
    )  # fmt: skip


def forget_documents(tx: Tx, before: int) -> None:
    """A document that led to no stay, no booking and no member is forgotten a day after it was last shown."""
    tx.run(
        "DELETE FROM documents WHERE shown_at < ? AND fingerprint NOT IN (SELECT document FROM stay_guests)"
        " AND fingerprint NOT IN (SELECT document FROM members WHERE document IS NOT NULL)"
        " AND fingerprint NOT IN (SELECT document FROM bookings WHERE document IS NOT NULL)",
        before,
    )  # fmt: skip
    tx.run(
        "UPDATE handles SET name = '', latin = '', birth = NULL, valid_to = NULL"
        " WHERE made_at < ? AND kind = 'identity'",
        before,
    )  # fmt: skip
