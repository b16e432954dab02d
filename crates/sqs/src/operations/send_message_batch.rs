//! SendMessageBatch: up to ten messages, of which some may fail. The others go to disk together.

use std::sync::Arc;

use freehold_api::sqs::{
    SendMessageBatchRequest, SendMessageBatchRequestEntry, SendMessageBatchResult, SendMessageBatchResultEntry,
};
use freehold_core::ids;
use freehold_queues::Sent;
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::errors::Error;
use crate::messages::{Batch, Draft, Prepared, failed, prepare, sequence_number};

/// Bytes of all messages together (*API reference, SendMessageBatch*).
const BATCH_AT_MOST: usize = 1 << 20;

pub(crate) async fn send_message_batch(
    sqs: Arc<Sqs>,
    call: Call,
    input: SendMessageBatchRequest,
) -> Result<SendMessageBatchResult, WireError> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let entries = input.entries.unwrap_or_default();
    Batch("SendMessageBatchRequestEntry").check(entries.iter().map(|entry| entry.id.as_deref()))?;
    let sent = entries.iter().map(size).sum();
    if sent > BATCH_AT_MOST {
        return Err(Error::BatchRequestTooLong { limit: BATCH_AT_MOST, sent }.into());
    }

    sqs.meter_payload(&queue, sent);

    let (mut failures, mut messages, mut successes) = (Vec::new(), Vec::new(), Vec::new());
    for mut entry in entries {
        let id = entry.id.take();
        match prepare(&queue, draft(entry, call.trace.clone()), &call.principal.user_id) {
            Ok(Prepared { outgoing, body_digest, attributes_digest, system_digest, .. }) => {
                messages.push(outgoing);
                successes.push(SendMessageBatchResultEntry {
                    id,
                    md5_of_message_body: Some(hex::encode(body_digest)),
                    md5_of_message_attributes: attributes_digest.map(hex::encode),
                    md5_of_message_system_attributes: system_digest.map(hex::encode),
                    ..SendMessageBatchResultEntry::default()
                });
            }
            Err(error) => failures.push(failed(id, &error)),
        }
    }
    if !messages.is_empty() {
        let sent = sqs.queues.send(messages).await.map_err(Error::from)?;
        for (success, Sent { id, sequence, .. }) in successes.iter_mut().zip(sent) {
            success.message_id = Some(ids::uuid_text(id));
            success.sequence_number = queue.is_fifo().then(|| sequence_number(sequence));
        }
    }
    Ok(SendMessageBatchResult {
        successful: (!successes.is_empty()).then_some(successes),
        failed: (!failures.is_empty()).then_some(failures),
    })
}

fn draft(entry: SendMessageBatchRequestEntry, trace: Option<String>) -> Draft {
    Draft {
        body: entry.message_body.unwrap_or_default(),
        delay: entry.delay_seconds,
        attributes: entry.message_attributes,
        system_attributes: entry.message_system_attributes,
        deduplication: entry.message_deduplication_id,
        group: entry.message_group_id,
        trace,
    }
}

/// Bytes of body and attributes.
fn size(entry: &SendMessageBatchRequestEntry) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let attributes = entry.message_attributes.iter().flatten().map(|(name, value)| {
        let binary = value.binary_value.as_ref().map_or(0, bytes::Bytes::len);
        name.len() + length(&value.data_type) + length(&value.string_value) + binary
    });
    length(&entry.message_body) + attributes.sum::<usize>()
}
