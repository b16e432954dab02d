//! From what a sender says to what is put into the queue: checks in the order in which AWS makes them, and digests.

use std::collections::BTreeMap;
use std::time::Duration;

use freehold_api::sqs::{MessageAttributeValue, MessageSystemAttributeValue};
use freehold_core::ids;
use freehold_queues::Outgoing;
use sha2::{Digest, Sha256};

use super::content::{Attributes, Content};
use super::digest::Md5Digest;
use super::{attributes, digest};
use crate::errors::{Error, Result};
use crate::registry::Queue;

/// Characters of a message group's or a deduplication's id.
const ID_AT_MOST: usize = 128;
const DELAY_AT_MOST: i32 = 900;
/// Bytes.
const PIECE: usize = 256;
const OTHER_KIND: &str = "The request include parameter that is not valid for this queue type";

/// A message as it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub body: String,
    pub delay: Option<i32>,
    pub attributes: Option<BTreeMap<String, MessageAttributeValue>>,
    pub system_attributes: Option<BTreeMap<String, MessageSystemAttributeValue>>,
    /// The trace header of the request, which a message without one of its own gets (*X-Ray developer guide, Amazon SQS and
    /// AWS X-Ray*). It counts neither for the size nor for digests.
    pub trace: Option<String>,
    pub deduplication: Option<String>,
    pub group: Option<String>,
}

/// A message that is ready to be put into its queue.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub outgoing: Outgoing,
    pub body_digest: Md5Digest,
    pub attributes_digest: Option<Md5Digest>,
    pub system_digest: Option<Md5Digest>,
}

/// Checks a draft of somebody's.
pub(crate) fn prepare(queue: &Queue, draft: Draft, sender_id: &str) -> Result<Prepared> {
    let delay = delay(queue, draft.delay)?;
    let trace = match draft.system_attributes {
        Some(mut given) => attributes::trace_header(&mut given)?,
        None => None,
    };
    let message = Message {
        body: &draft.body,
        attributes: draft.attributes.map_or(Ok(Vec::new()), attributes::read)?,
        group: draft.group,
        deduplication: draft.deduplication,
        delay,
        sender_id,
    };
    let system_digest = attributes::trace_digest(trace.as_ref());
    let own = trace.as_ref().and_then(|trace| std::str::from_utf8(trace.value.as_bytes()).ok());
    let trace = own.or_else(|| draft.trace.as_deref().filter(|trace| !trace.is_empty()));
    Ok(Prepared { system_digest, ..message.prepare(queue, trace)? })
}

/// A message, read.
pub(crate) struct Message<'a> {
    pub body: &'a str,
    /// In the order of their names.
    pub attributes: Attributes,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    pub delay: Duration,
    pub sender_id: &'a str,
}

impl Message<'_> {
    /// Checks what the queue asks of every message.
    pub fn prepare(self, queue: &Queue, trace_header: Option<&str>) -> Result<Prepared> {
        let Self { body, attributes, group, deduplication, delay, sender_id } = self;
        if body.is_empty() {
            return Err(Error::MissingParameter("MessageBody"));
        }
        if let Some(character) = invalid_character(body) {
            return Err(Error::InvalidMessageContents(format!(
                "Invalid binary character '#x{:X}' was found in the message body, the set of allowed characters is #x9 \
                 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
                u32::from(character)
            )));
        }
        attributes::check(&attributes)?;
        let size = body.len()
            + attributes
                .iter()
                .map(|(name, one)| name.len() + one.data_type.len() + one.value.as_bytes().len())
                .sum::<usize>();
        let most = queue.definition.attributes.maximum_message_size as usize;
        if size > most {
            return Err(Error::MessageTooLong(most));
        }
        let (group, deduplication) = ids(queue, group, deduplication, body)?;
        let body_digest = digest::of_body(body);
        let attributes_digest = digest::of_attributes(attributes.iter().map(|(name, one)| (name.as_str(), one)));
        let content = Content { body, body_digest, sender_id, trace_header, attributes }.encode().map_err(|error| {
            tracing::error!(%error, "a message cannot be encoded");
            Error::Internal
        })?;
        let outgoing = Outgoing { queue: queue.id(), id: ids::new_uuid(), content, delay, group, deduplication };
        Ok(Prepared { outgoing, body_digest, attributes_digest, system_digest: None })
    }
}

