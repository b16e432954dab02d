//! What would leave the region by e-mail, SMS or push: recorded, with what a person or a device would have got.

use std::sync::Arc;

use super::attempt::{Failure, body, token};
use super::http::confirmation_path;
use crate::Sns;
use crate::model::{Channel, Device, Kind, Notification, Outgone, Protocol};
use crate::registry::{LiveSubscription, LiveTopic};

use freehold_store::StoreExt;

pub(super) async fn deliver(
    sns: &Arc<Sns>,
    topic: &LiveTopic,
    live: &LiveSubscription,
    notification: &Notification,
) -> Result<(), Failure> {
    let subscription = &live.subscription;
    let channel = match subscription.protocol {
        Protocol::Sms => Channel::Sms,
        Protocol::Application => Channel::Push,
        _ => Channel::Email,
    };
    if channel == Channel::Push {
        check_device(sns, &subscription.endpoint)?;
    }
    let message = match (token(notification), subscription.protocol) {
        (Some(token), _) => {
            let link = format!("{}{}", notification.endpoint, confirmation_path(&notification.topic, token));
            format!("{}\n\nThe SubscribeURL is:\n{link}\n", notification.message)
        }
        (None, Protocol::EmailJson) => body(sns, topic, live, notification).await?,
        (None, Protocol::Email) => {
            let link = format!("{}{}", notification.endpoint, live.unsubscribe_path);
            format!("{}\n\n--\nTo stop receiving notifications from this topic, visit:\n{link}\n", notification.message)
        }
        (None, _) => notification.message.clone(),
    };
    let subject = match &notification.kind {
        Kind::SubscriptionConfirmation { .. } => Some("AWS Notification - Subscription Confirmation".to_owned()),
        Kind::UnsubscribeConfirmation { .. } => Some("AWS Notification - Unsubscribe Confirmation".to_owned()),
        Kind::Notification if channel == Channel::Email => {
            Some(notification.subject.clone().unwrap_or_else(|| "AWS Notification Message".to_owned()))
        }
        Kind::Notification => notification.subject.clone(),
    };
    let outgone = Outgone {
        key: String::new(),
        account: subscription.account.clone(),
        channel,
        to: subscription.endpoint.clone(),
        message_id: notification.id.clone(),
        topic: Some(notification.topic.clone()),
        subject,
        message,
        at: sns.now(),
    };
    Ok(sns.record(outgone).await?)
}

/// A device that is gone or was switched off gets nothing, however often it is tried.
fn check_device(sns: &Sns, arn: &str) -> Result<(), Failure> {
    let permanent = |why: &str| Failure { why: why.to_owned(), is_permanent: true };
    match sns.store.get::<Device>(arn) {
        Ok(Some(device)) if device.is_enabled() => Ok(()),
        Ok(Some(_)) => Err(permanent("Endpoint is disabled")),
        Ok(None) => Err(permanent("Endpoint does not exist")),
        Err(error) => Err(Failure { why: error.to_string(), is_permanent: false }),
    }
}
