"""Configuration of the fleet: set in layers, merged and signed for each terminal, published retained.

A property's layer overrides the global one, a terminal's its property's (docs/protocol.md, Fleet). Central
does not know what a setting means: the terminal validates all of it, and reports why it would not.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import msgspec

from central.ids import moment
from central.keys import Keys
from central.ledger.interface import Tx
from mqtt.messages import wire
from mqtt.messages.fleet import Command, Configuration, Setting, Signed
from mqtt.timing import stamp
from mqtt.topics import BadName, Terminal

GLOBAL = "*"
COMMAND_LIFE_S = 60
CONFIG_KID, COMMAND_KID = "config", "commands"
"""The names under which terminals pin the public keys (`central keys --public`)."""


class BadScope(Exception):
    """No such property or terminal."""


def parse_value(text: str) -> Setting:
    """`true`, `false`, an integer, else a text. Quotes make a text of anything."""
    if text in ("true", "false"):
        return text == "true"
    if text.lstrip("-").isdigit() and text.isascii() and text.lstrip("-") != "":
        return int(text)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def set_value(tx: Tx, keys: Keys, scope: str, key: str, value: Setting | None, at: int) -> tuple[str, ...]:
    """Set (or with None take away) a key in a layer; returns the terminals that get a new version. Raises BadScope."""
    affected = _terminals_of(tx, scope)
    if not affected:
        raise BadScope(scope)
    text = None if value is None else msgspec.json.encode(value).decode()
    if text is None:
        tx.run("DELETE FROM config_layers WHERE scope = ? AND key = ?", scope, key)
    else:
        tx.run(
            "INSERT INTO config_layers VALUES (?, ?, ?, ?) ON CONFLICT (scope, key) DO UPDATE SET"
            " value = excluded.value, at = excluded.at",
            scope, key, text, at,
        )  # fmt: skip
    tx.run("INSERT INTO config_changes (scope, key, value, at) VALUES (?, ?, ?, ?)", scope, key, text, at)
    return tuple(terminal for terminal in affected if desire(tx, keys, terminal, at))


def desire(tx: Tx, keys: Keys, terminal: str, at: int) -> bool:
    """Sign what the terminal should run, if that differs from its newest version. The same content is a no-op."""
    settings = merged(tx, terminal)
    text = msgspec.json.encode(settings, order="sorted").decode()
    newest = tx.one(
        "SELECT version, settings FROM config_desired WHERE terminal = ? ORDER BY version DESC LIMIT 1", terminal
    )
    if newest is not None and newest[1] == text:
        return False
    version = newest[0] + 1 if newest else 1
    configuration = Configuration(version=version, issued_at=stamp(moment(at)), scope=terminal, settings=settings)
    signed = sign(CONFIG_KID, wire.encode(configuration), keys)
    tx.run("INSERT INTO config_desired VALUES (?, ?, ?, ?, ?)", terminal, version, text, signed, at)
    _send(tx, Terminal(*terminal.split("/")).topic("config/desired"), signed, at, retain=True)
    return True


def merged(tx: Tx, terminal: str) -> dict[str, Setting]:
    """global < property < terminal."""
    found: dict[str, Setting] = {}
    for scope in (GLOBAL, terminal.split("/")[0], terminal):
        for key, value in tx.rows("SELECT key, value FROM config_layers WHERE scope = ? ORDER BY key", scope):
            found[key] = msgspec.json.decode(value)
    return found


def sign(kid: str, payload: bytes, keys: Keys) -> bytes:
    """The signed document around exact bytes."""
    key = {CONFIG_KID: keys.config, COMMAND_KID: keys.commands}[kid]
    return wire.encode(
        Signed(kid=kid, payload=base64.b64encode(payload).decode(), sig=base64.b64encode(key.sign(payload)).decode())
    )


def desired_documents(tx: Tx) -> tuple[tuple[str, bytes], ...]:
    """Topic and newest document of every terminal: what a broker without memory is told again."""
    rows = tx.rows(
        "SELECT terminal, signed FROM config_desired d WHERE version ="
        " (SELECT MAX(version) FROM config_desired e WHERE e.terminal = d.terminal) ORDER BY terminal"
    )
    return tuple((Terminal(*terminal.split("/")).topic("config/desired"), signed) for terminal, signed in rows)


def command(
    tx: Tx, keys: Keys, terminal: str, name: str, args: dict[str, Setting], at: int, command_id: str
) -> Command:
    """Sign a command and leave it to be published; it is worth nothing after a minute. Raises BadScope."""
    if terminal not in _terminals_of(tx, terminal):
        raise BadScope(terminal)
    plain = {
        "id": command_id, "terminal": terminal, "not_after_s": at // 1000 + COMMAND_LIFE_S, "name": name, "args": args,
    }  # fmt: skip
    made = msgspec.convert(plain, Command)
    topic = Terminal(*terminal.split("/")).topic("cmd")
    _send(tx, topic, sign(COMMAND_KID, wire.encode(made), keys), at, retain=False, expiry_s=COMMAND_LIFE_S)
    return made


@dataclass(frozen=True, slots=True)
class Shown:
    """A terminal as central sees it."""

    terminal: str
    role: str
    online: bool
    app: str
    desired: int
    reported: int
    state: str
    reasons: str
    settings: str
    quarantined: bool
    outbox: int
    parked: int


def show(tx: Tx) -> tuple[Shown, ...]:
    """The fleet, in order of name."""
    rows = tx.rows(
        "SELECT t.scope, t.role, t.online, t.app, COALESCE((SELECT MAX(version) FROM config_desired d"
        " WHERE d.terminal = t.scope), 0), COALESCE(r.version, 0), COALESCE(r.state, '-'), COALESCE(r.reasons, ''),"
        " t.outbox, t.parked FROM terminals t LEFT JOIN config_reported r ON r.terminal = t.scope ORDER BY t.scope"
    )
    return tuple(
        Shown(
            scope, role, bool(online), app, desired, reported, state, reasons,
            msgspec.json.encode(merged(tx, scope)).decode(), tx.books.quarantined(scope) is not None, outbox, parked,
        )
        for scope, role, online, app, desired, reported, state, reasons, outbox, parked in rows
    )  # fmt: skip


def add_terminal(tx: Tx, scope: str, role: str, store: str) -> None:
    """Let a terminal speak. Raises BadScope for a name or property that cannot be."""
    try:
        terminal = Terminal(*scope.split("/", 1))
    except (BadName, TypeError):
        raise BadScope(scope) from None
    if tx.one("SELECT 1 FROM properties WHERE id = ?", terminal.hotel) is None:
        raise BadScope(scope)
    tx.run(
        "INSERT INTO terminals (scope, property, role, store) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO UPDATE SET"
        " role = excluded.role, store = excluded.store",
        scope, terminal.hotel, role, store,
    )  # fmt: skip


def confirm_quarantine(tx: Tx, scope: str, at: int) -> bool:
    """A supervisor has looked: it ends when the terminal comes with a new journal."""
    return tx.run("UPDATE quarantine SET confirmed_at = ? WHERE terminal = ?", at, scope) > 0


def _send(tx: Tx, topic: str, payload: bytes, at: int, *, retain: bool, expiry_s: int | None = None) -> None:
    tx.run(
        "INSERT INTO outgoing (topic, payload, retain, expiry_s, at) VALUES (?, ?, ?, ?, ?)",
        topic, payload, int(retain), expiry_s, at,
    )  # fmt: skip


def _terminals_of(tx: Tx, scope: str) -> tuple[str, ...]:
    if scope == GLOBAL:
        rows = tx.rows("SELECT scope FROM terminals ORDER BY scope")
    else:
        rows = tx.rows("SELECT scope FROM terminals WHERE scope = ? OR property = ? ORDER BY scope", scope, scope)
    return tuple(name for (name,) in rows)

