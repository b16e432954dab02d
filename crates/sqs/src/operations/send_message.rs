//! SendMessage: acknowledged when it is on disk.

use std::sync::Arc;

use freehold_api::sqs::{SendMessageRequest, SendMessageResult};
use freehold_core::ids;
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::errors::Error;
use crate::messages::{Draft, Prepared, prepare, sequence_number};

pub(crate) async fn send_message(
    sqs: Arc<Sqs>,
    call: Call,
    input: SendMessageRequest,
) -> Result<SendMessageResult, WireError> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let draft = Draft {
        body: input.message_body.unwrap_or_default(),
        delay: input.delay_seconds,
        attributes: input.message_attributes,
        system_attributes: input.message_system_attributes,
        deduplication: input.message_deduplication_id,
        group: input.message_group_id,
        trace: call.trace,
    };
    let Prepared { outgoing, body_digest, attributes_digest, system_digest, .. } =
        prepare(&queue, draft, &call.principal.user_id)?;
    sqs.meter_payload(&queue, outgoing.content.len());
    let sent = sqs.queues.send(vec![outgoing]).await.map_err(Error::from)?;
    // One message in, one answer out.
    let sent = sent.first().ok_or(Error::Internal)?;
    Ok(SendMessageResult {
        md5_of_message_body: Some(hex::encode(body_digest)),
        md5_of_message_attributes: attributes_digest.map(hex::encode),
        md5_of_message_system_attributes: system_digest.map(hex::encode),
        message_id: Some(ids::uuid_text(sent.id)),
        sequence_number: queue.is_fifo().then(|| sequence_number(sent.sequence)),
    })
}
