-- What is read at every start is narrow; what messages say stands apart.
CREATE TABLE message (
    sequence       INTEGER PRIMARY KEY,
    queue          INTEGER NOT NULL,
    content        INTEGER NOT NULL,
    id             BLOB NOT NULL,
    sent           INTEGER NOT NULL,
    due            INTEGER NOT NULL,
    receive_count  INTEGER NOT NULL,
    first_received INTEGER NOT NULL,
    origin         INTEGER NOT NULL,
    message_group  TEXT,
    deduplication  TEXT
) STRICT;

CREATE TABLE content (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

CREATE TABLE deduplication (
    queue    INTEGER NOT NULL,
    key      BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    id       BLOB NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (queue, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counter (name, value) VALUES ('sequence', 1);
