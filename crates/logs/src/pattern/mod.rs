//! Filter patterns (*CloudWatch Logs user guide, Filter pattern syntax*): terms, JSON selectors, space-delimited fields.
//!
//! A pattern is parsed once and asked of many messages. It knows nothing of groups and events.

mod cursor;
mod expression;
mod fields;
mod json;
mod operand;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use fields::Fields;
use json::Json;
use terms::Terms;

/// Regular expressions that a pattern of JSON or fields may have.
const REGEXES_AT_MOST: usize = 2;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid metric filter pattern: {0}")]
pub(crate) struct InvalidPattern(String);

/// Which messages are meant.
#[derive(Debug)]
pub(crate) enum Pattern {
    All,
    Terms(Terms),
    Json(Json),
    Fields(Fields),
}

impl Pattern {
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let text = text.trim();
        match text.chars().next() {
            None => Ok(Self::All),
            Some('{') => Json::parse(text).map(Self::Json),
            Some('[') => Fields::parse(text).map(Self::Fields),
            Some(_) => Terms::parse(text).map(Self::Terms),
        }
    }

    pub fn matches(&self, message: &str) -> bool {
        match self {
            Self::All => true,
            Self::Terms(terms) => terms.matches(message),
            Self::Json(json) => json.matches(message),
            Self::Fields(fields) => fields.matches(message),
        }
    }

    /// What the pattern names of a message that matches: `$.latency`, `$status`.
    pub fn extract(&self, message: &str) -> BTreeMap<String, String> {
        match self {
            Self::All | Self::Terms(_) => BTreeMap::new(),
            Self::Json(json) => json.extract(message),
            Self::Fields(fields) => fields.extract(message),
        }
    }

    /// What a selector finds in a message that matches. Of JSON it need not be part of the pattern.
    pub fn value(&self, message: &str, selector: &str) -> Option<String> {
        if selector.starts_with("$.") || selector.starts_with("$[") {
            return json::value(message, selector);
        }
        self.extract(message).remove(selector)
    }

    /// Whether fields of messages have names: subscribers are given them then.
    pub fn has_fields(&self) -> bool {
        matches!(self, Self::Fields(_))
    }
}

fn invalid(why: impl Into<String>) -> InvalidPattern {
    InvalidPattern(why.into())
}
