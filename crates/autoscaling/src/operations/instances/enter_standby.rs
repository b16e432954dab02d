//! `EnterStandby`: they stay in the group and receive no traffic.

use std::sync::Arc;

use freehold_api::autoscaling::{EnterStandbyAnswer, EnterStandbyQuery};
use freehold_store::TxExt;
use freehold_wire::Call;

use super::members::{all_in, shrink};
use crate::errors::Result;
use crate::model::{Event, Phase};
use crate::operations::{check, show};
use crate::plan::sentences;
use crate::{AutoScaling, deeds};

pub(super) async fn enter_standby(
    own: Arc<AutoScaling>,
    call: Call,
    input: EnterStandbyQuery,
) -> Result<EnterStandbyAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let ids = input.instance_ids.unwrap_or_default();
    let shrinks = input.should_decrement_desired_capacity == Some(true);
    let now = own.now();
    let activities = own
        .change_group(call.account(), &name, move |tx, group| {
            let members = all_in(tx, group, &ids, &[Phase::InService])?;
            let sizes = if shrinks { Some(shrink(group, &members, "enter standby")?) } else { None };
            let mut activities = Vec::with_capacity(members.len());
            for mut member in members {
                let instance = member.instance.clone().unwrap_or_default();
                member.apply(Event::Rested, now);
                let what = format!("instance {instance} was moved to standby in response to a user request");
                let cause = match sizes {
                    Some((from, to)) => format!("{what}, shrinking the capacity from {from} to {to}"),
                    None => what,
                };
                let description = format!("Moving EC2 instance to Standby: {instance}");
                let cause = sentences::at(now, cause);
                let mut activity = deeds::begin(tx, group, &mut member, description, cause, now)?;
                activity.progress = 50;
                tx.put(&activity)?;
                tx.put(&member)?;
                activities.push(show::activity(&activity, Some(group)));
            }
            Ok(activities)
        })
        .await?;
    Ok(EnterStandbyAnswer { activities: Some(activities) })
}
