//! What the disk allows: appends of 1 KiB that are made durable, one by one and 32 at a time.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::drive::Outcome;
use super::payload::BYTES;

/// Appends `messages` of 1 KiB and waits for the disk, again and again for `time`.
pub fn appends(directory: &Path, messages: usize, time: Duration) -> Result<Outcome> {
    let path = directory.join("appends");
    let mut file = File::create(&path)?;
    let block = vec![b'f'; BYTES * messages];
    let started = Instant::now();
    let mut outcome = Outcome::default();
    while started.elapsed() < time {
        let asked = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        outcome.steps.push(asked.elapsed().as_micros().try_into().unwrap_or(u32::MAX));
        outcome.messages += messages as u64;
    }
    outcome.took = started.elapsed();
    outcome.steps.sort_unstable();
    std::fs::remove_file(path)?;
    Ok(outcome)
}

/// Whether files of that directory are in memory only, where no figure would mean anything durable.
pub fn is_in_memory(directory: &Path) -> Result<bool> {
    /// *statfs(2)*: TMPFS_MAGIC
    const TMPFS: i64 = 0x0102_1994;
    Ok(rustix::fs::statfs(directory)?.f_type == TMPFS)
}