/// A message's own delay, or the queue's. FIFO queues have only the latter (*API reference, SendMessage:
/// DelaySeconds*).
fn delay(queue: &Queue, asked: Option<i32>) -> Result<Duration> {
    let own = queue.definition.attributes.delay;
    let Some(asked) = asked else { return Ok(Duration::from_secs(own.into())) };
    if !(0..=DELAY_AT_MOST).contains(&asked) {
        let reason = format!("DelaySeconds must be >= 0 and <= {DELAY_AT_MOST}.");
        return Err(Error::invalid(asked, "DelaySeconds", reason));
    }
    let asked = asked.unsigned_abs();
    // To ask for what the queue does anyway is no request.
    if queue.is_fifo() && asked != own {
        return Err(Error::invalid(asked, "DelaySeconds", OTHER_KIND));
    }
    Ok(Duration::from_secs(asked.into()))
}

/// Group and deduplication id, as the kind of queue has them.
fn ids(
    queue: &Queue,
    group: Option<String>,
    deduplication: Option<String>,
    body: &str,
) -> Result<(Option<String>, Option<String>)> {
    check_id("MessageGroupId", group.as_deref())?;
    check_id("MessageDeduplicationId", deduplication.as_deref())?;
    let Some(fifo) = queue.definition.attributes.fifo else {
        return match deduplication {
            Some(id) => Err(Error::invalid(id, "MessageDeduplicationId", OTHER_KIND)),
            None => Ok((group, None)),
        };
    };
    if group.is_none() {
        return Err(Error::MissingParameter("MessageGroupId"));
    }
    match deduplication {
        Some(id) => Ok((group, Some(id))),
        None if fifo.content_based_deduplication => Ok((group, Some(hex::encode(Sha256::digest(body))))),
        None => Err(Error::InvalidParameterValue(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
             explicitly"
                .into(),
        )),
    }
}

/// Also of `ReceiveRequestAttemptId`.
pub(crate) fn check_id(parameter: &'static str, id: Option<&str>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    if id.is_empty() || id.len() > ID_AT_MOST || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        let reason = format!(
            "{parameter} can only include alphanumeric and punctuation characters. 1 to {ID_AT_MOST} in length."
        );
        return Err(Error::invalid(id, parameter, reason));
    }
    Ok(())
}

