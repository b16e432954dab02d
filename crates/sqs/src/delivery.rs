//! What SNS asks of SQS: to put a notification into a queue as if the topic had sent it.

use std::sync::Arc;
use std::time::Duration;

use freehold_iam::Iam;
use freehold_iam::policy::Decision;
use freehold_queues::{Outgoing, QueueId, Queues};

use crate::Sqs;
use crate::address::Name;
use crate::errors::Error;
use crate::messages::{Attribute, Message};
use crate::registry::Queue;

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
    /// What receivers see as `AWSTraceHeader`.
    pub trace: Option<String>,
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
    pub fn outgoing(&self, queue_arn: &str, delivery: Delivery) -> Result<Outgoing, Undeliverable> {
        let queue = self.by_arn(queue_arn).ok_or(Undeliverable::NoQueue)?;
        let Delivery { body, mut attributes, group, deduplication, sender_id, trace } = delivery;
        let makes_ids = queue.definition.attributes.fifo.map(|fifo| fifo.content_based_deduplication);
        let lacks = match makes_ids {
            Some(makes_ids) => group.is_none() || (deduplication.is_none() && !makes_ids),
            None => deduplication.is_some(),
        };
        attributes.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let delay = Duration::from_secs(queue.definition.attributes.delay.into());
        let message = Message { body: &body, attributes, group, deduplication, delay, sender_id: &sender_id };
        match message.prepare(&queue, trace.as_deref()) {
            Ok(prepared) => Ok(prepared.outgoing),
            Err(Error::MessageTooLong(limit)) => Err(Undeliverable::TooLong { limit }),
            Err(error) if lacks => Err(Undeliverable::Fifo(error.to_string())),
            Err(error) => Err(Undeliverable::Invalid(error.to_string())),
        }
    }

    /// The queue's number; `None` if there is no such queue.
    pub fn queue_id(&self, arn: &str) -> Option<QueueId> {
        self.by_arn(arn).map(|queue| queue.id())
    }

    /// The queues themselves.
    pub fn queues(&self) -> &Arc<Queues> {
        &self.queues
    }

    /// Whether the topic may send to the queue: in its own account unless the queue's policy denies it, in another
    /// one if the policy allows it.
    pub fn may_send(&self, queue_arn: &str, topic_arn: &str) -> bool {
        let account = topic_arn.split(':').nth(4).unwrap_or_default();
        let decision = self.iam.service_may("sns.amazonaws.com", "sqs:SendMessage", queue_arn, topic_arn, account);
        decision == Decision::Allowed
    }

    /// Who knows what policies of queues and topics let services do.
    pub fn iam(&self) -> &Arc<Iam> {
        &self.iam
    }

    pub(crate) fn by_arn(&self, arn: &str) -> Option<Arc<Queue>> {
        self.registry.get(Name::of_arn(arn, &self.region)?)
    }
}
