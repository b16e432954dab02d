//! `freehold down`: ends the control plane. Machines are processes of their own and go on running; with
//! `--machines` they end too, with all that was made for them, whether or not a control plane lives.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::process::Signal;

use super::block_on;
use crate::cli;
use crate::data_dir::{DataDir, Lock};
use crate::pid_file::Record;
use crate::region::cleanup;
use crate::terminal::note;

/// How long the control plane may take to answer the calls that it has and to close its state.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(data_dir: Option<PathBuf>, options: cli::Down) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    match end_control_plane(&data)? {
        Some(pid) => note(&format!("the control plane (pid {pid}) ended")),
        None => note(&format!("no control plane runs on {}", data.path().display())),
    }
    cleanup::forget_names(&data)?;
    if options.machines && data.path().exists() {
        let _lock = take(&data)?;
        let removed = block_on(cleanup::everything(&data))?;
        note(&format!(
            "{} machines, {} balancers and {} networks were removed",
            removed.machines, removed.balancers, removed.networks
        ));
    }
    Ok(())
}

/// Asks the control plane to end and waits until it has; its pid, or `None` if there was none.
pub fn end_control_plane(data: &DataDir) -> Result<Option<i32>> {
    let Some(record) = Record::of_running(&data.pid_file()) else { return Ok(None) };
    if !record.signal(Signal::TERM)? {
        return Ok(None);
    }
    let asked = Instant::now();
    while record.is_running() {
        if asked.elapsed() > PATIENCE {
            bail!("the control plane (pid {}) was told to end and has not within {} s", record.pid, PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(Some(record.pid))
}

/// Takes the data directory, so that no control plane starts meanwhile.
pub fn take(data: &DataDir) -> Result<Lock> {
    match data.try_lock()? {
        Some(lock) => Ok(lock),
        None => bail!("{} is in use by another freehold that is starting or cleaning up", data.path().display()),
    }
}
