//! What subscribers are to be given: written with the events, removed when it was delivered.

use rusqlite::{Connection, OptionalExtension, Row, params};

/// Something new for a subscriber.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delivery {
    /// The name of the subscription filter.
    pub filter: String,
    pub destination: String,
    /// The ARN of the group.
    pub source: String,
    pub payload: Vec<u8>,
}

/// Something that waits to be delivered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Waiting {
    pub id: i64,
    /// When it was put, in milliseconds since 1970.
    pub at: i64,
    pub destination: String,
    pub source: String,
    pub payload: Vec<u8>,
}

impl Delivery {
    pub(super) fn insert(&self, connection: &Connection, group: i64, at: i64) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO delivery (log_group, filter, at, destination, source, payload)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![group, self.filter, at, self.destination, self.source, self.payload])
            .map(drop)
    }
}

pub(super) fn waiting(connection: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT log_group, filter FROM delivery")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

pub(super) fn next(connection: &Connection, group: i64, filter: &str) -> rusqlite::Result<Option<Waiting>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at, destination, source, payload FROM delivery WHERE log_group = ?1 AND filter = ?2
         ORDER BY id LIMIT 1",
    )?;
    let read = |row: &Row<'_>| {
        let (id, at, destination) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Waiting { id, at, destination, source: row.get(3)?, payload: row.get(4)? })
    };
    statement.query_row(params![group, filter], read).optional()
}
