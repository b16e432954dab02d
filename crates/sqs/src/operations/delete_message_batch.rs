//! DeleteMessageBatch: up to ten, of which some may fail.

use std::sync::Arc;

use freehold_api::sqs::{DeleteMessageBatchRequest, DeleteMessageBatchResult, DeleteMessageBatchResultEntry};
use freehold_wire::{Call, Error as WireError};

use super::receipts::{deleted, read};
use crate::Sqs;
use crate::errors::Error;
use crate::messages::{Batch, failed};

pub(crate) async fn delete_message_batch(
    sqs: Arc<Sqs>,
    _: Call,
    input: DeleteMessageBatchRequest,
) -> Result<DeleteMessageBatchResult, WireError> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let entries = input.entries.unwrap_or_default();
    Batch("DeleteMessageBatchRequestEntry").check(entries.iter().map(|entry| entry.id.as_deref()))?;

    let (mut failures, mut successes) = (Vec::new(), Vec::new());
    let (mut readable, mut receipts) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
    for entry in entries {
        let handle = entry.receipt_handle.unwrap_or_default();
        match read(&handle) {
            Ok(receipt) => {
                receipts.push(receipt);
                readable.push((entry.id, handle));
            }
            Err(error) => failures.push(failed(entry.id, &error)),
        }
    }
    let outcomes = match receipts.is_empty() {
        true => Vec::new(),
        false => sqs.queues.delete(queue.id(), receipts).await.map_err(Error::from)?,
    };
    for ((id, handle), outcome) in readable.into_iter().zip(outcomes) {
        match deleted(&queue, &handle, outcome) {
            Ok(()) => successes.push(DeleteMessageBatchResultEntry { id }),
            Err(error) => failures.push(failed(id, &error)),
        }
    }
    Ok(DeleteMessageBatchResult {
        successful: (!successes.is_empty()).then_some(successes),
        failed: (!failures.is_empty()).then_some(failures),
    })
}
