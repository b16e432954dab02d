//! Publishing: what a publisher hands in becomes one message for each subscriber, and all of them are on disk in one commit
//! before the publisher is answered.
//!
//! ```text
//!  Draft ──check──▶ Message ──filters──▶ Round: queues' messages, and notifications for our own queues ──▶ Queues::send
//!                                                                                              └──▶ couriers are woken
//! ```

mod attributes;
mod draft;
pub(crate) mod envelope;
mod fifo;
mod round;
mod texts;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::Sns;
use crate::errors::Error;
use crate::registry::LiveTopic;

pub(crate) use draft::{Draft, MOST_BYTES, Message};
pub(crate) use fifo::{Published, settings as note_settings};
pub(crate) use round::{Round, Stamp};

/// How often a publish begins anew because a queue vanished under it.
const ATTEMPTS: usize = 8;

/// What the publisher is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub id: String,
    /// FIFO topics.
    pub sequence: Option<String>,
}

impl Sns {
    /// Publishes to a topic, all messages or none. `endpoint` is where the publisher reached the region.
    pub(crate) async fn publish(
        self: &Arc<Self>,
        arn: &str,
        endpoint: &str,
        messages: Vec<Message>,
    ) -> Result<Vec<Receipt>, Error> {
        let topic = self.topic(arn)?;
        self.meter_publish(&topic.topic, messages.iter().map(|message| message.size).sum());
        if topic.topic.is_fifo() {
            return self.publish_in_order(topic, endpoint, messages).await;
        }
        if topic.topic.asked_version().is_some() {
            self.signer().await?;
        }
        let published = self.now().as_millisecond();
        let stamps: Vec<Stamp> = messages.iter().map(|_| Stamp::new(published, None)).collect();
        for _ in 0..ATTEMPTS {
            let topic = self.topic(arn)?;
            let mut round = Round::default();
            for (message, stamp) in messages.iter().zip(&stamps) {
                round.add(self, &topic, endpoint, message, stamp);
            }
            if round.send(self, &topic).await? {
                return Ok(stamps.into_iter().map(Stamp::into_receipt).collect());
            }
        }
        tracing::error!(arn, "queues vanish faster than a message can be put into them");
        Err(Error::Internal)
    }

    /// To a FIFO topic. Goes on in a task of its own: a publisher that does not wait for the answer shall not leave behind a
    /// message that is delivered and not known.
    async fn publish_in_order(
        self: &Arc<Self>,
        topic: Arc<LiveTopic>,
        endpoint: &str,
        messages: Vec<Message>,
    ) -> Result<Vec<Receipt>, Error> {
        let Some(fifo) = topic.fifo.clone() else { return Err(Error::Internal) };
        let (sns, endpoint, arn) = (Arc::clone(self), endpoint.to_owned(), topic.topic.arn.clone());
        let publishing = tokio::spawn(async move { fifo.publish(&sns, &arn, &endpoint, messages).await });
        publishing.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a publish ended early");
            Err(Error::Internal)
        })
    }

    pub(crate) fn topic(&self, arn: &str) -> Result<Arc<LiveTopic>, Error> {
        self.registry.topic(arn).ok_or_else(Error::no_topic)
    }
}

/// SHA-256 in hexadecimal: what content-based deduplication goes by.
pub(crate) fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
