//! AddPermission and RemovePermission: edits of a queue's policy by label (*API reference, AddPermission*).

use freehold_core::is_account;
use freehold_iam::policy::{Labelled, is_label};

use crate::errors::{Error, Result};

const ACTIONS_AT_MOST: usize = 7;
const STATEMENTS_AT_MOST: usize = 20;

/// What may be given to others; of operations with batches, the batch comes with it.
const ACTIONS: [&str; 8] = [
    "*",
    "SendMessage",
    "ReceiveMessage",
    "DeleteMessage",
    "ChangeMessageVisibility",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
];
/// What only the owner may do, whatever a policy says.
const OWNERS: [&str; 7] =
    ["AddPermission", "CreateQueue", "DeleteQueue", "ListQueues", "RemovePermission", "SetQueueAttributes", "TagQueue"];

/// A permission that somebody asks for.
#[derive(Debug, Clone)]
pub(crate) struct Permission<'a> {
    pub label: &'a str,
    pub accounts: &'a [String],
    pub actions: &'a [String],
}

impl Permission<'_> {
    pub fn check(&self) -> Result<()> {
        check_label(self.label)?;
        if self.actions.is_empty() {
            return Err(Error::MissingParameter("Actions"));
        }
        if self.actions.len() > ACTIONS_AT_MOST {
            let count = self.actions.len();
            let message = format!("{count} Actions were found, maximum allowed is {ACTIONS_AT_MOST}.");
            return Err(Error::OverLimit(message));
        }
        for action in self.actions {
            if OWNERS.contains(&action.as_str()) {
                let reason = "Only the queue owner is allowed to invoke this action.";
                return Err(Error::invalid(format!("SQS:{action}"), "ActionName", reason));
            }
            if !ACTIONS.contains(&action.as_str()) {
                let reason = "Please refer to the appropriate WSDL for a list of valid actions.";
                return Err(Error::invalid(format!("SQS:{action}"), "ActionName", reason));
            }
        }
        if self.accounts.is_empty() {
            return Err(Error::MissingParameter("AWSAccountIds"));
        }
        if let Some(account) = self.accounts.iter().find(|account| !is_account(account)) {
            return Err(Error::invalid(account, "PrincipalId", "Unable to verify."));
        }
        Ok(())
    }
}

/// The policy with the permission in it.
pub(crate) fn add(policy: Option<&str>, arn: &str, permission: &Permission<'_>) -> Result<String> {
    let mut policy = read(policy).unwrap_or_else(|| Labelled::new("2012-10-17", &format!("{arn}/SQSDefaultPolicy")));
    if policy.has(permission.label) {
        return Err(Error::invalid(permission.label, "Label", "Already exists."));
    }
    if policy.count() >= STATEMENTS_AT_MOST {
        let count = policy.count() + 1;
        return Err(Error::OverLimit(format!(
            "{count} Statements were found, maximum allowed is {STATEMENTS_AT_MOST}."
        )));
    }
    let actions = permission.actions.iter().map(|action| format!("SQS:{action}"));
    policy.allow(permission.label, permission.accounts, actions, arn);
    // There is one statement at least.
    policy.text().ok_or(Error::Internal)
}

/// The policy without the permission of this label; `None` if nothing is left.
pub(crate) fn remove(policy: Option<&str>, label: &str) -> Result<Option<String>> {
    check_label(label)?;
    let absent = || Error::invalid(label, "Label", "can't find label.");
    let mut policy = read(policy).ok_or_else(absent)?;
    if policy.remove(label) { Ok(policy.text()) } else { Err(absent()) }
}

/// Policies are checked when they are written, so what cannot be read is not there.
fn read(policy: Option<&str>) -> Option<Labelled> {
    Labelled::read(policy?)
}

fn check_label(label: &str) -> Result<()> {
    if is_label(label) {
        return Ok(());
    }
    let reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
    Err(Error::invalid(label, "Label", reason))
}

#[cfg(test)]
mod tests {
    use freehold_iam::policy::{Kind, Policy};
    use serde_json::Value;

    use super::*;

    const ARN: &str = "arn:aws:sqs:us-east-1:111122223333:jobs";

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn checked(label: &str, accounts: &[&str], actions: &[&str]) -> Result<()> {
        Permission { label, accounts: &owned(accounts), actions: &owned(actions) }.check()
    }

    #[test]
    fn permissions_come_and_go_by_label() {
        let accounts = owned(&["444455556666", "777788889999"]);
        let actions = owned(&["SendMessage"]);
        let permission = |label| Permission { label, accounts: &accounts, actions: &actions };
        let one = add(None, ARN, &permission("a")).unwrap();
        let two = add(Some(&one), ARN, &permission("b")).unwrap();
        assert!(Policy::parse(&two, Kind::Resource).is_ok());
        assert!(add(Some(&two), ARN, &permission("b")).unwrap_err().to_string().ends_with("Already exists."));
        let left = remove(Some(&two), "b").unwrap().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&left).unwrap(), serde_json::from_str::<Value>(&one).unwrap());
        assert!(remove(Some(&left), "b").unwrap_err().to_string().ends_with("can't find label."));
        assert_eq!(remove(Some(&left), "a").unwrap(), None);
        assert!(remove(None, "a").is_err());
    }

    #[test]
    fn a_policy_of_one_statement_without_a_list_grows_one() {
        let policy =
            format!(r#"{{"Statement":{{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"{ARN}"}}}}"#);
        let (accounts, actions) = (owned(&["444455556666"]), owned(&["*"]));
        let permission = Permission { label: "a", accounts: &accounts, actions: &actions };
        let both: Value = serde_json::from_str(&add(Some(&policy), ARN, &permission).unwrap()).unwrap();
        assert_eq!(both["Statement"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_only_the_owner_may_do_is_not_given_away() {
        let account = ["444455556666"];
        assert!(checked("a", &account, &["SendMessage", "GetQueueUrl"]).is_ok());
        let sentence = |label: &str, accounts: &[&str], actions: &[&str]| {
            checked(label, accounts, actions).unwrap_err().to_string()
        };
        assert!(sentence("a", &account, &["DeleteQueue"]).contains("Only the queue owner"));
        assert!(sentence("a", &account, &["Fly"]).contains("WSDL"));
        assert_eq!(sentence("a", &account, &["*"; 8]), "8 Actions were found, maximum allowed is 7.");
        assert!(sentence("a b", &account, &["*"]).contains("Label"));
        assert!(sentence("a", &["me"], &["*"]).contains("Unable to verify"));
        assert!(checked("a", &[], &["*"]).is_err() && checked("a", &account, &[]).is_err());
    }
}
