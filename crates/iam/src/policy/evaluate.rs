//! The decision.

use super::document::{Effect, OneOrMany, Statement, Version};
use super::pattern::Pattern;
use super::principal::Caller;
use super::{Context, Policy};

/// What is asked of a policy.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// `ec2:RunInstances`
    pub action: &'a str,
    /// An ARN, or `*` for an action on nothing in particular.
    pub resource: &'a str,
    pub context: &'a Context,
    /// ARNs of the caller: its own, and for a session of a role the role's.
    pub arns: &'a [String],
    pub account: &'a str,
    /// The caller if it is a service of AWS: `ec2.amazonaws.com`.
    pub service: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// Nothing allows it.
    ImplicitlyDenied,
    /// A statement denies it.
    ExplicitlyDenied,
}

impl Decision {
    /// Both must allow: a role's policies and its session's.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::ExplicitlyDenied, _) | (_, Self::ExplicitlyDenied) => Self::ExplicitlyDenied,
            (Self::Allowed, Self::Allowed) => Self::Allowed,
            _ => Self::ImplicitlyDenied,
        }
    }
}

/// Decides by all statements of all policies together.
pub fn evaluate<'p>(policies: impl IntoIterator<Item = &'p Policy>, question: &Question<'_>) -> Decision {
    let mut decision = Decision::ImplicitlyDenied;
    for policy in policies {
        for statement in policy.statement.as_slice() {
            if statement.applies(policy.version, question) {
                match statement.effect {
                    Effect::Deny => return Decision::ExplicitlyDenied,
                    Effect::Allow => decision = Decision::Allowed,
                }
            }
        }
    }
    decision
}

impl Statement {
    fn applies(&self, version: Version, question: &Question<'_>) -> bool {
        self.names_caller(question)
            && is_listed(&self.action, &self.not_action, |pattern| {
                Pattern::plain(&pattern.to_ascii_lowercase()).matches(&question.action.to_ascii_lowercase())
            })
            && is_listed(&self.resource, &self.not_resource, |pattern| {
                let pattern = match version {
                    Version::Current => Pattern::filled(pattern, question.context),
                    Version::Old => Some(Pattern::plain(pattern)),
                };
                pattern.is_some_and(|pattern| pattern.matches(question.resource))
            })
            && self.conditions_hold(question)
    }

    fn names_caller(&self, question: &Question<'_>) -> bool {
        let caller = Caller { arns: question.arns, account: question.account, service: question.service };
        match (&self.principal, &self.not_principal) {
            (Some(principals), _) => principals.names(&caller),
            (None, Some(principals)) => !principals.names(&caller),
            (None, None) => true,
        }
    }

    /// All operators, and of each all keys.
    fn conditions_hold(&self, question: &Question<'_>) -> bool {
        self.condition.iter().all(|(operator, keys)| {
            operator.parse::<super::condition::Operator>().is_ok_and(|operator| {
                keys.iter().all(|(key, wanted)| {
                    let wanted: Vec<String> = wanted.as_slice().iter().map(super::document::Scalar::text).collect();
                    operator.holds(key, &wanted, question.context)
                })
            })
        })
    }
}

/// Whether one of the listed patterns fits, or none of those in the negated list. A statement without either (a
/// trust policy has no resources) speaks of everything.
fn is_listed(
    listed: &Option<OneOrMany<String>>,
    unlisted: &Option<OneOrMany<String>>,
    fits: impl Fn(&str) -> bool,
) -> bool {
    match (listed, unlisted) {
        (Some(listed), _) => listed.as_slice().iter().any(|pattern| fits(pattern)),
        (None, Some(unlisted)) => !unlisted.as_slice().iter().any(|pattern| fits(pattern)),
        (None, None) => true,
    }
}
