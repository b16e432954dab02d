//! Unsubscribe. The link in a message does it without a signature, unless whoever confirmed the subscription wanted it to
//! need one.

use std::sync::Arc;

use freehold_api::sns::UnsubscribeInput;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::find_own;
use crate::Sns;
use crate::deliver::farewell;
use crate::errors::Error;
use crate::model::{AbandonedQueue, State, Subscription, Token, Topic};
use crate::operations::arns;

pub(super) async fn unsubscribe(
    sns: Arc<Sns>,
    call: Call,
    input: UnsubscribeInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::subscription(&call, input.subscription_arn)?;
    // What does not exist is ended already.
    let Some(live) = sns.registry.subscription(&arn) else { return Ok(Unit) };
    if call.principal.is_anonymous() {
        check_link(&live.subscription)?;
    } else {
        find_own(&sns, &call, &arn)?;
    }
    // The owner knows; whoever has the endpoint of another's subscription is told, and may have it back.
    let is_told = live.subscription.protocol.is_asked()
        && live.subscription.is_confirmed()
        && live.subscription.account != call.account();
    let restoring = is_told.then(|| Token {
        restores: Some(Box::new(live.subscription.clone())),
        ..Token::new(&live.subscription, sns.now())
    });
    let token = restoring.as_ref().map(|restoring| restoring.token.clone());
    let id = arn.clone();
    sns.store
        .transact::<_, Error, _>(move |tx| {
            let Some(subscription) = tx.get::<Subscription>(&id)? else { return Ok(()) };
            tx.delete::<Subscription>(&id)?;
            for token in tx.list::<Token>(&Filter::index(0, &id))? {
                tx.delete::<Token>(&token.token)?;
            }
            if let Some(restoring) = restoring {
                tx.put(&restoring)?;
            }
            if let Some(queue) = subscription.queue {
                tx.put(&AbandonedQueue::new(&subscription.account, queue))?;
            }
            if let Some(mut topic) = tx.get::<Topic>(&subscription.topic)? {
                topic.subscriptions_deleted += 1;
                tx.put(&topic)?;
            }
            Ok(())
        })
        .await?;
    sns.registry.refresh_subscription(&arn).map_err(Error::from)?;
    sns.registry.refresh_topic(&live.subscription.topic).map_err(Error::from)?;
    if let (Some(token), Some(topic)) = (token, sns.registry.topic(&live.subscription.topic)) {
        farewell(&sns, topic, live, token, call.endpoint);
    }
    Ok(Unit)
}

/// *API reference, Unsubscribe: whether the call needs authentication*.
fn check_link(subscription: &Subscription) -> Result<(), Error> {
    match subscription.state {
        State::Confirmed { authenticate_on_unsubscribe: false, .. } => Ok(()),
        _ => Err(Error::Authorization(
            "This subscription requires authentication: only its owner and the topic's may end it".into(),
        )),
    }
}
