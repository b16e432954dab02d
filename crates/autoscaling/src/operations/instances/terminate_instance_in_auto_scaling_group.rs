//! `TerminateInstanceInAutoScalingGroup`: past the target groups and the hooks, like all that ends.

use std::sync::Arc;

use freehold_api::autoscaling::{ActivityType, TerminateInstanceInAutoScalingGroupType};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::members::{of_instance, shrink};
use crate::errors::{Error, Result};
use crate::model::Group;
use crate::operations::{check, show};
use crate::plan::sentences;
use crate::{AutoScaling, deeds};

pub(super) async fn terminate_instance_in_auto_scaling_group(
    own: Arc<AutoScaling>,
    call: Call,
    input: TerminateInstanceInAutoScalingGroupType,
) -> Result<ActivityType> {
    check::refuse(&[("InstanceIds", input.instance_ids.is_some_and(|ids| !ids.is_empty()))])?;
    let id = check::required("InstanceId", input.instance_id)?;
    let shrinks = input.should_decrement_desired_capacity.unwrap_or(false);
    let (account, now, named) = (call.account().to_owned(), own.now(), input.auto_scaling_group_name);
    let activity = own
        .store
        .transact(move |tx| {
            let unknown =
                || Error::validation(format!("Instance Id not found - No managed instance found for instance ID {id}"));
            let mut member = of_instance(tx, &account, &id)?.ok_or_else(unknown)?;
            if named.is_some_and(|name| name != member.group_name) {
                return Err(unknown());
            }
            let mut group = tx.get::<Group>(&member.group)?.ok_or_else(unknown)?;
            if member.phase.is_ending() {
                return Err(Error::ScalingActivityInProgress(format!(
                    "Instance {id} is being terminated already: it is in {}.",
                    member.state()
                )));
            }
            let sizes = match shrinks {
                true => Some(shrink(&mut group, std::slice::from_ref(&member), "terminate")?),
                false => None,
            };
            let cause = sentences::requested_end(now, &id, sizes);
            let activity = deeds::doom(tx, &mut group, &mut member, cause, now)?.ok_or_else(unknown)?;
            tx.put(&member)?;
            tx.put(&group)?;
            Ok::<_, Error>(show::activity(&activity, Some(&group)))
        })
        .await?;
    Ok(ActivityType { activity: Some(activity), activities: None })
}
