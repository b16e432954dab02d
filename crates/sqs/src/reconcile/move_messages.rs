//! Moves dead letters back, some at a time (*API reference, StartMessageMoveTask*).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_queues::Error;
use freehold_store::{Document, Filter, StoreExt, TxExt};

use crate::Sqs;
use crate::model::{MoveTask, Progress};

/// Messages of a step where the task has no rate: few enough to be cancelled soon.
const AT_ONCE: usize = 100;
const SECOND: Duration = Duration::from_secs(1);

/// Why tasks fail, in AWS's words.
const NO_SOURCE: &str = "CouldNotDetermineMessageSource";
const NO_QUEUE: &str = "AWS.SimpleQueueService.NonExistentQueue";

pub(crate) struct MoveMessages {
    sqs: Arc<Sqs>,
}

impl MoveMessages {
    pub fn new(sqs: Arc<Sqs>) -> Self {
        Self { sqs }
    }

    /// Moves some, and says how many and how it goes on.
    async fn advance(&self, task: &MoveTask) -> Result<(u64, Progress), Failure> {
        let failed = |reason: &str| Progress::Failed { reason: reason.to_owned() };
        if task.progress == Progress::Cancelling {
            return Ok((0, Progress::Cancelled));
        }
        let Some(source) = self.sqs.queue_id(&task.source_arn) else { return Ok((0, failed(NO_QUEUE))) };
        let destination = match task.destination_arn.as_deref().map(|arn| self.sqs.queue_id(arn)) {
            Some(None) => return Ok((0, failed(NO_QUEUE))),
            found => found.flatten(),
        };
        let size = task.per_second.map_or(AT_ONCE, |count| count as usize);
        let before = self.sqs.queues.counts(source)?.visible;
        match self.sqs.queues.redrive(source, destination, size).await {
            Ok(moved) if moved < size => Ok((moved as u64, Progress::Completed)),
            Ok(moved) => Ok((moved as u64, Progress::Running)),
            Err(Error::NoQueue) => {
                let left = self.sqs.queues.counts(source).map_or(before, |counts| counts.visible);
                let reason = if destination.is_none() { NO_SOURCE } else { NO_QUEUE };
                Ok((before.saturating_sub(left), failed(reason)))
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Reconciler for MoveMessages {
    fn name(&self) -> &'static str {
        "sqs.move_messages"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let active = self.sqs.store.list::<MoveTask>(&Filter::index(1, MoveTask::ACTIVE))?;
        Ok(active.iter().map(|task| task.id().to_owned()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let task = self.sqs.store.get::<MoveTask>(key)?;
        let Some(task) = task.filter(|task| task.progress.is_active()) else { return Ok(Next::Settled) };
        let now = self.sqs.clock.now();
        // Its own note of the last portion wakes it too.
        if let Some(pause) = task.pause(now).filter(|_| task.progress == Progress::Running) {
            return Ok(Next::After(pause));
        }
        let (moved, progress) = self.advance(&task).await?;
        let (id, goes_on) = (key.to_owned(), progress == Progress::Running);
        let noting = self.sqs.store.transact::<_, freehold_store::Error, _>(move |tx| {
            let Some(mut task) = tx.get::<MoveTask>(&id)? else { return Ok(()) };
            task.moved += moved;
            task.last_portion = task.per_second.map(|_| now);
            // Somebody may have cancelled it meanwhile; the next step sees that.
            if progress != Progress::Running {
                task.progress = progress;
            }
            tx.put(&task)
        });
        noting.await?;
        Ok(match (goes_on, task.per_second) {
            (false, _) => Next::Settled,
            (true, None) => Next::Again,
            (true, Some(_)) => Next::After(SECOND),
        })
    }
}
