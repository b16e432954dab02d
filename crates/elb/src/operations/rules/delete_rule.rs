//! DeleteRule.

use std::sync::Arc;

use freehold_api::elbv2::{DeleteRuleInput, DeleteRuleOutput};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, Rule, arns};
use crate::operations::lookup;

pub(super) async fn delete_rule(
    elb: Arc<Elb>,
    call: Call,
    input: DeleteRuleInput,
) -> Result<DeleteRuleOutput, freehold_wire::Error> {
    let (account, arn) = (call.account().to_owned(), input.rule_arn.unwrap_or_default());
    let deleted = elb.store.transact::<_, Error, _>(move |tx| {
        let listener = arns::listener_of(&arn).map(|listener| tx.get::<Listener>(&listener)).transpose()?.flatten();
        if listener.is_some_and(|listener| listener.account == account && listener.default_rule == arn) {
            return Err(Error::OperationNotPermitted(format!("Default rule '{arn}' cannot be deleted")));
        }
        let rule: Rule = lookup::within(tx, &account, &arn)?;
        tx.delete::<Rule>(&rule.arn)?;
        Ok(())
    });
    deleted.await?;
    Ok(DeleteRuleOutput {})
}
