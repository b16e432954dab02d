//! DeleteQueue: the queue is gone at once, whatever is in it. A reconciler takes the messages away.

use std::sync::Arc;

use freehold_api::sqs::DeleteQueueRequest;
use freehold_store::{Document, Filter, TxExt};
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::control::Change;
use crate::errors::Error;
use crate::model::{Definition, MoveTask, Tombstone};

pub(crate) async fn delete_queue(sqs: Arc<Sqs>, _: Call, input: DeleteQueueRequest) -> Result<Unit, WireError> {
    let queue = sqs.queue(input.queue_url.as_deref())?;
    let id = Definition::id_of(queue.definition.name());
    let (arn, now) = (queue.arn.clone(), sqs.clock.now());
    sqs.change(move |tx| {
        let definition = tx.get::<Definition>(&id)?.ok_or(Error::QueueDoesNotExist)?;
        tx.delete::<Definition>(&id)?;
        tx.put(&Tombstone::new(&definition, now))?;
        // Another queue of the name has no part in what was moved out of this one.
        for task in tx.list::<MoveTask>(&Filter::index(0, arn))? {
            tx.delete::<MoveTask>(task.id())?;
        }
        Ok(((), Change::Removed(Box::new(definition))))
    })
    .await?;
    Ok(Unit)
}
