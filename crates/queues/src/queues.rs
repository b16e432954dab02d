//! The public handle.

use std::sync::Arc;
use std::time::Duration;

use crate::{Counts, Error, Outgoing, QueueId, Receipt, ReceiptError, Receive, Received, Sent, Settings};

/// All queues of a region.
pub struct Queues {}

impl Queues {
    /// Makes a queue known, or changes its settings. Messages that it had before a restart are in it.
    pub fn configure(&self, _queue: QueueId, _settings: Settings) {
        unimplemented!()
    }

    /// Puts messages into queues, all or none. Answers in their order, when they are on disk.
    pub async fn send(&self, _messages: Vec<Outgoing>) -> Result<Vec<Sent>, Error> {
        unimplemented!()
    }

    /// Takes messages, hidden from others for a while.
    pub async fn receive(self: &Arc<Self>, _queue: QueueId, _how: Receive) -> Result<Vec<Received>, Error> {
        unimplemented!()
    }

    /// Deletes messages; answers in the order of the receipts, when it is on disk.
    pub async fn delete(
        &self,
        _queue: QueueId,
        _receipts: Vec<Receipt>,
    ) -> Result<Vec<Result<(), ReceiptError>>, Error> {
        unimplemented!()
    }

    /// Changes how long a received message stays hidden, from now on; zero makes it visible at once.
    pub fn change_visibility(
        &self,
        _queue: QueueId,
        _receipt: Receipt,
        _hidden: Duration,
    ) -> Result<Result<(), ReceiptError>, Error> {
        unimplemented!()
    }

    /// Moves a received message to another queue with its id, content, times and count: a dead letter.
    pub async fn forward(
        &self,
        _queue: QueueId,
        _receipt: Receipt,
        _to: QueueId,
    ) -> Result<Result<(), ReceiptError>, Error> {
        unimplemented!()
    }

    /// Moves up to `max` visible messages out of a queue as new ones: to `to`, or each where it came from. Tells how
    /// many were moved, which is fewer only when no more can be.
    pub async fn redrive(&self, _from: QueueId, _to: Option<QueueId>, _max: usize) -> Result<usize, Error> {
        unimplemented!()
    }

    /// Forgets all messages that are in the queue now.
    pub async fn purge(&self, _queue: QueueId) -> Result<(), Error> {
        unimplemented!()
    }

    /// Forgets the queue and its messages.
    pub async fn remove(&self, _queue: QueueId) -> Result<(), Error> {
        unimplemented!()
    }

    /// How many messages there are.
    pub fn counts(&self, _queue: QueueId) -> Result<Counts, Error> {
        unimplemented!()
    }

    /// Looks at the clock again: it was moved.
    pub fn wake(&self) {
        unimplemented!()
    }
}

/// A number for a new queue.
pub fn new_queue_id() -> QueueId {
    rand::random_range(1..=i64::MAX as u64)
}
