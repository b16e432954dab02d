//! GetQueueAttributes: those that were asked for, by name or all.

use std::sync::Arc;

use freehold_api::sqs::{GetQueueAttributesRequest, GetQueueAttributesResult};
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::attributes::{Asked, show};
use crate::errors::Error;

pub(crate) async fn get_queue_attributes(
    sqs: Arc<Sqs>,
    _: Call,
    input: GetQueueAttributesRequest,
) -> Result<GetQueueAttributesResult, WireError> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let asked = Asked::new(input.attribute_names.unwrap_or_default())?;
    let counts = sqs.queues.counts(queue.id()).map_err(Error::from)?;
    let attributes = show(&queue.definition, &queue.arn, counts, &asked);
    Ok(GetQueueAttributesResult { attributes: (!attributes.is_empty()).then_some(attributes) })
}
