//! What a publisher hands in, checked (*API reference, Publish*).

use std::collections::BTreeMap;

use freehold_api::sns::{MessageAttributeValue, PublishBatchRequestEntry, PublishInput};

use super::attributes;
use super::texts::Texts;
use crate::errors::Error;
use crate::model::{Attributes, Topic};

/// Bytes of a message with its attributes, and of all messages of a batch.
pub(crate) const MOST_BYTES: usize = 256 << 10;
/// Characters of a group's name and of a deduplication id.
const MOST_ID: usize = 128;
/// Characters of a subject (*Publish: Subject: less than 100 characters … long*; 100 are taken).
const MOST_SUBJECT: usize = 100;

/// One message of a request, unread.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub message: String,
    pub subject: Option<String>,
    pub structure: Option<String>,
    pub attributes: BTreeMap<String, MessageAttributeValue>,
    pub deduplication: Option<String>,
    pub group: Option<String>,
    /// The trace header of the request.
    pub trace: Option<String>,
}

impl From<PublishInput> for Draft {
    fn from(input: PublishInput) -> Self {
        Self {
            message: input.message.unwrap_or_default(),
            subject: input.subject,
            structure: input.message_structure,
            attributes: input.message_attributes.unwrap_or_default(),
            deduplication: input.message_deduplication_id,
            group: input.message_group_id,
            trace: None,
        }
    }
}

impl From<PublishBatchRequestEntry> for Draft {
    fn from(entry: PublishBatchRequestEntry) -> Self {
        Self {
            message: entry.message.unwrap_or_default(),
            subject: entry.subject,
            structure: entry.message_structure,
            attributes: entry.message_attributes.unwrap_or_default(),
            deduplication: entry.message_deduplication_id,
            group: entry.message_group_id,
            trace: None,
        }
    }
}

/// One message that may be published.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Bytes that are paid for.
    pub size: usize,
    pub texts: Texts,
    pub subject: Option<String>,
    pub attributes: Attributes,
    pub group: Option<String>,
    /// FIFO topics: always there.
    pub deduplication: Option<String>,
    /// Passed on to subscribers (*X-Ray developer guide, Amazon SNS and AWS X-Ray*).
    pub trace: Option<String>,
}

impl Draft {
    /// Bytes that count against the limits.
    pub fn size(&self) -> usize {
        self.message.len() + attributes::size(&self.attributes)
    }

    /// Checks everything but what only topics have. `topic` is `None` for messages to phones and devices.
    pub fn check(self, topic: Option<&Topic>) -> Result<Message, Error> {
        if self.message.is_empty() {
            return Err(Error::InvalidParameter("Empty message".into()));
        }
        if self.size() > MOST_BYTES {
            return Err(Error::InvalidParameter("Message too long".into()));
        }
        if let Some(subject) = &self.subject {
            check_subject(subject)?;
        }
        let deduplication = match topic {
            Some(topic) if topic.is_fifo() => Some(self.fifo(topic)?),
            _ => {
                self.not_fifo()?;
                None
            }
        };
        let size = self.size();
        let texts = Texts::read(self.message, self.structure.as_deref())?;
        let attributes = attributes::read(self.attributes)?;
        let (subject, group, trace) = (self.subject, self.group, self.trace);
        Ok(Message { size, texts, subject, attributes, group, deduplication, trace })
    }

    /// The deduplication id that counts.
    fn fifo(&self, topic: &Topic) -> Result<String, Error> {
        match &self.group {
            None => {
                return Err(Error::InvalidParameter("The MessageGroupId parameter is required for FIFO topics".into()));
            }
            Some(group) => check_id("MessageGroupId", group)?,
        }
        match &self.deduplication {
            Some(id) => check_id("MessageDeduplicationId", id).map(|()| id.clone()),
            None if topic.is_set("ContentBasedDeduplication") => Ok(super::digest(self.message.as_bytes())),
            None => Err(Error::InvalidParameter(
                "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
                 explicitly"
                    .into(),
            )),
        }
    }

