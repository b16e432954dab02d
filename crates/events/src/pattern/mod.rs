//! Event patterns: which events a rule wants (*EventBridge user guide, Creating event patterns*). A pattern has the shape
//! of the events that it matches: what it names must be there, what it does not name may be anything.

mod condition;
mod numeric;
mod read;
mod shared;
#[cfg(test)]
mod tests;
mod wildcard;

use serde_json::{Map, Value};

use condition::Condition;
pub use shared::Patterns;

/// A pattern, read and ready to match.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern(Object);

/// What must be true of an object.
#[derive(Debug, Clone, Default, PartialEq)]
struct Object {
    members: Vec<(String, Node)>,
    /// Of each list, one pattern at least must match the same object (`$or`).
    alternatives: Vec<Vec<Object>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Object(Object),
    /// One of these must be true.
    Any(Vec<Condition>),
}

/// The text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Event pattern is not valid. Reason: {0}")]
pub(crate) struct InvalidPattern(pub String);

impl Pattern {
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        read::pattern(text).map(Self)
    }

    /// Whether an event, as JSON, is what the pattern wants.
    pub fn matches(&self, event: &Value) -> bool {
        event.as_object().is_some_and(|event| matches(&self.0, event))
    }
}

fn matches(pattern: &Object, value: &Map<String, Value>) -> bool {
    pattern.members.iter().all(|(name, node)| fits(node, value.get(name)))
        && pattern.alternatives.iter().all(|any| any.iter().any(|one| matches(one, value)))
}

fn fits(node: &Node, value: Option<&Value>) -> bool {
    match (node, value) {
        (Node::Object(pattern), Some(Value::Object(value))) => matches(pattern, value),
        // Of a list of objects, one of them must be all that is wanted.
        (Node::Object(pattern), Some(Value::Array(values))) => {
            values.iter().any(|value| fits(&Node::Object(pattern.clone()), Some(value)))
        }
        // What is said to be absent is absent where its parent is.
        (Node::Object(pattern), _) => matches(pattern, &Map::new()),
        (Node::Any(conditions), value) => conditions.iter().any(|condition| condition::holds(condition, value)),
    }
}
