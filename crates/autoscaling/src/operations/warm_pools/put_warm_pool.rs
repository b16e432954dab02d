//! `PutWarmPool`.

use std::sync::Arc;

use freehold_api::autoscaling::{PutWarmPoolAnswer, PutWarmPoolType};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{LaunchSource, PoolState, WarmPool};
use crate::operations::check;

pub(super) async fn put_warm_pool(
    own: Arc<AutoScaling>,
    call: Call,
    input: PutWarmPoolType,
) -> Result<PutWarmPoolAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let state = match input.pool_state.as_deref() {
        None | Some("Stopped") => PoolState::Stopped,
        Some("Running") => PoolState::Running,
        Some("Hibernated") => return Err(Error::no_effect("PoolState=Hibernated")),
        Some(other) => return Err(Error::validation(format!("Invalid pool state: {other}"))),
    };
    let max_prepared = match input.max_group_prepared_capacity {
        // *API reference, PutWarmPool: MaxGroupPreparedCapacity*
        None | Some(-1) => None,
        Some(size) => Some(check::size("MaxGroupPreparedCapacity", size)?),
    };
    let min_size = check::size("MinSize", input.min_size.unwrap_or(0))?;
    let reuse = input.instance_reuse_policy.and_then(|policy| policy.reuse_on_scale_in).unwrap_or(false);
    own.change_group(call.account(), &name, move |_, group| {
        if matches!(group.source, LaunchSource::Mixed(_)) {
            return Err(Error::validation(
                "You can't add a warm pool to an Auto Scaling group that has a mixed instances policy.",
            ));
        }
        if group.warm_pool.as_ref().is_some_and(|pool| pool.deleting) {
            return Err(Error::ScalingActivityInProgress("The warm pool is being deleted.".into()));
        }
        group.warm_pool = Some(WarmPool { max_prepared, min_size, state, reuse, deleting: false });
        Ok(())
    })
    .await?;
    Ok(PutWarmPoolAnswer {})
}
