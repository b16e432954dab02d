CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    -- JSON: pairs of name and value, sorted.
    dimensions TEXT NOT NULL,
    -- When the latest point is, in seconds since 1970.
    latest INTEGER NOT NULL,
    UNIQUE (account, namespace, name, dimensions)
) STRICT;

CREATE TABLE point (
    series INTEGER NOT NULL,
    -- Seconds that the point stands for: 1, 60, 300 or 3600.
    resolution INTEGER NOT NULL,
    at INTEGER NOT NULL,
    unit TEXT NOT NULL,
    count REAL NOT NULL,
    sum REAL NOT NULL,
    minimum REAL NOT NULL,
    maximum REAL NOT NULL,
    -- Pairs of value and count; empty for `minimum` alone, NULL where the values are not known.
    sample BLOB,
    PRIMARY KEY (series, resolution, at, unit)
) STRICT, WITHOUT ROWID;