    /// A group is passed on to standard queues (*Publish: MessageGroupId*); there is nothing to deduplicate by.
    fn not_fifo(&self) -> Result<(), Error> {
        if self.deduplication.is_some() {
            return Err(Error::reason(
                "MessageDeduplicationId",
                "The request includes MessageDeduplicationId parameter that is not valid for this topic type",
            ));
        }
        self.group.as_ref().map_or(Ok(()), |group| check_id("MessageGroupId", group))
    }
}

/// *Publish: Subject*: ASCII that begins with a letter, a digit or a punctuation mark, without line breaks and control
/// characters.
fn check_subject(subject: &str) -> Result<(), Error> {
    let is_good = !subject.is_empty()
        && subject.len() <= MOST_SUBJECT
        && !subject.starts_with(' ')
        && subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_good { Ok(()) } else { Err(Error::InvalidParameter("Subject".into())) }
}

/// *Publish: MessageGroupId*: letters, digits and punctuation marks.
fn check_id(name: &str, id: &str) -> Result<(), Error> {
    let is_good = (1..=MOST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if is_good {
        return Ok(());
    }
    Err(Error::reason(
        name,
        format!(
            "{name} must be 1 to {MOST_ID} characters long and may have letters, digits and punctuation marks of ASCII"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(message: &str) -> Draft {
        Draft { message: message.into(), ..Draft::default() }
    }

    fn refusal(draft: Draft, topic: Option<&Topic>) -> String {
        draft.check(topic).unwrap_err().to_string()
    }

    fn fifo(by_content: bool) -> Topic {
        let mut topic = Topic::new("us-east-1", "111122223333", "t.fifo");
        topic.published = Some(1);
        topic.attributes.insert("ContentBasedDeduplication".into(), by_content.to_string());
        topic
    }

    #[test]
    fn messages_have_between_one_and_so_many_bytes() {
        assert_eq!(refusal(draft(""), None), "Invalid parameter: Empty message");
        assert!(draft(&"é".repeat(MOST_BYTES / 2)).check(None).is_ok());
        assert_eq!(refusal(draft(&"é".repeat(MOST_BYTES / 2 + 1)), None), "Invalid parameter: Message too long");
    }

    #[test]
    fn subjects_are_short_lines_of_ascii() {
        let subject = |subject: &str| Draft { subject: Some(subject.into()), ..draft("m") }.check(None).is_ok();
        assert!(subject("Hello, world!") && subject(&"x".repeat(100)));
        assert!(!subject("") && !subject(" x") && !subject("é") && !subject("a\nb") && !subject(&"x".repeat(101)));
    }

    #[test]
    fn fifo_topics_need_a_group_and_something_to_deduplicate_by() {
        let grouped = || Draft { group: Some("g".into()), ..draft("m") };
        assert!(refusal(draft("m"), Some(&fifo(true))).contains("MessageGroupId parameter is required"));
        assert!(refusal(grouped(), Some(&fifo(false))).contains("ContentBasedDeduplication"));
        let by_content = grouped().check(Some(&fifo(true))).unwrap().deduplication.unwrap();
        assert_eq!(by_content, "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a");
        let by_id = Draft { deduplication: Some("d".into()), ..grouped() };
        assert_eq!(by_id.check(Some(&fifo(true))).unwrap().deduplication.as_deref(), Some("d"));
        let spaced = Draft { group: Some("a b".into()), ..draft("m") };
        assert!(refusal(spaced, Some(&fifo(true))).contains("MessageGroupId Reason"));
    }

    #[test]
    fn standard_topics_take_a_group_but_no_deduplication_id() {
        assert!(Draft { group: Some("g".into()), ..draft("m") }.check(None).is_ok());
        let deduplicated = Draft { deduplication: Some("d".into()), ..draft("m") };
        assert!(refusal(deduplicated, None).contains("not valid for this topic type"));
    }
}
