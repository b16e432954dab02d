//! Subscriptions as lists show them.

use freehold_api::sns;

use crate::model::Subscription;

/// What stands for the ARN of a subscription that is not confirmed.
const PENDING: &str = "PendingConfirmation";

pub(super) fn subscription(subscription: Subscription) -> sns::Subscription {
    let arn = if subscription.is_confirmed() { subscription.arn } else { PENDING.to_owned() };
    sns::Subscription {
        subscription_arn: Some(arn),
        owner: Some(subscription.account),
        protocol: Some(subscription.protocol.name().to_owned()),
        endpoint: Some(subscription.endpoint),
        topic_arn: Some(subscription.topic),
    }
}
