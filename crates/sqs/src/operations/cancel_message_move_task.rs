//! CancelMessageMoveTask: what was moved stays moved.

use std::sync::Arc;

use freehold_api::sqs::{CancelMessageMoveTaskRequest, CancelMessageMoveTaskResult};
use freehold_store::{Document, TxExt};
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::control::Change;
use crate::errors::Error;
use crate::model::{MoveTask, Progress};
use crate::task_handle::TaskHandle;

pub(crate) async fn cancel_message_move_task(
    sqs: Arc<Sqs>,
    call: Call,
    input: CancelMessageMoveTaskRequest,
) -> Result<CancelMessageMoveTaskResult, WireError> {
    let handle = input.task_handle.unwrap_or_default();
    let handle =
        TaskHandle::read(&handle).ok_or_else(|| Error::invalid(&handle, "TaskHandle", "It is not a task handle."))?;
    let account = call.account().to_owned();
    let moved = sqs
        .change(move |tx| {
            let task = tx.get::<MoveTask>(&handle.task_id)?;
            let task = task.filter(|task| task.account() == account && task.source_arn == handle.source_arn);
            let mut task = task.ok_or_else(|| Error::ResourceNotFound("Task does not exist.".into()))?;
            if task.progress != Progress::Running {
                return Err(Error::UnsupportedOperation("Only active tasks can be cancelled.".into()));
            }
            task.progress = Progress::Cancelling;
            tx.put(&task)?;
            Ok((task.moved, Change::None))
        })
        .await?;
    Ok(CancelMessageMoveTaskResult { approximate_number_of_messages_moved: i64::try_from(moved).ok() })
}
