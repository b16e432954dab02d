//! Messages as receivers see them.

use std::collections::BTreeMap;

use freehold_api::sqs::{Message, MessageAttributeValue};
use freehold_core::ids;
use freehold_queues::Received;

use super::content::{Attribute, AttributeValue, Content};
use super::digest;
use crate::errors::{Error, Result};

/// What `MessageSystemAttributeNames` may name (*API reference, ReceiveMessage*).
const SYSTEM: [&str; 10] = [
    "All",
    "SenderId",
    "SentTimestamp",
    "ApproximateReceiveCount",
    "ApproximateFirstReceiveTimestamp",
    "SequenceNumber",
    "MessageDeduplicationId",
    "MessageGroupId",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
];

/// What somebody wants to see of messages.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Bits by position in [`SYSTEM`].
    system: u16,
    attributes: Vec<String>,
}

impl Wanted {
    /// `old` is what `system` was called until 2024; both may be given.
    pub fn new(old: Option<Vec<String>>, system: Option<Vec<String>>, attributes: Option<Vec<String>>) -> Result<Self> {
        let mut wanted = Self { system: 0, attributes: attributes.unwrap_or_default() };
        for name in old.into_iter().chain(system).flatten() {
            let position = SYSTEM.iter().position(|known| *known == name);
            let position = position.ok_or(Error::InvalidAttributeName(name))?;
            wanted.system |= if position == 0 { u16::MAX } else { 1 << position };
        }
        Ok(wanted)
    }

    fn system(&self, name: &str) -> bool {
        self.system != 0
            && SYSTEM.iter().position(|known| *known == name).is_some_and(|at| self.system & (1 << at) != 0)
    }

    /// By name, by the beginning of names (`prefix.*`), or all.
    fn attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|wanted| match wanted.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => wanted == "All" || wanted == name,
        })
    }
}

/// The message as `wanted`. `source` finds the ARN of the queue that a dead letter came from.
pub(crate) fn show(
    received: Received,
    is_fifo: bool,
    wanted: &Wanted,
    source: impl FnOnce(freehold_queues::QueueId) -> Option<String>,
) -> Result<Message> {
    let content = Content::decode(&received.content).map_err(|error| {
        tracing::error!(%error, id = ids::uuid_text(received.id), "a message cannot be read");
        Error::Internal
    })?;
    let shown = || content.attributes.iter().filter(|(name, _)| wanted.attribute(name));
    let attributes_digest = digest::of_attributes(shown().map(|(name, one)| (name.as_str(), one)));
    let message_attributes: BTreeMap<String, MessageAttributeValue> =
        shown().map(|(name, attribute)| (name.clone(), wire(attribute))).collect();
    let mut attributes = BTreeMap::new();
    if wanted.system != 0 {
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|_| wanted.system(name)) {
                attributes.insert(name.to_owned(), value);
            }
        };
        add("SenderId", Some(content.sender_id.to_owned()));
        add("SentTimestamp", Some(received.sent.to_string()));
        add("ApproximateReceiveCount", Some(received.receive_count.to_string()));
        add("ApproximateFirstReceiveTimestamp", Some(received.first_received.to_string()));
        add("SequenceNumber", is_fifo.then(|| sequence_number(received.sequence)));
        add("MessageDeduplicationId", received.deduplication);
        add("MessageGroupId", received.group);
        add("AWSTraceHeader", content.trace_header.map(str::to_owned));
        add(
            "DeadLetterQueueSourceArn",
            received.origin.filter(|_| wanted.system("DeadLetterQueueSourceArn")).and_then(source),
        );
    }
    Ok(Message {
        message_id: Some(ids::uuid_text(received.id)),
        receipt_handle: Some(received.receipt.to_string()),
        md5_of_body: Some(hex::encode(content.body_digest)),
        body: Some(content.body.to_owned()),
        attributes: (!attributes.is_empty()).then_some(attributes),
        md5_of_message_attributes: attributes_digest.map(hex::encode),
        message_attributes: (!message_attributes.is_empty()).then_some(message_attributes),
    })
}

/// Twenty digits, so that they sort as text as well.
pub(crate) fn sequence_number(sequence: u64) -> String {
    format!("{sequence:020}")
}

fn wire(attribute: &Attribute) -> MessageAttributeValue {
    let (string_value, binary_value) = match &attribute.value {
        AttributeValue::Text(text) => (Some(text.clone()), None),
        AttributeValue::Binary(bytes) => (None, Some(bytes.clone())),
    };
    let data_type = Some(attribute.data_type.clone());
    MessageAttributeValue { string_value, binary_value, data_type, ..MessageAttributeValue::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(attributes: &[&str]) -> Wanted {
        Wanted::new(None, None, Some(attributes.iter().map(|name| (*name).to_owned()).collect())).unwrap()
    }

    #[test]
    fn attributes_are_wanted_by_name_by_prefix_or_all() {
        assert!(!wanted(&[]).attribute("a"));
        for all in ["All", ".*"] {
            assert!(wanted(&[all]).attribute("a"), "{all}");
        }
        let some = wanted(&["a", "b.*"]);
        for (name, is_wanted) in [("a", true), ("ab", false), ("b", true), ("b.c", true), ("bc", true), ("c", false)] {
            assert_eq!(some.attribute(name), is_wanted, "{name}");
        }
    }

    #[test]
    fn system_attributes_are_known_by_name() {
        let named =
            |names: &[&str]| Wanted::new(Some(names.iter().map(|name| (*name).to_owned()).collect()), None, None);
        let one = named(&["SenderId"]).unwrap();
        assert!(one.system("SenderId") && !one.system("SentTimestamp"));
        assert!(named(&["All"]).unwrap().system("AWSTraceHeader"));
        assert!(matches!(named(&["Sender"]), Err(Error::InvalidAttributeName(_))));
    }
}
