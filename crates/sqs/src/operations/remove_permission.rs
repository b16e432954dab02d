//! RemovePermission: takes a statement out of a queue's policy, by its label.

use std::sync::Arc;

use freehold_api::sqs::RemovePermissionRequest;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error};

use crate::Sqs;
use crate::permissions::remove;

pub(crate) async fn remove_permission(sqs: Arc<Sqs>, _: Call, input: RemovePermissionRequest) -> Result<Unit, Error> {
    let (label, now) = (input.label.unwrap_or_default(), sqs.clock.now());
    let queue = sqs.queue(input.queue_url.as_deref())?;
    sqs.edit(&queue, move |_, definition| {
        definition.attributes.policy = remove(definition.attributes.policy.as_deref(), &label)?;
        definition.modified = now;
        Ok(())
    })
    .await?;
    Ok(Unit)
}
