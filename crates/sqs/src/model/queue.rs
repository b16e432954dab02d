//! A queue's definition.

use freehold_core::tags::Tags;
use freehold_queues::QueueId;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::address::Name;

/// A queue, as it should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Definition {
    /// `account/name`
    id: String,
    pub account: String,
    pub name: String,
    /// Its messages are kept under this number.
    pub queue: QueueId,
    pub attributes: QueueAttributes,
    pub tags: Tags,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub purged: Option<Timestamp>,
}

impl Definition {
    pub fn new(name: Name<'_>, queue: QueueId, attributes: QueueAttributes, tags: Tags, now: Timestamp) -> Self {
        Self {
            id: Self::id_of(name),
            account: name.account.to_owned(),
            name: name.queue.to_owned(),
            queue,
            attributes,
            tags,
            created: now,
            modified: now,
            purged: None,
        }
    }

    /// The id of the document.
    pub fn id_of(name: Name<'_>) -> String {
        format!("{}/{}", name.account, name.queue)
    }

    pub fn name(&self) -> Name<'_> {
        Name { account: &self.account, queue: &self.name }
    }

    pub fn is_fifo(&self) -> bool {
        self.attributes.fifo.is_some()
    }
}

impl Document for Definition {
    const KIND: &'static str = "sqs.queue";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// Everything that `SetQueueAttributes` sets; times in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct QueueAttributes {
    pub delay: u32,
    /// Bytes.
    pub maximum_message_size: u32,
    pub retention: u32,
    pub receive_wait: u32,
    pub visibility_timeout: u32,
    /// As it was written.
    pub policy: Option<String>,
    pub redrive: Option<Redrive>,
    pub redrive_allow: Option<RedriveAllow>,
    pub managed_sse: bool,
    pub data_key_reuse: Option<u32>,
    pub fifo: Option<FifoAttributes>,
}

/// What a FIFO queue has besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FifoAttributes {
    pub content_based_deduplication: bool,
    /// Else per queue.
    pub deduplicates_by_group: bool,
    /// Else per queue.
    pub limits_by_group: bool,
}

/// Where messages go that were received too often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Redrive {
    pub dead_letter_target_arn: String,
    pub max_receive_count: u32,
}

/// Who may use the queue for dead letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedriveAllow {
    pub redrive_permission: RedrivePermission,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_queue_arns: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RedrivePermission {
    AllowAll,
    DenyAll,
    ByQueue,
}

impl RedriveAllow {
    /// Whether a queue's dead letters may come here.
    pub fn allows(&self, source_arn: &str) -> bool {
        match self.redrive_permission {
            RedrivePermission::AllowAll => true,
            RedrivePermission::DenyAll => false,
            RedrivePermission::ByQueue => self.source_queue_arns.iter().any(|arn| arn == source_arn),
        }
    }
}

impl QueueAttributes {
    /// The defaults (*API reference, SetQueueAttributes*).
    pub fn new(fifo: bool) -> Self {
        Self {
            delay: 0,
            maximum_message_size: 1 << 20,
            retention: 345_600,
            receive_wait: 0,
            visibility_timeout: 30,
            policy: None,
            redrive: None,
            redrive_allow: None,
            managed_sse: true,
            data_key_reuse: None,
            fifo: fifo.then(FifoAttributes::default),
        }
    }
}
