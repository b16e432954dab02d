//! What callers ask of the committer.

use std::sync::Arc;

use freehold_store::messages::Change;
use tokio::sync::oneshot;

use crate::Error;
use crate::cell::Cell;
use crate::message::{Outgoing, Sent};

/// Resolves when the outcome is on disk. Whoever asked may have gone meanwhile.
pub type Answer<T> = oneshot::Sender<Result<T, Error>>;

pub enum Job {
    /// Puts messages into queues, all or none.
    Send { messages: Vec<Outgoing>, answer: Answer<Vec<Sent>> },
    /// Takes messages out of their queue, which holds them as leaving.
    Leave(Departure),
    /// Notes what happened and cannot be refused. Nobody waits for it.
    Note(Vec<Change>),
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
