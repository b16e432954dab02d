//! SetQueueAttributes: takes effect at once, on messages that are there already too.

use std::sync::Arc;

use freehold_api::sqs::SetQueueAttributesRequest;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::attributes::apply;
use crate::errors::Error;
use crate::redrive::check_target;

pub(crate) async fn set_queue_attributes(
    sqs: Arc<Sqs>,
    _: Call,
    input: SetQueueAttributesRequest,
) -> Result<Unit, WireError> {
    let given = input.attributes.unwrap_or_default();
    if given.is_empty() {
        return Err(Error::MissingParameter("Attribute.Name").into());
    }
    let (now, region) = (sqs.clock.now(), sqs.region.clone());
    let queue = sqs.queue(input.queue_url.as_deref())?;
    sqs.edit(&queue, move |tx, definition| {
        apply(&mut definition.attributes, &given)?;
        if given.contains_key("RedrivePolicy") {
            check_target(tx, definition, &region)?;
        }
        definition.modified = now;
        Ok(())
    })
    .await?;
    Ok(Unit)
}
