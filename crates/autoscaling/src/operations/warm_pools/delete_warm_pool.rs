//! `DeleteWarmPool`: an empty one at once, one with instances when they are gone.

use std::sync::Arc;

use freehold_api::autoscaling::{DeleteWarmPoolAnswer, DeleteWarmPoolType};
use freehold_store::{Filter, TxExt};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::Member;
use crate::operations::check;

pub(super) async fn delete_warm_pool(
    own: Arc<AutoScaling>,
    call: Call,
    input: DeleteWarmPoolType,
) -> Result<DeleteWarmPoolAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let by_force = input.force_delete == Some(true);
    own.change_group(call.account(), &name, move |tx, group| {
        let mut pooled = tx.list::<Member>(&Filter::index(0, &group.id))?;
        pooled.retain(|member| member.warmed);
        let pool = group
            .warm_pool
            .as_mut()
            .ok_or_else(|| Error::validation(format!("The Auto Scaling group {} has no warm pool.", group.name)))?;
        if pooled.is_empty() {
            group.warm_pool = None;
            return Ok(());
        }
        pool.deleting = true;
        if by_force {
            for mut member in pooled {
                member.forced = true;
                tx.put(&member)?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(DeleteWarmPoolAnswer {})
}
