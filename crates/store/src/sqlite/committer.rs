//! The one thread that writes. It takes what waits, runs each job in a savepoint, commits them together, and
//! only then answers.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::failure::classify;
use super::query;
use super::transaction::SqliteTx;
use crate::Error;
use crate::transaction::Job;
use crate::watchers::Watchers;

/// Jobs in one commit at most, so that the first of them does not wait for ever.
const GROUP: usize = 1024;

type Answer = oneshot::Sender<Result<(), Error>>;

/// A job and who waits for it.
pub(super) struct Waiting {
    pub job: Job,
    pub answer: Answer,
}

pub(super) struct Committer {
    connection: Connection,
    path: PathBuf,
    region: String,
    queue: Receiver<Waiting>,
    watchers: Arc<Watchers>,
    /// The last revision on disk.
    revision: u64,
}

/// The jobs that were run since `BEGIN`.
#[derive(Default)]
struct Group {
    answers: Vec<(Answer, Result<(), Error>)>,
    touched: BTreeSet<String>,
    /// The last revision that was given.
    revision: u64,
    /// Why the transaction can only be rolled back as a whole.
    broken: Option<Error>,
}

impl Committer {
    pub fn new(
        connection: Connection,
        path: PathBuf,
        region: &str,
        queue: Receiver<Waiting>,
        watchers: Arc<Watchers>,
    ) -> Result<Self, Error> {
        let revision = query::last_revision(&connection).map_err(|error| classify(&path, &error))?;
        Ok(Self { connection, path, region: region.to_owned(), queue, watchers, revision })
    }

    /// Works until the store is dropped.
    pub fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            self.commit_group(first);
        }
    }

    fn commit_group(&mut self, first: Waiting) {
        if let Err(error) = self.control("BEGIN IMMEDIATE") {
            // Nobody is there to be told if the caller has gone; so everywhere below.
            let _ = first.answer.send(Err(error));
            return;
        }
        let mut group = Group { revision: self.revision, ..Group::default() };
        let mut next = Some(first);
        while let Some(Waiting { job, answer }) = next {
            let outcome = self.attempt(job, &mut group);
            group.answers.push((answer, outcome));
            let goes_on = group.broken.is_none() && group.answers.len() < GROUP;
            next = if goes_on { self.queue.try_recv().ok() } else { None };
        }
        match self.finish(&group) {
            Ok(()) => {
                self.revision = group.revision;
                self.watchers.committed(&group.touched);
                for (answer, outcome) in group.answers {
                    let _ = answer.send(outcome);
                }
            }
            Err(error) => {
                tracing::warn!(jobs = group.answers.len(), %error, "a commit failed and was taken back");
                // Even a refusal may have rested on a write that is gone now, so everybody is told.
                for (answer, _) in group.answers {
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
    }

    /// Runs one job; what it wrote stays in the open transaction only if it succeeds.
    fn attempt(&self, job: Job, group: &mut Group) -> Result<(), Error> {
        if let Err(error) = self.control("SAVEPOINT job") {
            group.broken = Some(error.clone());
            return Err(error);
        }
        let mut tx = SqliteTx {
            connection: &self.connection,
            path: &self.path,
            region: &self.region,
            revision: group.revision,
            touched: BTreeSet::new(),
            failure: None,
        };
        let verdict = catch_unwind(AssertUnwindSafe(|| job(&mut tx)));
        let SqliteTx { revision, mut touched, failure, .. } = tx;
        let (outcome, end) = match (verdict, failure) {
            (Ok(true), None) => {
                group.revision = revision;
                group.touched.append(&mut touched);
                (Ok(()), self.control("RELEASE job"))
            }
            // Some errors (a full disk among them) make the engine roll back the whole transaction, and the savepoint
            // with it; then this failure is everybody's.
            (_, Some(failure)) => (Err(failure.clone()), self.take_back().map_err(|_| failure)),
            (Ok(false), None) => (Ok(()), self.take_back()),
            (Err(_), None) => (Err(Error::Panicked), self.take_back()),
        };
        group.broken = end.err();
        outcome
    }

    /// Undoes what was written since the savepoint.
    fn take_back(&self) -> Result<(), Error> {
        self.control("ROLLBACK TO job")?;
        self.control("RELEASE job")
    }

    /// Makes the group durable, or leaves nothing of it.
    fn finish(&self, group: &Group) -> Result<(), Error> {
        let outcome = match &group.broken {
            None => self.commit(group.revision),
            Some(broken) => Err(broken.clone()),
        };
        if outcome.is_err() && !self.connection.is_autocommit() {
            // A failure here too leaves the transaction open, and the next BEGIN says so.
            let _ = self.control("ROLLBACK");
        }
        outcome
    }

    fn commit(&self, revision: u64) -> Result<(), Error> {
        if revision != self.revision {
            query::set_last_revision(&self.connection, revision).map_err(|error| classify(&self.path, &error))?;
        }
        self.control("COMMIT")
    }

    fn control(&self, text: &str) -> Result<(), Error> {
        query::control(&self.connection, text).map_err(|error| classify(&self.path, &error))
    }
}
