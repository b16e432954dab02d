//! GetQueueUrl: the address of a queue of the caller's, or of another account that lets it ask.

use std::sync::Arc;

use freehold_api::sqs::{GetQueueUrlRequest, GetQueueUrlResult};
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::address::Name;
use crate::errors::Error;

pub(crate) async fn get_queue_url(
    sqs: Arc<Sqs>,
    call: Call,
    input: GetQueueUrlRequest,
) -> Result<GetQueueUrlResult, WireError> {
    let account = input.queue_owner_aws_account_id.as_deref().unwrap_or(call.account());
    let name = Name { account, queue: input.queue_name.as_deref().unwrap_or_default() };
    let queue = sqs.registry.get(name).ok_or(Error::QueueDoesNotExist)?;
    Ok(GetQueueUrlResult { queue_url: Some(queue.definition.name().url(&call)) })
}
