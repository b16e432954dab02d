//! Topic policies: who may do what with a topic (*Developer guide, Access control*).

use std::sync::Arc;

use freehold_iam::policy::{Kind, Policy};
use freehold_iam::{ResourcePolicies, ResourcePolicy};
use serde_json::Value;

use crate::Sns;
use crate::errors::Error;

/// Actions that policies of topics may speak of (*Actions, resources and condition keys for Amazon SNS*).
pub(crate) const ACTIONS: [&str; 12] = [
    "AddPermission",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "Publish",
    "PutDataProtectionPolicy",
    "Receive",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];
/// Bytes (*Amazon SNS endpoints and quotas*).
const MOST_BYTES: usize = 30 << 10;

/// Checks a policy that is to be the topic's.
pub(crate) fn check(text: &str, topic: &str) -> Result<Policy, Error> {
    let invalid = |why: &str| Error::reason("Policy", why);
    if text.len() > MOST_BYTES {
        return Err(invalid("Policy is too large"));
    }
    let policy =
        Policy::parse(text, Kind::Resource).map_err(|_| Error::InvalidParameter("Policy Error: null".into()))?;
    let document: Value = serde_json::from_str(text).map_err(|_| invalid("Policy is not JSON"))?;
    for statement in one_or_many(&document["Statement"]) {
        for action in texts(statement, &["Action", "NotAction"]) {
            let name = action.split_once(':').map(|(service, name)| (service.to_ascii_lowercase(), name));
            let is_ours = action == "*"
                || name.is_some_and(|(service, name)| {
                    service == "sns"
                        && (name.contains(['*', '?']) || ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(name)))
                });
            if !is_ours {
                return Err(invalid("Policy statement action out of service scope!"));
            }
        }
        for resource in texts(statement, &["Resource", "NotResource"]) {
            if resource != "*" && resource != topic && !resource.contains(['*', '?']) {
                return Err(invalid("Policy statement resource is not the topic"));
            }
        }
    }
    Ok(policy)
}

fn texts<'a>(statement: &'a Value, members: &[&str]) -> Vec<&'a str> {
    members.iter().flat_map(|member| one_or_many(&statement[*member])).filter_map(Value::as_str).collect()
}

fn one_or_many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// As IAM asks for them, for every call.
impl ResourcePolicies for Sns {
    fn policy_of(&self, arn: &str) -> ResourcePolicy {
        match self.registry.topic(arn) {
            None => ResourcePolicy::NoResource,
            Some(topic) => {
                topic.policy.as_ref().map_or(ResourcePolicy::Unset, |policy| ResourcePolicy::Set(Arc::clone(policy)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:t";

    fn statement(action: &str, resource: &str) -> String {
        serde_json::json!({"Statement": [{
            "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": action, "Resource": resource,
        }]})
        .to_string()
    }

    #[test]
    fn a_policy_speaks_of_its_topic_and_of_sns() {
        assert!(check(&statement("SNS:Publish", TOPIC), TOPIC).is_ok());
        assert!(check(&statement("sns:*", "*"), TOPIC).is_ok());
        for (action, resource) in
            [("sqs:SendMessage", TOPIC), ("sns:Fly", TOPIC), ("sns:Publish", "arn:aws:sns:us-east-1:1:u")]
        {
            assert!(check(&statement(action, resource), TOPIC).is_err(), "{action} {resource}");
        }
        assert!(check("{", TOPIC).is_err() && check("{}", TOPIC).is_err());
    }
}
