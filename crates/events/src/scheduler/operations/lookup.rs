//! Schedules and groups by their names.

use freehold_store::{Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::scheduler::errors::{Error, Result};
use crate::scheduler::model::{DEFAULT_GROUP, Group, Schedule, group_arn, schedule_arn};

/// A group that must exist. Of the default group nothing is stored until it is changed.
pub(super) fn group(tx: &mut dyn Tx, call: &Call, name: &str, now: Timestamp) -> Result<Group> {
    let found = tx.get::<Group>(&group_arn(&call.region, call.account(), name))?;
    let made = || (name == DEFAULT_GROUP).then(|| Group::new(&call.region, call.account(), name, now));
    found.or_else(made).ok_or_else(|| Error::NoGroup(name.to_owned()))
}

pub(super) fn schedule(tx: &mut dyn Tx, call: &Call, group: Option<&str>, name: &str) -> Result<Schedule> {
    let arn = schedule_arn(&call.region, call.account(), group.unwrap_or(DEFAULT_GROUP), name);
    tx.get::<Schedule>(&arn)?.ok_or_else(|| Error::NoSchedule(name.to_owned()))
}
