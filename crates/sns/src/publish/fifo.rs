//! FIFO topics: what was published in the last five minutes is not published again, and every message has a greater
//! sequence number than the one before.
//!
//! What was published is noted in a queue of ours, in the same commit that puts the message into the subscribers' queues:
//! after a crash either both are there or neither. Nobody takes the notes out; they end with their five minutes. They are
//! read once after a start, before the first publish, and kept in memory from then on.
//!
//! One publish of a topic at a time, so that the order of numbers is the order in the queues.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use freehold_queues::{Outgoing, QueueId, Queues, Receive, Settings};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{Message, Receipt, Round, Stamp};
use crate::Sns;
use crate::errors::Error;
use crate::model::Topic;
use crate::registry::LiveTopic;

/// *Developer guide, Message deduplication for FIFO topics*.
const REMEMBERED: Duration = Duration::from_secs(300);
/// Sequence numbers have twenty digits and begin with a one.
const FIRST_SEQUENCE: u64 = 10_000_000_000_000_000_000;
/// Notes read at once, and how long they stay hidden while the others are read.
const READ_AT_ONCE: usize = 1000;
const READING: Duration = Duration::from_secs(600);

/// What was published to a topic lately.
pub(crate) struct Published {
    queue: QueueId,
    recent: Mutex<Option<Recent>>,
}

/// One message that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// What it is deduplicated by.
    key: String,
    id: String,
    sequence: u64,
    /// Milliseconds since 1970.
    published: i64,
}

#[derive(Debug, Default)]
struct Recent {
    notes: HashMap<String, Note>,
    /// Keys, the oldest first.
    order: VecDeque<(i64, String)>,
    last_sequence: u64,
}

/// How the queue of notes behaves.
pub(crate) fn settings() -> Settings {
    Settings { fifo: None, retention: REMEMBERED, dead_letters: None, max_in_flight: usize::MAX }
}

impl Published {
    pub fn new(queue: QueueId) -> Self {
        Self { queue, recent: Mutex::new(None) }
    }

    /// Publishes what was not published yet.
    pub async fn publish(
        &self,
        sns: &Arc<Sns>,
        arn: &str,
        endpoint: &str,
        messages: Vec<Message>,
    ) -> Result<Vec<Receipt>, Error> {
        let mut recent = self.recent.lock().await;
        let recent = match &mut *recent {
            Some(recent) => recent,
            unread => unread.insert(read(&sns.queues, self.queue).await?),
        };
        recent.forget(sns.now().as_millisecond());
        for _ in 0..super::ATTEMPTS {
            let topic = sns.topic(arn)?;
            let (round, receipts, notes) = self.prepare(sns, &topic, endpoint, &messages, recent)?;
            if round.send(sns, &topic).await? {
                notes.into_iter().for_each(|note| recent.note(note));
                return Ok(receipts);
            }
        }
        Err(Error::Internal)
    }

    /// Everything that this publish puts into queues: nothing for what was published already.
    fn prepare(
        &self,
        sns: &Sns,
        topic: &LiveTopic,
        endpoint: &str,
        messages: &[Message],
        recent: &Recent,
    ) -> Result<(Round, Vec<Receipt>, Vec<Note>), Error> {
        let now = sns.now();
        let mut next = recent.last_sequence.max(u64::try_from(now.as_microsecond()).unwrap_or_default());
        let (mut round, mut receipts, mut notes) = (Round::default(), Vec::new(), Vec::<Note>::new());
        for message in messages {
            let key = key(&topic.topic, message);
            if let Some(old) = recent.notes.get(&key).or_else(|| notes.iter().find(|note| note.key == key)) {
                receipts.push(old.receipt());
                continue;
            }
            next += 1;
            let stamp = Stamp::new(now.as_millisecond(), Some(shown(next)));
            let note = Note { key, id: stamp.id.clone(), sequence: next, published: stamp.published };
            round.add(sns, topic, endpoint, message, &stamp);
            round.outgoing.push(self.kept(&note)?);
            receipts.push(stamp.into_receipt());
            notes.push(note);
        }
        Ok((round, receipts, notes))
    }

    fn kept(&self, note: &Note) -> Result<Outgoing, Error> {
        let content = postcard::to_stdvec(note).map_err(|error| {
            tracing::error!(%error, "a note cannot be written");
            Error::Internal
        })?;
        let (queue, id, delay) = (self.queue, rand::random(), Duration::ZERO);
        Ok(Outgoing { queue, id, content: content.into(), delay, group: None, deduplication: None })
    }
}

