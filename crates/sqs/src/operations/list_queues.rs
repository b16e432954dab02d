//! ListQueues: the caller's own, by the beginning of their names.

use std::sync::Arc;

use freehold_api::sqs::{ListQueuesRequest, ListQueuesResult};
use freehold_wire::{Call, Error};

use super::pages::{Asked, page};
use crate::Sqs;

pub(crate) async fn list_queues(
    sqs: Arc<Sqs>,
    call: Call,
    input: ListQueuesRequest,
) -> Result<ListQueuesResult, Error> {
    let prefix = input.queue_name_prefix.as_deref().unwrap_or_default();
    let queues = sqs.registry.of_account(call.account(), |queue| queue.definition.name.starts_with(prefix));
    let asked = Asked { size: input.max_results, token: input.next_token.as_deref() };
    let (urls, next_token) = page(&call, queues, prefix, &asked)?;
    Ok(ListQueuesResult { queue_urls: (!urls.is_empty()).then_some(urls), next_token })
}
