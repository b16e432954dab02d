//! ListQueueTags.

use std::sync::Arc;

use freehold_api::sqs::{ListQueueTagsRequest, ListQueueTagsResult};
use freehold_wire::{Call, Error};

use crate::Sqs;

pub(crate) async fn list_queue_tags(
    sqs: Arc<Sqs>,
    _: Call,
    input: ListQueueTagsRequest,
) -> Result<ListQueueTagsResult, Error> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let tags = &queue.definition.tags;
    Ok(ListQueueTagsResult { tags: (!tags.is_empty()).then(|| tags.clone()) })
}
