//! Statements of resource policies, as AddPermission and its like write them.

use freehold_core::is_account;
use freehold_iam::policy::{Kind, Policy};
use serde_json::{Map, Value, json};

use crate::errors::Error;
use crate::model::Permissions;

/// Bytes of a policy (*Developer guide, Lambda quotas*).
const MOST_BYTES: usize = 20_480;

/// What a statement says.
#[derive(Debug, Default)]
pub(crate) struct Statement<'a> {
    pub id: &'a str,
    pub action: &'a str,
    /// A service, an account, an identity's ARN, or `*`.
    pub principal: &'a str,
    pub resource: &'a str,
    /// By operator: key and value.
    pub conditions: Vec<(&'static str, &'static str, String)>,
}

impl Statement<'_> {
    pub fn json(&self) -> Result<Value, Error> {
        let principal = match self.principal {
            "*" => json!("*"),
            text if is_account(text) => json!({"AWS": format!("arn:aws:iam::{text}:root")}),
            text if text.starts_with("arn:") => json!({"AWS": text}),
            text if text.contains('.') => json!({"Service": text}),
            _ => {
                return Err(Error::invalid(
                    "The provided principal was invalid. Please check the principal and try again.",
                ));
            }
        };
        let mut statement = json!({
            "Sid": self.id,
            "Effect": "Allow",
            "Principal": principal,
            "Action": self.action,
            "Resource": self.resource,
        });
        let mut condition = Map::new();
        for (operator, key, value) in &self.conditions {
            let keys = condition.entry(*operator).or_insert_with(|| json!({}));
            keys[*key] = value.clone().into();
        }
        if !condition.is_empty() {
            statement["Condition"] = condition.into();
        }
        Ok(statement)
    }
}

/// The policy with the statement in it.
pub(crate) fn with(present: Option<&Permissions>, statement: &Value) -> Result<Permissions, Error> {
    let mut document = present
        .and_then(|present| serde_json::from_str::<Value>(&present.policy).ok())
        .unwrap_or_else(|| json!({"Version": "2012-10-17", "Id": "default", "Statement": []}));
    let id = &statement["Sid"];
    let Some(statements) = document["Statement"].as_array_mut() else {
        return Err(Error::Service("a stored policy cannot be read".into()));
    };
    if statements.iter().any(|present| present["Sid"] == *id) {
        return Err(Error::Conflict(format!(
            "The statement id ({}) provided already exists. Please provide a new statement id, or remove the existing \
             statement.",
            id.as_str().unwrap_or_default()
        )));
    }
    statements.push(statement.clone());
    let text = document.to_string();
    if text.len() > MOST_BYTES {
        return Err(Error::PolicyLengthExceeded(text.len()));
    }
    Policy::parse(&text, Kind::Resource)
        .map_err(|_| Error::invalid("The provided principal was invalid. Please check the principal and try again."))?;
    Ok(Permissions::new(text))
}

/// The policy without the statement; nothing if none is left.
pub(crate) fn without(present: &Permissions, id: &str) -> Result<Option<Permissions>, Error> {
    let missing = || Error::NotFound(format!("Statement {id} is not found in resource policy."));
    let mut document: Value = serde_json::from_str(&present.policy).map_err(|_| missing())?;
    let statements = document["Statement"].as_array_mut().ok_or_else(missing)?;
    let before = statements.len();
    statements.retain(|statement| statement["Sid"].as_str() != Some(id));
    match statements.len() {
        after if after == before => Err(missing()),
        0 => Ok(None),
        _ => Ok(Some(Permissions::new(document.to_string()))),
    }
}

/// Whether an edit may be made by who saw that revision.
pub(crate) fn check_revision(
    present: Option<&Permissions>,
    wanted: Option<&str>,
    api: &'static str,
) -> Result<(), Error> {
    match wanted {
        Some(wanted) if present.is_none_or(|present| present.revision_id != wanted) => {
            Err(Error::PreconditionFailed(api))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(id: &str, principal: &str) -> Result<Value, Error> {
        let conditions = vec![("ArnLike", "AWS:SourceArn", "arn:aws:sns:us-east-1:111122223333:t".into())];
        Statement { id, action: "lambda:InvokeFunction", principal, resource: "arn:f", conditions }.json()
    }

    #[test]
    fn statements_come_and_go() {
        let one = with(None, &statement("a", "sns.amazonaws.com").unwrap()).unwrap();
        let two = with(Some(&one), &statement("b", "444455556666").unwrap()).unwrap();
        assert!(two.policy.contains("arn:aws:iam::444455556666:root"), "{}", two.policy);
        assert!(matches!(with(Some(&two), &statement("b", "*").unwrap()), Err(Error::Conflict(_))));
        let one = without(&two, "a").unwrap().unwrap();
        assert!(without(&one, "a").is_err());
        assert_eq!(without(&one, "b").unwrap(), None);
    }

    #[test]
    fn a_word_is_no_principal() {
        assert!(statement("a", "nobody").is_err());
    }

    #[test]
    fn an_edit_names_the_revision_that_it_changes() {
        let policy = with(None, &statement("a", "*").unwrap()).unwrap();
        assert!(check_revision(Some(&policy), Some(&policy.revision_id), "GetPolicy").is_ok());
        assert!(check_revision(Some(&policy), Some("x"), "GetPolicy").is_err());
        assert!(check_revision(None, None, "GetPolicy").is_ok());
    }
}
