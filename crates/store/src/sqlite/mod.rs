//! State on disk: one SQLite database in WAL mode, in the data directory.
//!
//! ```text
//!  run(job) ──▶ queue ──▶ committer thread: BEGIN · SAVEPOINT job RELEASE · SAVEPOINT job RELEASE · … · COMMIT
//!     ▲                                                                                              │ fdatasync
//!     └──────────────────────────── answers, once all of them are on disk ◀──────────────────────────┘
//!  get_row, list_rows, look_at_rows ──▶ one of a few read-only connections, which see the last commit
//! ```
//!
//! `synchronous=FULL` makes a commit durable; what waits while one is written goes into the next, so many writers
//! share each `fdatasync` (*group commit*). A job that refuses or panics is rolled back to its savepoint and takes
//! nobody with it. When the disk is full the whole group is told so, and nothing of it is there.
//!
//! A lock file keeps a second process out; the kernel releases it however the first one ends.

mod committer;
pub(crate) mod failure;
mod lock;
pub(crate) mod open;
mod query;
pub(crate) mod readers;
mod transaction;

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use tokio::sync::{oneshot, watch};

use crate::transaction::{Job, Look};
use crate::watchers::Watchers;
use crate::{Error, Filter, Row, Store};
use committer::{Committer, Waiting};
use lock::DirectoryLock;
use readers::Readers;

/// A region's state in a directory of its own. Dropping it closes it.
#[derive(Debug)]
pub struct SqliteStore {
    region: String,
    watchers: Arc<Watchers>,
    readers: Readers,
    /// `None` once it is closed.
    jobs: Mutex<Option<Sender<Waiting>>>,
    committer: Mutex<Option<JoinHandle<()>>>,
    /// The last field, so that it is released last.
    _lock: DirectoryLock,
}

impl SqliteStore {
    /// Opens the state in `directory`, which is made if it does not exist, and brings its schema up to date.
    /// Typed writes are made in `region`.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::NewerSchema`], [`Error::Damaged`], [`Error::Full`], or [`Error::Engine`] where
    /// the directory cannot be used at all.
    pub fn open(directory: &Path, region: &str) -> Result<Self, Error> {
        let lock = DirectoryLock::take(directory)?;
        let path = directory.join(open::DATABASE);
        let connection = open::writer(&path, &open::ROWS)?;
        let watchers = Arc::new(Watchers::default());
        let (jobs, queue) = channel();
        let committer = Committer::new(connection, path.clone(), region, queue, Arc::clone(&watchers))?;
        let committer = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || committer.run())
            .map_err(|error| Error::Engine(format!("no thread to write with: {error}")))?;
        Ok(Self {
            region: region.to_owned(),
            watchers,
            readers: Readers::new(path, readers::CACHE_KIB),
            jobs: Mutex::new(Some(jobs)),
            committer: Mutex::new(Some(committer)),
            _lock: lock,
        })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl SqliteStore {
    /// Commits what was asked for so far and closes the database, whoever still holds the store. Writes are refused
    /// afterwards.
    pub fn close(&self) {
        // The writer closes last: it then folds the write-ahead log into the database.
        self.readers.close();
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(committer) = self.committer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Its panics are caught where they happen; there is nothing left to tell.
            let _ = committer.join();
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn region(&self) -> &str {
        &self.region
    }

    async fn run(&self, job: Job) -> Result<(), Error> {
        let (answer, outcome) = oneshot::channel();
        {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            jobs.as_ref().ok_or(Error::Closed)?.send(Waiting { job, answer }).map_err(|_| Error::Closed)?;
        }
        outcome.await.unwrap_or(Err(Error::Closed))
    }

    fn get_row(&self, kind: &str, id: &str) -> Result<Option<Row>, Error> {
        self.readers.with(|connection| query::get(connection, kind, id))
    }

    fn list_rows(&self, kind: &str, filter: &Filter) -> Result<Vec<Row>, Error> {
        self.readers.with(|connection| query::list(connection, kind, filter))
    }

    fn look_at_rows(&self, kind: &str, filter: &Filter, look: &mut Look<'_>) -> Result<(), Error> {
        self.readers.with(|connection| query::look(connection, kind, filter, look))?
    }

    fn watch(&self, kind: &str) -> watch::Receiver<u64> {
        self.watchers.subscribe(kind)
    }
}

#[cfg(test)]
mod tests;
