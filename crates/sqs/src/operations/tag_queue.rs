//! TagQueue: a tag with a key that is there already gets its new value.

use std::sync::Arc;

use freehold_api::sqs::TagQueueRequest;
use freehold_core::tags::merge;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::errors::Error;

pub(crate) async fn tag_queue(sqs: Arc<Sqs>, _: Call, input: TagQueueRequest) -> Result<Unit, WireError> {
    let given = input.tags.unwrap_or_default();
    if given.is_empty() {
        return Err(Error::MissingParameter("Tags").into());
    }
    let queue = sqs.queue(input.queue_url.as_deref())?;
    sqs.edit(&queue, move |_, definition| {
        let added = given.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        definition.tags =
            merge(&definition.tags, added).map_err(|error| Error::InvalidParameterValue(error.to_string()))?;
        Ok(())
    })
    .await?;
    Ok(Unit)
}
