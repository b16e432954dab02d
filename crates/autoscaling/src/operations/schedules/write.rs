//! Scheduled actions: checked, and written.

use freehold_api::autoscaling::ScheduledUpdateGroupActionRequest;
use freehold_core::Arn;
use freehold_core::ids::uuid;
use freehold_store::{Filter, Tx, TxExt};
use jiff::Timestamp;

use crate::errors::{Error, Result};
use crate::model::{Group, ScheduledAction};
use crate::operations::check;
use crate::plan::cron::{self, Invalid};

/// *User guide, Quotas*
const ACTIONS_AT_MOST: usize = 125;

/// Makes it, or makes it anew.
pub(super) fn put(
    tx: &mut dyn Tx,
    group: &Group,
    said: ScheduledUpdateGroupActionRequest,
    region: &str,
    now: Timestamp,
) -> Result<()> {
    let name = check::required("ScheduledActionName", said.scheduled_action_name)?;
    let size = |name, value: Option<i32>| value.map(|value| check::size(name, value)).transpose();
    let (min, max) = (size("MinSize", said.min_size)?, size("MaxSize", said.max_size)?);
    let desired = size("DesiredCapacity", said.desired_capacity)?;
    if min.is_none() && max.is_none() && desired.is_none() {
        return Err(Error::validation("At least one of MinSize, MaxSize and DesiredCapacity must be specified."));
    }
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return Err(Error::validation("Max bound must be greater than or equal to min bound."));
    }
    let recurrence = said.recurrence.filter(|text| !text.is_empty());
    let zone = said.time_zone.filter(|zone| !zone.is_empty());
    let due = due(said.start_time, recurrence.as_deref(), zone.as_deref(), now)?;
    if said.end_time.is_some_and(|end| end < due) {
        return Err(Error::validation("EndTime must be after StartTime."));
    }
    let all = tx.list::<ScheduledAction>(&Filter::index(0, &group.id))?;
    let before = all.iter().find(|action| action.name == name);
    if before.is_none() && all.len() >= ACTIONS_AT_MOST {
        return Err(Error::LimitExceeded(format!(
            "You have exceeded the limit of {ACTIONS_AT_MOST} scheduled actions per Auto Scaling group."
        )));
    }
    let arn = before.map_or_else(|| arn(region, group, &name), |action| action.arn.clone());
    Ok(tx.put(&ScheduledAction {
        arn,
        account: group.account.clone(),
        group: group.id.clone(),
        group_name: group.name.clone(),
        name,
        start: said.start_time,
        end: said.end_time,
        recurrence,
        zone,
        min,
        max,
        desired,
        due,
    })?)
}

fn arn(region: &str, group: &Group, name: &str) -> String {
    let resource =
        format!("scheduledUpdateGroupAction:{}:autoScalingGroupName/{}:scheduledActionName/{name}", uuid(), group.name);
    Arn::new("autoscaling", region, &group.account, resource).to_string()
}

/// When it is done first.
fn due(start: Option<Timestamp>, recurrence: Option<&str>, zone: Option<&str>, now: Timestamp) -> Result<Timestamp> {
    if start.is_some_and(|start| start < now) {
        return Err(Error::validation("Given start time is in the past"));
    }
    match (start, recurrence) {
        (Some(start), None) => Ok(start),
        (None, None) => Err(Error::validation("Either StartTime or Recurrence must be specified.")),
        (start, Some(recurrence)) => {
            let next = cron::next(recurrence, zone, start.unwrap_or(now)).map_err(|invalid| match invalid {
                Invalid::Recurrence => Error::validation(format!("Given recurrence string: {recurrence} is invalid")),
                Invalid::Zone => Error::validation(format!("Given time zone: {} is invalid", zone.unwrap_or_default())),
            })?;
            // The start itself is the first time (*API reference, PutScheduledUpdateGroupAction: StartTime*).
            let first = start.or(next);
            first.ok_or_else(|| Error::validation(format!("Given recurrence string: {recurrence} never comes")))
        }
    }
}

/// The group's action of this name.
pub(super) fn find(tx: &mut dyn Tx, group: &Group, name: &str) -> Result<ScheduledAction> {
    let all = tx.list::<ScheduledAction>(&Filter::index(0, &group.id))?;
    all.into_iter()
        .find(|action| action.name == name || action.arn == name)
        .ok_or_else(|| Error::validation(format!("Scheduled action name not found: {name}")))
}
