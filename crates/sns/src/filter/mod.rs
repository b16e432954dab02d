//! Filter policies of subscriptions: which messages a subscription takes (*developer guide, Amazon SNS message
//! filtering*).
//!
//! A policy is compiled once, when it is set or read from the store, and then asked for every message. Asking about
//! attributes allocates nothing; a body is parsed once per message, however many policies look at it ([`Body`]).
//!
//! The language is that of EventBridge's patterns, whose compiler AWS publishes (aws/event-ruler); its sentences are
//! the ones that SNS refuses policies with. Where guide and compiler differ, the guide's rule stands beside the code.

mod admit;
mod body;
mod compile;
mod condition;
mod number;
mod operator;
mod scalar;
#[cfg(test)]
mod tests;
mod wildcard;

use thiserror::Error;

pub(crate) use body::Body;

use crate::model::Attributes;
use condition::Condition;

/// What a policy is compared with (`FilterPolicyScope`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    MessageAttributes,
    MessageBody,
}

/// Why a policy is refused. Shown as AWS says it behind "Invalid parameter: ".
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Invalid {
    #[error("FilterPolicy: {0}")]
    Policy(String),
    #[error("Filter policy scope MessageAttributes does not support nested filter policy")]
    Nested,
}

impl Invalid {
    fn because(sentence: impl Into<String>) -> Self {
        Self::Policy(sentence.into())
    }
}

/// A compiled policy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FilterPolicy {
    scope: Scope,
    root: Group,
}

/// Fields that must all match, and alternatives (`$or`) of which one must.
#[derive(Debug, Clone, PartialEq, Default)]
struct Group {
    fields: Vec<Field>,
    alternatives: Vec<Vec<Group>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Field {
    name: Box<str>,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq)]
enum Rule {
    /// One of the conditions must hold for one of the values.
    Leaf(Box<[Condition]>),
    Nested(Group),
}

impl FilterPolicy {
    /// Reads and checks a policy as a subscriber wrote it.
    pub(crate) fn parse(text: &str, scope: Scope) -> Result<Self, Invalid> {
        compile::policy(text, scope)
    }

    /// Whether the subscription takes a message. Other policies may look at the body too.
    pub(crate) fn admits_with(&self, attributes: &Attributes, body: &Body<'_>) -> bool {
        // `{}` takes the policy away (terraform and the console write it).
        if self.root.is_empty() {
            return true;
        }
        match self.scope {
            // Key matching: "An empty set of attributes results in the filter not matching".
            Scope::MessageAttributes => !attributes.is_empty() && self.root.admits_attributes(attributes),
            Scope::MessageBody => body.fields().is_some_and(|fields| self.root.admits_object(fields)),
        }
    }
}

impl Group {
    fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.alternatives.is_empty()
    }
}
