-- What was read of a document stays with the handle that it gave, until the document is forgotten.
ALTER TABLE handles ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE handles ADD COLUMN latin TEXT NOT NULL DEFAULT '';
ALTER TABLE handles ADD COLUMN birth TEXT;
ALTER TABLE handles ADD COLUMN valid_to TEXT;

-- What a terminal did in the last hour.
CREATE INDEX handles_by_terminal ON handles (terminal, made_at);
CREATE INDEX holds_by_terminal ON holds (terminal, made_at);

-- newcomer: another terminal had this journal first.
ALTER TABLE journals ADD COLUMN newcomer INTEGER NOT NULL DEFAULT 0 CHECK (newcomer IN (0, 1));
