//! One value of a message, as conditions look at it.

use serde_json::Value;

/// Borrowed from the message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scalar<'a> {
    Text(&'a str),
    Number(f64),
    Boolean(bool),
    Null,
}

impl<'a> Scalar<'a> {
    /// `None` for lists and objects.
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::String(text) => Self::Text(text),
            Value::Number(number) => Self::Number(number.as_f64()?),
            Value::Bool(value) => Self::Boolean(*value),
            Value::Null => Self::Null,
            Value::Array(_) | Value::Object(_) => return None,
        })
    }
}
