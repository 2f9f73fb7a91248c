-- Configuration: what was set where, what each terminal should run (signed), what it says it runs.

CREATE TABLE config_layers (
    scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE config_changes (
    n INTEGER PRIMARY KEY, scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT, at INTEGER NOT NULL
) STRICT;

CREATE TABLE config_desired (
    terminal TEXT NOT NULL, version INTEGER NOT NULL, settings TEXT NOT NULL, signed BLOB NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (terminal, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE config_reported (
    terminal TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL, reasons TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the serving process has to publish besides answers.
CREATE TABLE outgoing (
    n INTEGER PRIMARY KEY, topic TEXT NOT NULL, payload BLOB NOT NULL, retain INTEGER NOT NULL, expiry_s INTEGER,
    at INTEGER NOT NULL, sent_at INTEGER
) STRICT;

CREATE TABLE command_results (
    id TEXT PRIMARY KEY, terminal TEXT NOT NULL, ok INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
