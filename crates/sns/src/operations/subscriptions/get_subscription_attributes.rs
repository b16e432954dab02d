//! GetSubscriptionAttributes.

use std::sync::Arc;

use freehold_api::sns::{GetSubscriptionAttributesInput, GetSubscriptionAttributesResponse};
use freehold_wire::Call;

use super::find_own;
use crate::Sns;
use crate::model::{Protocol, State};
use crate::operations::arns;

pub(super) async fn get_subscription_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: GetSubscriptionAttributesInput,
) -> Result<GetSubscriptionAttributesResponse, freehold_wire::Error> {
    let arn = arns::subscription(&call, input.subscription_arn)?;
    let live = find_own(&sns, &call, &arn)?;
    let subscription = &live.subscription;
    let mut attributes = subscription.attributes.clone();
    if attributes.contains_key("FilterPolicy") {
        attributes.entry("FilterPolicyScope".to_owned()).or_insert_with(|| "MessageAttributes".to_owned());
    }
    let mut set = |name: &str, value: String| attributes.insert(name.to_owned(), value);
    set("SubscriptionArn", arn);
    set("TopicArn", subscription.topic.clone());
    set("Owner", subscription.account.clone());
    set("Protocol", subscription.protocol.name().to_owned());
    set("Endpoint", subscription.endpoint.clone());
    set("SubscriptionPrincipal", subscription.principal.clone());
    set("RawMessageDelivery", live.is_raw.to_string());
    set("PendingConfirmation", (!subscription.is_confirmed()).to_string());
    let authenticated = matches!(subscription.state, State::Confirmed { authenticated: true, .. });
    set("ConfirmationWasAuthenticated", authenticated.to_string());
    if matches!(subscription.protocol, Protocol::Http | Protocol::Https) {
        let topic = sns.topic(&subscription.topic)?;
        if let Some(policy) = &live.delivery {
            set("DeliveryPolicy", policy.to_subscription_json());
        }
        set("EffectiveDeliveryPolicy", topic.effective(Some(&live)).to_json());
    }
    Ok(GetSubscriptionAttributesResponse { attributes: Some(attributes) })
}