/// The first character that XML 1.0 does not have (*API reference, SendMessage*).
pub(super) fn invalid_character(text: &str) -> Option<char> {
    // Nearly every text passes this: no control characters but three, and no lead byte of U+FFFE and U+FFFF. Without
    // an early end in a piece, so that the compiler looks at many bytes at once.
    let is_suspicious = |byte: u8| (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r') | (byte == 0xef);
    let mut pieces = text.as_bytes().chunks(PIECE);
    if !pieces.any(|piece| piece.iter().fold(false, |found, byte| found | is_suspicious(*byte))) {
        return None;
    }
    let is_valid = |character: &char| !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().find(|character| !is_valid(character))
}

#[cfg(test)]
mod tests {
    use freehold_core::tags::Tags;
    use jiff::Timestamp;

    use super::*;
    use crate::address::Name;
    use crate::model::{Definition, QueueAttributes};

    fn queue(fifo: bool, change: impl FnOnce(&mut QueueAttributes)) -> Queue {
        let mut attributes = QueueAttributes::new(fifo);
        change(&mut attributes);
        let name = Name { account: "111122223333", queue: "jobs" };
        Queue::new(Definition::new(name, 1, attributes, Tags::new(), Timestamp::UNIX_EPOCH), "us-east-1")
    }

    fn draft(body: &str) -> Draft {
        Draft { body: body.into(), ..Draft::default() }
    }

    fn sentence(queue: &Queue, draft: Draft) -> String {
        prepare(queue, draft, "me").unwrap_err().to_string()
    }

    #[test]
    fn characters_are_those_of_xml() {
        for good in ["\t\n\r ~", "\u{7f}\u{85}", "\u{d7ff}\u{e000}\u{fffd}", "\u{10000}\u{10ffff}"] {
            assert_eq!(invalid_character(good), None, "{good:?}");
        }
        for bad in ['\0', '\u{8}', '\u{b}', '\u{c}', '\u{e}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
            assert_eq!(invalid_character(&format!("ab{bad}c")), Some(bad));
        }
    }

    #[test]
    fn a_message_has_a_body_within_the_queues_limit() {
        let queue = queue(false, |attributes| attributes.maximum_message_size = 1024);
        assert_eq!(sentence(&queue, draft("")), "The request must contain the parameter MessageBody.");
        assert!(prepare(&queue, draft(&"x".repeat(1024)), "me").is_ok());
        assert_eq!(
            sentence(&queue, draft(&"x".repeat(1025))),
            "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."
        );
    }

    #[test]
    fn attributes_count_towards_the_size() {
        let queue = queue(false, |attributes| attributes.maximum_message_size = 1024);
        let value = MessageAttributeValue {
            string_value: Some("value".into()),
            data_type: Some("String".into()),
            ..MessageAttributeValue::default()
        };
        let attributes = Some(BTreeMap::from([("name".to_owned(), value)]));
        let with_body = |length| Draft { attributes: attributes.clone(), ..draft(&"x".repeat(length)) };
        let most = 1024 - 4 - 6 - 5;
        assert!(prepare(&queue, with_body(most), "me").unwrap().attributes_digest.is_some());
        assert!(prepare(&queue, with_body(most + 1), "me").is_err());
    }

    #[test]
    fn fifo_queues_want_a_group_and_a_way_to_tell_duplicates() {
        let plain = queue(true, |_| {});
        let group = || Some("g".to_owned());
        assert_eq!(sentence(&plain, draft("x")), "The request must contain the parameter MessageGroupId.");
        assert!(sentence(&plain, Draft { group: group(), ..draft("x") }).starts_with("The queue should either have"));
        let by_content = queue(true, |attributes| {
            attributes.fifo.as_mut().unwrap().content_based_deduplication = true;
        });
        let prepared = prepare(&by_content, Draft { group: group(), ..draft("x") }, "me").unwrap();
        // SHA-256 of "x"
        let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        assert_eq!(prepared.outgoing.deduplication.as_deref(), Some(digest));
        let delayed = Draft { group: group(), delay: Some(5), ..draft("x") };
        assert!(sentence(&by_content, delayed).contains("parameter DelaySeconds is invalid"));
    }

    #[test]
    fn standard_queues_keep_a_group_and_know_no_deduplication() {
        let queue = queue(false, |attributes| attributes.delay = 7);
        let prepared = prepare(&queue, Draft { group: Some("tenant".into()), ..draft("x") }, "me").unwrap();
        assert_eq!(prepared.outgoing.group.as_deref(), Some("tenant"));
        assert_eq!(prepared.outgoing.delay, Duration::from_secs(7));
        let own = prepare(&queue, Draft { delay: Some(0), ..draft("x") }, "me").unwrap();
        assert_eq!(own.outgoing.delay, Duration::ZERO);
        assert!(sentence(&queue, Draft { deduplication: Some("d".into()), ..draft("x") }).contains(OTHER_KIND));
        assert!(sentence(&queue, Draft { delay: Some(901), ..draft("x") }).contains("must be >= 0 and <= 900"));
    }

    #[test]
    fn ids_are_up_to_128_visible_characters() {
        assert!(check_id("MessageGroupId", Some(&"~".repeat(128))).is_ok());
        for bad in [String::new(), "a".repeat(129), "a b".into(), "ü".into()] {
            assert!(check_id("MessageGroupId", Some(&bad)).is_err(), "{bad}");
        }
    }
}
