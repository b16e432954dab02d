//! ListDeadLetterSourceQueues: the queues whose dead letters come here.

use std::sync::Arc;

use freehold_api::sqs::{ListDeadLetterSourceQueuesRequest, ListDeadLetterSourceQueuesResult};
use freehold_wire::{Call, Error};

use super::pages::{Asked, page};
use crate::Sqs;

pub(crate) async fn list_dead_letter_source_queues(
    sqs: Arc<Sqs>,
    call: Call,
    input: ListDeadLetterSourceQueuesRequest,
) -> Result<ListDeadLetterSourceQueuesResult, Error> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let asked = Asked { size: input.max_results, token: input.next_token.as_deref() };
    let (urls, next_token) = page(&call, sqs.sources(&queue.arn), &queue.arn, &asked)?;
    Ok(ListDeadLetterSourceQueuesResult { queue_urls: Some(urls), next_token })
}
