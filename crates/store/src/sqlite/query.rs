//! The statements. Their texts are few and always the same, so each connection prepares each of them once.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Result, Row as Record, params};

use crate::transaction::Look;
use crate::{Error, Filter, Row};

const COLUMNS: &str = "kind, id, account, region, revision, document, index0, index1, index2";

fn decode(record: &Record<'_>) -> Result<Row> {
    Ok(Row {
        kind: record.get(0)?,
        id: record.get(1)?,
        account: record.get(2)?,
        region: record.get(3)?,
        revision: record.get(4)?,
        document: record.get(5)?,
        index: [record.get(6)?, record.get(7)?, record.get(8)?],
    })
}

pub(super) fn get(connection: &Connection, kind: &str, id: &str) -> Result<Option<Row>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM row WHERE kind = ? AND id = ?"))?
        .query_row([kind, id], decode)
        .optional()
}

pub(super) fn list(connection: &Connection, kind: &str, filter: &Filter) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    select(connection, COLUMNS, kind, filter, |record| {
        rows.push(decode(record)?);
        Ok(())
    })?;
    Ok(rows)
}

/// Shows `look` the id and document of each row that [`list`] would copy, in the engine's own memory, until it fails.
pub(super) fn look(
    connection: &Connection,
    kind: &str,
    filter: &Filter,
    look: &mut Look<'_>,
) -> Result<std::result::Result<(), Error>> {
    let mut outcome = Ok(());
    select(connection, "id, document", kind, filter, |record| {
        if outcome.is_ok() {
            outcome = look(record.get_ref(0)?.as_str()?, record.get_ref(1)?.as_blob()?);
        }
        Ok(())
    })?;
    Ok(outcome)
}

fn select(
    connection: &Connection,
    columns: &str,
    kind: &str,
    filter: &Filter,
    mut each: impl FnMut(&Record<'_>) -> Result<()>,
) -> Result<()> {
    let mut text = format!("SELECT {columns} FROM row WHERE kind = ?");
    let mut values: Vec<&dyn ToSql> = vec![&kind];
    if let Some(account) = &filter.account {
        text.push_str(" AND account = ?");
        values.push(account);
    }
    for (condition, value) in [" AND index0 = ?", " AND index1 = ?", " AND index2 = ?"].into_iter().zip(&filter.index) {
        if let Some(value) = value {
            text.push_str(condition);
            values.push(value);
        }
    }
    let ids = filter.ids.as_ref().map(|ids| serde_json::Value::from(ids.as_slice()).to_string());
    if let Some(ids) = &ids {
        text.push_str(" AND id IN (SELECT value FROM json_each(?))");
        values.push(ids);
    }
    if let Some(after) = &filter.after {
        text.push_str(" AND id > ?");
        values.push(after);
    }
    text.push_str(" ORDER BY id");
    let limit = filter.limit.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
    if let Some(limit) = &limit {
        text.push_str(" LIMIT ?");
        values.push(limit);
    }
    let mut statement = connection.prepare_cached(&text)?;
    let mut records = statement.query(values.as_slice())?;
    while let Some(record) = records.next()? {
        each(record)?;
    }
    Ok(())
}

/// Writes the row whatever was there. Only the one writer calls this, so nothing happens between its two statements.
pub(super) fn put(connection: &Connection, row: &Row) -> Result<()> {
    let Row { kind, id, account, region, revision, document, index: [index0, index1, index2] } = row;
    let values = params![kind, id, account, region, revision, document, index0, index1, index2];
    let updated = connection
        .prepare_cached(
            "UPDATE row SET account = ?3, region = ?4, revision = ?5, document = ?6,
                            index0 = ?7, index1 = ?8, index2 = ?9
             WHERE kind = ?1 AND id = ?2",
        )?
        .execute(values)?;
    if updated == 0 {
        connection
            .prepare_cached(&format!("INSERT INTO row ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"))?
            .execute(values)?;
    }
    Ok(())
}

pub(super) fn delete(connection: &Connection, kind: &str, id: &str) -> Result<bool> {
    let deleted = connection.prepare_cached("DELETE FROM row WHERE kind = ? AND id = ?")?.execute([kind, id])?;
    Ok(deleted > 0)
}

pub(super) fn last_revision(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT value FROM counter WHERE name = 'revision'", [], |record| record.get(0))
}

pub(super) fn set_last_revision(connection: &Connection, revision: u64) -> Result<()> {
    connection.prepare_cached("UPDATE counter SET value = ? WHERE name = 'revision'")?.execute([revision])?;
    Ok(())
}

/// A statement without values or results: `BEGIN IMMEDIATE`, `COMMIT`, `SAVEPOINT …`.
pub(super) fn control(connection: &Connection, text: &str) -> Result<()> {
    connection.prepare_cached(text)?.execute([])?;
    Ok(())
}
