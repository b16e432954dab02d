//! How far provisioned concurrency is, as the node tells.

use freehold_store::StoreExt;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup::Qualified;
use crate::model::{Provisioned, Version};
use crate::names::FunctionName;

/// What callers see of it.
pub(super) struct Ready {
    pub allocated: i32,
    pub available: i32,
    pub status: &'static str,
    pub reason: Option<String>,
}

/// Asks the node; a node that does not answer has nothing ready.
pub(super) async fn ready(lambda: &Lambda, name: &FunctionName, config: &Provisioned) -> Result<Ready, Error> {
    let version = match crate::lookup::qualified(&lambda.store, name)? {
        Qualified::Version(version) => Some(*version),
        Qualified::Alias(alias) => lambda.store.get::<Version>(&Version::id(&alias.function, &alias.version))?,
    };
    let build = version.and_then(|version| version.live).unwrap_or_default();
    let found = lambda.node.status().await.ok().and_then(|mut status| status.revisions.remove(&build));
    let found = found.unwrap_or_default();
    let allocated = found.provisioned.min(config.requested);
    let status = match &found.problem {
        _ if allocated >= config.requested => "READY",
        Some(_) => "FAILED",
        None => "IN_PROGRESS",
    };
    let available = allocated.saturating_sub(found.provisioned_busy);
    let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    Ok(Ready { allocated: count(allocated), available: count(available), status, reason: found.problem })
}
