//! ConfirmSubscription: whoever has the endpoint has the token that was sent there, and says yes with it.

use std::sync::Arc;

use freehold_api::sns::{ConfirmSubscriptionInput, ConfirmSubscriptionResponse};
use freehold_queues::new_queue_id;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use crate::Sns;
use crate::deliver;
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
    // Of a subscription that has ended and comes back.
    let queue = new_queue_id();
    sns.queues.configure(queue, deliver::settings());
    let state = State::Confirmed { authenticated, authenticate_on_unsubscribe };
    let confirmed = sns
        .store
        .transact::<_, Error, _>(move |tx| {
            let invalid = || Error::InvalidParameter("Token".into());
            let token = tx.get::<Token>(&token)?.filter(|token| token.topic == topic && token.expires > now);
            let token = token.ok_or_else(invalid)?;
            let found = tx.get::<Subscription>(&token.subscription)?;
            if let Some(mut subscription) = found {
                // Saying it twice changes nothing.
                if subscription.state == State::Pending {
                    subscription.state = state;
                    tx.put(&subscription)?;
                }
                return Ok((subscription.arn, false));
            }
            let ended = *token.restores.ok_or_else(invalid)?;
            let key = Subscription::key(&ended.topic, ended.protocol, &ended.endpoint);
            // The endpoint may have been subscribed anew.
            if let Some(found) = tx.list::<Subscription>(&Filter::index(1, key))?.into_iter().next() {
                return Ok((found.arn, false));
            }
            let restored = Subscription { state, queue: Some(queue), ..ended };
            tx.put(&restored)?;
            Ok((restored.arn, true))
        })
        .await;
    if !matches!(confirmed, Ok((_, true))) {
        sns.queues.remove(queue).await.map_err(Error::from)?;
    }
    let (arn, _) = confirmed?;
    sns.registry.refresh_subscription(&arn).map_err(Error::from)?;
    Ok(ConfirmSubscriptionResponse { subscription_arn: Some(arn) })
}
