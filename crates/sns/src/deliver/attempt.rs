//! One attempt to deliver a message, by the subscriber's protocol.

use std::sync::Arc;
use std::time::Duration;

use freehold_core::targets::{Extras, Sender};

use super::{http, lambda, outbox};
use crate::Sns;
use crate::errors::Error;
use crate::model::{Kind, Notification, Protocol};
use crate::publish::envelope::{Contents, Envelope};
use crate::registry::{LiveSubscription, LiveTopic};

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub why: String,
    /// Trying again is in vain: the client's fault, in AWS's words (*Developer guide, Message delivery retries: client-side
    /// errors*).
    pub is_permanent: bool,
}

/// What goes wrong on our side may go right later.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { why: error.to_string(), is_permanent: false }
    }
}

pub(super) async fn deliver(
    sns: &Arc<Sns>,
    topic: &LiveTopic,
    live: &LiveSubscription,
    notification: &Notification,
) -> Result<(), Failure> {
    match live.subscription.protocol {
        Protocol::Http | Protocol::Https => http::deliver(sns, topic, live, notification).await,
        Protocol::Email | Protocol::EmailJson | Protocol::Sms | Protocol::Application => {
            outbox::deliver(sns, topic, live, notification).await
        }
        Protocol::Lambda => {
            let event = lambda::event(sns, topic, live, notification).await?;
            target(sns, live, &event, notification.trace.clone()).await
        }
        Protocol::Firehose => {
            let body = body(sns, topic, live, notification).await?;
            target(sns, live, &body, notification.trace.clone()).await
        }
        // Queues are told when the message is published.
        Protocol::Sqs => Ok(()),
    }
}

/// To a service of the region.
async fn target(sns: &Sns, live: &LiveSubscription, payload: &str, trace: Option<String>) -> Result<(), Failure> {
    let subscription = &live.subscription;
    let sender = Sender { service: "sns.amazonaws.com", arn: subscription.topic.clone() };
    let extras = Extras { trace, ..Extras::default() };
    let delivered = sns.targets.deliver_with(&subscription.endpoint, payload.as_bytes(), &extras, &sender).await;
    delivered.map_err(|error| Failure { is_permanent: error.is_permanent(), why: error.to_string() })
}

/// What a subscriber gets that wants it raw, or else the envelope.
pub(super) async fn body(
    sns: &Sns,
    topic: &LiveTopic,
    live: &LiveSubscription,
    notification: &Notification,
) -> Result<String, Error> {
    if live.is_raw {
        return Ok(notification.message.clone());
    }
    let timestamp = notification.timestamp();
    let mut contents = contents(notification, &timestamp);
    let signed = sns.sign_notification(sns.signer().await?, &contents, topic.topic.signature_version())?;
    contents.signed = Some(&signed);
    Ok(Envelope::new(&contents).to(&live.unsubscribe_path))
}

/// Without a signature.
pub(super) fn contents<'a>(notification: &'a Notification, timestamp: &'a str) -> Contents<'a> {
    Contents {
        message_id: &notification.id,
        sequence: None,
        topic: &notification.topic,
        subject: notification.subject.as_deref(),
        message: &notification.message,
        timestamp,
        signed: None,
        endpoint: &notification.endpoint,
        attributes: &notification.attributes,
    }
}

/// How long to wait after attempt number `attempt` has failed; `None` to give up.
pub(super) fn delay(topic: &LiveTopic, live: &LiveSubscription, attempt: u32) -> Option<Duration> {
    match live.subscription.protocol {
        Protocol::Http | Protocol::Https => topic.effective(Some(live)).delay_before_retry(attempt),
        Protocol::Lambda | Protocol::Firehose | Protocol::Sqs => managed(attempt),
        Protocol::Email | Protocol::EmailJson | Protocol::Sms | Protocol::Application => customer(attempt),
    }
}

/// *Developer guide, Message delivery retries: endpoints that AWS manages*: three at once, two after a second, ten from one to
/// twenty seconds, and a hundred thousand every twenty.
fn managed(attempt: u32) -> Option<Duration> {
    let seconds = match attempt {
        0..=3 => 0.0,
        4..=5 => 1.0,
        6..=15 => backoff(attempt - 6, 10, 1.0, 20.0),
        16..=100_015 => 20.0,
        _ => return None,
    };
    Some(Duration::from_secs_f64(seconds))
}

/// *The same, SMTP, SMS and mobile push*: two after ten seconds, ten from ten to six hundred, and thirty-eight every six
/// hundred.
fn customer(attempt: u32) -> Option<Duration> {
    let seconds = match attempt {
        0..=2 => 10.0,
        3..=12 => backoff(attempt - 3, 10, 10.0, 600.0),
        13..=50 => 600.0,
        _ => return None,
    };
    Some(Duration::from_secs_f64(seconds))
}

/// Retry `number` of `count` on an exponential curve from `least` to `most`.
fn backoff(number: u32, count: u32, least: f64, most: f64) -> f64 {
    least * (most / least).powf(f64::from(number) / f64::from(count - 1))
}

/// The token of a message that asks the endpoint for its consent.
pub(super) fn token(notification: &Notification) -> Option<&str> {
    match &notification.kind {
        Kind::SubscriptionConfirmation { token } | Kind::UnsubscribeConfirmation { token } => Some(token),
        Kind::Notification => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_runs_is_tried_for_weeks_and_phones_for_hours() {
        let total = |policy: fn(u32) -> Option<Duration>| {
            (1..).map_while(policy).fold((0, Duration::ZERO), |(count, sum), delay| (count + 1, sum + delay))
        };
        let (attempts, time) = total(managed);
        assert_eq!(attempts, 100_015);
        assert_eq!(time.as_secs() / 86_400, 23);
        let (attempts, time) = total(customer);
        assert_eq!(attempts, 50);
        assert!((6..8).contains(&(time.as_secs() / 3600)), "{time:?}");
    }
}
