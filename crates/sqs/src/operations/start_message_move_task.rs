//! StartMessageMoveTask: notes what shall be moved; a reconciler moves it.

use std::sync::Arc;

use freehold_api::sqs::{StartMessageMoveTaskRequest, StartMessageMoveTaskResult};
use freehold_core::ids;
use freehold_store::{Document, Filter, TxExt};
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::control::Change;
use crate::errors::{Error, Result};
use crate::model::MoveTask;
use crate::registry::Queue;
use crate::task_handle::TaskHandle;

const PER_SECOND_AT_MOST: i32 = 500;
/// Tasks that `ListMessageMoveTasks` shows at most.
const SHOWN: usize = 10;
const MISSING: &str = "The resource that you specified for the SourceArn parameter doesn't exist.";

pub(crate) async fn start_message_move_task(
    sqs: Arc<Sqs>,
    call: Call,
    input: StartMessageMoveTaskRequest,
) -> Result<StartMessageMoveTaskResult, WireError> {
    let source_arn = input.source_arn.unwrap_or_default();
    let source = sqs.own_by_arn(&call, "SourceArn", &source_arn, MISSING)?;
    if sqs.sources(&source.arn).is_empty() {
        return Err(
            Error::InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.".into()).into()
        );
    }
    if let Some(arn) = &input.destination_arn {
        check_destination(&sqs, &call, &source, arn)?;
    }
    let per_second = match input.max_number_of_messages_per_second {
        Some(count) if !(1..=PER_SECOND_AT_MOST).contains(&count) => {
            let reason = format!("Must be between 1 and {PER_SECOND_AT_MOST}, if provided.");
            return Err(Error::invalid(count, "MaxNumberOfMessagesPerSecond", reason).into());
        }
        count => count.map(i32::unsigned_abs),
    };
    let counts = sqs.queues.counts(source.id()).map_err(Error::from)?;
    let (task_id, now) = (ids::uuid(), sqs.clock.now());
    let mut task = MoveTask::new(task_id.clone(), call.account(), source_arn.clone(), now);
    task.destination_arn = input.destination_arn;
    task.per_second = per_second;
    task.to_move = counts.visible;
    sqs.change(move |tx| {
        let mut before = tx.list::<MoveTask>(&Filter::index(0, &task.source_arn))?;
        if before.iter().any(|task| task.progress.is_active()) {
            return Err(Error::UnsupportedOperation(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
                    .into(),
            ));
        }
        // Nobody can see older ones any more.
        before.sort_unstable_by_key(|task| std::cmp::Reverse(task.started));
        for old in before.iter().skip(SHOWN - 1) {
            tx.delete::<MoveTask>(old.id())?;
        }
        tx.put(&task)?;
        Ok(((), Change::None))
    })
    .await?;
    Ok(StartMessageMoveTaskResult { task_handle: Some(TaskHandle { task_id, source_arn }.write()) })
}

fn check_destination(sqs: &Sqs, call: &Call, source: &Queue, arn: &str) -> Result<()> {
    let missing = "The resource that you specified for the DestinationArn parameter doesn't exist.";
    let destination = sqs.own_by_arn(call, "DestinationArn", arn, missing)?;
    if destination.id() == source.id() {
        return Err(Error::invalid(arn, "DestinationArn", "It must be another queue than the source."));
    }
    if destination.is_fifo() != source.is_fifo() {
        return Err(Error::invalid(arn, "DestinationArn", "It must be of the same type as the source queue."));
    }
    Ok(())
}

impl Sqs {
    /// A queue of the caller's by its ARN, as requests about message move tasks name it.
    pub(super) fn own_by_arn(
        &self,
        call: &Call,
        parameter: &'static str,
        arn: &str,
        missing: &str,
    ) -> Result<Arc<Queue>> {
        if !arn.starts_with("arn:aws:sqs:") {
            return Err(Error::invalid(arn, parameter, "It is not the ARN of a queue."));
        }
        let queue = self.by_arn(arn).ok_or_else(|| Error::ResourceNotFound(missing.to_owned()))?;
        if queue.definition.account == call.account() {
            return Ok(queue);
        }
        Err(Error::AccessDenied(arn.to_owned()))
    }
}
