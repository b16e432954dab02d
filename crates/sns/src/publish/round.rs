//! What one publish puts into queues.

use std::sync::Arc;

use bytes::Bytes;
use freehold_queues::Outgoing;
use freehold_sqs::{Delivery, Undeliverable};

use super::envelope::{Contents, Envelope, Signed};
use super::{Message, Receipt};
use crate::Sns;
use crate::deliver::status;
use crate::errors::Error;
use crate::filter::Body;
use crate::model::push::platform_of;
use crate::model::{Kind, Notification, Protocol, Subscription, notification};
use crate::registry::{LiveSubscription, LiveTopic};

/// What a message is known by: made once, however often the publish begins anew.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub id: String,
    /// FIFO topics.
    pub sequence: Option<String>,
    /// Milliseconds since 1970.
    pub published: i64,
}

impl Stamp {
    pub fn new(published: i64, sequence: Option<String>) -> Self {
        Self { id: freehold_core::ids::uuid(), sequence, published }
    }

    pub fn into_receipt(self) -> Receipt {
        Receipt { id: self.id, sequence: self.sequence }
    }
}

/// Messages for queues, and who is told when they are there.
#[derive(Default)]
pub(crate) struct Round {
    pub outgoing: Vec<Outgoing>,
    /// Subscribers whose queue has the message.
    told: Vec<Arc<LiveSubscription>>,
    /// Subscribers with something in their queue of ours.
    waiting: Vec<Arc<LiveSubscription>>,
    /// Subscribers who cannot be told, and why; what they miss is in their dead-letter queue if the last is true.
    failed: Vec<(Arc<LiveSubscription>, String, bool)>,
}

/// What is made of a message once and not for each subscriber.
struct Once<'a> {
    sns: &'a Sns,
    topic: &'a LiveTopic,
    endpoint: &'a str,
    message: &'a Message,
    stamp: &'a Stamp,
    envelope: Option<Envelope>,
    /// What filters look at, by the text.
    bodies: Vec<(&'a str, Body<'a>)>,
    /// By the text that they hold.
    notifications: Vec<(&'a str, Bytes)>,
}

impl Round {
    /// Adds a message for every subscriber whose filter admits it.
    pub fn add(&mut self, sns: &Sns, topic: &LiveTopic, endpoint: &str, message: &Message, stamp: &Stamp) {
        let mut once = Once {
            sns,
            topic,
            endpoint,
            message,
            stamp,
            envelope: None,
            bodies: Vec::new(),
            notifications: Vec::new(),
        };
        for live in topic.subscriptions.iter().filter(|live| live.is_told()) {
            let text = text_for(message, &live.subscription);
            if live.filter.as_ref().is_some_and(|filter| !filter.admits_with(&message.attributes, once.body(text))) {
                continue;
            }
            match live.subscription.queue {
                None => self.tell_queue(&mut once, live, text),
                Some(queue) => {
                    let Some(content) = once.notification(text) else { continue };
                    let id = rand::random();
                    let delay = std::time::Duration::ZERO;
                    self.outgoing.push(Outgoing { queue, id, content, delay, group: None, deduplication: None });
                    self.waiting.push(Arc::clone(live));
                }
            }
        }
    }

    /// To the user's own queue, or, if that takes it not, to its dead-letter queue.
    fn tell_queue(&mut self, once: &mut Once<'_>, live: &Arc<LiveSubscription>, text: &str) {
        let to = &live.subscription.endpoint;
        let why = match once.outgoing(live, to, text) {
            Ok(outgoing) => {
                self.outgoing.push(outgoing);
                self.told.push(Arc::clone(live));
                return;
            }
            Err(why) => why,
        };
        let dead = live.dead_letters.as_ref().and_then(|to| once.outgoing(live, to, text).ok());
        self.failed.push((Arc::clone(live), why, dead.is_some()));
        self.outgoing.extend(dead);
    }

