CREATE TABLE journal (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    uuid         TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    last_seq     INTEGER NOT NULL DEFAULT 0,
    durable_seq  INTEGER NOT NULL DEFAULT 0,
    ledger_epoch INTEGER NOT NULL DEFAULT 0,
    probe        BLOB NOT NULL
) STRICT;

-- One row a message that may change central's books; `bytes` and `answer` are sealed.
CREATE TABLE operations (
    seq    INTEGER PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE,
    kind   TEXT NOT NULL,
    deal   TEXT NOT NULL,
    hold   TEXT NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('intent', 'open', 'answered', 'parked', 'aborted')),
    at     TEXT NOT NULL,
    code   TEXT NOT NULL DEFAULT '',
    noted  INTEGER NOT NULL DEFAULT 0 CHECK (noted IN (0, 1)),
    again  INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)),
    bytes  BLOB NOT NULL,
    answer BLOB
) STRICT;
CREATE INDEX operations_unfinished ON operations (seq) WHERE state IN ('intent', 'open', 'parked');
CREATE INDEX operations_of_deal ON operations (deal);

-- One row a thing asked for that must be handed over, given back, or settled: the persistence points.
CREATE TABLE deals (
    id           TEXT PRIMARY KEY,
    seq          INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    visit        TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('intent', 'asking', 'approved', 'fulfilling', 'in_doubt', 'delivered',
                                                'releasing', 'aborting', 'done', 'kept', 'closed')),
    expires_in_s INTEGER NOT NULL DEFAULT 0,
    ref          TEXT NOT NULL DEFAULT '',
    bound        TEXT NOT NULL DEFAULT '',
    at           TEXT NOT NULL
) STRICT;
CREATE INDEX deals_unfinished ON deals (id) WHERE state NOT IN ('done', 'kept', 'closed');

CREATE TABLE slips (
    deal      TEXT PRIMARY KEY,
    at        TEXT NOT NULL,
    printed   INTEGER NOT NULL DEFAULT 0,
    document  BLOB NOT NULL
) STRICT;

-- What staff must know of; closed by a person.
CREATE TABLE notes (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        TEXT NOT NULL,
    what      TEXT NOT NULL,
    of        TEXT NOT NULL,
    detail    TEXT NOT NULL,
    closed_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX notes_open ON notes (id) WHERE closed_by = '';
