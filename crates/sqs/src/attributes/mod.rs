//! Attributes of queues as callers write and read them (*API reference, SetQueueAttributes*).

mod redrive;
mod show;

pub(crate) use show::{Asked, settable, show};

use std::collections::BTreeMap;

use freehold_iam::policy::{Kind, Policy};

use crate::errors::{Error, Result};
use crate::model::{FifoAttributes, QueueAttributes};

/// Bytes of a policy (*SQS developer guide, Policy quotas*).
const POLICY_AT_MOST: usize = 8192;

/// What a request sets, read one attribute at a time. What attributes say about each other is checked at the end.
pub(crate) fn apply(attributes: &mut QueueAttributes, given: &BTreeMap<String, String>) -> Result<()> {
    for (name, value) in given {
        set(attributes, name, value)?;
    }
    check_together(attributes)
}

fn set(attributes: &mut QueueAttributes, name: &str, value: &str) -> Result<()> {
    match name {
        "DelaySeconds" => attributes.delay = number("DelaySeconds", value, 0, 900)?,
        "MaximumMessageSize" => {
            attributes.maximum_message_size = number("MaximumMessageSize", value, 1024, 1_048_576)?;
        }
        "MessageRetentionPeriod" => {
            attributes.retention = number("MessageRetentionPeriod", value, 60, 1_209_600)?;
        }
        "ReceiveMessageWaitTimeSeconds" => {
            attributes.receive_wait = number("ReceiveMessageWaitTimeSeconds", value, 0, 20)?;
        }
        "VisibilityTimeout" => attributes.visibility_timeout = number("VisibilityTimeout", value, 0, 43_200)?,
        "Policy" => attributes.policy = policy(value)?,
        "RedrivePolicy" => attributes.redrive = redrive::policy(value)?,
        "RedriveAllowPolicy" => attributes.redrive_allow = redrive::allow_policy(value)?,
        "KmsMasterKeyId" => return no_kms(value),
        "KmsDataKeyReusePeriodSeconds" => {
            attributes.data_key_reuse = Some(number("KmsDataKeyReusePeriodSeconds", value, 60, 86_400)?);
        }
        "SqsManagedSseEnabled" => attributes.managed_sse = boolean("SqsManagedSseEnabled", value)?,
        "FifoQueue" => return same_kind(attributes, value),
        _ => return fifo(attributes.fifo.as_mut(), name, value),
    }
    Ok(())
}

/// Attributes that standard queues do not have.
fn fifo(attributes: Option<&mut FifoAttributes>, name: &str, value: &str) -> Result<()> {
    let Some(attributes) = attributes else { return Err(Error::InvalidAttributeName(name.to_owned())) };
    match name {
        "ContentBasedDeduplication" => {
            attributes.content_based_deduplication = boolean("ContentBasedDeduplication", value)?;
        }
        "DeduplicationScope" => {
            attributes.deduplicates_by_group = one_of("DeduplicationScope", value, "queue", "messageGroup")?;
        }
        "FifoThroughputLimit" => {
            attributes.limits_by_group = one_of("FifoThroughputLimit", value, "perQueue", "perMessageGroupId")?;
        }
        _ => return Err(Error::InvalidAttributeName(name.to_owned())),
    }
    Ok(())
}

fn check_together(attributes: &QueueAttributes) -> Result<()> {
    let groups_share_deduplication =
        attributes.fifo.is_some_and(|fifo| fifo.limits_by_group && !fifo.deduplicates_by_group);
    if groups_share_deduplication {
        return Err(because(
            "FifoThroughputLimit",
            "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.",
        ));
    }
    Ok(())
}

/// A queue is FIFO or not from its creation on; saying again what it is does no harm.
fn same_kind(attributes: &QueueAttributes, value: &str) -> Result<()> {
    let wanted = boolean("FifoQueue", value)?;
    match (attributes.fifo.is_some(), wanted) {
        (true, true) => Ok(()),
        (true, false) => Err(because("FifoQueue", "Modifying queue type is not supported.")),
        // Standard queues do not have this attribute at all, not even with the value false.
        (false, _) => Err(Error::InvalidAttributeName("FifoQueue".into())),
    }
}

/// There is no KMS, so no key can be used; none at all is what every queue has.
fn no_kms(value: &str) -> Result<()> {
    if value.is_empty() {
        return Ok(());
    }
    Err(Error::UnsupportedOperation(
        "KmsMasterKeyId: Freehold has no KMS, and encrypts no queue with a customer's key.".into(),
    ))
}

