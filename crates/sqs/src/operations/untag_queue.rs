//! UntagQueue: keys that are not there are passed over.

use std::sync::Arc;

use freehold_api::sqs::UntagQueueRequest;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::errors::Error;

pub(crate) async fn untag_queue(sqs: Arc<Sqs>, _: Call, input: UntagQueueRequest) -> Result<Unit, WireError> {
    let keys = input.tag_keys.unwrap_or_default();
    if keys.is_empty() {
        return Err(Error::MissingParameter("TagKeys").into());
    }
    let queue = sqs.queue(input.queue_url.as_deref())?;
    sqs.edit(&queue, move |_, definition| {
        definition.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })
    .await?;
    Ok(Unit)
}
