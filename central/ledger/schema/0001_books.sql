-- Instants are milliseconds since 1970, amounts are integers in the minor unit of their ledger.

CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO facts VALUES ('ledger_epoch', '1'), ('floor', '0');

-- The memory: one row an operation, for as long as the ledger.
CREATE TABLE operations (
    id       TEXT PRIMARY KEY,
    terminal TEXT NOT NULL,
    kind     TEXT NOT NULL,
    hash     BLOB NOT NULL,
    outcome  TEXT NOT NULL CHECK (outcome IN ('ok', 'refused')),
    code     TEXT,
    body     BLOB NOT NULL,
    at       INTEGER NOT NULL,
    epoch    INTEGER NOT NULL,
    journal  TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    store    TEXT NOT NULL,
    visit    TEXT,
    shift    TEXT,
    operator TEXT,
    CHECK ((outcome = 'ok') = (code IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX operations_by_terminal ON operations (terminal, at);

-- What central does by itself (furnishing, the desk's entries): the other thing a posting may name.
CREATE TABLE jobs (id TEXT PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- A tombstone binds only the terminal that asked for it.
CREATE TABLE tombstones (
    id TEXT NOT NULL, terminal TEXT NOT NULL, op TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (id, terminal)
) STRICT, WITHOUT ROWID;

CREATE TABLE undone (id TEXT PRIMARY KEY, op TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE postings (
    op      TEXT NOT NULL,
    n       INTEGER NOT NULL,
    account TEXT NOT NULL,
    ledger  TEXT NOT NULL,
    amount  INTEGER NOT NULL CHECK (amount <> 0),
    cause   TEXT NOT NULL CHECK (cause <> ''),
    at      INTEGER NOT NULL,
    PRIMARY KEY (op, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_by_account ON postings (account, ledger);

-- Accounts that may not be overdrawn have a row; house accounts have none, so that no sale waits for another.
CREATE TABLE accounts (
    account TEXT NOT NULL,
    ledger  TEXT NOT NULL,
    posted  INTEGER NOT NULL,
    held    INTEGER NOT NULL CHECK (held >= 0),
    PRIMARY KEY (account, ledger),
    CHECK (ledger = 'POINT' OR posted - held >= 0)
) STRICT, WITHOUT ROWID;

-- amount and captured are the money of the hold; until is its time, each leg has its own.
CREATE TABLE holds (
    id       TEXT PRIMARY KEY,
    terminal TEXT NOT NULL,
    shape    TEXT NOT NULL CHECK (shape IN ('deposit', 'instrument')),
    member   TEXT,
    state    TEXT NOT NULL CHECK (state IN ('held', 'captured', 'released', 'expired')),
    amount   INTEGER NOT NULL CHECK (amount >= 0),
    captured INTEGER NOT NULL DEFAULT 0 CHECK (captured >= 0),
    until    INTEGER NOT NULL,
    changes  INTEGER NOT NULL DEFAULT 0,
    stay     TEXT,
    made_at  INTEGER NOT NULL,
    CHECK (captured <= amount)
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_open ON holds (until) WHERE state = 'held';

CREATE TABLE hold_legs (
    hold    TEXT NOT NULL REFERENCES holds (id),
    n       INTEGER NOT NULL,
    account TEXT NOT NULL,
    ledger  TEXT NOT NULL,
    amount  INTEGER NOT NULL CHECK (amount >= 0),
    taken   INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0),
    until   INTEGER NOT NULL,
    open    INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
    worth   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (hold, n),
    CHECK (taken <= amount)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_legs_open ON hold_legs (account, ledger, until) WHERE open = 1;

-- Every step of a hold's state: held, captured, released, expired, and which operation or job did it.
CREATE TABLE hold_moves (
    hold TEXT NOT NULL, n INTEGER NOT NULL, state TEXT NOT NULL, op TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (hold, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE adjusts (
    op TEXT PRIMARY KEY, hold TEXT NOT NULL, serial INTEGER NOT NULL, amount INTEGER NOT NULL, until INTEGER NOT NULL,
    legs TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE captures (
    op         TEXT PRIMARY KEY,
    hold       TEXT NOT NULL,
    terminal   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('captured', 'late_posted', 'already')),
    amount     INTEGER NOT NULL,
    posted     INTEGER NOT NULL,
    shortfall  INTEGER NOT NULL,
    final      INTEGER NOT NULL,
    receipt_no TEXT NOT NULL,
    tenders    TEXT NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX captures_by_hold ON captures (hold);

-- Which operation stands at which place of a terminal's journal; id is empty where it will never be sent.
CREATE TABLE journals (
    terminal TEXT NOT NULL, journal TEXT NOT NULL, contiguous INTEGER NOT NULL DEFAULT 0,
    durable INTEGER NOT NULL DEFAULT 0, first_at INTEGER NOT NULL, PRIMARY KEY (terminal, journal)
) STRICT, WITHOUT ROWID;
CREATE INDEX journals_by_journal ON journals (journal);

CREATE TABLE places (
    terminal TEXT NOT NULL, journal TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (terminal, journal, seq, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    terminal TEXT PRIMARY KEY, journal TEXT NOT NULL, why TEXT NOT NULL, at INTEGER NOT NULL, confirmed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE alarms (
    n INTEGER PRIMARY KEY, kind TEXT NOT NULL, terminal TEXT NOT NULL, op TEXT NOT NULL, detail TEXT NOT NULL,
    at INTEGER NOT NULL, closed_at INTEGER
) STRICT;

-- What a person must look at: the desk's list.
CREATE TABLE listed (
    n INTEGER PRIMARY KEY, property TEXT NOT NULL, terminal TEXT NOT NULL, what TEXT NOT NULL, op TEXT NOT NULL,
    detail TEXT NOT NULL, at INTEGER NOT NULL, closed_at INTEGER
) STRICT;

CREATE TRIGGER operations_stay BEFORE UPDATE ON operations BEGIN SELECT RAISE(ABORT, 'operations are append-only'); END;
CREATE TRIGGER operations_keep BEFORE DELETE ON operations BEGIN SELECT RAISE(ABORT, 'operations are append-only'); END;
CREATE TRIGGER postings_stay BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER postings_keep BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER captures_stay BEFORE UPDATE ON captures BEGIN SELECT RAISE(ABORT, 'captures are append-only'); END;
CREATE TRIGGER captures_keep BEFORE DELETE ON captures BEGIN SELECT RAISE(ABORT, 'captures are append-only'); END;
CREATE TRIGGER tombstones_stay BEFORE UPDATE ON tombstones BEGIN SELECT RAISE(ABORT, 'tombstones are append-only'); END;
CREATE TRIGGER tombstones_keep BEFORE DELETE ON tombstones BEGIN SELECT RAISE(ABORT, 'tombstones are append-only'); END;
CREATE TRIGGER undone_stay BEFORE UPDATE ON undone BEGIN SELECT RAISE(ABORT, 'undone is append-only'); END;
CREATE TRIGGER undone_keep BEFORE DELETE ON undone BEGIN SELECT RAISE(ABORT, 'undone is append-only'); END;
CREATE TRIGGER hold_moves_stay BEFORE UPDATE ON hold_moves BEGIN SELECT RAISE(ABORT, 'moves are append-only'); END;
CREATE TRIGGER hold_moves_keep BEFORE DELETE ON hold_moves BEGIN SELECT RAISE(ABORT, 'moves are append-only'); END;
