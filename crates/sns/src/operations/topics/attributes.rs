//! Attributes of topics: which there are, and what they may be (*API reference, CreateTopic and SetTopicAttributes*).

use crate::delivery_policy::DeliveryPolicy;
use crate::errors::Error;
use crate::model::Topic;
use crate::policy;

/// Characters.
const MOST_DISPLAY_NAME: usize = 100;
/// Families of endpoints whose delivery status can be logged.
const FAMILIES: [&str; 5] = ["HTTP", "SQS", "Lambda", "Firehose", "Application"];
const FEEDBACK: [&str; 3] = ["SuccessFeedbackRoleArn", "FailureFeedbackRoleArn", "SuccessFeedbackSampleRate"];

fn invalid(name: &str, why: &str) -> Error {
    Error::reason("Attributes", format!("{name}: {why}"))
}

/// Sets an attribute after its checks. An empty value takes an attribute away where there is a default to go back to.
pub(super) fn set(topic: &mut Topic, name: &str, value: &str) -> Result<(), Error> {
    match name {
        "DisplayName" => check_display_name(value)?,
        "Policy" => {
            topic.policy = if value.is_empty() { None } else { Some(checked_policy(topic, value)?) };
            return Ok(());
        }
        "DeliveryPolicy" if value.is_empty() => {}
        "DeliveryPolicy" => {
            DeliveryPolicy::of_topic(value).map_err(|error| Error::InvalidParameter(error.to_string()))?;
        }
        "KmsMasterKeyId" if value.is_empty() => {}
        // There is no KMS to ask for the key, and what is said to be encrypted must be.
        "KmsMasterKeyId" => {
            return Err(invalid(name, "This region has no KMS, so topics cannot be encrypted with a key"));
        }
        "SignatureVersion" => one_of(name, value, &["1", "2"])?,
        "TracingConfig" => one_of(name, value, &["PassThrough", "Active"])?,
        "ContentBasedDeduplication" if topic.is_fifo() => one_of(name, value, &["true", "false"])?,
        "FifoThroughputScope" if topic.is_fifo() => one_of(name, value, &["Topic", "MessageGroup"])?,
        "ContentBasedDeduplication" | "FifoThroughputScope" => {
            return Err(invalid(name, "This attribute is for FIFO topics only"));
        }
        "ArchivePolicy" if value.is_empty() => {}
        "ArchivePolicy" => return Err(invalid(name, "This region keeps no archives of messages")),
        _ if is_feedback(name) => check_feedback(name, value)?,
        _ => return Err(Error::InvalidParameter("AttributeName".into())),
    }
    if value.is_empty() {
        topic.attributes.remove(name);
    } else {
        topic.attributes.insert(name.to_owned(), value.to_owned());
    }
    Ok(())
}

fn check_display_name(value: &str) -> Result<(), Error> {
    let is_good = value.chars().count() <= MOST_DISPLAY_NAME && !value.chars().any(char::is_control);
    if is_good { Ok(()) } else { Err(Error::InvalidParameter("DisplayName".into())) }
}

fn one_of(name: &str, value: &str, allowed: &[&str]) -> Result<(), Error> {
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(invalid(name, &format!("Invalid value [{value}]. Must be one of {}.", allowed.join(", "))))
}

fn checked_policy(topic: &Topic, value: &str) -> Result<String, Error> {
    policy::check(value, &topic.arn)?;
    Ok(value.to_owned())
}

fn is_feedback(name: &str) -> bool {
    FAMILIES.iter().any(|family| name.strip_prefix(family).is_some_and(|rest| FEEDBACK.contains(&rest)))
}

fn check_feedback(name: &str, value: &str) -> Result<(), Error> {
    let is_good = match name.ends_with("SampleRate") {
        true => value.parse::<u8>().is_ok_and(|rate| rate <= 100),
        false => value.is_empty() || (value.starts_with("arn:aws:iam::") && value.contains(":role/")),
    };
    if is_good { Ok(()) } else { Err(invalid(name, &format!("Invalid value [{value}]."))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_their_values_and_unknown_ones_are_refused() {
        let mut topic = Topic::new("us-east-1", "111122223333", "t");
        for (name, value) in [
            ("DisplayName", "Orders"),
            ("SignatureVersion", "2"),
            ("TracingConfig", "PassThrough"),
            ("HTTPSuccessFeedbackSampleRate", "100"),
            ("LambdaFailureFeedbackRoleArn", "arn:aws:iam::111122223333:role/r"),
            ("KmsMasterKeyId", ""),
        ] {
            set(&mut topic, name, value).unwrap();
        }
        assert_eq!(topic.attributes.len(), 5);
        set(&mut topic, "DisplayName", "").unwrap();
        assert!(!topic.attributes.contains_key("DisplayName"));
        for (name, value) in [
            ("DisplayName", "a\nb"),
            ("SignatureVersion", "3"),
            ("TracingConfig", "On"),
            ("HTTPSuccessFeedbackSampleRate", "101"),
            ("LambdaFailureFeedbackRoleArn", "me"),
            ("KmsMasterKeyId", "alias/aws/sns"),
            ("ContentBasedDeduplication", "true"),
            ("ArchivePolicy", "{}"),
            ("FifoTopic", "true"),
            ("Owner", "me"),
        ] {
            assert!(set(&mut topic, name, value).is_err(), "{name}");
        }
    }
}
