//! Attributes of subscriptions: which there are, and what they may be (*API reference, Subscribe and
//! SetSubscriptionAttributes*).

use freehold_core::Arn;

use crate::delivery_policy::DeliveryPolicy;
use crate::errors::Error;
use crate::filter::{FilterPolicy, Scope};
use crate::model::subscription::dead_letter_target;
use crate::model::{Protocol, Subscription};

const POLICY: &str = "FilterPolicy";
const SCOPE: &str = "FilterPolicyScope";

fn invalid(name: &str, why: impl std::fmt::Display) -> Error {
    Error::reason("Attributes", format!("{name}: {why}"))
}

/// Sets several at once: their order does not count.
pub(super) fn set_all<'a>(
    subscription: &mut Subscription,
    attributes: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<(), Error> {
    for (name, value) in attributes {
        put(subscription, name, value)?;
    }
    check_filter(subscription)?;
    if subscription.protocol == Protocol::Firehose && !subscription.attributes.contains_key("SubscriptionRoleArn") {
        return Err(Error::InvalidParameter("SubscriptionRoleArn".into()));
    }
    Ok(())
}

/// Sets one.
pub(super) fn set(subscription: &mut Subscription, name: &str, value: &str) -> Result<(), Error> {
    put(subscription, name, value)?;
    check_filter(subscription)
}

/// Sets an attribute after its checks, but for what filter and scope are to each other. An empty value takes an attribute
/// away.
fn put(subscription: &mut Subscription, name: &str, value: &str) -> Result<(), Error> {
    let protocol = subscription.protocol;
    let unsupported =
        |what: &str| invalid(name, format!("Delivery protocol [{}] does not support {what}.", protocol.name()));
    let is_http = matches!(protocol, Protocol::Http | Protocol::Https);
    match name {
        POLICY if is_empty_object(value) => {
            subscription.attributes.remove(name);
            return Ok(());
        }
        POLICY => {}
        SCOPE if value.is_empty() => {}
        SCOPE if matches!(value, "MessageAttributes" | "MessageBody") => {}
        SCOPE => {
            return Err(Error::InvalidParameter(format!(
                "FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
            )));
        }
        "RawMessageDelivery" if is_http || matches!(protocol, Protocol::Sqs | Protocol::Firehose) => {
            if !value.eq_ignore_ascii_case("true") && !value.eq_ignore_ascii_case("false") {
                return Err(invalid(name, format!("Invalid value [{value}]. Must be true or false.")));
            }
            subscription.attributes.insert(name.to_owned(), value.to_ascii_lowercase());
            return Ok(());
        }
        "RawMessageDelivery" => return Err(unsupported("raw message delivery")),
        "DeliveryPolicy" if value.is_empty() => {}
        "DeliveryPolicy" if is_http => {
            DeliveryPolicy::of_subscription(value).map_err(|error| Error::InvalidParameter(error.to_string()))?;
        }
        "DeliveryPolicy" => return Err(unsupported("delivery policies")),
        "RedrivePolicy" if is_empty_object(value) => {
            subscription.attributes.remove(name);
            return Ok(());
        }
        "RedrivePolicy" => check_redrive(subscription, value)?,
        "SubscriptionRoleArn" if protocol == Protocol::Firehose => {
            let is_role = value.starts_with("arn:aws:iam::") && value.contains(":role/");
            if !is_role {
                return Err(Error::InvalidParameter("SubscriptionRoleArn".into()));
            }
        }
        "SubscriptionRoleArn" => return Err(unsupported("a subscription role")),
        "ReplayPolicy" => return Err(invalid(name, "This region keeps no archives of messages to replay")),
        _ => return Err(Error::InvalidParameter("AttributeName".into())),
    }
    if value.is_empty() {
        subscription.attributes.remove(name);
    } else {
        subscription.attributes.insert(name.to_owned(), value.to_owned());
    }
    Ok(())
}

/// `{}` takes a policy away, as terraform and the console write it.
fn is_empty_object(value: &str) -> bool {
    value.is_empty()
        || serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(value).is_ok_and(|map| map.is_empty())
}

/// A policy must be one in the scope that it has by now.
fn check_filter(subscription: &Subscription) -> Result<(), Error> {
    let Some(policy) = subscription.attributes.get(POLICY) else { return Ok(()) };
    let scope = match subscription.attributes.get(SCOPE).map(String::as_str) {
        Some("MessageBody") => Scope::MessageBody,
        _ => Scope::MessageAttributes,
    };
    FilterPolicy::parse(policy, scope).map(drop).map_err(|error| Error::InvalidParameter(error.to_string()))
}

