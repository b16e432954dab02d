//! What became of messages, in the log and in counts.
//!
//! AWS writes a line to CloudWatch Logs for what the topic's feedback attributes ask for (*Developer guide, Message delivery
//! status*); the region's log is what there is of that. Failures are told in any case, but not each: a subscriber that is
//! gone for good would fill the disk.

use crate::model::Protocol;
use crate::registry::{LiveSubscription, LiveTopic};

/// A subscriber has a message.
pub(crate) fn delivered(topic: &LiveTopic, live: &LiveSubscription) {
    let count = live.counts.delivered();
    if is_sampled(topic, live.subscription.protocol, count) {
        tracing::info!(subscription = live.subscription.arn, count, "a message was delivered");
    }
}

/// A subscriber will not get a message; `is_kept` if its dead-letter queue has it.
pub(crate) fn failed(topic: &LiveTopic, live: &LiveSubscription, why: &str, is_kept: bool) {
    let count = live.counts.failed();
    let is_asked_for = attribute(topic, live.subscription.protocol, "FailureFeedbackRoleArn").is_some();
    if is_asked_for || count.is_power_of_two() {
        let subscription = &live.subscription;
        let to = &subscription.endpoint;
        let fate = if is_kept { "its dead-letter queue has it" } else { "it is dropped" };
        tracing::info!(subscription = subscription.arn, to, count, why, "a message was not delivered: {fate}");
    }
}

/// Of a hundred successes, as many as the topic's sample rate says, spread evenly.
fn is_sampled(topic: &LiveTopic, protocol: Protocol, count: u64) -> bool {
    if attribute(topic, protocol, "SuccessFeedbackRoleArn").is_none() {
        return false;
    }
    let rate = attribute(topic, protocol, "SuccessFeedbackSampleRate").and_then(|rate| rate.parse::<u64>().ok());
    let rate = rate.unwrap_or(0).min(100);
    count * rate / 100 != (count - 1) * rate / 100
}

fn attribute<'a>(topic: &'a LiveTopic, protocol: Protocol, name: &str) -> Option<&'a String> {
    let family = match protocol {
        Protocol::Http | Protocol::Https => "HTTP",
        Protocol::Sqs => "SQS",
        Protocol::Lambda => "Lambda",
        Protocol::Firehose => "Firehose",
        Protocol::Application => "Application",
        Protocol::Email | Protocol::EmailJson | Protocol::Sms => return None,
    };
    let attributes = &topic.topic.attributes;
    // Most topics have none: no name needs to be put together.
    if attributes.is_empty() {
        return None;
    }
    attributes.get(&format!("{family}{name}")).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Topic;

    #[test]
    fn successes_are_sampled_evenly_and_only_if_a_role_is_set() {
        let sampled = |attributes: &[(&str, &str)]| {
            let mut topic = Topic::new("us-east-1", "1", "t");
            topic.attributes = attributes.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            let topic = LiveTopic::new(topic, Vec::new(), None);
            (1..=100).filter(|count| is_sampled(&topic, Protocol::Sqs, *count)).count()
        };
        let role = ("SQSSuccessFeedbackRoleArn", "arn:aws:iam::1:role/r");
        assert_eq!(sampled(&[("SQSSuccessFeedbackSampleRate", "100")]), 0);
        assert_eq!(sampled(&[role, ("SQSSuccessFeedbackSampleRate", "7")]), 7);
        assert_eq!(sampled(&[role, ("SQSSuccessFeedbackSampleRate", "100")]), 100);
        assert_eq!(sampled(&[role]), 0);
    }
}
