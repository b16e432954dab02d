//! Takes deliveries out of the spool, many at once.

use std::sync::Arc;
use std::time::Duration;

use freehold_queues::{QueueId, Receive, Received};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::attempt::{Failure, attempt};
use super::{Delivery, farewell};
use crate::model::Retry;
use crate::{Events, SPOOL};

/// Attempts at once.
const AT_ONCE: usize = 64;
/// Taken out of the queue at once.
const BATCH: usize = 10;
/// How long an attempt may take before the delivery is tried again: longer than any attempt's own limit.
const LEASE: Duration = Duration::from_secs(60);
const IDLE: Duration = Duration::from_secs(20);
/// After a failure of our own.
const PAUSE: Duration = Duration::from_secs(1);
/// Between attempts: doubled each time, up to this.
const LONGEST: Duration = Duration::from_secs(600);

/// Delivers for as long as the region lives.
pub(crate) async fn run(events: Arc<Events>) {
    let spool = SPOOL;
    let mut attempts = JoinSet::new();
    loop {
        while attempts.len() >= AT_ONCE {
            attempts.join_next().await;
        }
        while attempts.try_join_next().is_some() {}
        let max = BATCH.min(AT_ONCE - attempts.len());
        let how = Receive { max, visibility: LEASE, wait: IDLE, attempt: None };
        match events.queues.receive(spool, how).await {
            Ok(received) => {
                for one in received {
                    attempts.spawn(deliver(Arc::clone(&events), spool, one));
                }
            }
            // The region ends.
            Err(freehold_queues::Error::Store(freehold_store::Error::Closed)) => return,
            Err(error) => {
                tracing::error!(%error, "what is to be delivered cannot be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn deliver(events: Arc<Events>, spool: QueueId, received: Received) {
    let outcome = match serde_json::from_slice::<Delivery>(&received.content) {
        Ok(delivery) => one(&events, spool, &received, &delivery).await,
        Err(error) => {
            tracing::error!(%error, "a delivery cannot be read");
            forget(&events, spool, &received).await
        }
    };
    if let Err(error) = outcome {
        tracing::error!(%error, "what was delivered is delivered again");
    }
}

async fn one(
    events: &Events,
    spool: QueueId,
    received: &Received,
    delivery: &Delivery,
) -> Result<(), freehold_queues::Error> {
    let failure = match attempt(events, delivery, received.receive_count).await {
        Ok(()) => {
            events.measure(delivery, &["Invocations"]);
            return forget(events, spool, received).await;
        }
        Err(failure) => failure,
    };
    match verdict(&failure, delivery.retry, received.receive_count, delivery.created, events.now()) {
        Verdict::Again(pause) => {
            tracing::debug!(
                source = delivery.source,
                target = delivery.target,
                why = failure.why,
                ?pause,
                "not told yet"
            );
            events.queues.change_visibility(spool, received.receipt, pause)?.ok();
            Ok(())
        }
        Verdict::Never(exhausted) => {
            events.measure(delivery, &["Invocations", "FailedInvocations"]);
            farewell::bury(events, delivery, &failure, exhausted, received.receive_count).await;
            forget(events, spool, received).await
        }
    }
}

async fn forget(events: &Events, spool: QueueId, received: &Received) -> Result<(), freehold_queues::Error> {
    events.queues.delete(spool, vec![received.receipt]).await.map(drop)
}

/// What comes after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Again(Duration),
    /// And which bound of the retry policy says so.
    Never(Option<&'static str>),
}

/// `count` attempts were made.
fn verdict(failure: &Failure, retry: Retry, count: u32, created: Timestamp, now: Timestamp) -> Verdict {
    if failure.is_permanent {
        return Verdict::Never(None);
    }
    if count > retry.attempts {
        return Verdict::Never(Some("MaximumRetryAttempts"));
    }
    let pause = Duration::from_secs(1u64 << (count.saturating_sub(1)).min(10)).min(LONGEST);
    let jitter = pause.mul_f64(rand::random_range(0.0..0.25));
    let age = now.duration_since(created).as_secs();
    if age >= i64::from(retry.age_seconds) {
        return Verdict::Never(Some("MaximumEventAgeInSeconds"));
    }
    Verdict::Again(pause + jitter)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn judged(is_permanent: bool, count: u32, age: i64) -> Verdict {
        let failure = Failure { code: "X", why: String::new(), is_permanent };
        let created = Timestamp::UNIX_EPOCH;
        let now = created.checked_add(SignedDuration::from_secs(age)).unwrap();
        verdict(&failure, Retry { attempts: 3, age_seconds: 60 }, count, created, now)
    }

    #[test]
    fn it_is_tried_as_often_and_as_long_as_the_policy_says() {
        assert!(matches!(judged(false, 1, 0), Verdict::Again(pause) if pause.as_secs() == 1));
        assert!(matches!(judged(false, 3, 59), Verdict::Again(pause) if pause.as_secs() >= 4));
        assert_eq!(judged(false, 4, 0), Verdict::Never(Some("MaximumRetryAttempts")));
        assert_eq!(judged(false, 1, 60), Verdict::Never(Some("MaximumEventAgeInSeconds")));
        assert_eq!(judged(true, 1, 0), Verdict::Never(None));
    }
}
