CREATE TABLE stream (
    id INTEGER PRIMARY KEY,
    -- The number of its group, which the region's state has.
    log_group INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- Milliseconds since 1970, as all times here.
    created INTEGER NOT NULL,
    -- Of its events; NULL where it has none.
    first INTEGER,
    last INTEGER,
    ingested INTEGER,
    -- What its events count for.
    bytes INTEGER NOT NULL,
    UNIQUE (log_group, name)
) STRICT;

CREATE TABLE event (
    -- In the order in which events came.
    number INTEGER PRIMARY KEY,
    log_group INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    at INTEGER NOT NULL,
    ingested INTEGER NOT NULL,
    message TEXT NOT NULL
) STRICT;

-- The number is the last column of both by itself.
CREATE INDEX event_by_stream ON event (stream, at);
CREATE INDEX event_by_group ON event (log_group, at);

-- Streams that were deleted, and whose events go bit by bit.
CREATE TABLE garbage (stream INTEGER PRIMARY KEY) STRICT;

-- What subscribers are still to be given.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    log_group INTEGER NOT NULL,
    filter TEXT NOT NULL,
    -- When it was put.
    at INTEGER NOT NULL,
    destination TEXT NOT NULL,
    source TEXT NOT NULL,
    payload BLOB NOT NULL
) STRICT;
CREATE INDEX delivery_by_filter ON delivery (log_group, filter);
