//! What callers ask of the committer.

use std::sync::Arc;

use freehold_store::messages::Change;
use tokio::sync::oneshot;

use crate::Error;
use crate::cell::Cell;
use crate::message::{Millis, Outgoing, Sent};

/// Resolves when the outcome is on disk. Whoever asked may have gone meanwhile.
pub type Answer<T> = oneshot::Sender<Result<T, Error>>;

pub enum Job {
    /// Puts messages into queues, all or none.
    Send { messages: Vec<Outgoing>, answer: Answer<Vec<Sent>> },
    /// Takes messages out of their queue, which holds them as leaving.
    Leave(Departure),
    /// Notes how often messages were received. Nobody waits for it.
    Received(Vec<Received>),
    /// Forgets deduplication ids. Nobody waits for it.
    Forget(Change),
}

/// How often a message was received by now, and when first.
#[derive(Debug, Clone, Copy)]
pub struct Received {
    pub sequence: u64,
    pub count: u32,
    pub first: Millis,
}

/// Messages that leave a queue.
pub struct Departure {
    pub queue: Arc<Cell>,
    pub sequences: Vec<u64>,
    pub to: Destination,
    pub answer: Option<Answer<()>>,
}

#[derive(Clone)]
pub enum Destination {
    Nowhere,
    /// Into another queue, with their times and counts: dead letters.
    Bury(Arc<Cell>),
    /// Into another queue, as if they were sent now.
    Renew(Arc<Cell>),
}
