//! Opening: the connection's settings, the schema.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::failure::{classify, classify_io};
use crate::Error;

/// The database's name in the data directory.
pub(super) const DATABASE: &str = "state.db";
/// Says in the file's header whose it is: "FRHD".
const APPLICATION: i32 = 0x4652_4844;
/// What a database of ours holds.
pub struct Schema {
    /// In order; a database's version is how many of them it has seen.
    pub migrations: &'static [&'static str],
}

/// The region's state.
pub(super) const ROWS: Schema = Schema { migrations: &[include_str!("migrations/0001_rows.sql")] };

/// The connection that writes, with its schema up to date.
///
/// A new database is made under another name and moved into place when it is whole. An empty file is therefore
/// never a database that was about to be made; it is one that was lost.
///
/// # Errors
/// [`Error::NewerSchema`], [`Error::Damaged`], [`Error::Full`], [`Error::Engine`].
pub fn writer(path: &Path, schema: &Schema) -> Result<Connection, Error> {
    match std::fs::metadata(path) {
        Ok(found) if found.len() == 0 => {
            return Err(Error::Damaged { path: path.to_owned(), detail: "the file is empty".into() });
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => create(path, schema)?,
        Err(error) => return Err(classify_io(path, &error)),
    }
    let mut connection = open(path)?;
    // Before any setting: some of them write, and what is not ours stays as it is.
    let version = version(&connection, path, schema)?;
    settle(&mut connection, path)?;
    migrate(&mut connection, path, schema, version)?;
    Ok(connection)
}

/// Makes an empty database with the current schema.
fn create(path: &Path, schema: &Schema) -> Result<(), Error> {
    let draft = path.with_extension("db.new");
    for leftover in ["db.new", "db.new-wal", "db.new-shm"] {
        remove(&path.with_extension(leftover))?;
    }
    // A log without its database belongs to one that was deleted, and must not be replayed into this one.
    for leftover in ["db-wal", "db-shm"] {
        remove(&path.with_extension(leftover))?;
    }
    let fail = |error: std::io::Error| classify_io(path, &error);
    // The state holds secrets; the engine gives its other files the mode of this one.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(fail)?;
    let mut connection = open(&draft)?;
    settle(&mut connection, &draft)?;
    migrate(&mut connection, &draft, schema, 0)?;
    connection.close().map_err(|(_, error)| classify(path, &error))?;
    std::fs::rename(&draft, path).map_err(fail)?;
    let directory: PathBuf = path.parent().map_or_else(|| ".".into(), Path::to_path_buf);
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(fail)
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(classify_io(path, &error)),
        _ => Ok(()),
    }
}

pub(crate) fn open(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|error| classify(path, &error))
}

/// The settings of the connection that writes.
fn settle(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let fail = |error: rusqlite::Error| classify(path, &error);
    // A small cache: the operating system keeps the file's pages anyway, and the idle region shall stay small.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA cache_size = -1024;
             PRAGMA mmap_size = 0;
             PRAGMA temp_store = MEMORY;
             PRAGMA wal_autocheckpoint = 2000;
             PRAGMA journal_size_limit = 8388608;",
        )
        .map_err(fail)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(fail)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A connection that only reads, and keeps up to `cache_kib` of pages.
pub(super) fn reader(path: &Path, cache_kib: u32) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let fail = |error: rusqlite::Error| classify(path, &error);
    let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
    connection.execute_batch(&format!("PRAGMA cache_size = -{cache_kib}; PRAGMA mmap_size = 0;")).map_err(fail)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(fail)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// How many migrations an existing database has seen: at least one, if it is ours.
fn version(connection: &Connection, path: &Path, schema: &Schema) -> Result<u32, Error> {
    let (application, version): (i32, u32) = connection
        .query_row("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(|error| classify(path, &error))?;
    if application != APPLICATION || version == 0 {
        return Err(Error::Damaged { path: path.to_owned(), detail: "it is another program's database".into() });
    }
    let known = schema.migrations.len() as u32;
    if version > known {
        return Err(Error::NewerSchema { found: version, known });
    }
    Ok(version)
}

/// Applies the migrations after `version`, each with its number in one transaction.
fn migrate(connection: &mut Connection, path: &Path, schema: &Schema, version: u32) -> Result<(), Error> {
    let fail = |error: rusqlite::Error| classify(path, &error);
    for (migration, number) in schema.migrations.iter().zip(1..).skip(version as usize) {
        let tx = connection.transaction().map_err(fail)?;
        tx.execute_batch(migration).map_err(fail)?;
        tx.pragma_update(None, "application_id", APPLICATION).map_err(fail)?;
        tx.pragma_update(None, "user_version", number).map_err(fail)?;
        tx.commit().map_err(fail)?;
    }
    Ok(())
}
