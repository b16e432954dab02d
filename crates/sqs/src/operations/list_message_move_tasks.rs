//! ListMessageMoveTasks: a source's latest tasks, the newest first.

use std::sync::Arc;

use freehold_api::sqs::{ListMessageMoveTasksRequest, ListMessageMoveTasksResult, ListMessageMoveTasksResultEntry};
use freehold_store::{Document, Filter, StoreExt};
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::errors::Error;
use crate::model::{MoveTask, Progress};
use crate::task_handle::TaskHandle;

const RESULTS_AT_MOST: i32 = 10;
const MISSING: &str = "The resource that you specified for the SourceArn parameter doesn't exist.";

pub(crate) async fn list_message_move_tasks(
    sqs: Arc<Sqs>,
    call: Call,
    input: ListMessageMoveTasksRequest,
) -> Result<ListMessageMoveTasksResult, WireError> {
    let size = input.max_results.unwrap_or(1);
    if !(1..=RESULTS_AT_MOST).contains(&size) {
        let reason = format!("Must be between 1 and {RESULTS_AT_MOST}, if provided.");
        return Err(Error::invalid(size, "MaxResults", reason).into());
    }
    let source = sqs.own_by_arn(&call, "SourceArn", &input.source_arn.unwrap_or_default(), MISSING)?;
    let mut tasks = sqs.store.list::<MoveTask>(&Filter::index(0, &source.arn)).map_err(Error::from)?;
    tasks.sort_unstable_by(|one, other| (other.started, other.id()).cmp(&(one.started, one.id())));
    tasks.truncate(size.unsigned_abs() as usize);
    Ok(ListMessageMoveTasksResult { results: Some(tasks.into_iter().map(shown).collect()) })
}

fn shown(task: MoveTask) -> ListMessageMoveTasksResultEntry {
    let handle = || TaskHandle { task_id: task.id().to_owned(), source_arn: task.source_arn.clone() }.write();
    let failure_reason = match &task.progress {
        Progress::Failed { reason } => Some(reason.clone()),
        _ => None,
    };
    ListMessageMoveTasksResultEntry {
        task_handle: (task.progress == Progress::Running).then(handle),
        status: Some(task.progress.status().to_owned()),
        failure_reason,
        destination_arn: task.destination_arn.clone(),
        max_number_of_messages_per_second: task.per_second.and_then(|count| i32::try_from(count).ok()),
        approximate_number_of_messages_moved: i64::try_from(task.moved).ok(),
        approximate_number_of_messages_to_move: i64::try_from(task.to_move).ok(),
        started_timestamp: Some(task.started.as_millisecond()),
        source_arn: Some(task.source_arn),
    }
}