/// *Developer guide, Amazon SNS dead-letter queues*: a queue of the subscription's account and region, FIFO where the topic
/// is.
fn check_redrive(subscription: &Subscription, value: &str) -> Result<(), Error> {
    let invalid = |why: &str| Error::InvalidParameter(format!("RedrivePolicy: {why}"));
    let target = dead_letter_target(value).ok_or_else(|| invalid("failed to parse JSON."))?;
    let arn: Arn = target.parse().map_err(|_| invalid("deadLetterTargetArn is an invalid arn"))?;
    let topic: Arn = subscription.topic.parse().map_err(|_| Error::Internal)?;
    if arn.service != "sqs" || arn.resource.is_empty() {
        return Err(invalid("deadLetterTargetArn is an invalid arn"));
    }
    if arn.region != topic.region || arn.account != subscription.account {
        return Err(invalid("must be in the same account and region as the subscription"));
    }
    if arn.resource.ends_with(".fifo") != topic.resource.ends_with(".fifo") {
        return Err(invalid("must be a FIFO queue if the topic is FIFO, and a standard queue if it is not"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::State;

    fn subscription(protocol: Protocol) -> Subscription {
        Subscription {
            arn: "arn:aws:sns:us-east-1:111122223333:t:1".into(),
            topic: "arn:aws:sns:us-east-1:111122223333:t".into(),
            account: "111122223333".into(),
            principal: "arn:aws:iam::111122223333:root".into(),
            protocol,
            endpoint: "x".into(),
            attributes: Default::default(),
            state: State::Pending,
            queue: None,
            created: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_policy_is_checked_in_the_scope_it_has() {
        let nested = r#"{"a":{"b":["c"]}}"#;
        let mut one = subscription(Protocol::Sqs);
        assert!(set(&mut one.clone(), POLICY, nested).is_err());
        let (policy, scope) = (POLICY.to_owned(), SCOPE.to_owned());
        let (nested, body) = (nested.to_owned(), "MessageBody".to_owned());
        set_all(&mut one, [(&policy, &nested), (&scope, &body)]).unwrap();
        assert!(set(&mut one.clone(), SCOPE, "MessageAttributes").is_err());
        assert!(set(&mut one.clone(), SCOPE, "Body").is_err());
        set(&mut one, POLICY, "{}").unwrap();
        assert!(!one.attributes.contains_key(POLICY));
    }

    #[test]
    fn what_a_protocol_does_not_have_is_refused() {
        assert!(set(&mut subscription(Protocol::Email), "RawMessageDelivery", "true").is_err());
        assert!(set(&mut subscription(Protocol::Sqs), "RawMessageDelivery", "yes").is_err());
        assert!(set(&mut subscription(Protocol::Sqs), "DeliveryPolicy", "{}").is_err());
        assert!(set(&mut subscription(Protocol::Sqs), "SubscriptionRoleArn", "arn:aws:iam::1:role/r").is_err());
        assert!(set_all(&mut subscription(Protocol::Firehose), []).is_err());
        assert!(set(&mut subscription(Protocol::Sqs), "ReplayPolicy", "{}").is_err());
        assert!(set(&mut subscription(Protocol::Sqs), "Colour", "red").is_err());
    }

    #[test]
    fn dead_letters_stay_in_the_account_and_the_kind() {
        let redrive = |target: &str| {
            set(&mut subscription(Protocol::Sqs), "RedrivePolicy", &format!(r#"{{"deadLetterTargetArn":"{target}"}}"#))
        };
        assert!(redrive("arn:aws:sqs:us-east-1:111122223333:dead").is_ok());
        assert!(redrive("arn:aws:sqs:us-east-1:111122223333:dead.fifo").is_err());
        assert!(redrive("arn:aws:sqs:us-east-1:444455556666:dead").is_err());
        assert!(redrive("arn:aws:sqs:eu-west-1:111122223333:dead").is_err());
        assert!(redrive("dead").is_err());
        assert!(set(&mut subscription(Protocol::Sqs), "RedrivePolicy", "{").is_err());
        assert!(set(&mut subscription(Protocol::Sqs), "RedrivePolicy", "").is_ok());
    }
}
