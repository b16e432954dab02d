//! Policy documents: reading them, and refusing what IAM would refuse.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::condition::Operator;

/// A policy, read and checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Policy {
    #[serde(default)]
    pub(super) version: Version,
    #[serde(rename = "Id", default)]
    _id: Option<String>,
    pub(super) statement: OneOrMany<Statement>,
}

/// The language's version; only the newer one has variables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Version {
    #[default]
    #[serde(rename = "2008-10-17")]
    Old,
    #[serde(rename = "2012-10-17")]
    Current,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Statement {
    #[serde(default)]
    sid: Option<String>,
    pub effect: Effect,
    pub principal: Option<Principals>,
    pub not_principal: Option<Principals>,
    pub action: Option<OneOrMany<String>>,
    pub not_action: Option<OneOrMany<String>>,
    pub resource: Option<OneOrMany<String>>,
    pub not_resource: Option<OneOrMany<String>>,
    /// Operator, key, values.
    #[serde(default)]
    pub condition: BTreeMap<String, BTreeMap<String, OneOrMany<Scalar>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// `"*"`, or identities by their kind: `AWS`, `Service`, `Federated`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Principals {
    Everyone(String),
    Some(BTreeMap<String, OneOrMany<String>>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Self::One(one) => std::slice::from_mut(one),
            Self::Many(many) => many,
        }
    }
}

/// Conditions may write numbers and booleans without quotes.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    Boolean(bool),
    Number(serde_json::Number),
}

impl Scalar {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Boolean(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
        }
    }
}

/// What a policy is attached to decides what it may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of a role or a session: resources, no principals.
    Identity,
    /// Of a role: who may assume it. Principals, no resources.
    Trust,
    /// Of a queue or a topic: principals and resources.
    Resource,
}

/// Why a document is no policy, in IAM's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

impl Policy {
    /// Reads and checks a document.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, Malformed> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|_| Malformed("This policy contains invalid Json".into()))?;
        let mut policy: Self =
            serde_json::from_value(value).map_err(|_| Malformed("Syntax errors in policy.".into()))?;
        policy.check(kind)?;
        if kind == Kind::Resource {
            policy.statement.as_mut_slice().iter_mut().for_each(Statement::widen);
        }
        Ok(policy)
    }

    /// Whether any statement denies something.
    pub fn may_deny(&self) -> bool {
        self.statement.as_slice().iter().any(|statement| statement.effect == Effect::Deny)
    }

    fn check(&self, kind: Kind) -> Result<(), Malformed> {
        let statements = self.statement.as_slice();
        if statements.is_empty() {
            return Err(malformed("Syntax errors in policy."));
        }
        let mut sids: Vec<&str> = statements.iter().filter_map(|statement| statement.sid.as_deref()).collect();
        sids.retain(|sid| !sid.is_empty());
        sids.sort_unstable();
        if sids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
        }
        statements.iter().try_for_each(|statement| statement.check(kind))
    }
}

impl Statement {
    /// In a resource's policy `{"AWS": "*"}` is everyone, services included (*IAM user guide, AWS JSON policy
    /// elements: Principal*); in a trust policy it is not.
    fn widen(&mut self) {
        for principals in [&mut self.principal, &mut self.not_principal].into_iter().flatten() {
            let Principals::Some(kinds) = principals else { continue };
            if kinds.get("AWS").is_some_and(|names| names.as_slice().iter().any(|name| name == "*")) {
                *principals = Principals::Everyone("*".into());
            }
        }
    }

    fn check(&self, kind: Kind) -> Result<(), Malformed> {
        let one = |one: bool, other: bool, missing: &str| match (one, other) {
            (true, false) | (false, true) => Ok(()),
            (false, false) => Err(malformed(missing)),
            (true, true) => Err(malformed("Syntax errors in policy.")),
        };
        one(self.action.is_some(), self.not_action.is_some(), "Policy statement must contain actions.")?;
        let (has_resource, has_not_resource) = (self.resource.is_some(), self.not_resource.is_some());
        let (has_principal, has_not_principal) = (self.principal.is_some(), self.not_principal.is_some());
        match kind {
            Kind::Identity => {
                one(has_resource, has_not_resource, "Policy statement must contain resources.")?;
                if has_principal || has_not_principal {
                    return Err(malformed("Policy document should not specify a principal."));
                }
            }
            Kind::Resource => {
                one(has_resource, has_not_resource, "Policy statement must contain resources.")?;
                one(has_principal, has_not_principal, "Policy statement must contain a principal.")?;
                let principals = [&self.principal, &self.not_principal];
                if principals.into_iter().flatten().any(|one| matches!(one, Principals::Everyone(text) if text != "*"))
                {
                    return Err(malformed("Invalid principal in policy"));
                }
            }
            Kind::Trust => {
                if has_resource || has_not_resource {
                    return Err(malformed("Has prohibited field Resource"));
                }
                if !has_principal || has_not_principal {
                    return Err(malformed("AssumeRole policy must contain a principal element, and no NotPrincipal."));
                }
                if matches!(&self.principal, Some(Principals::Everyone(text)) if text != "*") {
                    return Err(malformed("Invalid principal in policy"));
                }
            }
        }
        self.check_texts(kind)
    }

    fn check_texts(&self, kind: Kind) -> Result<(), Malformed> {
        for action in [&self.action, &self.not_action].into_iter().flatten().flat_map(OneOrMany::as_slice) {
            let is_name = |name: &str| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*?-".contains(&byte))
            };
            match action.split_once(':') {
                None if action == "*" => {}
                None => {
                    return Err(malformed(
                        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
                    ));
                }
                Some((vendor, name)) if is_name(vendor) && is_name(name) => {
                    if kind == Kind::Trust && !vendor.eq_ignore_ascii_case("sts") {
                        return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
                    }
                }
                Some(_) => return Err(malformed(&format!("The action {action} is not valid."))),
            }
        }
        for resource in [&self.resource, &self.not_resource].into_iter().flatten().flat_map(OneOrMany::as_slice) {
            if resource != "*" && !resource.starts_with("arn:") {
                return Err(Malformed(format!("Resource {resource} must be in ARN format or \"*\".")));
            }
        }
        for (operator, keys) in &self.condition {
            operator.parse::<Operator>().map_err(|()| malformed(&format!("Invalid Condition type : {operator}.")))?;
            if keys.keys().any(|key| !key.contains(':')) {
                return Err(malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."));
            }
        }
        Ok(())
    }
}

fn malformed(text: &str) -> Malformed {
    Malformed(text.to_owned())
}
