//! Takes one step after the other, always in the same order: reconcilers as they were given, keys as they were
//! listed, each in its turn.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::super::{Failure, Next, Reconciler};

/// What a call did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stepped {
    /// A step ran to its end.
    Ended,
    /// A step failed, of itself or by injection.
    Failed,
    /// A step was dropped while it waited.
    Cut,
    /// Every pending key asked for time to pass; this is the shortest pause. The next call steps them all.
    Waits(Duration),
    /// Nothing is pending.
    Nothing,
}

pub(super) struct Driver {
    reconcilers: Vec<Arc<dyn Reconciler>>,
    /// What this round has yet to step.
    round: VecDeque<(usize, String)>,
    /// The shortest pause asked for in this round, as long as no step of it did anything else.
    pause: Option<Duration>,
    has_progress: bool,
    last_failure: Option<String>,
}

impl Driver {
    pub fn new(reconcilers: Vec<Arc<dyn Reconciler>>) -> Self {
        Self { reconcilers, round: VecDeque::new(), pause: None, has_progress: true, last_failure: None }
    }

    pub async fn step(&mut self) -> Stepped {
        let (index, key) = match self.next().await {
            Ok(next) => next,
            Err(stepped) => return stepped,
        };
        let outcome = self.reconcilers[index].step(&key).await;
        self.note(outcome)
    }

    /// Drops the step when it has waited `waits` times.
    pub async fn step_cut_after(&mut self, waits: usize) -> Stepped {
        let (index, key) = match self.next().await {
            Ok(next) => next,
            Err(stepped) => return stepped,
        };
        let reconciler = Arc::clone(&self.reconcilers[index]);
        let mut step = pin!(reconciler.step(&key));
        let mut waited = 0;
        let outcome = std::future::poll_fn(|context| match step.as_mut().poll(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending => {
                waited += 1;
                if waited >= waits { Poll::Ready(None) } else { Poll::Pending }
            }
        });
        match outcome.await {
            Some(outcome) => self.note(outcome),
            None => Stepped::Cut,
        }
    }

    pub async fn step_failing_before(&mut self) -> Stepped {
        match self.next().await {
            Ok(_) => self.note(Err("injected before the step".into())),
            Err(stepped) => stepped,
        }
    }

    pub async fn step_failing_after(&mut self) -> Stepped {
        match self.step().await {
            Stepped::Ended => self.note(Err("injected after the step".into())),
            stepped => stepped,
        }
    }

    /// For the message of a scenario that does not settle.
    pub fn describe(&self) -> String {
        let names: Vec<_> = self.reconcilers.iter().map(|reconciler| reconciler.name()).collect();
        format!("{names:?}, last failure: {:?}", self.last_failure)
    }

    /// The next key in turn. A new round begins with what is pending then.
    async fn next(&mut self) -> Result<(usize, String), Stepped> {
        if let Some(next) = self.round.pop_front() {
            return Ok(next);
        }
        if let Some(pause) = self.pause.take()
            && !std::mem::take(&mut self.has_progress)
        {
            return Err(Stepped::Waits(pause));
        }
        self.has_progress = false;
        for (index, reconciler) in self.reconcilers.iter().enumerate() {
            match reconciler.pending().await {
                Ok(keys) => self.round.extend(keys.into_iter().map(|key| (index, key))),
                Err(failure) => {
                    self.last_failure = Some(failure.to_string());
                    return Err(Stepped::Failed);
                }
            }
        }
        self.round.pop_front().ok_or(Stepped::Nothing)
    }

    fn note(&mut self, outcome: Result<Next, Failure>) -> Stepped {
        match outcome {
            Ok(Next::After(pause)) => {
                self.pause = Some(self.pause.map_or(pause, |shortest| shortest.min(pause)));
                Stepped::Ended
            }
            Ok(Next::Settled | Next::Again) => {
                self.has_progress = true;
                Stepped::Ended
            }
            Err(failure) => {
                self.has_progress = true;
                self.last_failure = Some(failure.to_string());
                Stepped::Failed
            }
        }
    }
}
