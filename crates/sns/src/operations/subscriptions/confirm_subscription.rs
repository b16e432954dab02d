//! ConfirmSubscription: whoever has the endpoint has the token that was sent there, and says yes with it.

use std::sync::Arc;

use freehold_api::sns::{ConfirmSubscriptionInput, ConfirmSubscriptionResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::Sns;
use crate::errors::Error;
use crate::model::{State, Subscription, Token};
use crate::operations::arns;

pub(super) async fn confirm_subscription(
    sns: Arc<Sns>,
    call: Call,
    input: ConfirmSubscriptionInput,
) -> Result<ConfirmSubscriptionResponse, freehold_wire::Error> {
    let topic = arns::topic(&call, "TopicArn", input.topic_arn)?;
    sns.topic(&topic)?;
    let authenticated = !call.principal.is_anonymous();
    // Means something in signed requests only (*API reference, ConfirmSubscription*).
    let authenticate_on_unsubscribe =
        authenticated && input.authenticate_on_unsubscribe.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let (token, now) = (input.token.unwrap_or_default(), sns.now());
    let arn = sns
        .store
        .transact::<_, Error, _>(move |tx| {
            let invalid = || Error::InvalidParameter("Token".into());
            let token = tx.get::<Token>(&token)?.filter(|token| token.topic == topic && token.expires > now);
            let token = token.ok_or_else(invalid)?;
            let mut subscription = tx.get::<Subscription>(&token.subscription)?.ok_or_else(invalid)?;
            // Saying it twice changes nothing.
            if subscription.state == State::Pending {
                subscription.state = State::Confirmed { authenticated, authenticate_on_unsubscribe };
                tx.put(&subscription)?;
            }
            Ok(subscription.arn)
        })
        .await?;
    sns.registry.refresh_subscription(&arn).map_err(Error::from)?;
    Ok(ConfirmSubscriptionResponse { subscription_arn: Some(arn) })
}
