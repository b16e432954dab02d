//! Tags of groups: schedules have none of their own.

use freehold_api::scheduler::Tag;
use freehold_core::tags::{self, Tags};
use freehold_store::Tx;
use freehold_wire::Call;
use jiff::Timestamp;

use super::lookup;
use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::Group;

/// The tags with what a request adds.
pub(super) fn merged(present: &Tags, added: Option<Vec<Tag>>) -> Result<Tags> {
    let added = added.unwrap_or_default();
    let pairs: Vec<(&str, &str)> = added
        .iter()
        .map(|tag| (tag.key.as_deref().unwrap_or_default(), tag.value.as_deref().unwrap_or_default()))
        .collect();
    tags::merge(present, pairs).map_err(|error| Error::invalid(error.to_string()))
}

/// The group of an ARN, which must be the caller's.
pub(super) fn group(tx: &mut dyn Tx, call: &Call, arn: &str, now: Timestamp) -> Result<Group> {
    let missing = || Error::NotFound(format!("Resource {arn} does not exist."));
    let (_, name) = arn.split_once(":schedule-group/").ok_or_else(missing)?;
    let group = lookup::group(tx, call, name, now).map_err(|_| missing())?;
    if group.arn == arn { Ok(group) } else { Err(missing()) }
}
