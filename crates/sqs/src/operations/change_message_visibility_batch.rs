//! ChangeMessageVisibilityBatch: up to ten, of which some may fail.

use std::sync::Arc;

use freehold_api::sqs::{
    ChangeMessageVisibilityBatchRequest, ChangeMessageVisibilityBatchResult, ChangeMessageVisibilityBatchResultEntry,
};
use freehold_wire::{Call, Error};

use crate::Sqs;
use crate::messages::{Batch, failed};

pub(crate) async fn change_message_visibility_batch(
    sqs: Arc<Sqs>,
    _: Call,
    input: ChangeMessageVisibilityBatchRequest,
) -> Result<ChangeMessageVisibilityBatchResult, Error> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let entries = input.entries.unwrap_or_default();
    Batch("ChangeMessageVisibilityBatchRequestEntry").check(entries.iter().map(|entry| entry.id.as_deref()))?;
    let (mut failures, mut successes) = (Vec::new(), Vec::new());
    for entry in entries {
        match sqs.hide(&queue, entry.receipt_handle.as_deref(), entry.visibility_timeout) {
            Ok(()) => successes.push(ChangeMessageVisibilityBatchResultEntry { id: entry.id }),
            Err(error) => failures.push(failed(entry.id, &error)),
        }
    }
    Ok(ChangeMessageVisibilityBatchResult {
        successful: (!successes.is_empty()).then_some(successes),
        failed: (!failures.is_empty()).then_some(failures),
    })
}
