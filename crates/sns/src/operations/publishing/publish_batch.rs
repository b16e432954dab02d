//! PublishBatch: up to ten messages; those that may not be published are listed apart, the others are published together.

use std::collections::HashSet;
use std::sync::Arc;

use freehold_api::sns::{
    BatchResultErrorEntry, PublishBatchInput, PublishBatchRequestEntry, PublishBatchResponse, PublishBatchResultEntry,
};
use freehold_wire::Call;

use crate::Sns;
use crate::errors::Error;
use crate::operations::arns;
use crate::publish::{Draft, MOST_BYTES};

const MOST_ENTRIES: usize = 10;
/// Characters.
const MOST_ID: usize = 80;

pub(super) async fn publish_batch(
    sns: Arc<Sns>,
    call: Call,
    input: PublishBatchInput,
) -> Result<PublishBatchResponse, freehold_wire::Error> {
    let arn = arns::topic(&call, "TopicArn", input.topic_arn)?;
    let topic = sns.topic(&arn)?;
    let entries = input.publish_batch_request_entries.unwrap_or_default();
    check_ids(&entries)?;
    let drafts: Vec<(String, Draft)> =
        entries.into_iter().map(|mut entry| (entry.id.take().unwrap_or_default(), entry.into())).collect();
    if drafts.iter().map(|(_, draft)| draft.size()).sum::<usize>() > MOST_BYTES {
        return Err(Error::BatchRequestTooLong.into());
    }
    let (mut ids, mut messages, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for (id, draft) in drafts {
        let draft = Draft { trace: call.trace.clone(), ..draft };
        match draft.check(Some(&topic.topic)) {
            Ok(message) => {
                ids.push(id);
                messages.push(message);
            }
            Err(error) => failed.push(BatchResultErrorEntry {
                id: Some(id),
                code: Some(error.code().to_owned()),
                message: Some(error.to_string()),
                sender_fault: Some(error.is_senders()),
            }),
        }
    }
    let receipts = if messages.is_empty() { Vec::new() } else { sns.publish(&arn, &call.endpoint, messages).await? };
    let successful = ids.into_iter().zip(receipts).map(|(id, receipt)| PublishBatchResultEntry {
        id: Some(id),
        message_id: Some(receipt.id),
        sequence_number: receipt.sequence,
    });
    Ok(PublishBatchResponse { successful: Some(successful.collect()), failed: Some(failed) })
}

fn check_ids(entries: &[PublishBatchRequestEntry]) -> Result<(), Error> {
    if entries.is_empty() {
        return Err(Error::EmptyBatchRequest);
    }
    if entries.len() > MOST_ENTRIES {
        return Err(Error::TooManyEntriesInBatchRequest);
    }
    let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_deref().unwrap_or_default()).collect();
    let is_good = |id: &&str| {
        (1..=MOST_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !ids.iter().all(is_good) {
        return Err(Error::InvalidBatchEntryId);
    }
    if ids.iter().collect::<HashSet<_>>().len() < ids.len() {
        return Err(Error::BatchEntryIdsNotDistinct);
    }
    Ok(())
}
