//! To HTTP and HTTPS endpoints (*Developer guide, Fanout to HTTP/HTTPS endpoints*).

use std::sync::Arc;
use std::time::Duration;

use super::attempt::{Failure, body, token};
use crate::Sns;
use crate::errors::Error;
use crate::model::{Kind, Notification};
use crate::post::PostError;
use crate::publish::envelope::{field, signature};
use crate::registry::{LiveSubscription, LiveTopic};
use crate::signature::Confirmation;

/// *Message delivery retries*: an endpoint that has not answered by then has failed.
const TIMEOUT: Duration = Duration::from_secs(15);

pub(super) async fn deliver(
    sns: &Arc<Sns>,
    topic: &LiveTopic,
    live: &LiveSubscription,
    notification: &Notification,
) -> Result<(), Failure> {
    let subscription = &live.subscription;
    let mut headers: Vec<(&str, String)> = vec![
        ("x-amz-sns-message-id", notification.id.clone()),
        ("x-amz-sns-topic-arn", notification.topic.clone()),
        ("content-type", topic.effective(Some(live)).content_type().to_owned()),
    ];
    headers.push(("x-amz-sns-message-type", name(&notification.kind).to_owned()));
    let body = match notification.kind {
        Kind::SubscriptionConfirmation { .. } | Kind::UnsubscribeConfirmation { .. } => {
            asking(sns, topic, notification).await?
        }
        Kind::Notification => {
            headers.push(("x-amz-sns-subscription-arn", subscription.arn.clone()));
            if live.is_raw {
                headers.push(("x-amz-sns-rawdelivery", "true".to_owned()));
            }
            body(sns, topic, live, notification).await?
        }
    };
    sns.meter_http(&topic.topic);
    match sns.poster.post(&subscription.endpoint, &headers, body, TIMEOUT).await {
        Ok(200..=299) => Ok(()),
        // *Client-side errors*: 4xx, but for the one that says *later*.
        Ok(status) => {
            let is_permanent = (400..500).contains(&status) && status != 429;
            Err(Failure { why: format!("the endpoint answered {status}"), is_permanent })
        }
        Err(error) => {
            let is_permanent = matches!(error, PostError::Address(_) | PostError::Unsendable(_));
            Err(Failure { why: error.to_string(), is_permanent })
        }
    }
}

/// Where a subscription is confirmed, below the region's endpoint.
pub(super) fn confirmation_path(topic: &str, token: &str) -> String {
    format!("/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}")
}

/// `Type` of a message.
fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Notification => "Notification",
        Kind::SubscriptionConfirmation { .. } => "SubscriptionConfirmation",
        Kind::UnsubscribeConfirmation { .. } => "UnsubscribeConfirmation",
    }
}

/// The question whether the endpoint wants to be told, or told again.
pub(crate) async fn asking(sns: &Sns, topic: &LiveTopic, notification: &Notification) -> Result<String, Error> {
    let token = token(notification).unwrap_or_default();
    let url = format!("{}{}", notification.endpoint, confirmation_path(&notification.topic, token));
    let timestamp = notification.timestamp();
    let (signer, version) = (sns.signer().await?, topic.topic.signature_version());
    let confirmation = Confirmation { subscribe_url: &url, token };
    let signed = sns.sign_confirmation(signer, notification, &timestamp, confirmation, version)?;
    let mut text = String::from("{\n");
    field(&mut text, "Type", name(&notification.kind));
    field(&mut text, "MessageId", &notification.id);
    field(&mut text, "Token", token);
    field(&mut text, "TopicArn", &notification.topic);
    field(&mut text, "Message", &notification.message);
    field(&mut text, "SubscribeURL", &url);
    field(&mut text, "Timestamp", &timestamp);
    signature(&mut text, &signed);
    // The last field has no comma behind it.
    text.truncate(text.trim_end().trim_end_matches(',').len());
    text.push_str("\n}");
    Ok(text)
}
