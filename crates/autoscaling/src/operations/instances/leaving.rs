//! What `DetachInstances` and `EnterStandby` do alike: members stop to serve, each with an activity that tells why.

use freehold_api::autoscaling as api;
use freehold_store::{Tx, TxExt};
use jiff::Timestamp;

use super::members::{all_in, shrink};
use crate::deeds;
use crate::errors::Result;
use crate::model::{Event, Group, Phase};
use crate::operations::show;
use crate::plan::sentences;

/// How members leave.
pub(super) struct Leaving {
    /// In which they must be.
    pub from: &'static [Phase],
    pub event: Event,
    /// `detach`
    pub verb: &'static str,
    /// `was detached`
    pub happened: &'static str,
    /// `Detaching EC2 instance`
    pub doing: &'static str,
}

/// Lets the members with these instances leave; `shrinks` lowers the desired capacity by them.
pub(super) fn leave(
    tx: &mut dyn Tx,
    group: &mut Group,
    instances: &[String],
    shrinks: bool,
    how: &Leaving,
    now: Timestamp,
) -> Result<Vec<api::Activity>> {
    let members = all_in(tx, group, instances, how.from)?;
    let sizes = if shrinks { Some(shrink(group, &members, how.verb)?) } else { None };
    let mut activities = Vec::with_capacity(members.len());
    for mut member in members {
        let instance = member.instance.clone().unwrap_or_default();
        member.apply(how.event, now);
        let what = format!("instance {instance} {} in response to a user request", how.happened);
        let cause = match sizes {
            Some((from, to)) => format!("{what}, shrinking the capacity from {from} to {to}"),
            None => what,
        };
        let description = format!("{}: {instance}", how.doing);
        let cause = sentences::at(now, cause);
        let mut activity = deeds::begin(tx, group, &mut member, description, cause, now)?;
        activity.progress = 50;
        tx.put(&activity)?;
        tx.put(&member)?;
        activities.push(show::activity(&activity, Some(group)));
    }
    Ok(activities)
}
