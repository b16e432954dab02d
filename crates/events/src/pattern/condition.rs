//! What may be said of a single value (*User guide, Comparison operators*).

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::numeric::Comparison;
use super::wildcard;

/// Something that is true of a value or not.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    Text(String),
    Number(f64),
    Boolean(bool),
    Null,
    Prefix {
        text: String,
        ignores_case: bool,
    },
    Suffix {
        text: String,
        ignores_case: bool,
    },
    EqualsIgnoreCase(String),
    Wildcard(String),
    Numeric(Vec<Comparison>),
    Cidr(IpNet),
    /// The value is there, and is none of these.
    AnythingBut(Vec<Condition>),
    Exists(bool),
}

/// Whether a member of an event, which may be absent, satisfies the condition. Of a list, one element must.
pub(super) fn holds(condition: &Condition, value: Option<&Value>) -> bool {
    match (condition, value) {
        // Only what has nothing below it can be there (*User guide: exists works on leaf nodes*).
        (Condition::Exists(wanted), value) => {
            let is_leaf = |value: &Value| match value {
                Value::Object(_) => false,
                Value::Array(values) => values.iter().any(|value| !value.is_object()),
                _ => true,
            };
            value.is_some_and(is_leaf) == *wanted
        }
        (_, None) => false,
        (condition, Some(Value::Array(values))) => values.iter().any(|value| holds(condition, Some(value))),
        (condition, Some(value)) => is_true_of(condition, value),
    }
}

fn is_true_of(condition: &Condition, value: &Value) -> bool {
    match (condition, value) {
        (Condition::Text(wanted), Value::String(text)) => text == wanted,
        (Condition::Number(wanted), Value::Number(number)) => number.as_f64() == Some(*wanted),
        (Condition::Boolean(wanted), Value::Bool(value)) => value == wanted,
        (Condition::Null, Value::Null) => true,
        (Condition::Prefix { text: prefix, ignores_case }, Value::String(text)) => {
            if *ignores_case {
                folded(text).starts_with(&folded(prefix))
            } else {
                text.starts_with(prefix)
            }
        }
        (Condition::Suffix { text: suffix, ignores_case }, Value::String(text)) => {
            if *ignores_case {
                folded(text).ends_with(&folded(suffix))
            } else {
                text.ends_with(suffix)
            }
        }
        (Condition::EqualsIgnoreCase(wanted), Value::String(text)) => folded(text) == folded(wanted),
        (Condition::Wildcard(pattern), Value::String(text)) => wildcard::matches(pattern, text),
        (Condition::Numeric(comparisons), Value::Number(number)) => {
            number.as_f64().is_some_and(|number| comparisons.iter().all(|one| one.holds(number)))
        }
        (Condition::Cidr(net), Value::String(text)) => {
            text.parse::<IpAddr>().is_ok_and(|address| net.contains(&address))
        }
        (Condition::AnythingBut(others), value) => {
            !value.is_object() && !others.iter().any(|other| is_true_of(other, value))
        }
        _ => false,
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}
