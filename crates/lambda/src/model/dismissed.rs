//! What is to be removed outside of the store after the rows that told of it are gone.

use freehold_queues::QueueId;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

/// Something that is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dismissed {
    id: String,
    account: String,
    pub what: Remains,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Remains {
    /// The directory of a version, and its environments.
    Build(String),
    /// Invocations that nobody waits for.
    Queue(QueueId),
}

impl Dismissed {
    pub fn build(account: &str, build: &str) -> Self {
        Self { id: format!("build/{build}"), account: account.to_owned(), what: Remains::Build(build.to_owned()) }
    }

    pub fn queue(account: &str, queue: QueueId) -> Self {
        Self { id: format!("queue/{queue}"), account: account.to_owned(), what: Remains::Queue(queue) }
    }
}

impl Document for Dismissed {
    const KIND: &'static str = "lambda.dismissed";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
