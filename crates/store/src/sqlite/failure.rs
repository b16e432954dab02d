//! What the engine's errors mean to the region.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::Error;

/// Free bytes under which an I/O error is taken for a full disk: less than the engine's smallest growth.
const ROOM: u64 = 128 * 1024;

/// Translates an error of the database at `path`.
pub(crate) fn classify(path: &Path, error: &rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(path, error),
        // Growing the shared index of the write-ahead log on a full disk is reported as a plain I/O error.
        Some(ErrorCode::SystemIoFailure) if is_full(path) => Error::Full,
        // Wrong types or sizes of columns: the schema keeps them out, so the file was changed by other means.
        None if matches!(error, rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::Utf8Error(..)) => {
            damaged(path, error)
        }
        _ => Error::Engine(format!("{}: {error}", path.display())),
    }
}

fn damaged(path: &Path, error: &rusqlite::Error) -> Error {
    Error::Damaged { path: path.to_owned(), detail: error.to_string() }
}

/// Translates an error of the file system at `path`.
pub(super) fn classify_io(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::Engine(format!("{}: {error}", path.display())),
    }
}

fn is_full(path: &Path) -> bool {
    let directory = path.parent().unwrap_or(path);
    rustix::fs::statvfs(directory).is_ok_and(|fs| fs.f_bavail.saturating_mul(fs.f_frsize) < ROOM)
}