    /// Puts everything into the queues; false if one of them has vanished meanwhile, and nothing was put anywhere.
    pub async fn send(self, sns: &Arc<Sns>, topic: &LiveTopic) -> Result<bool, Error> {
        if !self.outgoing.is_empty() {
            match sns.queues.send(self.outgoing).await {
                Ok(_) => {}
                Err(freehold_queues::Error::NoQueue) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        for live in &self.told {
            status::delivered(topic, live);
        }
        for (live, why, is_kept) in &self.failed {
            status::failed(topic, live, why, *is_kept);
        }
        for live in &self.waiting {
            sns.couriers.wake(sns, live);
        }
        Ok(true)
    }
}

impl<'a> Once<'a> {
    /// The message for a queue of SQS, or why that cannot have it.
    fn outgoing(&mut self, live: &LiveSubscription, queue_arn: &str, text: &str) -> Result<Outgoing, String> {
        let sqs = &self.sns.sqs;
        if !sqs.may_send(queue_arn, &self.topic.topic.arn) {
            // Nobody may send to what is not there.
            if sqs.queue_id(queue_arn).is_none() {
                return Err(Undeliverable::NoQueue.to_string());
            }
            return Err(format!("The policy of {queue_arn} does not let the topic send to it."));
        }
        let body = if live.is_raw { text.to_owned() } else { self.envelope(text).to(&live.unsubscribe_path) };
        let delivery = delivery(self.topic, live, queue_arn, self.message, body);
        sqs.outgoing(queue_arn, delivery).map_err(|error| error.to_string())
    }

    fn envelope(&mut self, text: &str) -> &Envelope {
        let Self { sns, topic, endpoint, message, stamp, .. } = self;
        self.envelope.get_or_insert_with(|| {
            let timestamp = notification::timestamp(stamp.published);
            let mut contents = Contents {
                message_id: &stamp.id,
                sequence: stamp.sequence.as_deref(),
                topic: &topic.topic.arn,
                subject: message.subject.as_deref(),
                message: text,
                timestamp: &timestamp,
                signed: None,
                endpoint,
                attributes: &message.attributes,
            };
            // See the envelope's module: only where the owner asked for it.
            let version = topic.topic.asked_version().filter(|_| !topic.topic.is_fifo());
            let signed: Option<Signed> = version.zip(sns.signer.get()).and_then(|(version, signer)| {
                // What went wrong is in the log; a message without a signature is better than none.
                sns.sign_notification(signer, &contents, version).ok()
            });
            contents.signed = signed.as_ref();
            Envelope::new(&contents)
        })
    }

    fn body(&mut self, text: &'a str) -> &Body<'a> {
        let found = self.bodies.iter().position(|(of, _)| *of == text);
        let position = found.unwrap_or_else(|| {
            self.bodies.push((text, Body::new(text)));
            self.bodies.len() - 1
        });
        &self.bodies[position].1
    }

    /// What waits for our couriers; the same bytes for all who are told the same.
    fn notification(&mut self, text: &'a str) -> Option<Bytes> {
        if let Some((_, bytes)) = self.notifications.iter().find(|(of, _)| *of == text) {
            return Some(bytes.clone());
        }
        let notification = Notification {
            kind: Kind::Notification,
            id: self.stamp.id.clone(),
            topic: self.topic.topic.arn.clone(),
            subject: self.message.subject.clone(),
            message: text.to_owned(),
            attributes: self.message.attributes.clone(),
            published: self.stamp.published,
            endpoint: self.endpoint.to_owned(),
            trace: self.message.trace.clone(),
        };
        let bytes = notification.encode();
        let bytes = bytes.inspect_err(|error| tracing::error!(%error, "a notification cannot be written")).ok()?;
        self.notifications.push((text, bytes.clone()));
        Some(bytes)
    }
}

/// The message that SQS is asked to make.
fn delivery(topic: &LiveTopic, live: &LiveSubscription, queue_arn: &str, message: &Message, body: String) -> Delivery {
    let is_fifo = queue_arn.ends_with(".fifo");
    Delivery {
        body,
        attributes: if live.is_raw { crate::deliver::raw_attributes(&message.attributes) } else { Vec::new() },
        // Standard queues get the groups of standard topics (*API reference, Publish: MessageGroupId*).
        group: message.group.clone().filter(|_| is_fifo || !topic.topic.is_fifo()),
        deduplication: message.deduplication.clone().filter(|_| is_fifo),
        sender_id: topic.topic.account.clone(),
        trace: message.trace.clone(),
    }
}

/// What the subscriber is told: push services have a text for each, the others one for each protocol.
fn text_for<'a>(message: &'a Message, subscription: &Subscription) -> &'a str {
    match subscription.protocol {
        Protocol::Application => message.texts.named(platform_of(&subscription.endpoint)),
        protocol => message.texts.of(protocol),
    }
}
