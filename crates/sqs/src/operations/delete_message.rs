//! DeleteMessage: acknowledged when it is on disk.

use std::sync::Arc;

use freehold_api::sqs::DeleteMessageRequest;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error as WireError};

use super::receipts::{deleted, read};
use crate::Sqs;
use crate::errors::Error;

pub(crate) async fn delete_message(sqs: Arc<Sqs>, _: Call, input: DeleteMessageRequest) -> Result<Unit, WireError> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let handle = input.receipt_handle.unwrap_or_default();
    let receipt = read(&handle)?;
    let outcomes = sqs.queues.delete(queue.id(), vec![receipt]).await.map_err(Error::from)?;
    outcomes.into_iter().try_for_each(|outcome| deleted(&queue, &handle, outcome))?;
    Ok(Unit)
}
