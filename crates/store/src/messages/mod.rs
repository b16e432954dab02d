//! The journal of queues: messages, what they say, and which deduplication ids were used. Who may receive what, and
//! when, is decided by `freehold-queues`; here are only the rows that survive.
//!
//! Rows are narrow and what messages say stands apart, so that a million messages are found again at a start without
//! reading a gigabyte.

mod checkpointer;
mod memory;
mod sqlite;

#[cfg(test)]
mod conformance;

use bytes::Bytes;

use crate::Error;

pub use memory::MemoryJournal;
pub use sqlite::SqliteJournal;

/// A message in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Ever increasing, over all queues.
    pub sequence: u64,
    pub queue: u64,
    /// Names what it says; messages that were moved keep it.
    pub content: u64,
    pub id: u128,
    /// Milliseconds since 1970, as all times here.
    pub sent: i64,
    /// Hidden until then.
    pub due: i64,
    pub receive_count: u32,
    /// 0 if it was never received.
    pub first_received: i64,
    /// The queue it was moved from as a dead letter; 0 if it was not.
    pub origin: u64,
    pub group: Option<String>,
    pub deduplication: Option<String>,
}

/// A deduplication id that was used in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deduplication {
    pub queue: u64,
    /// A digest of the id, and of its group where ids mean something within groups only.
    pub key: [u8; 16],
    /// The message that it stands for.
    pub sequence: u64,
    pub id: u128,
    pub at: i64,
}

/// One change of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Adds a message; without a content if that is there already.
    Add(Message, Option<Bytes>),
    /// Removes a message, and what it says if nobody needs that any more.
    Remove { sequence: u64, content: Option<u64> },
    /// Notes that a message was received.
    Received { sequence: u64, count: u32, first: i64 },
    /// Notes a deduplication id, whatever was noted of it before.
    Deduplicate(Deduplication),
    /// Forgets the ids that were used before this time.
    ForgetDeduplications { before: i64 },
    /// No message has, or had, a sequence of this or more.
    Reserve(u64),
}

/// Writes changes, all of a call or none.
pub trait Journal: Send + 'static {
    /// Returns when the changes are on disk.
    fn commit(&mut self, changes: &[Change]) -> Result<(), Error>;

    /// The sequence from which on all are unused.
    fn reserved(&mut self) -> Result<u64, Error>;

    /// Shows every message, in the order of their sequences.
    fn messages(&mut self, each: &mut dyn FnMut(Message)) -> Result<(), Error>;

    /// Every deduplication id.
    fn deduplications(&mut self) -> Result<Vec<Deduplication>, Error>;

    /// A handle that reads what messages say, from any thread, as of the last commit.
    fn contents(&self) -> Box<dyn Contents>;
}

/// Reads what messages say.
pub trait Contents: Send + Sync + 'static {
    /// In the order of the names; `None` for one that is not there.
    fn read(&self, contents: &[u64]) -> Result<Vec<Option<Bytes>>, Error>;
}
