//! `DeleteAutoScalingGroup`: an empty group at once, one with instances only by force.

use std::sync::Arc;

use freehold_api::autoscaling::DeleteAutoScalingGroupType;
use freehold_store::{Filter, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{DeletionProtection, Member, group_id};
use crate::operations::check;
use crate::reconcile::capacity;

pub(super) async fn delete_auto_scaling_group(
    own: Arc<AutoScaling>,
    call: Call,
    input: DeleteAutoScalingGroupType,
) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let by_force = input.force_delete == Some(true);
    own.change_group(call.account(), &name, move |tx, group| {
        let is_protected = match group.deletion_protection {
            DeletionProtection::None => false,
            DeletionProtection::PreventForce => by_force,
            DeletionProtection::PreventAll => true,
        };
        if is_protected {
            return Err(Error::ResourceInUse(format!(
                "The Auto Scaling group {} is protected from deletion: {}.",
                group.name,
                group.deletion_protection.name()
            )));
        }
        let members = tx.list::<Member>(&Filter::index(0, &group.id))?;
        if !by_force && !group.deleting && !members.is_empty() {
            let ends = members.iter().all(|member| member.phase.is_ending());
            return Err(if ends {
                Error::ScalingActivityInProgress(
                    "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.".into(),
                )
            } else {
                Error::ResourceInUse(
                    "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) \
                     still in the group."
                        .into(),
                )
            });
        }
        group.deleting = true;
        Ok(())
    })
    .await?;
    // An empty group is gone when the caller hears of it; where that fails, it is gone a little later.
    if let Err(failure) = capacity::bury(&own, &group_id(call.account(), &name)).await {
        tracing::warn!(%failure, group = name, "a deleted group cannot be forgotten yet");
    }
    Ok(Unit)
}
