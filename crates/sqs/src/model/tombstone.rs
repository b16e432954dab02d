//! What is left of a deleted queue for a minute.

use freehold_queues::QueueId;
use freehold_store::Document;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Definition;

/// How long a deleted queue's name cannot be used again (*API reference, CreateQueue: QueueDeletedRecently*).
const REST: SignedDuration = SignedDuration::from_secs(60);

/// A deleted queue: its name rests, and its messages have to be removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tombstone {
    /// The number, as text.
    id: String,
    account: String,
    /// `account/name`
    name: String,
    pub queue: QueueId,
    pub deleted: Timestamp,
    /// The messages are gone.
    pub removed: bool,
}

impl Tombstone {
    pub fn new(definition: &Definition, now: Timestamp) -> Self {
        Self {
            id: definition.queue.to_string(),
            account: definition.account.clone(),
            name: definition.id().to_owned(),
            queue: definition.queue,
            deleted: now,
            removed: false,
        }
    }

    /// Whether the name must not be used yet.
    pub fn rests(&self, now: Timestamp) -> bool {
        now < self.ends()
    }

    /// When the name may be used again.
    pub fn ends(&self) -> Timestamp {
        self.deleted.saturating_add(REST).unwrap_or(Timestamp::MAX)
    }
}

impl Document for Tombstone {
    const KIND: &'static str = "sqs.deleted-queue";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn index(&self) -> [Option<String>; 3] {
        [Some(self.name.clone()), None, None]
    }
}
