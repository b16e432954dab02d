//! What goes into queues and what comes out.

use std::time::Duration;

use bytes::Bytes;

use crate::Receipt;

/// Names a queue for good: a queue that is made anew under an old name has another number.
pub type QueueId = u64;

/// Milliseconds since 1970.
pub type Millis = i64;

/// A message to be put into a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub queue: QueueId,
    /// A random UUID.
    pub id: u128,
    /// What the message says, in whatever form its reader and its writer agree on.
    pub content: Bytes,
    /// How long it stays hidden at first.
    pub delay: Duration,
    /// Messages of a group leave a FIFO queue one after the other. Of a standard queue's messages it is only kept.
    pub group: Option<String>,
    /// In a FIFO queue, a message with an id that was sent in the last five minutes is taken for the same one.
    pub deduplication: Option<String>,
}

/// What became of an [`Outgoing`] message, on disk by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Of the message in the queue: that of the first, if this one was a duplicate.
    pub id: u128,
    /// Greater than that of every message sent before.
    pub sequence: u64,
    /// The message was there already and nothing was put into the queue.
    pub is_duplicate: bool,
}

/// A message that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub id: u128,
    pub sequence: u64,
    /// What to give back to delete it or to change how long it stays hidden.
    pub receipt: Receipt,
    pub content: Bytes,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    pub sent: Millis,
    pub first_received: Millis,
    /// This time included.
    pub receive_count: u32,
    /// The queue it came from, if it is in this one because it was received too often.
    pub origin: Option<QueueId>,
}

/// How to receive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receive {
    pub max: usize,
    /// How long the messages stay hidden from others.
    pub visibility: Duration,
    /// How long to wait for the first message.
    pub wait: Duration,
    /// FIFO queues: the same attempt within five minutes gets the same messages again.
    pub attempt: Option<String>,
}

/// How many messages a queue has, by what they wait for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub visible: u64,
    pub in_flight: u64,
    pub delayed: u64,
}

/// How a queue behaves. Settings may change while messages are in it, but for `fifo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub fifo: Option<Fifo>,
    /// Messages are forgotten when they have been there for so long.
    pub retention: Duration,
    pub dead_letters: Option<DeadLetters>,
    /// Messages that may be in flight at once.
    pub max_in_flight: usize,
}

/// What a FIFO queue adds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fifo {
    /// Deduplication ids mean something within their group only.
    pub deduplicate_by_group: bool,
}

/// Where messages go that were received too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLetters {
    pub queue: QueueId,
    /// A message that was received so often goes there instead of being received once more.
    pub max_receives: u32,
}

/// A duration as the difference of two times.
pub fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
