//! What holds for a subscription.

use std::time::Duration;

use super::retry::RetryPolicy;
use super::{DeliveryPolicy, json};

/// *Message delivery retries*: "If the request policy is not defined, the content type defaults to this".
const DEFAULT_CONTENT_TYPE: &str = "text/plain; charset=UTF-8";

/// The policy that deliveries follow: nothing is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effective {
    pub(super) retry: RetryPolicy,
    pub(super) max_receives_per_second: Option<u32>,
    pub(super) content_type: String,
    pub(super) forbids_overrides: bool,
}

impl Effective {
    /// What comes of a topic's policy and a subscription's.
    pub(crate) fn of(topic: Option<&DeliveryPolicy>, subscription: Option<&DeliveryPolicy>) -> Self {
        let forbids_overrides = topic.is_some_and(|topic| topic.forbids_overrides);
        let subscription = subscription.filter(|_| !forbids_overrides);
        let policies = || subscription.into_iter().chain(topic);
        Self {
            retry: policies().find_map(|policy| policy.retry).unwrap_or_default(),
            max_receives_per_second: policies().find_map(|policy| policy.max_receives_per_second),
            content_type: policies()
                .find_map(|policy| policy.content_type.clone())
                .unwrap_or_else(|| DEFAULT_CONTENT_TYPE.to_owned()),
            forbids_overrides,
        }
    }

    /// How long to wait after a failed attempt before retry `n`, where 1 is the first; `None`: give up.
    pub(crate) fn delay_before_retry(&self, n: u32) -> Option<Duration> {
        self.retry.delay_before_retry(n)
    }

    /// `Content-Type` of notifications.
    pub(crate) fn content_type(&self) -> &str {
        &self.content_type
    }

    /// How many messages a second the endpoint takes; `None`: any number.
    pub(crate) fn max_receives_per_second(&self) -> Option<u32> {
        self.max_receives_per_second
    }

    /// `EffectiveDeliveryPolicy` of a subscription.
    pub(crate) fn to_json(&self) -> String {
        json::effective(self)
    }

    /// `EffectiveDeliveryPolicy` of a topic.
    pub(crate) fn to_topic_json(&self) -> String {
        json::effective_topic(self)
    }
}
