//! `ExitStandby`: they serve again, and the desired capacity grows by them.

use std::sync::Arc;

use freehold_api::autoscaling::{ExitStandbyAnswer, ExitStandbyQuery};
use freehold_store::TxExt;
use freehold_wire::Call;

use super::members::all_in;
use crate::errors::{Error, Result};
use crate::model::{Event, Health, Phase};
use crate::operations::{check, show};
use crate::plan::sentences;
use crate::{AutoScaling, deeds};

pub(super) async fn exit_standby(
    own: Arc<AutoScaling>,
    call: Call,
    input: ExitStandbyQuery,
) -> Result<ExitStandbyAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let ids = input.instance_ids.unwrap_or_default();
    let now = own.now();
    let activities = own
        .change_group(call.account(), &name, move |tx, group| {
            let members = all_in(tx, group, &ids, &[Phase::Standby])?;
            let before = group.desired;
            group.desired += members.iter().map(|member| member.weight).sum::<u32>();
            if group.desired > group.max {
                return Err(Error::validation(format!(
                    "AutoScalingGroup {} has max size {}; the new desired capacity {} would exceed it.",
                    group.name, group.max, group.desired
                )));
            }
            let mut activities = Vec::with_capacity(members.len());
            for mut member in members {
                let instance = member.instance.clone().unwrap_or_default();
                member.apply(Event::Returned, now);
                member.health = Health::Healthy;
                let cause = sentences::at(
                    now,
                    format_args!(
                        "instance {instance} was moved out of standby in response to a user request, increasing the \
                         capacity from {before} to {}",
                        group.desired
                    ),
                );
                let description = format!("Moving EC2 instance out of Standby: {instance}");
                let mut activity = deeds::begin(tx, group, &mut member, description, cause, now)?;
                activity.progress = 30;
                activity.status = crate::model::ActivityStatus::PreInService;
                tx.put(&activity)?;
                tx.put(&member)?;
                activities.push(show::activity(&activity, Some(group)));
            }
            Ok(activities)
        })
        .await?;
    Ok(ExitStandbyAnswer { activities: Some(activities) })
}
