//! Starts the node, finds the one that runs, and ends it. A node is known by the lock that it holds on
//! `functions/node.lock`: no record can be wrong about that.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::FlockOperation;
use rustix::process::{Pid, PidfdFlags, Signal};
use tokio::time::Instant;

use crate::client::Node;
use crate::layout::Layout;

/// What a node may take until it answers, and until it has ended.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(5);
/// A log that has grown beyond this is put aside when the node starts again.
const LOG_BYTES: u64 = 16 << 20;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the node of functions cannot be started: {0}")]
    Start(std::io::Error),
    #[error("the node of functions does not answer; see {0}")]
    Silent(PathBuf),
    #[error("the node of functions does not end")]
    Stuck,
    #[error(transparent)]
    Machine(#[from] freehold_machine::Error),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It ran already, started by this process or by an earlier one.
    Running,
    Started,
}

/// The node of one region.
#[derive(Debug, Clone)]
pub struct Launcher {
    layout: Layout,
    /// The program and arguments that call [`crate::node::run`].
    command: (PathBuf, Vec<String>),
}

impl Launcher {
    pub fn new(data_dir: &Path, command: (PathBuf, Vec<String>)) -> Self {
        Self { layout: Layout::new(data_dir), command }
    }

    /// Returns when a node answers. Called again it does nothing, so call it whenever the node cannot be reached.
    pub async fn ensure(&self) -> Result<Found, Error> {
        let mut found = Found::Running;
        if !is_running(&self.layout) {
            self.start()?;
            found = Found::Started;
        }
        let (node, until) = (Node::new(&self.layout), Instant::now() + PATIENCE);
        while node.status().await.is_err() {
            if Instant::now() > until {
                return Err(Error::Silent(self.layout.root().join("node.log")));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(found)
    }

    fn start(&self) -> Result<(), Error> {
        fs::create_dir_all(self.layout.root()).map_err(Error::Start)?;
        let log = log(&self.layout).map_err(Error::Start)?;
        let (program, arguments) = &self.command;
        let mut command = tokio::process::Command::new(program);
        command
            .arg0("freehold")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(Error::Start)?)
            .stderr(log);
        command.kill_on_drop(false).current_dir("/");
        let mut child = command.spawn().map_err(Error::Start)?;
        // It goes on without us; if it ends before, nothing of it is left.
        tokio::spawn(async move { child.wait().await });
        Ok(())
    }
}

fn log(layout: &Layout) -> std::io::Result<File> {
    let path = layout.root().join("node.log");
    if fs::metadata(&path).is_ok_and(|known| known.len() > LOG_BYTES) {
        fs::rename(&path, layout.root().join("node.log.1"))?;
    }
    File::options().create(true).append(true).mode(0o600).open(path)
}

fn lock_file(layout: &Layout) -> PathBuf {
    layout.root().join("node.lock")
}

/// Whether some node holds the lock.
pub fn is_running(layout: &Layout) -> bool {
    let Ok(file) = File::open(lock_file(layout)) else { return false };
    rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared).is_err()
}

/// What a node does first: the lock, for as long as it lives; `None` if another one has it.
pub(crate) fn take(layout: &Layout) -> std::io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).read(true).open(lock_file(layout))?;
    if rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(None);
    }
    fs::write(layout.root().join("node.pid"), std::process::id().to_string())?;
    Ok(Some(file))
}

/// Ends the node of that data directory, and removes all that it had on the host; what is on disk stays. Blocks.
pub fn end(data_dir: &Path) -> Result<(), Error> {
    let layout = Layout::new(data_dir);
    let began = std::time::Instant::now();
    let mut signal = Signal::TERM;
    while is_running(&layout) {
        // The lock is held, so that is its number, or will be in a moment.
        let pid = fs::read_to_string(layout.root().join("node.pid")).ok().and_then(|text| text.trim().parse().ok());
        if let Some(process) =
            pid.and_then(Pid::from_raw).and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok())
            && is_running(&layout)
        {
            let _ = rustix::process::pidfd_send_signal(&process, signal);
        }
        std::thread::sleep(LOOK * 4);
        if began.elapsed() > PATIENCE / 2 {
            signal = Signal::KILL;
        }
        if began.elapsed() > PATIENCE {
            return Err(Error::Stuck);
        }
    }
    freehold_machine::sandbox::remove_leftovers(data_dir)?;
    Ok(())
}
