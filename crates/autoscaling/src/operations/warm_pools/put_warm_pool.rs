//! `PutWarmPool`.

use std::sync::Arc;

use freehold_api::autoscaling::{PutWarmPoolAnswer, PutWarmPoolType};
use freehold_store::StoreExt;
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, LaunchConfiguration, LaunchSource, PoolState, WarmPool};
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
    let group = own.group(call.account(), &name)?;
    if is_spot(&own, &group).await? {
        return Err(Error::validation(
            "You can't add a warm pool to an Auto Scaling group that launches Spot Instances.",
        ));
    }
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

/// Whether what the group launches from asks for Spot instances (*User guide, Limitations of warm pools*).
async fn is_spot(own: &Arc<AutoScaling>, group: &Group) -> Result<bool> {
    match &group.source {
        LaunchSource::Configuration(name) => {
            let found = own.store.get::<LaunchConfiguration>(&LaunchConfiguration::id(&group.account, name))?;
            Ok(found.is_some_and(|found| found.spot_price.is_some()))
        }
        LaunchSource::Template(template) => {
            let version = own.world.template(&group.account, template).await;
            let version = version.map_err(|error| check::refused("", error))?;
            let market = version.data.instance_market_options.and_then(|market| market.market_type);
            Ok(market.as_deref() == Some("spot"))
        }
        LaunchSource::Mixed(_) => Ok(false),
    }
}
