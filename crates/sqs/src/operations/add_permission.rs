//! AddPermission: lets other accounts use a queue, by a statement in its policy.

use std::sync::Arc;

use freehold_api::sqs::AddPermissionRequest;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error};

use crate::Sqs;
use crate::permissions::{Permission, add};

pub(crate) async fn add_permission(sqs: Arc<Sqs>, _: Call, input: AddPermissionRequest) -> Result<Unit, Error> {
    let label = input.label.unwrap_or_default();
    let accounts = input.aws_account_ids.unwrap_or_default();
    let actions = input.actions.unwrap_or_default();
    let (now, region) = (sqs.clock.now(), sqs.region.clone());
    let queue = sqs.queue(input.queue_url.as_deref())?;
    sqs.edit(&queue, move |_, definition| {
        let permission = Permission { label: &label, accounts: &accounts, actions: &actions };
        permission.check()?;
        let arn = definition.name().arn(&region);
        definition.attributes.policy = Some(add(definition.attributes.policy.as_deref(), &arn, &permission)?);
        definition.modified = now;
        Ok(())
    })
    .await?;
    Ok(Unit)
}
