//! Folds the journal's log into its database while commits go on. Left to the engine, a commit in a thousand would do
//! that and keep everybody waiting for a tenth of a second.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::Error;
use crate::sqlite::failure::classify;
use crate::sqlite::open;

/// From a commit to the copying of it and of all that came meanwhile.
const PAUSE: Duration = Duration::from_secs(1);
/// The second pass copies what was written during the first, and so leaves next to nothing.
const PASSES: usize = 2;

#[derive(Debug)]
pub struct Checkpointer {
    /// `None` only while it is dropped.
    commits: Option<Sender<()>>,
    /// A pass will come.
    is_asked: Arc<AtomicBool>,
    /// Hardly anything is left to copy.
    is_nearly_done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub fn start(path: &Path) -> Result<Self, Error> {
        let connection = open::open(path)?;
        connection.busy_timeout(Duration::ZERO).map_err(|error| classify(path, &error))?;
        let (commits, queue) = channel();
        let (is_asked, is_nearly_done) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let flags = (Arc::clone(&is_asked), Arc::clone(&is_nearly_done));
        let thread = std::thread::Builder::new()
            .name("checkpoints".into())
            .spawn(move || run(&connection, &queue, &flags.0, &flags.1))
            .map_err(|error| Error::Engine(format!("no thread to checkpoint with: {error}")))?;
        Ok(Self { commits: Some(commits), is_asked, is_nearly_done, thread: Some(thread) })
    }

    /// To be called after each commit by the connection that writes. Only when all is copied does the log begin anew,
    /// and while others write that is never so: the writer itself copies the little that is left.
    pub fn committed(&self, writer: &Connection) -> rusqlite::Result<()> {
        if self.is_nearly_done.swap(false, Ordering::AcqRel) {
            checkpoint(writer)?;
        }
        if !self.is_asked.swap(true, Ordering::AcqRel)
            && let Some(commits) = &self.commits
        {
            // The thread lives as long as this does.
            let _ = commits.send(());
        }
        Ok(())
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        drop(self.commits.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, commits: &Receiver<()>, is_asked: &AtomicBool, is_nearly_done: &AtomicBool) {
    while commits.recv().is_ok() {
        if commits.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected) {
            break;
        }
        is_asked.store(false, Ordering::Release);
        match (0..PASSES).try_for_each(|_| checkpoint(connection)) {
            Ok(()) => is_nearly_done.store(true, Ordering::Release),
            // On a full disk, for example; the log grows meanwhile.
            Err(error) => tracing::warn!(%error, "the log of messages could not be folded into its database"),
        }
    }
}

fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))
}
