//! One subscription's courier.

use std::sync::Arc;
use std::time::Duration;

use freehold_queues::{Counts, QueueId, ReceiptError, Receive, Received};
use freehold_sqs::Delivery;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{attempt, raw_attributes, status};
use crate::Sns;
use crate::model::{Kind, Notification};
use crate::registry::{LiveSubscription, LiveTopic};

/// Attempts to deliver to one subscriber at once.
const AT_ONCE: usize = 8;
/// How long an attempt may take before the message is tried again: longer than any attempt's own limit.
const LEASE: Duration = Duration::from_secs(60);
/// How long an idle courier stays.
const IDLE: Duration = Duration::from_secs(20);
/// After a failure of our own.
const PAUSE: Duration = Duration::from_secs(1);

/// Delivers until the queue is empty.
pub(super) async fn run(sns: Arc<Sns>, arn: String, queue: QueueId) {
    let mut attempts = JoinSet::new();
    let mut pace = Pace::default();
    loop {
        while attempts.len() >= AT_ONCE {
            attempts.join_next().await;
        }
        while attempts.try_join_next().is_some() {}
        let how = Receive { max: AT_ONCE - attempts.len(), visibility: LEASE, wait: IDLE, attempt: None };
        match sns.queues.receive(queue, how).await {
            Ok(received) if received.is_empty() => {
                let has_work = || sns.queues.counts(queue).unwrap_or_default() != Counts::default();
                if attempts.is_empty() && sns.couriers.may_end(&arn, has_work) {
                    return;
                }
            }
            Ok(received) => {
                for message in received {
                    pace.wait(sns.rate(&arn)).await;
                    attempts.spawn(one(Arc::clone(&sns), arn.clone(), queue, message));
                }
            }
            // The subscription was ended.
            Err(freehold_queues::Error::NoQueue) => {
                sns.couriers.may_end(&arn, || false);
                return;
            }
            Err(error) => {
                tracing::error!(arn, %error, "what is to be delivered cannot be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Keeps attempts apart where the subscriber takes so many a second (*Developer guide, Message delivery retries:
/// maxReceivesPerSecond*).
#[derive(Default)]
struct Pace {
    next: Option<Instant>,
}

impl Pace {
    async fn wait(&mut self, per_second: Option<u32>) {
        let Some(per_second) = per_second.filter(|rate| *rate > 0) else { return };
        let now = Instant::now();
        let due = self.next.map_or(now, |next| next.max(now));
        tokio::time::sleep_until(due).await;
        self.next = Some(due + Duration::from_secs(1) / per_second);
    }
}

impl Sns {
    /// How many messages a second the subscriber takes; `None`: any number.
    fn rate(&self, arn: &str) -> Option<u32> {
        let live = self.registry.subscription(arn)?;
        let topic = self.registry.topic(&live.subscription.topic)?;
        topic.effective(Some(&live)).max_receives_per_second()
    }
}

/// Delivers one message, or says when it is tried again, or gives it up.
async fn one(sns: Arc<Sns>, arn: String, queue: QueueId, received: Received) {
    let live = sns.registry.subscription(&arn);
    let topic = live.as_ref().and_then(|live| sns.registry.topic(&live.subscription.topic));
    let (Some(live), Some(topic)) = (live, topic) else { return };
    let outcome = match Notification::decode(&received.content) {
        Ok(notification) => {
            let outcome = attempt::deliver(&sns, &topic, &live, &notification).await;
            finish(&sns, &topic, &live, queue, &received, &notification, outcome).await
        }
        Err(error) => {
            tracing::error!(arn, %error, "what is to be delivered cannot be read");
            delete(&sns, queue, &received).await
        }
    };
    if let Err(error) = outcome {
        tracing::error!(arn, %error, "what was delivered is delivered again");
    }
}

async fn finish(
    sns: &Arc<Sns>,
    topic: &LiveTopic,
    live: &LiveSubscription,
    queue: QueueId,
    received: &Received,
    notification: &Notification,
    outcome: Result<(), attempt::Failure>,
) -> Result<(), freehold_queues::Error> {
    let failure = match outcome {
        Ok(()) => {
            delete(sns, queue, received).await?;
            status::delivered(topic, live);
            return Ok(());
        }
        Err(failure) => failure,
    };
    let retry = if failure.is_permanent { None } else { attempt::delay(topic, live, received.receive_count) };
    if let Some(delay) = retry {
        tracing::debug!(
            arn = live.subscription.arn,
            attempt = received.receive_count,
            why = failure.why,
            ?delay,
            "not delivered yet"
        );
        // A message that is gone or was taken by another courier needs no delay.
        let _: Result<(), ReceiptError> = sns.queues.change_visibility(queue, received.receipt, delay)?;
        return Ok(());
    }
    let is_kept = match bury(sns, topic, live, notification).await {
        Some(outgoing) => sns.queues.send(vec![outgoing]).await.map(|_| true).or_else(|error| match error {
            freehold_queues::Error::NoQueue => Ok(false),
            error => Err(error),
        })?,
        None => false,
    };
    delete(sns, queue, received).await?;
    status::failed(topic, live, &failure.why, is_kept);
    Ok(())
}

async fn delete(sns: &Sns, queue: QueueId, received: &Received) -> Result<(), freehold_queues::Error> {
    sns.queues.delete(queue, vec![received.receipt]).await.map(drop)
}

/// The message as the dead-letter queue gets it: what the subscriber would have got.
async fn bury(
    sns: &Sns,
    topic: &LiveTopic,
    live: &LiveSubscription,
    notification: &Notification,
) -> Option<freehold_queues::Outgoing> {
    let to = live.dead_letters.as_ref().filter(|_| notification.kind == Kind::Notification)?;
    if !sns.sqs.may_send(to, &topic.topic.arn) {
        tracing::info!(
            arn = live.subscription.arn,
            to,
            "the policy of the dead-letter queue does not let the topic send to it"
        );
        return None;
    }
    let delivery = Delivery {
        // What went wrong is in the log.
        body: attempt::body(sns, topic, live, notification).await.ok()?,
        attributes: if live.is_raw { raw_attributes(&notification.attributes) } else { Vec::new() },
        group: None,
        deduplication: None,
        sender_id: topic.topic.account.clone(),
        trace: notification.trace.clone(),
    };
    sns.sqs
        .outgoing(to, delivery)
        .inspect_err(
            |error| tracing::info!(arn = live.subscription.arn, to, %error, "the dead-letter queue takes it not"),
        )
        .ok()
}
