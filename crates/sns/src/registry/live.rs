//! A topic and a subscription with everything read that publishing and delivering look at.

use std::sync::Arc;

use freehold_iam::policy::{Kind, Policy};

use super::Counts;
use crate::delivery_policy::{DeliveryPolicy, Effective};
use crate::filter::{FilterPolicy, Scope};
use crate::model::{State, Subscription, Topic};
use crate::publish::Published;

/// A topic.
#[derive(Clone)]
pub(crate) struct LiveTopic {
    pub topic: Topic,
    /// What its owner wrote; the default one says what holds anyway.
    pub policy: Option<Arc<Policy>>,
    pub delivery: Option<DeliveryPolicy>,
    /// Those that wait for their confirmation too.
    pub subscriptions: Vec<Arc<LiveSubscription>>,
    /// What was published to a FIFO topic lately.
    pub fifo: Option<Arc<Published>>,
}

impl LiveTopic {
    pub fn new(topic: Topic, subscriptions: Vec<Arc<LiveSubscription>>, fifo: Option<Arc<Published>>) -> Self {
        let delivery =
            topic.attributes.get("DeliveryPolicy").and_then(|text| read(&topic.arn, DeliveryPolicy::of_topic(text)));
        let policy = topic.policy.as_deref().and_then(|text| read(&topic.arn, Policy::parse(text, Kind::Resource)));
        let policy = policy.map(Arc::new);
        let fifo = fifo.or_else(|| topic.published.map(|queue| Arc::new(Published::new(queue))));
        Self { topic, policy, delivery, subscriptions, fifo }
    }

    /// How many subscriptions are confirmed, and how many wait.
    pub fn counts(&self) -> (usize, usize) {
        let confirmed = self.subscriptions.iter().filter(|live| live.subscription.is_confirmed()).count();
        (confirmed, self.subscriptions.len() - confirmed)
    }

    /// How often deliveries to the subscriber are tried.
    pub fn effective(&self, subscription: Option<&LiveSubscription>) -> Effective {
        Effective::of(self.delivery.as_ref(), subscription.and_then(|live| live.delivery.as_ref()))
    }
}

/// A subscription.
pub(crate) struct LiveSubscription {
    pub subscription: Subscription,
    pub is_raw: bool,
    pub filter: Option<FilterPolicy>,
    pub delivery: Option<DeliveryPolicy>,
    pub dead_letters: Option<String>,
    /// Where the subscription is ended, below the region's endpoint. ARNs need no escapes, neither in addresses nor in JSON.
    pub unsubscribe_path: String,
    pub counts: Arc<Counts>,
}

impl LiveSubscription {
    pub fn new(subscription: Subscription, counts: Option<Arc<Counts>>) -> Self {
        let attribute = |name: &str| subscription.attributes.get(name);
        let scope = match attribute("FilterPolicyScope").map(String::as_str) {
            Some("MessageBody") => Scope::MessageBody,
            _ => Scope::MessageAttributes,
        };
        let arn = &subscription.arn;
        Self {
            is_raw: subscription.is_raw(),
            filter: attribute("FilterPolicy").and_then(|text| read(arn, FilterPolicy::parse(text, scope))),
            delivery: attribute("DeliveryPolicy").and_then(|text| read(arn, DeliveryPolicy::of_subscription(text))),
            dead_letters: subscription.dead_letter_queue(),
            unsubscribe_path: format!("/?Action=Unsubscribe&SubscriptionArn={arn}"),
            counts: counts.unwrap_or_default(),
            subscription,
        }
    }

    /// Whether it is told what is published.
    pub fn is_told(&self) -> bool {
        self.subscription.state != State::Pending
    }
}

/// What was accepted once and cannot be read now is said in the log.
fn read<T, E: std::fmt::Display>(arn: &str, outcome: Result<T, E>) -> Option<T> {
    outcome.inspect_err(|error| tracing::error!(arn, %error, "a stored policy cannot be read")).ok()
}
