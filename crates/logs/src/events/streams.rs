//! Streams, as they are listed.

use rusqlite::{Connection, OptionalExtension, Row, params};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stream {
    pub id: i64,
    pub name: String,
    /// Milliseconds since 1970, as all times here.
    pub created: i64,
    pub first: Option<i64>,
    pub last: Option<i64>,
    pub ingested: Option<i64>,
}

impl Stream {
    /// What streams are put in order by: those without events by when they were made.
    pub fn touched(&self) -> i64 {
        self.last.unwrap_or(self.created)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Name,
    LastEvent,
}

/// Which streams are listed.
#[derive(Debug, Clone)]
pub(crate) struct StreamPage {
    pub group: i64,
    pub prefix: String,
    pub order: Order,
    pub is_descending: bool,
    /// The last one of the page before: its name, and when it was touched.
    pub after: Option<(String, i64)>,
    pub limit: usize,
}

const COLUMNS: &str = "id, name, created, first, last, ingested";

fn read(row: &Row<'_>) -> rusqlite::Result<Stream> {
    Ok(Stream {
        id: row.get(0)?,
        name: row.get(1)?,
        created: row.get(2)?,
        first: row.get(3)?,
        last: row.get(4)?,
        ingested: row.get(5)?,
    })
}

pub(super) fn find(connection: &Connection, group: i64, name: &str) -> rusqlite::Result<Option<Stream>> {
    let text = format!("SELECT {COLUMNS} FROM stream WHERE log_group = ?1 AND name = ?2");
    connection.prepare_cached(&text)?.query_row(params![group, name], read).optional()
}

pub(super) fn stored_bytes(connection: &Connection, group: i64) -> rusqlite::Result<i64> {
    let mut statement = connection.prepare_cached("SELECT ifnull(sum(bytes), 0) FROM stream WHERE log_group = ?1")?;
    statement.query_row([group], |row| row.get(0))
}

pub(super) fn list(connection: &Connection, page: &StreamPage) -> rusqlite::Result<Vec<Stream>> {
    let StreamPage { group, prefix, order, is_descending, after, limit } = page;
    let (direction, sign) = if *is_descending { ("DESC", "<") } else { ("ASC", ">") };
    let touched = "ifnull(last, created)";
    let (rest, by) = match order {
        Order::Name => (format!("name {sign} ?3"), format!("name {direction}")),
        Order::LastEvent => {
            (format!("({touched}, name) {sign} (?4, ?3)"), format!("{touched} {direction}, name {direction}"))
        }
    };
    // Names are compared by their bytes, so those with a prefix stand together; substr counts characters.
    let text = format!(
        "SELECT {COLUMNS} FROM stream WHERE log_group = ?1 AND (?2 = '' OR name >= ?2)
         AND substr(name, 1, length(?2)) = ?2 AND (?3 IS NULL OR {rest}) ORDER BY {by} LIMIT ?5"
    );
    let (name, touched) = after.as_ref().map(|(name, touched)| (name, touched)).unzip();
    let mut statement = connection.prepare_cached(&text)?;
    statement.query_map(params![group, prefix, name, touched, limit], read)?.collect()
}
