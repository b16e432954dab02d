//! Messages as functions see them (*Developer guide, Using Lambda with Amazon SQS: example event*).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freehold_api::sqs::{Message, MessageAttributeValue};
use freehold_core::patterns::EventPatterns;
use serde_json::{Map, Value, json};

/// One record.
pub(super) fn record(message: &Message, source: &str) -> Value {
    let attributes = message.message_attributes.iter().flatten();
    let attributes: Map<String, Value> = attributes.map(|(name, value)| (name.clone(), attribute(value))).collect();
    let mut record = json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.attributes.clone().unwrap_or_default(),
        "messageAttributes": attributes,
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": source,
        "awsRegion": source.split(':').nth(3),
    });
    if let Some(digest) = &message.md5_of_message_attributes {
        record["md5OfMessageAttributes"] = digest.clone().into();
    }
    record
}

fn attribute(value: &MessageAttributeValue) -> Value {
    let mut found = json!({"stringListValues": [], "binaryListValues": [], "dataType": value.data_type});
    if let Some(text) = &value.string_value {
        found["stringValue"] = text.clone().into();
    }
    if let Some(bytes) = &value.binary_value {
        found["binaryValue"] = STANDARD.encode(bytes).into();
    }
    found
}

/// Whether one of the filters lets the record in. A pattern that looks into the body wants a body in JSON; one that names
/// the body as it is wants a text (*Developer guide, Properly filtering Amazon SQS messages*).
pub(super) fn is_wanted(record: &Value, filters: &[String], patterns: &dyn EventPatterns) -> bool {
    if filters.is_empty() {
        return true;
    }
    let body = record["body"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let parsed = body.filter(Value::is_object).map(|body| {
        let mut record = record.clone();
        record["body"] = body;
        record
    });
    filters.iter().any(|filter| {
        let looks_inside = serde_json::from_str::<Value>(filter).is_ok_and(|pattern| pattern["body"].is_object());
        match (looks_inside, &parsed) {
            (true, Some(parsed)) => patterns.matches(filter, parsed),
            (true, None) => false,
            (false, _) => patterns.matches(filter, record),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wants what has `a` in its body, or a body that is a text, by the pattern.
    struct Half;

    impl EventPatterns for Half {
        fn check(&self, _: &str) -> Result<(), String> {
            Ok(())
        }

        fn matches(&self, pattern: &str, event: &Value) -> bool {
            if pattern.contains("{\"a\"") { event["body"]["a"].is_array() } else { event["body"].is_string() }
        }
    }

    #[test]
    fn a_record_is_as_the_guide_shows_it() {
        let text = MessageAttributeValue {
            string_value: Some("v".into()),
            data_type: Some("String".into()),
            ..MessageAttributeValue::default()
        };
        let message = Message {
            message_id: Some("m".into()),
            receipt_handle: Some("r".into()),
            body: Some("hi".into()),
            attributes: Some([("ApproximateReceiveCount".to_owned(), "1".to_owned())].into()),
            message_attributes: Some([("n".to_owned(), text)].into()),
            ..Message::default()
        };
        let seen = record(&message, "arn:aws:sqs:us-east-1:111122223333:q");
        assert_eq!((seen["awsRegion"].as_str(), seen["eventSource"].as_str()), (Some("us-east-1"), Some("aws:sqs")));
        assert_eq!(seen["messageAttributes"]["n"]["stringValue"], "v");
        assert_eq!(seen["attributes"]["ApproximateReceiveCount"], "1");
    }

    #[test]
    fn a_pattern_that_looks_inside_wants_json() {
        let wanted = |body: &str, filter: &str| is_wanted(&json!({"body": body}), &[filter.to_owned()], &Half);
        let inside = r#"{"body":{"a":["x"]}}"#;
        assert!(wanted(r#"{"a":[1]}"#, inside));
        assert!(!wanted("plain", inside));
        assert!(wanted(r#"{"a":[1]}"#, r#"{"body":["x"]}"#));
        assert!(is_wanted(&json!({"body": "x"}), &[], &Half));
    }
}
