//! Functions: what all versions of one share.

use std::collections::BTreeMap;

use freehold_core::ids;
use freehold_core::tags::Tags;
use freehold_queues::{QueueId, new_queue_id};
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Function {
    /// Its ARN without a qualifier, which is its id too.
    pub arn: String,
    pub account: String,
    pub name: String,
    pub created: Timestamp,
    /// The number that the next version gets; numbers are never used twice.
    pub next_version: u64,
    /// Where invocations wait that nobody waits for.
    pub queue: QueueId,
    /// Executions that only this function may use, and the most that it may.
    pub reserved: Option<u32>,
    pub tags: Tags,
    /// Resource policies by qualifier; that of the function itself by the empty text.
    pub policies: BTreeMap<String, Permissions>,
    /// `RecursiveLoop` is `Terminate` unless it was allowed.
    pub allows_loops: bool,
    pub code_signing_config: Option<String>,
    /// By qualifier.
    pub runtime_management: BTreeMap<String, RuntimeManagement>,
}

/// A resource policy, and which edit of it this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Permissions {
    pub policy: String,
    pub revision_id: String,
}

/// When a version's runtime is brought up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RuntimeManagement {
    /// `Auto`, `FunctionUpdate`
    pub update_on: String,
}

impl Permissions {
    pub fn new(policy: String) -> Self {
        Self { policy, revision_id: ids::uuid() }
    }
}

impl Function {
    pub fn new(arn: String, account: &str, name: &str, created: Timestamp) -> Self {
        Self {
            arn,
            account: account.to_owned(),
            name: name.to_owned(),
            created,
            next_version: 1,
            queue: new_queue_id(),
            reserved: None,
            tags: Tags::new(),
            policies: BTreeMap::new(),
            allows_loops: false,
            code_signing_config: None,
            runtime_management: BTreeMap::new(),
        }
    }
}

impl Document for Function {
    const KIND: &'static str = "lambda.function";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Code signing configuration.
    fn index(&self) -> [Option<String>; 3] {
        [self.code_signing_config.clone(), None, None]
    }
}
