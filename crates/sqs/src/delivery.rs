//! What SNS asks of SQS: to put a notification into a queue as if the topic had sent it.

use std::sync::Arc;

use freehold_queues::{Outgoing, QueueId, Queues};

use crate::Sqs;
use crate::content::Attribute;

/// A message that another service of the region wants in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub body: String,
    /// By name, in any order.
    pub attributes: Vec<(String, Attribute)>,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    /// What receivers see as `SenderId`.
    pub sender_id: String,
}

/// Why a queue cannot take a [`Delivery`]. None of it goes away by trying again with the same message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undeliverable {
    #[error("The specified queue does not exist.")]
    NoQueue,
    /// The queue is FIFO and the delivery has no group or no deduplication id (and the queue makes none), or the
    /// other way round.
    #[error("{0}")]
    Fifo(String),
    #[error("Message must be shorter than {limit} bytes.")]
    TooLong { limit: usize },
    /// Its body, an attribute or an id is not what a message may have.
    #[error("{0}")]
    Invalid(String),
}

impl Sqs {
    /// The message as [`Queues::send`] takes it.
    pub fn outgoing(&self, _queue_arn: &str, _delivery: Delivery) -> Result<Outgoing, Undeliverable> {
        Err(Undeliverable::NoQueue)
    }

    /// The queue's number; `None` if there is no such queue.
    pub fn queue_id(&self, _arn: &str) -> Option<QueueId> {
        None
    }

    /// The queues themselves.
    pub fn queues(&self) -> &Arc<Queues> {
        &self.queues
    }

    /// Whether the topic may send to the queue: in its own account unless the queue's policy denies it, in another
    /// one if the policy allows it.
    pub fn may_send(&self, _queue_arn: &str, _topic_arn: &str) -> bool {
        false
    }
}