fn policy(value: &str) -> Result<Option<String>> {
    if value.is_empty() {
        return Ok(None);
    }
    if value.len() > POLICY_AT_MOST {
        return Err(because("Policy", "The policy is too long."));
    }
    Policy::parse(value, Kind::Resource).map_err(|error| because("Policy", &error.to_string()))?;
    Ok(Some(value.to_owned()))
}

fn number(name: &'static str, value: &str, least: u32, most: u32) -> Result<u32> {
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or(Error::InvalidAttributeValue { name, reason: None })
}

fn boolean(name: &'static str, value: &str) -> Result<bool> {
    one_of(name, value, "false", "true")
}

/// Whether it is the second of two words.
fn one_of(name: &'static str, value: &str, no: &str, yes: &str) -> Result<bool> {
    match value {
        _ if value == no => Ok(false),
        _ if value == yes => Ok(true),
        // Tools write booleans in Python's way, which AWS takes.
        _ if value.eq_ignore_ascii_case(no) && no == "false" => Ok(false),
        _ if value.eq_ignore_ascii_case(yes) && yes == "true" => Ok(true),
        _ => Err(Error::InvalidAttributeValue { name, reason: None }),
    }
}

fn because(name: &'static str, reason: &str) -> Error {
    Error::InvalidAttributeValue { name, reason: Some(reason.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_one(fifo: bool, name: &str, value: &str) -> Result<QueueAttributes> {
        let mut attributes = QueueAttributes::new(fifo);
        apply(&mut attributes, &BTreeMap::from([(name.to_owned(), value.to_owned())]))?;
        Ok(attributes)
    }

    #[test]
    fn numbers_keep_within_their_ranges() {
        for (name, least, most) in [
            ("DelaySeconds", 0, 900),
            ("MaximumMessageSize", 1024, 1_048_576),
            ("MessageRetentionPeriod", 60, 1_209_600),
            ("ReceiveMessageWaitTimeSeconds", 0, 20),
            ("VisibilityTimeout", 0, 43_200),
            ("KmsDataKeyReusePeriodSeconds", 60, 86_400),
        ] {
            for good in [least, most] {
                assert!(set_one(false, name, &good.to_string()).is_ok(), "{name} {good}");
            }
            for bad in [(least - 1).to_string(), (most + 1).to_string(), String::new(), "x".into(), "1.5".into()] {
                let refused = set_one(false, name, &bad).unwrap_err();
                assert_eq!(refused.to_string(), format!("Invalid value for the parameter {name}."), "{bad}");
            }
        }
    }

    #[test]
    fn standard_queues_do_not_know_what_fifo_queues_have() {
        for name in ["ContentBasedDeduplication", "FifoQueue", "DeduplicationScope", "QueueArn", "Nonsense"] {
            assert!(matches!(set_one(false, name, "true"), Err(Error::InvalidAttributeName(_))), "{name}");
        }
        assert!(set_one(true, "ContentBasedDeduplication", "True").unwrap().fifo.unwrap().content_based_deduplication);
        assert!(set_one(true, "FifoQueue", "true").is_ok());
        assert!(set_one(true, "FifoQueue", "false").is_err());
    }

    #[test]
    fn a_limit_by_group_needs_deduplication_by_group() {
        assert!(set_one(true, "FifoThroughputLimit", "perMessageGroupId").is_err());
        let mut attributes = set_one(true, "DeduplicationScope", "messageGroup").unwrap();
        let given = |value: &str| BTreeMap::from([("FifoThroughputLimit".to_owned(), value.to_owned())]);
        apply(&mut attributes, &given("perMessageGroupId")).unwrap();
        assert!(apply(&mut attributes, &given("perQUEUE")).is_err());
    }

    #[test]
    fn there_is_no_kms() {
        assert!(set_one(false, "KmsMasterKeyId", "").is_ok());
        assert!(matches!(set_one(false, "KmsMasterKeyId", "alias/aws/sqs"), Err(Error::UnsupportedOperation(_))));
    }

    #[test]
    fn a_policy_has_principals_and_resources() {
        let policy = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"SQS:SendMessage","Resource":"*"}}"#;
        assert_eq!(set_one(false, "Policy", policy).unwrap().policy.as_deref(), Some(policy));
        assert_eq!(set_one(false, "Policy", "").unwrap().policy, None);
        for bad in ["{}", "x", r#"{"Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}"#] {
            assert!(matches!(set_one(false, "Policy", bad), Err(Error::InvalidAttributeValue { .. })), "{bad}");
        }
    }
}
