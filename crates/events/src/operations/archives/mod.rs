//! Archives of events.

mod create_archive;
mod delete_archive;
mod describe_archive;
mod list_archives;
mod update_archive;

pub(super) use create_archive::create_archive;
pub(super) use delete_archive::delete_archive;
pub(super) use describe_archive::describe_archive;
pub(super) use list_archives::list_archives;
pub(super) use update_archive::update_archive;

use freehold_store::{Tx, TxExt};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::model::{Archive, archive_arn};
use crate::pattern::Pattern;

/// What an archive is while it is there.
const ENABLED: &str = "ENABLED";

/// An archive of the caller's that must exist.
fn find(tx: &mut dyn Tx, call: &Call, name: &str) -> Result<Archive> {
    let found = tx.get::<Archive>(&archive_arn(&call.region, call.account(), name))?;
    found.ok_or_else(|| Error::NotFound(format!("Archive {name} does not exist.")))
}

/// What of a request the region does not have, and a pattern that is none.
fn check(key: Option<&String>, pattern: Option<&String>) -> Result<()> {
    if key.is_some_and(|key| !key.is_empty()) {
        return Err(Error::unsupported("KmsKeyIdentifier"));
    }
    if let Some(pattern) = pattern {
        Pattern::parse(pattern)?;
    }
    Ok(())
}

fn days(wanted: Option<i32>) -> Option<u32> {
    wanted.and_then(|days| u32::try_from(days).ok())
}
