-- Hotels, terminals, people, coupons, rooms, bookings, stays. Names in both languages as zh and en.

CREATE TABLE properties (
    id TEXT PRIMARY KEY, zh TEXT NOT NULL, en TEXT NOT NULL, zone TEXT NOT NULL, prefix TEXT NOT NULL,
    deposit INTEGER NOT NULL, check_out_hour INTEGER NOT NULL, breakfast_hours TEXT NOT NULL,
    breakfast_zh TEXT NOT NULL, breakfast_en TEXT NOT NULL, wifi TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- role empty: any role may be spoken (a terminal for tests).
CREATE TABLE terminals (
    scope TEXT PRIMARY KEY, property TEXT NOT NULL REFERENCES properties (id), role TEXT NOT NULL, store TEXT NOT NULL,
    online INTEGER NOT NULL DEFAULT 0, boot TEXT NOT NULL DEFAULT '', app TEXT NOT NULL DEFAULT '',
    config INTEGER NOT NULL DEFAULT 0, state_at INTEGER, outbox INTEGER NOT NULL DEFAULT 0,
    oldest_s INTEGER NOT NULL DEFAULT 0, heard_at INTEGER, parked INTEGER NOT NULL DEFAULT 0,
    in_doubt INTEGER NOT NULL DEFAULT 0, health TEXT NOT NULL DEFAULT '{}', health_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, latin TEXT NOT NULL, tier TEXT NOT NULL, phone_tail TEXT NOT NULL,
    document TEXT, code_token TEXT NOT NULL UNIQUE, blocked INTEGER NOT NULL DEFAULT 0, joined TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX members_by_document ON members (document) WHERE document IS NOT NULL;

-- A document that was shown: keyed hash to search by, number sealed; the rest is what a registration needs.
CREATE TABLE documents (
    fingerprint TEXT PRIMARY KEY, kind TEXT NOT NULL, sealed BLOB NOT NULL, name TEXT NOT NULL, latin TEXT NOT NULL,
    birth TEXT, valid_to TEXT, nationality TEXT NOT NULL, shown_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- subject: a member's number or a document's fingerprint. A new visit ends the handles of the old one.
CREATE TABLE handles (
    handle TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('member', 'identity')), terminal TEXT NOT NULL,
    visit TEXT NOT NULL, subject TEXT NOT NULL, made_at INTEGER NOT NULL, used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX handles_by_age ON handles (made_at);

CREATE TABLE visits (
    terminal TEXT NOT NULL, visit TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (terminal, visit)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX visits_in_order ON visits (terminal, n);

CREATE TABLE used_codes (
    code TEXT PRIMARY KEY, terminal TEXT NOT NULL, visit TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
    id TEXT PRIMARY KEY, property TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, gives_zh TEXT NOT NULL,
    gives_en TEXT NOT NULL, kind TEXT NOT NULL, access TEXT NOT NULL, worth INTEGER NOT NULL, valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL, stores TEXT NOT NULL, attended INTEGER NOT NULL, transferable INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE coupons (
    id TEXT PRIMARY KEY, sn TEXT NOT NULL UNIQUE, batch TEXT NOT NULL REFERENCES batches (id), owner TEXT,
    used_at INTEGER, used_by TEXT, used_where TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX coupons_by_owner ON coupons (owner);

CREATE TABLE room_types (
    id TEXT NOT NULL, property TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, PRIMARY KEY (property, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    property TEXT NOT NULL, number TEXT NOT NULL, type TEXT NOT NULL, floor TEXT NOT NULL, way_zh TEXT NOT NULL,
    way_en TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('clean', 'dirty', 'occupied')), ready_at INTEGER,
    PRIMARY KEY (property, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE bookings (
    id TEXT PRIMARY KEY, property TEXT NOT NULL, no TEXT NOT NULL UNIQUE, guest TEXT NOT NULL, latin TEXT NOT NULL,
    document TEXT, member TEXT, type TEXT NOT NULL, room TEXT, arrival TEXT NOT NULL, departure TEXT NOT NULL,
    adults INTEGER NOT NULL, breakfasts INTEGER NOT NULL, rate INTEGER NOT NULL, prepaid INTEGER NOT NULL,
    due_before INTEGER NOT NULL DEFAULT 0, deposit INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('booked', 'cancelled', 'checked_in', 'checked_out'))
) STRICT, WITHOUT ROWID;
CREATE INDEX bookings_by_document ON bookings (document);
CREATE INDEX bookings_by_member ON bookings (member);

-- prepared -> in_house -> out, or prepared -> given_back; one open stay a booking, one a room.
CREATE TABLE stays (
    id TEXT PRIMARY KEY, property TEXT NOT NULL, booking TEXT NOT NULL REFERENCES bookings (id), room TEXT NOT NULL,
    terminal TEXT NOT NULL, op TEXT NOT NULL UNIQUE, member TEXT, deposit INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'given_back', 'in_house', 'out')), locked_until INTEGER NOT NULL,
    hold TEXT, shortfall INTEGER NOT NULL DEFAULT 0, checked_in_by TEXT, checked_in_at INTEGER, checked_out_by TEXT,
    checked_out_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX stays_by_booking ON stays (booking);
CREATE UNIQUE INDEX stays_one_a_room ON stays (property, room) WHERE state = 'in_house';

CREATE TABLE stay_guests (
    stay TEXT NOT NULL, n INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (stay, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX stay_guests_by_document ON stay_guests (document);

CREATE TABLE stay_keys (
    stay TEXT NOT NULL, n INTEGER NOT NULL, serial TEXT NOT NULL, copy INTEGER NOT NULL, PRIMARY KEY (stay, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE folio_lines (
    stay TEXT NOT NULL, n INTEGER NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, qty INTEGER NOT NULL,
    amount INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (stay, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_calls (
    id TEXT PRIMARY KEY, terminal TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL, number TEXT NOT NULL,
    of TEXT, at INTEGER NOT NULL, closed_at INTEGER
) STRICT, WITHOUT ROWID;
