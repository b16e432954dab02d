//! The event that a function is called with (*Lambda developer guide, Using AWS Lambda with Amazon SNS*).

use super::attempt::contents;
use crate::Sns;
use crate::errors::Error;
use crate::model::{Attributes, Notification};
use crate::publish::envelope::{attributes, escape};
use crate::registry::{LiveSubscription, LiveTopic};

/// One record. The names differ from the envelope's in their case: `SigningCertUrl`.
pub(super) async fn event(
    sns: &Sns,
    topic: &LiveTopic,
    live: &LiveSubscription,
    notification: &Notification,
) -> Result<String, Error> {
    let timestamp = notification.timestamp();
    let contents = contents(notification, &timestamp);
    let signed = sns.sign_notification(sns.signer().await?, &contents, topic.topic.signature_version())?;
    let mut text = String::with_capacity(notification.message.len() + 1024);
    text.push_str("{\"Records\":[{\"EventSource\":\"aws:sns\",\"EventVersion\":\"1.0\",\"EventSubscriptionArn\":\"");
    escape(&mut text, &live.subscription.arn);
    text.push_str("\",\"Sns\":{\"Type\":\"Notification\"");
    member(&mut text, "MessageId", Some(&notification.id));
    member(&mut text, "TopicArn", Some(&notification.topic));
    member(&mut text, "Subject", notification.subject.as_deref());
    member(&mut text, "Message", Some(&notification.message));
    member(&mut text, "Timestamp", Some(&timestamp));
    member(&mut text, "SignatureVersion", Some(signed.version));
    member(&mut text, "Signature", Some(&signed.signature));
    member(&mut text, "SigningCertUrl", Some(&signed.certificate_url));
    member(&mut text, "UnsubscribeUrl", Some(&format!("{}{}", notification.endpoint, live.unsubscribe_path)));
    text.push_str(",\"MessageAttributes\":");
    all(&mut text, &notification.attributes);
    text.push_str("}}]}");
    Ok(text)
}

fn all(text: &mut String, found: &Attributes) {
    if found.is_empty() { text.push_str("{}") } else { attributes(text, found) }
}

fn member(text: &mut String, name: &str, value: Option<&str>) {
    text.push_str(",\"");
    text.push_str(name);
    text.push_str("\":");
    match value {
        None => text.push_str("null"),
        Some(value) => {
            text.push('"');
            escape(text, value);
            text.push('"');
        }
    }
}
