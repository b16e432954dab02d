//! What brings messages from our queues to their subscribers.
//!
//! A subscription with something in its queue has one courier, a task that takes messages out, a few at a time, and tries to
//! deliver each. What is delivered is deleted; what fails is hidden until its policy's next retry, and when the policy gives
//! up it goes to the subscription's dead-letter queue, or is dropped and counted. The queue is on disk and counts the
//! attempts, so a courier may be cut off anywhere: the next one goes on. Couriers know nothing of each other, so a subscriber
//! that hangs delays nobody but itself.

mod attempt;
mod courier;
mod farewell;
mod http;
mod lambda;
mod outbox;
mod sign;
pub(crate) mod status;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freehold_queues::Settings;

use crate::Sns;
use crate::model::{Attribute, Attributes};
use crate::registry::LiveSubscription;

pub(crate) use farewell::farewell;
pub(crate) use http::asking;

/// What was published is tried for as long as the longest policy says (*Developer guide, Message delivery retries: 23 days for
/// what AWS runs itself*).
const RETENTION: Duration = Duration::from_secs(30 * 86_400);

/// How the queue of a subscription behaves.
pub(crate) fn settings() -> Settings {
    Settings { fifo: None, retention: RETENTION, dead_letters: None, max_in_flight: usize::MAX }
}

/// All couriers, by their subscription's ARN.
#[derive(Default)]
pub(crate) struct Couriers {
    working: Mutex<HashSet<String>>,
}

impl Couriers {
    /// Makes sure that the subscription has a courier: there is something in its queue.
    pub fn wake(&self, sns: &Arc<Sns>, live: &LiveSubscription) {
        let Some(queue) = live.subscription.queue else { return };
        let arn = &live.subscription.arn;
        let mut working = self.working.lock().unwrap_or_else(PoisonError::into_inner);
        if !working.contains(arn) {
            working.insert(arn.clone());
            tokio::spawn(courier::run(Arc::clone(sns), arn.clone(), queue));
        }
    }

    /// Lets a courier end, unless there is something to deliver after all.
    fn may_end(&self, arn: &str, has_work: impl FnOnce() -> bool) -> bool {
        // Whoever puts something into the queue comes here after it is there: either it sees the courier gone, or the courier
        // sees what was put.
        let mut working = self.working.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = !has_work();
        if ends {
            working.remove(arn);
        }
        ends
    }
}

/// Attributes of a message as SQS has them, where it is delivered raw.
pub(crate) fn raw_attributes(attributes: &Attributes) -> Vec<(String, Attribute)> {
    attributes.iter().map(|(name, attribute)| (name.clone(), attribute.clone())).collect()
}
