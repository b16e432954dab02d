-- Every document of the region. Ids compare bytewise.
CREATE TABLE row (
    kind     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    account  TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    document BLOB    NOT NULL,
    index0   TEXT,
    index1   TEXT,
    index2   TEXT
) STRICT;

-- Carries the account, so that a selection by account passes over others' rows without reading them. The account
-- is no part of the identity: that (kind, id) is unique is seen to by the one writer, which saves a second index
-- and so a page in the log for each row written.
CREATE INDEX row_id ON row (kind, id, account);

-- Each ends in the id, so that a selection comes in the order of ids without sorting.
CREATE INDEX row_index0 ON row (kind, index0, id) WHERE index0 IS NOT NULL;
CREATE INDEX row_index1 ON row (kind, index1, id) WHERE index1 IS NOT NULL;
CREATE INDEX row_index2 ON row (kind, index2, id) WHERE index2 IS NOT NULL;

-- The last revision that was given; it must not go back when the newest row is deleted.
CREATE TABLE counter (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counter (name, value) VALUES ('revision', 0);
