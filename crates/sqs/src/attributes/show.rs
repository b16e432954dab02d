//! Attributes as `GetQueueAttributes` shows them.

use std::collections::BTreeMap;

use freehold_queues::Counts;
use serde::Serialize;

use crate::errors::{Error, Result};
use crate::model::{Definition, QueueAttributes};

/// Everything that may be asked for (*API reference, GetQueueAttributes*).
const KNOWN: [&str; 22] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "ContentBasedDeduplication",
    "CreatedTimestamp",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "LastModifiedTimestamp",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "QueueArn",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
    ALL,
];
const ALL: &str = "All";

/// Which attributes somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked(Vec<String>);

impl Asked {
    pub fn new(names: Vec<String>) -> Result<Self> {
        match names.iter().find(|name| !KNOWN.contains(&name.as_str())) {
            Some(unknown) => Err(Error::InvalidAttributeName(unknown.clone())),
            None => Ok(Self(names)),
        }
    }

    fn wants(&self, name: &str) -> bool {
        self.0.iter().any(|asked| asked == ALL || asked == name)
    }
}

/// A queue's attributes, those that it has and somebody asked for.
pub(crate) fn show(definition: &Definition, arn: &str, counts: Counts, asked: &Asked) -> BTreeMap<String, String> {
    let mut shown = settable(&definition.attributes);
    let mut add = |name: &str, value: String| shown.insert(name.to_owned(), value);
    add("QueueArn", arn.to_owned());
    add("ApproximateNumberOfMessages", counts.visible.to_string());
    add("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string());
    add("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string());
    add("CreatedTimestamp", definition.created.as_second().to_string());
    add("LastModifiedTimestamp", definition.modified.as_second().to_string());
    shown.retain(|name, _| asked.wants(name));
    shown
}

/// Whatever can be set and is.
pub(crate) fn settable(attributes: &QueueAttributes) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::new();
    let mut add = |name: &str, value: String| shown.insert(name.to_owned(), value);
    add("DelaySeconds", attributes.delay.to_string());
    add("MaximumMessageSize", attributes.maximum_message_size.to_string());
    add("MessageRetentionPeriod", attributes.retention.to_string());
    add("ReceiveMessageWaitTimeSeconds", attributes.receive_wait.to_string());
    add("VisibilityTimeout", attributes.visibility_timeout.to_string());
    add("SqsManagedSseEnabled", attributes.managed_sse.to_string());
    if let Some(policy) = &attributes.policy {
        add("Policy", policy.clone());
    }
    if let Some(redrive) = &attributes.redrive {
        add("RedrivePolicy", json(redrive));
    }
    if let Some(allow) = &attributes.redrive_allow {
        add("RedriveAllowPolicy", json(allow));
    }
    if let Some(seconds) = attributes.data_key_reuse {
        add("KmsDataKeyReusePeriodSeconds", seconds.to_string());
    }
    if let Some(fifo) = &attributes.fifo {
        let word = |yes: bool, no: &str, word: &str| if yes { word.to_owned() } else { no.to_owned() };
        add("FifoQueue", "true".into());
        add("ContentBasedDeduplication", fifo.content_based_deduplication.to_string());
        add("DeduplicationScope", word(fifo.deduplicates_by_group, "queue", "messageGroup"));
        add("FifoThroughputLimit", word(fifo.limits_by_group, "perQueue", "perMessageGroupId"));
    }
    shown
}

/// Structs of texts and numbers always have a form in JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
