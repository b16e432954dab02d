//! Removing: what is deleted disappears at once, and its events are removed in bits that delay nobody's writing for long.

use rusqlite::{Connection, OptionalExtension, params};

use super::OVERHEAD_BYTES;

/// Events that are removed in one go.
const BIT: usize = 2_000;

/// A stream; whether it was there.
pub(super) fn stream(connection: &Connection, group: i64, name: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("INSERT INTO garbage SELECT id FROM stream WHERE log_group = ?1 AND name = ?2")?
        .execute(params![group, name])?;
    let mut delete = connection.prepare_cached("DELETE FROM stream WHERE log_group = ?1 AND name = ?2")?;
    Ok(delete.execute(params![group, name])? == 1)
}

/// All streams of a group; whether it had any.
pub(super) fn group(connection: &Connection, group: i64) -> rusqlite::Result<bool> {
    connection.execute("INSERT INTO garbage SELECT id FROM stream WHERE log_group = ?1", [group])?;
    connection.execute("DELETE FROM delivery WHERE log_group = ?1", [group])?;
    Ok(connection.execute("DELETE FROM stream WHERE log_group = ?1", [group])? > 0)
}

/// Some events of a deleted stream; whether there may be more.
pub(super) fn sweep(connection: &Connection) -> rusqlite::Result<bool> {
    let stream: Option<i64> =
        connection.query_row("SELECT stream FROM garbage LIMIT 1", [], |row| row.get(0)).optional()?;
    let Some(stream) = stream else { return Ok(false) };
    let removed = connection
        .prepare_cached(
            "DELETE FROM event WHERE number IN (SELECT number FROM event WHERE stream = ?1 ORDER BY at LIMIT ?2)",
        )?
        .execute(params![stream, BIT])?;
    if removed < BIT {
        connection.execute("DELETE FROM garbage WHERE stream = ?1", [stream])?;
    }
    Ok(true)
}

/// Some events of a group that are older than `until`; whether there may be more. Its streams stay, as AWS's do.
pub(super) fn expire(connection: &Connection, group: i64, until: i64) -> rusqlite::Result<bool> {
    let old = "SELECT number FROM event WHERE log_group = ?1 AND at < ?2 ORDER BY at LIMIT ?3";
    let counted: Vec<(i64, i64)> = connection
        .prepare_cached(&format!(
            "SELECT stream, sum(octet_length(message) + {OVERHEAD_BYTES}) FROM event WHERE number IN ({old})
             GROUP BY stream"
        ))?
        .query_map(params![group, until, BIT], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let removed = connection
        .prepare_cached(&format!("DELETE FROM event WHERE number IN ({old})"))?
        .execute(params![group, until, BIT])?;
    for (stream, bytes) in counted {
        connection
            .prepare_cached(
                "UPDATE stream SET bytes = bytes - ?2, first = (SELECT min(at) FROM event WHERE stream = ?1),
                 last = (SELECT max(at) FROM event WHERE stream = ?1) WHERE id = ?1",
            )?
            .execute(params![stream, bytes])?;
    }
    Ok(removed == BIT)
}

pub(super) fn has_older(connection: &Connection, group: i64, until: i64) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE log_group = ?1 AND at < ?2)")?;
    statement.query_row(params![group, until], |row| row.get(0))
}

pub(super) fn has_garbage(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM garbage)", [], |row| row.get(0))
}
