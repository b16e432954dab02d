//! What takes events out of functions' queues and runs them (*Developer guide, How Lambda handles errors and retries with
//! asynchronous invocation*).
//!
//! A function with something in its queue has one dispatcher. An event leaves the queue after its outcome is where it
//! belongs, so a crash may run it again and never loses it. A run that failed puts the event back with its count of failures;
//! a throttle only hides it for a while.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freehold_queues::{Counts, Outgoing, QueueId, Receive, Received, Settings};
use freehold_store::StoreExt;
use tokio::task::JoinSet;

use super::answer::{Ended, Verdict, verdict};
use super::event::{Event, Telling, Work};
use super::{Invocation, Resolved};
use crate::Lambda;
use crate::errors::Error;
use crate::model::{EventInvoke, Function};
use crate::names::{FunctionName, LATEST};

/// Runs of one function's events at once.
const AT_ONCE: usize = 100;
/// Events that are taken together.
const BATCH: usize = 10;
/// How long an event is hidden while it runs: longer than any function may.
const LEASE: Duration = Duration::from_secs(1000);
/// How long an idle dispatcher stays.
const IDLE: Duration = Duration::from_secs(20);
/// After a failure of our own.
const PAUSE: Duration = Duration::from_secs(1);
/// Events are gone before this by their own age; what is told is tried as long.
const RETENTION: Duration = Duration::from_secs(24 * 3600);
/// How long an outcome is tried to be told.
const TOLD_WITHIN: Duration = Duration::from_secs(6 * 3600);
/// The longest pause between throttles (*Developer guide: from 1 second up to 5 minutes*).
const LONGEST_PAUSE: u64 = 300;

/// How the queue of a function behaves.
pub(crate) fn settings() -> Settings {
    Settings { fifo: None, retention: RETENTION, dead_letters: None, max_in_flight: usize::MAX }
}

/// Who has a dispatcher, by the queue.
#[derive(Default)]
pub(crate) struct Dispatchers {
    working: Mutex<HashSet<QueueId>>,
}

impl Dispatchers {
    /// Lets a dispatcher end, unless there is something to do after all: whoever puts something into the queue comes to
    /// [`Lambda::wake`] after it is there.
    fn may_end(&self, queue: QueueId, has_work: impl FnOnce() -> bool) -> bool {
        let mut working = self.working.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = !has_work();
        if ends {
            working.remove(&queue);
        }
        ends
    }
}

impl Lambda {
    /// Takes an event; it is on disk when this returns.
    pub(crate) async fn enqueue(self: &Arc<Self>, function: &Function, event: Event) -> Result<(), Error> {
        self.queues.configure(function.queue, settings());
        self.put(function.queue, &Work::Run(event), Duration::ZERO).await?;
        self.wake(function);
        Ok(())
    }

    /// Makes sure that the function has a dispatcher: there is something in its queue.
    pub(crate) fn wake(self: &Arc<Self>, function: &Function) {
        let mut working = self.dispatchers.working.lock().unwrap_or_else(PoisonError::into_inner);
        if working.insert(function.queue) {
            tokio::spawn(dispatch(Arc::clone(self), function.arn.clone(), function.queue));
        }
    }

    async fn put(&self, queue: QueueId, work: &Work, delay: Duration) -> Result<(), Error> {
        let content = work.encode().map_err(|error| Error::Service(error.to_string()))?;
        let id = freehold_core::ids::new_uuid();
        let outgoing = Outgoing { queue, id, content, delay, group: None, deduplication: None };
        self.queues.send(vec![outgoing]).await?;
        Ok(())
    }
}

