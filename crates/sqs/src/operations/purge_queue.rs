//! PurgeQueue: forgets what is in the queue, once a minute.

use std::sync::Arc;

use freehold_api::sqs::PurgeQueueRequest;
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error as WireError};
use jiff::SignedDuration;

use crate::Sqs;
use crate::errors::Error;

/// *API reference, PurgeQueue: PurgeQueueInProgress*
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

pub(crate) async fn purge_queue(sqs: Arc<Sqs>, _: Call, input: PurgeQueueRequest) -> Result<Unit, WireError> {
    let (queue, now) = (sqs.queue(input.queue_url.as_deref())?, sqs.clock.now());
    // Noted before it is done: two at once are one too many.
    sqs.edit(&queue, move |_, definition| {
        if definition.purged.is_some_and(|last| now.duration_since(last) < PAUSE) {
            return Err(Error::PurgeQueueInProgress(definition.name.clone()));
        }
        definition.purged = Some(now);
        Ok(())
    })
    .await?;
    sqs.queues.purge(queue.id()).await.map_err(Error::from)?;
    Ok(Unit)
}
