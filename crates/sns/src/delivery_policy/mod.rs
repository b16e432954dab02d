//! Delivery policies: how often, and how fast, an HTTP endpoint is tried (*developer guide, Amazon SNS message delivery
//! retries*).
//!
//! A topic's policy holds for all its subscriptions; a subscription's own policy replaces it section by section, unless
//! the topic forbids that. [`Effective`] is what comes of both.

mod effective;
mod json;
mod read;
mod retry;
#[cfg(test)]
mod tests;

use thiserror::Error;

pub(crate) use effective::Effective;
use retry::RetryPolicy;

/// Why a policy is refused. Shown as AWS says it behind "Invalid parameter: ".
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("DeliveryPolicy: {0}")]
pub(crate) struct Invalid(String);

/// A policy as a topic or a subscription has it: every section may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DeliveryPolicy {
    retry: Option<RetryPolicy>,
    /// Messages a second.
    max_receives_per_second: Option<u32>,
    content_type: Option<String>,
    /// `disableSubscriptionOverrides`, of topics.
    forbids_overrides: bool,
}

impl DeliveryPolicy {
    /// Reads and checks a topic's policy: `{"http": {"defaultHealthyRetryPolicy": {...}, ...}}`.
    pub(crate) fn of_topic(text: &str) -> Result<Self, Invalid> {
        read::topic(text)
    }

    /// Reads and checks a subscription's policy: `{"healthyRetryPolicy": {...}, ...}`.
    pub(crate) fn of_subscription(text: &str) -> Result<Self, Invalid> {
        read::subscription(text)
    }

    /// The policy as `GetTopicAttributes` shows it.
    pub(crate) fn to_topic_json(&self) -> String {
        json::topic(self)
    }

    /// The policy as `GetSubscriptionAttributes` shows it.
    pub(crate) fn to_subscription_json(&self) -> String {
        json::subscription(self)
    }
}