async fn dispatch(lambda: Arc<Lambda>, arn: String, queue: QueueId) {
    let mut runs = JoinSet::new();
    loop {
        while runs.len() >= AT_ONCE {
            runs.join_next().await;
        }
        while runs.try_join_next().is_some() {}
        let how = Receive { max: BATCH.min(AT_ONCE - runs.len()), visibility: LEASE, wait: IDLE, attempt: None };
        match lambda.queues.receive(queue, how).await {
            Ok(received) if received.is_empty() => {
                let has_work = || lambda.queues.counts(queue).unwrap_or_default() != Counts::default();
                if runs.is_empty() && lambda.dispatchers.may_end(queue, has_work) {
                    return;
                }
            }
            Ok(received) => {
                for message in received {
                    runs.spawn(one(Arc::clone(&lambda), arn.clone(), queue, message));
                }
            }
            // The function was deleted.
            Err(freehold_queues::Error::NoQueue) => {
                lambda.dispatchers.may_end(queue, || false);
                return;
            }
            Err(error) => {
                tracing::error!(arn, %error, "what waits for a function cannot be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn one(lambda: Arc<Lambda>, arn: String, queue: QueueId, received: Received) {
    let outcome = match Work::decode(&received.content) {
        Ok(Work::Run(event)) => run(&lambda, &arn, queue, &received, event).await,
        Ok(Work::Tell(telling)) => tell(&lambda, queue, &received, telling).await,
        Err(error) => {
            tracing::error!(arn, %error, "what waits for a function cannot be read");
            delete(&lambda, queue, &received).await
        }
    };
    if let Err(error) = outcome {
        tracing::error!(arn, %error, "what waited for a function is tried again");
        let _ = lambda.queues.change_visibility(queue, received.receipt, PAUSE);
    }
}

async fn run(lambda: &Arc<Lambda>, arn: &str, queue: QueueId, received: &Received, event: Event) -> Result<(), Error> {
    // One that was made anew under the same name is another function.
    let Some(function) = lambda.store.get::<Function>(arn)?.filter(|function| function.queue == queue) else {
        return delete(lambda, queue, received).await;
    };
    let Some(mut name) = FunctionName::parse(arn, "", "") else { return delete(lambda, queue, received).await };
    name.qualifier.clone_from(&event.qualifier);
    let config = format!("{arn}:{}", event.qualifier.as_deref().unwrap_or(LATEST));
    let config = lambda.store.get::<EventInvoke>(&config)?;
    let resolved = match lambda.resolve(&name) {
        Ok(resolved) => resolved,
        Err(Error::Conflict(_)) => return later(lambda, queue, received),
        Err(error) => {
            tracing::warn!(arn, %error, "an event is dropped");
            return delete(lambda, queue, received).await;
        }
    };
    let ended = attempt(lambda, &function, &resolved, &event, config.as_ref()).await;
    match verdict(&ended, &event, config.as_ref()) {
        Verdict::Later => later(lambda, queue, received),
        Verdict::Again(delay) => {
            let failures = event.failures + 1;
            lambda.put(queue, &Work::Run(Event { failures, ..event }), delay).await?;
            delete(lambda, queue, received).await
        }
        Verdict::Done(condition) => {
            for telling in ended.tellings(condition, &event, &resolved, config.as_ref(), lambda.now()) {
                if let Err(error) = lambda.deliver(&telling).await {
                    if error.is_permanent() {
                        lambda.measure(&resolved, &[("DestinationDeliveryFailures", 1.0, "Count")]);
                        tracing::warn!(to = telling.to, %error, "the outcome of an invocation cannot be told");
                    } else {
                        lambda.put(queue, &Work::Tell(telling), PAUSE).await?;
                    }
                }
            }
            delete(lambda, queue, received).await
        }
    }
}

/// Runs it, unless it is too old or never may.
async fn attempt(
    lambda: &Lambda,
    function: &Function,
    resolved: &Resolved,
    event: &Event,
    config: Option<&EventInvoke>,
) -> Ended {
    let age = lambda.now().as_millisecond().saturating_sub(event.taken_ms);
    lambda.measure(resolved, &[("AsyncEventAge", age as f64, "Milliseconds")]);
    if age > super::answer::most_age_ms(config) {
        return Ended::TooOld;
    }
    if function.reserved == Some(0) {
        return Ended::NeverRuns;
    }
    let invocation = Invocation {
        request_id: event.request_id.clone(),
        payload: event.payload.clone(),
        client_context: event.client_context.clone(),
        trace_id: event.trace_id.clone(),
        wants_log: false,
    };
    match lambda.run(resolved, invocation).await {
        Ok(ran) => Ended::Ran(ran),
        Err(Error::RecursiveInvocation) => Ended::Loops,
        Err(error) => {
            tracing::debug!(function = function.name, %error, "an event waits");
            Ended::NotRun
        }
    }
}

async fn tell(lambda: &Lambda, queue: QueueId, received: &Received, telling: Telling) -> Result<(), Error> {
    let age = lambda.now().as_millisecond().saturating_sub(telling.taken_ms);
    match lambda.deliver(&telling).await {
        Err(error) if !error.is_permanent() && age < TOLD_WITHIN.as_millis() as i64 => later(lambda, queue, received),
        Err(error) => {
            tracing::warn!(to = telling.to, %error, "the outcome of an invocation cannot be told");
            delete(lambda, queue, received).await
        }
        Ok(()) => delete(lambda, queue, received).await,
    }
}

/// Hides it for longer each time.
fn later(lambda: &Lambda, queue: QueueId, received: &Received) -> Result<(), Error> {
    let seconds = 1u64 << received.receive_count.saturating_sub(1).min(9);
    let hidden = Duration::from_secs(seconds.min(LONGEST_PAUSE));
    // One that is gone needs no pause.
    let _ = lambda.queues.change_visibility(queue, received.receipt, hidden)?;
    Ok(())
}

async fn delete(lambda: &Lambda, queue: QueueId, received: &Received) -> Result<(), Error> {
    lambda.queues.delete(queue, vec![received.receipt]).await?;
    Ok(())
}
