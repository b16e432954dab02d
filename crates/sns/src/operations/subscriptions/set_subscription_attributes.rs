//! SetSubscriptionAttributes: one at a time.

use std::sync::Arc;

use freehold_api::sns::SetSubscriptionAttributesInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{attributes, find_own};
use crate::Sns;
use crate::errors::Error;
use crate::operations::arns;
use crate::registry::LiveTopic;

/// *Amazon SNS endpoints and quotas: filter policies per topic*.
const MOST_FILTERS: usize = 200;

pub(super) async fn set_subscription_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: SetSubscriptionAttributesInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::subscription(&call, input.subscription_arn)?;
    let live = find_own(&sns, &call, &arn)?;
    let (name, value) = (input.attribute_name.unwrap_or_default(), input.attribute_value.unwrap_or_default());
    if name == "FilterPolicy" && live.filter.is_none() {
        check_filters(&*sns.topic(&live.subscription.topic)?)?;
    }
    sns.change_subscription(&arn, move |subscription| attributes::set(subscription, &name, &value)).await?;
    Ok(Unit)
}

/// Whether the topic may have one more filter policy.
pub(super) fn check_filters(topic: &LiveTopic) -> Result<(), Error> {
    let filters = topic.subscriptions.iter().filter(|live| live.filter.is_some()).count();
    if filters < MOST_FILTERS { Ok(()) } else { Err(Error::FilterPolicyLimitExceeded) }
}
