//! The write-ahead log on its way to the disk. The engine would wait for the disk in the middle of each commit, and the
//! next commit behind it; synchronised from outside, one is written while the one before is on its way.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::Disk;
use crate::Error;
use crate::sqlite::failure::classify_io;

/// The log of a database whose `synchronous` is `NORMAL`: the engine then leaves it to us, except before a checkpoint and
/// where it begins the log anew (*SQLite, PRAGMA synchronous*).
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    /// Opened at first use: the engine makes it with the first commit, and keeps it until its last connection closes.
    file: Option<File>,
}

impl Log {
    pub fn of(database: &Path) -> Self {
        Self { path: database.with_extension("db-wal"), file: None }
    }
}

impl Disk for Log {
    fn synchronise(&mut self) -> Result<(), Error> {
        let fail = |error| classify_io(&self.path, &error);
        let file = match self.file.take() {
            Some(file) => file,
            None => File::open(&self.path).map_err(fail)?,
        };
        file.sync_data().map_err(fail)?;
        self.file = Some(file);
        Ok(())
    }
}
