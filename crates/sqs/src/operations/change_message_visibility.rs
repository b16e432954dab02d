//! ChangeMessageVisibility: from now on, for so long; zero gives the message to others at once.

use std::sync::Arc;

use freehold_api::sqs::ChangeMessageVisibilityRequest;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error};

use crate::Sqs;

pub(crate) async fn change_message_visibility(
    sqs: Arc<Sqs>,
    _: Call,
    input: ChangeMessageVisibilityRequest,
) -> Result<Unit, Error> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    sqs.hide(&queue, input.receipt_handle.as_deref(), input.visibility_timeout)?;
    Ok(Unit)
}
