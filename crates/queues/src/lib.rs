//! Queues that lose nothing: durable messages with visibility timeouts, delays, message groups, deduplication and
//! dead letters. SQS is this with AWS's words around it; SNS keeps what it has still to deliver here too.
//!
//! ```text
//!  send, delete, move ──▶ committer thread: changes of many callers ──▶ one commit ──▶ [`state::Queue`] ──▶ answers
//!  receive, change visibility ───────────────────────────────────────────────────▶ [`state::Queue`]
//!                                         └── what was received how often ──▶ committer, not waited for
//! ```
//!
//! Where a message is and who waits for it is kept in memory, a hundred-odd bytes a message, and can be read again
//! from the journal; what it says is on disk. What was answered is on disk. A lease is not: after a crash a message
//! that was in flight may be received again at once, as queues promise *at least once*. How often a message was received
//! is on disk a moment after it was (20 ms), unless it was deleted by then.
//!
//! Costs: a send or delete is part of one `fdatasync`, shared with whoever waits; a receive is O(log n) in the
//! messages of its queue and reads its contents; an idle receiver costs a timer and its place in a list.

mod alarm;
mod cache;
mod cell;
mod committer;
mod error;
mod load;
mod message;
mod queues;
mod receipt;
mod receiving;
mod registry;
mod state;
mod sweep;
#[cfg(test)]
mod tests;

pub use error::{Error, ReceiptError};
pub use message::{Counts, DeadLetters, Fifo, Millis, Outgoing, QueueId, Receive, Received, Sent, Settings};
pub use queues::{Queues, new_queue_id};
pub use receipt::Receipt;
pub use sweep::ForgetExpired;
