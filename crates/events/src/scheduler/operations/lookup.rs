//! Schedules and groups by their names.

use freehold_store::{Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::{DEFAULT_GROUP, Group, Schedule, group_arn, schedule_arn};

/// A group that must exist. The default group is there when it is first looked at, so that its dates stay.
pub(super) fn group(tx: &mut dyn Tx, call: &Call, name: &str, now: Timestamp) -> Result<Group> {
    if let Some(found) = tx.get::<Group>(&group_arn(&call.region, call.account(), name))? {
        return Ok(found);
    }
    if name != DEFAULT_GROUP {
        return Err(Error::NoGroup(name.to_owned()));
    }
    let made = Group::new(&call.region, call.account(), name, now);
    tx.put(&made)?;
    Ok(made)
}

pub(super) fn schedule(tx: &mut dyn Tx, call: &Call, group: Option<&str>, name: &str) -> Result<Schedule> {
    let arn = schedule_arn(&call.region, call.account(), group.unwrap_or(DEFAULT_GROUP), name);
    tx.get::<Schedule>(&arn)?.ok_or_else(|| Error::NoSchedule(name.to_owned()))
}
