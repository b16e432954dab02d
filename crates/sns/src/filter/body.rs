//! A message's body, parsed when the first policy asks.

use std::cell::OnceCell;

use serde_json::{Map, Value};

/// A body that several policies may look at.
pub(crate) struct Body<'a> {
    text: &'a str,
    parsed: OnceCell<Option<Map<String, Value>>>,
}

impl<'a> Body<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, parsed: OnceCell::new() }
    }

    /// The properties of the body; `None` where it has none, so that nothing can match: it is not a JSON object
    /// (*guide, Message filtering: the body must be well-formed JSON*), or an empty one.
    pub(super) fn fields(&self) -> Option<&Map<String, Value>> {
        let parsed = self.parsed.get_or_init(|| match serde_json::from_str(self.text) {
            Ok(Value::Object(fields)) if !fields.is_empty() => Some(fields),
            _ => None,
        });
        parsed.as_ref()
    }
}
