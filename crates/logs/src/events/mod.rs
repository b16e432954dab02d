//! Events on disk: `logs.db` beside the region's state. One thread writes whatever waits in one commit, so that what was
//! acknowledged is on disk; readers have connections of their own.
//!
//! A group is known here by a number that no other group ever had, so that one that is made again under its old name
//! begins empty. Streams and events are rows; what is deleted disappears at once for readers, and its events are removed
//! bit by bit.

mod apply;
mod deliveries;
mod discard;
mod place;
mod read;
mod streams;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use freehold_store::database::{self, Readers, Schema};
use tokio::sync::watch;

pub(crate) use deliveries::{Delivery, Waiting};
pub(crate) use place::Place;
pub(crate) use read::{Budget, Event, Page, Range, Source};
pub(crate) use streams::{Order, Stream, StreamPage};
use writer::{Job, Writer};

/// Pages that each connection that reads keeps.
const CACHE_KIB: u32 = 4096;
const SCHEMA: Schema = Schema { migrations: &[include_str!("schema.sql")] };
/// What an event counts for besides its message (*API reference, PutLogEvents*).
pub(crate) const OVERHEAD_BYTES: usize = 26;

/// What the engine reports.
#[derive(Debug, Clone, thiserror::Error)]
#[error("logs.db: {0}")]
pub struct Failure(String);

impl From<freehold_store::Error> for Failure {
    fn from(error: freehold_store::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

/// An event that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewEvent {
    pub place: Place,
    pub message: String,
}

/// Events of one request.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub group: i64,
    pub stream: String,
    pub ingested: i64,
    /// In the order of time.
    pub events: Vec<NewEvent>,
    /// Written with them or not at all.
    pub deliveries: Vec<Delivery>,
}

impl Batch {
    /// What the events count for.
    pub fn bytes(&self) -> usize {
        self.events.iter().map(|event| event.message.len() + OVERHEAD_BYTES).sum()
    }
}

/// All events of a region.
pub struct EventStore {
    writer: Writer,
    readers: Readers,
    /// The number of the next event.
    next: AtomicI64,
    /// Moves when there is something new to deliver.
    outbox: watch::Sender<u64>,
}

impl EventStore {
    /// Opens `logs.db` in `directory`, which exists. The lock of the region's state in the same directory keeps other
    /// processes out.
    ///
    /// # Errors
    /// What the engine reports; a database of another program.
    pub fn open(directory: &Path) -> Result<Arc<Self>, Failure> {
        let path = directory.join("logs.db");
        let connection = database::writer(&path, &SCHEMA)?;
        connection.execute_batch("PRAGMA cache_size = -8192;")?;
        let last: i64 = connection.query_row("SELECT ifnull(max(number), 0) FROM event", [], |row| row.get(0))?;
        let writer = Writer::start(connection)?;
        let readers = Readers::new(path, CACHE_KIB);
        Ok(Arc::new(Self { writer, readers, next: AtomicI64::new(last + 1), outbox: watch::Sender::new(0) }))
    }

    /// Writes what was taken and closes the database; whatever comes afterwards is refused.
    pub fn close(&self) {
        self.readers.close();
        // It closes last: that folds the write-ahead log into the database.
        self.writer.close();
    }

    /// Numbers for so many events: this one and those after it.
    pub(crate) fn numbers(&self, count: usize) -> i64 {
        self.next.fetch_add(i64::try_from(count).unwrap_or(i64::MAX), Ordering::Relaxed)
    }

    /// Resolves when all of them are on disk; `false` if the stream does not exist.
    pub(crate) async fn put(&self, batch: Batch) -> Result<bool, Failure> {
        let delivers = !batch.deliveries.is_empty();
        let stored = self.writer.order(Job::Put(batch)).await?;
        if delivers {
            self.outbox.send_modify(|moved| *moved += 1);
        }
        Ok(stored)
    }

    /// Makes a stream; `false` if it is there already.
    pub(crate) async fn create_stream(&self, group: i64, name: String, at: i64) -> Result<bool, Failure> {
        self.writer.order(Job::CreateStream { group, name, at }).await
    }

    /// Removes a stream with its events; `false` if it is not there.
    pub(crate) async fn delete_stream(&self, group: i64, name: String) -> Result<bool, Failure> {
        self.writer.order(Job::DeleteStream { group, name }).await
    }

    /// Removes all streams of a group, and what its subscribers were to be given.
    pub(crate) async fn delete_group(&self, group: i64) -> Result<(), Failure> {
        self.writer.order(Job::DeleteGroup { group }).await.map(drop)
    }

    /// Removes some of the group's events that are older; whether there may be more.
    pub(crate) async fn expire(&self, group: i64, until: i64) -> Result<bool, Failure> {
        self.writer.order(Job::Expire { group, until }).await
    }

    /// Whether a group has events that are older.
    pub(crate) fn has_older(&self, group: i64, until: i64) -> Result<bool, Failure> {
        Ok(self.readers.with(|connection| discard::has_older(connection, group, until))?)
    }

    /// Whether there are events of deleted streams.
    pub(crate) fn has_garbage(&self) -> Result<bool, Failure> {
        Ok(self.readers.with(discard::has_garbage)?)
    }

    /// Removes some of the events of deleted streams; whether there may be more.
    pub(crate) async fn sweep(&self) -> Result<bool, Failure> {
        self.writer.order(Job::Sweep).await
    }

    /// It was delivered, or never will be.
    pub(crate) async fn forget_delivery(&self, id: i64) -> Result<(), Failure> {
        self.writer.order(Job::Delivered(id)).await.map(drop)
    }

    /// A counter that moves when there is something new to deliver.
    pub(crate) fn watch_deliveries(&self) -> watch::Receiver<u64> {
        self.outbox.subscribe()
    }

    /// Which subscribers have something to be given: group and filter.
    pub(crate) fn waiting(&self) -> Result<Vec<(i64, String)>, Failure> {
        Ok(self.readers.with(deliveries::waiting)?)
    }

    /// What a subscriber is given next.
    pub(crate) fn next_delivery(&self, group: i64, filter: &str) -> Result<Option<Waiting>, Failure> {
        Ok(self.readers.with(|connection| deliveries::next(connection, group, filter))?)
    }

    pub(crate) fn stream(&self, group: i64, name: &str) -> Result<Option<Stream>, Failure> {
        Ok(self.readers.with(|connection| streams::find(connection, group, name))?)
    }

    /// Streams of a group in an order.
    pub(crate) fn streams(&self, page: &StreamPage) -> Result<Vec<Stream>, Failure> {
        Ok(self.readers.with(|connection| streams::list(connection, page))?)
    }

    /// What the events of a group count for.
    pub(crate) fn stored_bytes(&self, group: i64) -> Result<i64, Failure> {
        Ok(self.readers.with(|connection| streams::stored_bytes(connection, group))?)
    }

    /// Events of a range, the first or the last ones that fit into a page, in the order of time.
    pub(crate) fn events(
        &self,
        source: &Source,
        range: Range,
        budget: Budget,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Page, Failure> {
        Ok(self.readers.with(|connection| read::events(connection, source, range, budget, is_wanted))?)
    }
}
