//! ModifyRule. What is not mentioned stays.

use std::sync::Arc;

use freehold_api::elbv2::{ModifyRuleInput, ModifyRuleOutput};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::{actions, conditions, refuse_transforms, view};
use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, LoadBalancer, Rule, arns};
use crate::operations::lookup;

pub(super) async fn modify_rule(
    elb: Arc<Elb>,
    call: Call,
    input: ModifyRuleInput,
) -> Result<ModifyRuleOutput, freehold_wire::Error> {
    refuse_transforms(input.transforms.as_ref())?;
    let (account, arn) = (call.account().to_owned(), input.rule_arn.unwrap_or_default());
    let conditions = input.conditions.map(|conditions| conditions::parse(Some(conditions))).transpose()?;
    let action = input.actions.map(|actions| actions::parse(Some(actions))).transpose()?;
    let modified = elb.store.transact::<_, Error, _>(move |tx| {
        refuse_default(tx, &account, &arn)?;
        let mut rule: Rule = lookup::within(tx, &account, &arn)?;
        if let Some(action) = action {
            let listener: Listener = lookup::within(tx, &account, &rule.listener)?;
            let balancer: LoadBalancer = lookup::within(tx, &account, &rule.load_balancer)?;
            actions::check(tx, &balancer, listener.protocol, &action, &rule.arn)?;
            rule.action = action;
        }
        if let Some(conditions) = conditions {
            rule.conditions = conditions;
        }
        tx.put(&rule)?;
        Ok(rule)
    });
    Ok(ModifyRuleOutput { rules: Some(vec![view::rule(&modified.await?)]) })
}

/// *ModifyRule: to modify the actions for the default rule, use ModifyListener*.
fn refuse_default(tx: &mut dyn Tx, account: &str, arn: &str) -> Result<(), Error> {
    let Some(listener) = arns::listener_of(arn) else { return Ok(()) };
    match tx.get::<Listener>(&listener)? {
        Some(listener) if listener.account == account && listener.default_rule == arn => {
            Err(Error::OperationNotPermitted(format!("Default rule '{arn}' cannot be modified")))
        }
        _ => Ok(()),
    }
}
