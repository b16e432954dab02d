//! AddPermission: lets other accounts do something with the topic.

use std::sync::Arc;

use freehold_api::sns::AddPermissionInput;
use freehold_core::is_account;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{check_label, policy_of};
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
        let mut policy = policy_of(topic)?;
        if policy.has(&label) {
            return Err(Error::InvalidParameter("Statement already exists".into()));
        }
        policy.allow(&label, &accounts, actions.iter().map(|action| format!("SNS:{action}")), &topic.arn);
        topic.policy = policy.text();
        policy::check(topic.policy.as_deref().unwrap_or_default(), &topic.arn).map(drop)
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
    if let Some(account) = accounts.iter().find(|account| !is_account(account)) {
        return Err(Error::reason("AWSAccountId", format!("Invalid account {account}")));
    }
    if actions.iter().any(|action| action != "*" && !ACTIONS.contains(&action.as_str())) {
        return Err(Error::InvalidParameter("Policy statement action out of service scope!".into()));
    }
    Ok(())
}
