//! Subscriptions.

mod attributes;
mod confirm_subscription;
mod endpoints;
mod get_subscription_attributes;
mod list_subscriptions;
mod list_subscriptions_by_topic;
mod set_subscription_attributes;
mod subscribe;
mod unsubscribe;
mod view;

use std::sync::Arc;

use freehold_api::sns::op;
use freehold_wire::{Call, Service};

use crate::Sns;
use crate::errors::Error;
use crate::registry::LiveSubscription;

pub(super) use endpoints::is_phone;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    service
        .on(op::ConfirmSubscription, sns, confirm_subscription::confirm_subscription)
        .on(op::GetSubscriptionAttributes, sns, get_subscription_attributes::get_subscription_attributes)
        .on(op::ListSubscriptions, sns, list_subscriptions::list_subscriptions)
        .on(op::ListSubscriptionsByTopic, sns, list_subscriptions_by_topic::list_subscriptions_by_topic)
        .on(op::SetSubscriptionAttributes, sns, set_subscription_attributes::set_subscription_attributes)
        .on(op::Subscribe, sns, subscribe::subscribe)
        .on(op::Unsubscribe, sns, unsubscribe::unsubscribe)
}

/// A subscription that is the caller's, or of a topic of the caller's.
fn find_own(sns: &Sns, call: &Call, arn: &str) -> Result<Arc<LiveSubscription>, Error> {
    let live = sns.registry.subscription(arn).ok_or_else(Error::no_subscription)?;
    if is_owner(sns, call, &live) {
        return Ok(live);
    }
    Err(Error::Authorization(format!(
        "User: {} is not authorized to perform: SNS:{} on resource: {arn}",
        call.principal.arn, call.operation
    )))
}

/// Whether the caller's account has the subscription or its topic.
fn is_owner(sns: &Sns, call: &Call, live: &LiveSubscription) -> bool {
    let topic = sns.registry.topic(&live.subscription.topic);
    live.subscription.account == call.account() || topic.is_some_and(|topic| topic.topic.account == call.account())
}
