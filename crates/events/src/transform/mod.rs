//! What a target is sent of an event: all of it, a part, a text of its own, or a template filled with parts (*EventBridge
//! user guide, Input transformation*).

mod path;
mod template;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use path::Path;
pub(crate) use template::{Reserved, check as check_template};

/// How the payload is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Input {
    /// The event as it is.
    #[default]
    Event,
    /// This text, whatever the event says.
    Constant(String),
    /// What is at this path.
    Part(String),
    Template {
        paths: BTreeMap<String, String>,
        template: String,
    },
}

impl Input {
    /// The payload of an event, which is there as text and read.
    pub fn apply(&self, text: &str, event: &Value, reserved: &Reserved<'_>) -> String {
        match self {
            Self::Event => text.to_owned(),
            Self::Constant(text) => text.clone(),
            Self::Part(path) => found(path, event).unwrap_or(&Value::Null).to_string(),
            Self::Template { paths, template } => {
                let values = paths.iter().map(|(name, path)| (name.as_str(), found(path, event))).collect();
                template::fill(template, &values, text, reserved)
            }
        }
    }
}

/// Paths are checked when they are stored.
fn found<'a>(path: &str, event: &'a Value) -> Option<&'a Value> {
    Path::parse(path)?.find(event)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RESERVED: Reserved<'static> =
        Reserved { rule_arn: "arn:rule", rule_name: "rule", ingested: "2026-01-02T03:04:05Z" };

    fn transformed(paths: &[(&str, &str)], template: &str) -> String {
        let event = json!({"detail": {"id": "i-1", "state": "run\"ning", "n": 3, "list": [1, "a"]}});
        let paths = paths.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
        let input = Input::Template { paths, template: template.to_owned() };
        input.apply(&event.to_string(), &event, &RESERVED)
    }

    #[test]
    fn parts_of_events_are_json() {
        let event = json!({"detail": {"list": [{"a": "x"}]}});
        let part = |path: &str| Input::Part(path.into()).apply("", &event, &RESERVED);
        assert_eq!(part("$.detail.list[0].a"), "\"x\"");
        assert_eq!(part("$.detail"), r#"{"list":[{"a":"x"}]}"#);
        assert_eq!(part("$.nothing"), "null");
        assert_eq!(Input::Event.apply("as it is", &event, &RESERVED), "as it is");
    }

    #[test]
    fn a_template_is_filled_inside_of_texts_and_outside() {
        let paths = [("id", "$.detail.id"), ("state", "$.detail.state"), ("n", "$.detail.n"), ("l", "$.detail.list")];
        assert_eq!(transformed(&paths, r#""<id> is <state>""#), r#""i-1 is run\"ning""#);
        assert_eq!(
            transformed(&paths, r#"{"id": <id>, "n": <n>, "l": <l>}"#),
            r#"{"id": "i-1", "n": 3, "l": [1,"a"]}"#
        );
        assert_eq!(transformed(&paths, r#"{"text": "<n> of <l>"}"#), r#"{"text": "3 of [1,\"a\"]"}"#);
        assert_eq!(transformed(&[("x", "$.none")], r#"{"a": <x>, "b": "<x>!"}"#), r#"{"a": null, "b": "!"}"#);
        assert_eq!(transformed(&[], r#""<aws.events.rule-name> <unknown>""#), r#""rule <unknown>""#);
        let event = transformed(&[], r#"{"e": <aws.events.event.json>}"#);
        assert!(event.starts_with(r#"{"e": {"detail""#), "{event}");
    }
}
