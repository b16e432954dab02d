//! Queues of ours that nobody needs any more: noted in the transaction that makes them so, removed afterwards.

use freehold_queues::QueueId;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

/// A queue of ours whose topic or subscription is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AbandonedQueue {
    pub id: String,
    pub account: String,
    pub queue: QueueId,
}

impl AbandonedQueue {
    pub fn new(account: &str, queue: QueueId) -> Self {
        Self { id: queue.to_string(), account: account.to_owned(), queue }
    }
}

impl Document for AbandonedQueue {
    const KIND: &'static str = "sns.abandoned_queue";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
