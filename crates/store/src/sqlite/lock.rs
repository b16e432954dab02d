//! One process per data directory.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use super::failure::classify_io;
use crate::Error;

/// How often a lock that is held is asked for again, and the pause between. A holder that was just killed may be
/// dying still, and a child that it had forked keeps the lock until it executes its program.
const TRIES: u32 = 25;
const PAUSE: Duration = Duration::from_millis(10);

/// An exclusive lock on the data directory, held as long as the value lives. The kernel releases it however the
/// process ends.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    pub fn take(directory: &Path) -> Result<Self, Error> {
        let path = directory.join("lock");
        let fail = |error: std::io::Error| classify_io(&path, &error);
        DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(fail)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(fail)?;
        if !try_for_a_while(&file).map_err(fail)? {
            return Err(Error::Locked(describe(directory, &mut file)));
        }
        // Always as long, as ext4 takes milliseconds to cut a file. On a full disk the note stays unwritten, which
        // harms nobody.
        let _ = file.write_all_at(format!("{:>10}\n", std::process::id()).as_bytes(), 0);
        Ok(Self { _file: file })
    }
}

fn try_for_a_while(file: &File) -> std::io::Result<bool> {
    for attempt in 1..=TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if attempt < TRIES => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    Ok(false)
}

/// The directory and, as a courtesy, who holds it; the lock itself is what counts.
fn describe(directory: &Path, file: &mut File) -> String {
    let mut holder = String::new();
    let _ = file.read_to_string(&mut holder);
    match holder.trim() {
        "" => directory.display().to_string(),
        pid => format!("{} (process {pid})", directory.display()),
    }
}
