//! Opening: the connection's settings, the schema.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::Failure;

/// Says in the file's header whose it is: "FRHD".
const APPLICATION: i32 = 0x4652_4844;
const MIGRATIONS: [&str; 1] = [include_str!("schema.sql")];

/// The connection that writes, with its schema up to date.
pub(super) fn writer(path: &Path) -> Result<Connection, Failure> {
    let fail = |error: std::io::Error| Failure(error.to_string());
    // The engine gives its other files the mode of this one.
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map_err(fail)?;
    let mut connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
    let seen = version(&connection)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -4096;
         PRAGMA mmap_size = 0;
         PRAGMA temp_store = MEMORY;
         PRAGMA wal_autocheckpoint = 2000;
         PRAGMA journal_size_limit = 8388608;",
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(32);
    for (migration, number) in MIGRATIONS.iter().zip(1..).skip(seen) {
        let tx = connection.transaction()?;
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "application_id", APPLICATION)?;
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
    }
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    connection.execute_batch("PRAGMA cache_size = -2048; PRAGMA mmap_size = 0;")?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(16);
    Ok(connection)
}

fn flags(mode: OpenFlags) -> OpenFlags {
    mode | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// How many migrations the database has seen: none, if it is new.
fn version(connection: &Connection) -> Result<usize, Failure> {
    let (application, version): (i32, usize) = connection.query_row(
        "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    match (application, version) {
        (0, 0) => Ok(0),
        (APPLICATION, 1..=usize::MAX) if version <= MIGRATIONS.len() => Ok(version),
        (APPLICATION, _) => Err(Failure(format!("it was written by a newer Freehold (schema {version})"))),
        _ => Err(Failure("it is another program's database".into())),
    }
}
