//! AddPermission: lets other accounts do something with the topic.

use std::sync::Arc;

use freehold_api::sns::AddPermissionInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;
use serde_json::{Value, json};

use super::{check_label, document, is_labelled};
use crate::Sns;
use crate::errors::Error;
use crate::operations::arns;
use crate::policy::{self, ACTIONS};

pub(super) async fn add_permission(
    sns: Arc<Sns>,
    call: Call,
    input: AddPermissionInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::topic(&call, "TopicArn", input.topic_arn)?;
    let label = input.label.unwrap_or_default();
    let (accounts, actions) = (input.aws_account_id.unwrap_or_default(), input.action_name.unwrap_or_default());
    check_label(&label)?;
    check(&accounts, &actions)?;
    sns.change_topic(&arn, move |topic| {
        let (mut document, mut statements) = document(topic)?;
        if statements.iter().any(|statement| is_labelled(statement, &label)) {
            return Err(Error::InvalidParameter("Statement already exists".into()));
        }
        statements.push(json!({
            "Sid": label,
            "Effect": "Allow",
            "Principal": {"AWS": one_or_many(accounts.iter().map(|account| format!("arn:aws:iam::{account}:root")))},
            "Action": one_or_many(actions.iter().map(|action| format!("SNS:{action}"))),
            "Resource": topic.arn,
        }));
        document["Statement"] = statements.into();
        let text = document.to_string();
        policy::check(&text, &topic.arn)?;
        topic.policy = Some(text);
        Ok(())
    })
    .await?;
    Ok(Unit)
}

fn check(accounts: &[String], actions: &[String]) -> Result<(), Error> {
    if accounts.is_empty() {
        return Err(Error::InvalidParameter("AWSAccountId".into()));
    }
    if actions.is_empty() {
        return Err(Error::InvalidParameter("ActionName".into()));
    }
    let is_account = |account: &String| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(account) = accounts.iter().find(|account| !is_account(account)) {
        return Err(Error::reason("AWSAccountId", format!("Invalid account {account}")));
    }
    if actions.iter().any(|action| action != "*" && !ACTIONS.contains(&action.as_str())) {
        return Err(Error::InvalidParameter("Policy statement action out of service scope!".into()));
    }
    Ok(())
}

/// A list of one is written without the list.
fn one_or_many(texts: impl Iterator<Item = String>) -> Value {
    let mut texts: Vec<Value> = texts.map(Value::from).collect();
    if texts.len() == 1 { texts.swap_remove(0) } else { texts.into() }
}
