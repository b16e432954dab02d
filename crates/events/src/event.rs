//! Events, as targets get them.

use freehold_core::events::ServiceEvent;
use freehold_core::ids;
use jiff::Timestamp;
use serde_json::Value;

/// An event, as text and read: the text keeps what the sender wrote, in its order.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub id: String,
    pub text: String,
    pub value: Value,
}

/// What an event is made of.
pub(crate) struct Parts<'a> {
    pub detail_type: &'a str,
    pub source: &'a str,
    pub account: &'a str,
    pub region: &'a str,
    pub at: Timestamp,
    pub resources: &'a [String],
    /// JSON of an object.
    pub detail: &'a str,
}

impl Event {
    /// *User guide, Event structure*. `None` if the detail is no JSON.
    pub fn new(parts: &Parts<'_>) -> Option<Self> {
        let id = ids::uuid();
        let quoted = |text: &str| Value::from(text).to_string();
        let resources: Vec<String> = parts.resources.iter().map(|arn| quoted(arn)).collect();
        let text = format!(
            r#"{{"version":"0","id":"{id}","detail-type":{},"source":{},"account":{},"time":"{}","region":{},"resources":[{}],"detail":{}}}"#,
            quoted(parts.detail_type),
            quoted(parts.source),
            quoted(parts.account),
            time(parts.at),
            quoted(parts.region),
            resources.join(","),
            parts.detail.trim(),
        );
        let value = serde_json::from_str(&text).ok()?;
        Some(Self { id, text, value })
    }

    /// An event that another bus sent.
    pub fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let id = value.get("id")?.as_str()?.to_owned();
        Some(Self { id, text: text.to_owned(), value })
    }

    /// What a service of the region tells.
    pub fn of_service(event: &ServiceEvent, region: &str) -> Option<Self> {
        Self::new(&Parts {
            detail_type: event.detail_type,
            source: event.source,
            account: &event.account,
            region,
            at: event.at,
            resources: &event.resources,
            detail: &event.detail.to_string(),
        })
    }
}

/// `2026-01-02T03:04:05Z`
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_all_of_its_members_in_their_order() {
        let parts = Parts {
            detail_type: "a \"b\"",
            source: "mine",
            account: "111122223333",
            region: "us-east-1",
            at: Timestamp::UNIX_EPOCH,
            resources: &["arn:x".to_owned()],
            detail: " {\"z\": 1, \"a\": 2} ",
        };
        let event = Event::new(&parts).unwrap();
        let end = r#""detail-type":"a \"b\"","source":"mine","account":"111122223333","time":"1970-01-01T00:00:00Z","region":"us-east-1","resources":["arn:x"],"detail":{"z": 1, "a": 2}}"#;
        assert!(event.text.ends_with(end), "{}", event.text);
        assert_eq!(Event::read(&event.text).unwrap().id, event.id);
        assert!(Event::new(&Parts { detail: "{", ..parts }).is_none());
    }
}
