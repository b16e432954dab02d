//! RedrivePolicy and RedriveAllowPolicy: JSON in an attribute.

use serde_json::{Map, Value};

use crate::errors::{Error, Result};
use crate::model::{Redrive, RedriveAllow, RedrivePermission};

/// Queues that a RedriveAllowPolicy may name.
const SOURCES_AT_MOST: usize = 10;

/// Reads a RedrivePolicy. Whether its target may be used is another question. Empty: none.
pub(super) fn policy(text: &str) -> Result<Option<Redrive>> {
    if text.is_empty() {
        return Ok(None);
    }
    let invalid = |reason: &str| Error::invalid(text, "RedrivePolicy", reason);
    let policy = object(text).ok_or_else(|| invalid("Redrive policy is not a valid JSON map."))?;
    let missing = |name| invalid(&format!("Redrive policy does not contain mandatory attribute: {name}."));
    let target = policy.get("deadLetterTargetArn").ok_or_else(|| missing("deadLetterTargetArn"))?;
    let count = policy.get("maxReceiveCount").ok_or_else(|| missing("maxReceiveCount"))?;
    if policy.len() > 2 {
        return Err(invalid("Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount]."));
    }
    let target = target.as_str().filter(|arn| arn.starts_with("arn:"));
    let target = target.ok_or_else(|| invalid("Invalid value for deadLetterTargetArn."))?;
    let number = match count {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let number = number.and_then(|number| u32::try_from(number).ok()).filter(|number| (1..=1000).contains(number));
    let max_receive_count = number.ok_or_else(|| {
        let count = count.as_str().map_or_else(|| count.to_string(), str::to_owned);
        invalid(&format!("Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000 both inclusive."))
    })?;
    Ok(Some(Redrive { dead_letter_target_arn: target.to_owned(), max_receive_count }))
}

/// Reads a RedriveAllowPolicy. Empty: none.
pub(super) fn allow_policy(text: &str) -> Result<Option<RedriveAllow>> {
    if text.is_empty() {
        return Ok(None);
    }
    let invalid = |reason: &str| Error::invalid(text, "RedriveAllowPolicy", reason);
    let policy = object(text).ok_or_else(|| invalid("Amazon SQS can't parse the policy: it is not a JSON map."))?;
    if policy.keys().any(|key| !matches!(key.as_str(), "redrivePermission" | "sourceQueueArns")) {
        return Err(invalid("Only following attributes are supported: [redrivePermission, sourceQueueArns]."));
    }
    let redrive_permission = match policy.get("redrivePermission").and_then(Value::as_str) {
        Some("allowAll") => RedrivePermission::AllowAll,
        Some("denyAll") => RedrivePermission::DenyAll,
        Some("byQueue") => RedrivePermission::ByQueue,
        _ => return Err(invalid("redrivePermission must be one of allowAll, denyAll and byQueue.")),
    };
    let source_queue_arns = match policy.get("sourceQueueArns") {
        None => Vec::new(),
        Some(list) => arns(list).ok_or_else(|| invalid("sourceQueueArns must be a list of ARNs of queues."))?,
    };
    if (redrive_permission == RedrivePermission::ByQueue) == source_queue_arns.is_empty() {
        return Err(invalid("sourceQueueArns must be given with byQueue, and only then."));
    }
    if source_queue_arns.len() > SOURCES_AT_MOST {
        return Err(invalid("sourceQueueArns may name up to 10 queues; use allowAll for more."));
    }
    Ok(Some(RedriveAllow { redrive_permission, source_queue_arns }))
}

fn object(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Some(map),
        _ => None,
    }
}

fn arns(list: &Value) -> Option<Vec<String>> {
    let is_queue = |arn: &&str| arn.starts_with("arn:aws:sqs:");
    list.as_array()?.iter().map(|arn| arn.as_str().filter(is_queue).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "arn:aws:sqs:us-east-1:111122223333:dead";

    #[test]
    fn the_count_is_a_number_with_or_without_quotes() {
        for count in ["3", "\"3\""] {
            let text = format!(r#"{{"deadLetterTargetArn":"{TARGET}","maxReceiveCount":{count}}}"#);
            let read = policy(&text).unwrap().unwrap();
            assert_eq!(read, Redrive { dead_letter_target_arn: TARGET.into(), max_receive_count: 3 });
        }
        assert_eq!(policy("").unwrap(), None);
    }

    #[test]
    fn what_is_no_redrive_policy_is_refused() {
        for text in [
            "x".to_owned(),
            "[]".into(),
            "{}".into(),
            format!(r#"{{"deadLetterTargetArn":"{TARGET}"}}"#),
            r#"{"maxReceiveCount":1}"#.into(),
            r#"{"deadLetterTargetArn":"dead","maxReceiveCount":1}"#.into(),
            format!(r#"{{"deadLetterTargetArn":"{TARGET}","maxReceiveCount":1,"other":2}}"#),
            format!(r#"{{"deadLetterTargetArn":"{TARGET}","maxReceiveCount":0}}"#),
            format!(r#"{{"deadLetterTargetArn":"{TARGET}","maxReceiveCount":1001}}"#),
            format!(r#"{{"deadLetterTargetArn":"{TARGET}","maxReceiveCount":1.5}}"#),
            format!(r#"{{"deadLetterTargetArn":"{TARGET}","maxReceiveCount":"many"}}"#),
        ] {
            assert!(matches!(policy(&text), Err(Error::InvalidParameterValue(_))), "{text}");
        }
    }

    #[test]
    fn who_may_use_a_queue_is_all_none_or_up_to_ten_by_name() {
        let by_queue = |count: usize| {
            let arns = vec![format!("\"{TARGET}\""); count].join(",");
            allow_policy(&format!(r#"{{"redrivePermission":"byQueue","sourceQueueArns":[{arns}]}}"#))
        };
        assert!(by_queue(1).unwrap().unwrap().allows(TARGET));
        assert!(!by_queue(1).unwrap().unwrap().allows("arn:aws:sqs:us-east-1:111122223333:other"));
        assert!(by_queue(10).is_ok());
        assert!(by_queue(0).is_err() && by_queue(11).is_err());
        assert!(allow_policy(r#"{"redrivePermission":"allowAll"}"#).unwrap().unwrap().allows(TARGET));
        assert!(!allow_policy(r#"{"redrivePermission":"denyAll"}"#).unwrap().unwrap().allows(TARGET));
        for text in [
            r#"{}"#,
            r#"{"redrivePermission":"some"}"#,
            r#"{"redrivePermission":"byQueue"}"#,
            r#"{"redrivePermission":"byQueue","sourceQueueArns":["x"]}"#,
            r#"{"redrivePermission":"allowAll","sourceQueueArns":["arn:aws:sqs:a:b:c"]}"#,
            r#"{"redrivePermission":"allowAll","other":1}"#,
        ] {
            assert!(allow_policy(text).is_err(), "{text}");
        }
    }
}