impl Note {
    fn receipt(&self) -> Receipt {
        Receipt { id: self.id.clone(), sequence: Some(shown(self.sequence)) }
    }
}

impl Recent {
    fn note(&mut self, note: Note) {
        self.last_sequence = self.last_sequence.max(note.sequence);
        self.order.push_back((note.published, note.key.clone()));
        self.notes.insert(note.key.clone(), note);
    }

    fn forget(&mut self, now: i64) {
        let limit = i64::try_from(REMEMBERED.as_millis()).unwrap_or(i64::MAX);
        while self.order.front().is_some_and(|(published, _)| now - published >= limit) {
            if let Some((_, key)) = self.order.pop_front() {
                self.notes.remove(&key);
            }
        }
    }
}

/// Ids mean something within the topic, or within their group (*API reference, CreateTopic: FifoThroughputScope*).
fn key(topic: &Topic, message: &Message) -> String {
    let id = message.deduplication.as_deref().unwrap_or_default();
    match topic.attributes.get("FifoThroughputScope").map(String::as_str) {
        Some("MessageGroup") => format!("{} {id}", message.group.as_deref().unwrap_or_default()),
        _ => id.to_owned(),
    }
}

fn shown(sequence: u64) -> String {
    FIRST_SEQUENCE.saturating_add(sequence).to_string()
}

/// Reads the notes and leaves them where they are.
async fn read(queues: &Arc<Queues>, queue: QueueId) -> Result<Recent, Error> {
    let (mut notes, mut receipts) = (Vec::new(), Vec::new());
    loop {
        let how = Receive { max: READ_AT_ONCE, visibility: READING, wait: Duration::ZERO, attempt: None };
        let received = queues.receive(queue, how).await?;
        if received.is_empty() {
            break;
        }
        for message in received {
            receipts.push(message.receipt);
            match postcard::from_bytes::<Note>(&message.content) {
                Ok(note) => notes.push(note),
                Err(error) => tracing::error!(%error, "a note of a FIFO topic cannot be read"),
            }
        }
    }
    for receipt in receipts {
        // What ended meanwhile needs not be made visible.
        let _ = queues.change_visibility(queue, receipt, Duration::ZERO)?;
    }
    notes.sort_by_key(|note| note.sequence);
    let mut recent = Recent::default();
    notes.into_iter().for_each(|note| recent.note(note));
    Ok(recent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(key: &str, sequence: u64, published: i64) -> Note {
        Note { key: key.into(), id: format!("id-{key}"), sequence, published }
    }

    #[test]
    fn what_was_published_is_remembered_for_five_minutes() {
        let mut recent = Recent::default();
        recent.note(note("a", 1, 0));
        recent.note(note("b", 2, 1));
        recent.forget(299_999);
        assert_eq!(recent.notes.len(), 2);
        recent.forget(300_000);
        assert!(!recent.notes.contains_key("a") && recent.notes.contains_key("b"));
        recent.forget(1_000_000);
        assert!(recent.notes.is_empty() && recent.order.is_empty());
        assert_eq!(recent.last_sequence, 2);
    }

    #[test]
    fn sequence_numbers_have_twenty_digits_and_grow_as_text() {
        assert_eq!(shown(1), "10000000000000000001");
        assert!(shown(1_800_000_000_000_000) < shown(1_800_000_000_000_001));
        assert_eq!(shown(u64::MAX).len(), 20);
    }

    #[test]
    fn ids_mean_something_in_the_topic_or_in_the_group() {
        let mut topic = Topic::new("us-east-1", "1", "t.fifo");
        let message = |group: &str| {
            let texts = super::super::texts::Texts::read("m".into(), None).unwrap();
            let (group, deduplication) = (Some(group.to_owned()), Some("d".to_owned()));
            Message { size: 0, texts, subject: None, attributes: Default::default(), group, deduplication, trace: None }
        };
        assert_eq!(key(&topic, &message("a")), key(&topic, &message("b")));
        topic.attributes.insert("FifoThroughputScope".into(), "MessageGroup".into());
        assert_ne!(key(&topic, &message("a")), key(&topic, &message("b")));
    }
}
