//! The last message of a subscription that somebody else has ended: so that whoever has the endpoint can have it back
//! (*API reference, Unsubscribe: a final cancellation message*).

use std::sync::Arc;

use super::attempt;
use crate::Sns;
use crate::model::{Kind, Notification};
use crate::registry::{LiveSubscription, LiveTopic};

/// A courtesy, not a message that was published: what ends the region ends it too.
const MOST_ATTEMPTS: u32 = 3;

/// Sends the message, a few times if need be. `endpoint` is where the region was reached.
pub(crate) fn farewell(
    sns: &Arc<Sns>,
    topic: Arc<LiveTopic>,
    live: Arc<LiveSubscription>,
    token: String,
    endpoint: String,
) {
    let subscription = &live.subscription;
    let message = format!(
        "You have chosen to deactivate subscription {}.\nTo cancel this operation and restore the subscription, visit the \
         SubscribeURL included in this message.",
        subscription.arn
    );
    let notification = Notification {
        kind: Kind::UnsubscribeConfirmation { token },
        id: freehold_core::ids::uuid(),
        topic: subscription.topic.clone(),
        subject: None,
        message,
        attributes: Default::default(),
        published: sns.now().as_millisecond(),
        endpoint,
        trace: None,
    };
    let sns = Arc::clone(sns);
    tokio::spawn(async move {
        for attempt in 1..=MOST_ATTEMPTS {
            let Err(failure) = attempt::deliver(&sns, &topic, &live, &notification).await else { return };
            let delay = attempt::delay(&topic, &live, attempt).filter(|_| !failure.is_permanent);
            let Some(delay) = delay else { return };
            tokio::time::sleep(delay).await;
        }
    });
}
