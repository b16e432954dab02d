//! `UpdateAutoScalingGroup`. Instances that are there already stay as they are.

use std::sync::Arc;

use freehold_api::autoscaling::UpdateAutoScalingGroupType;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::places::places;
use super::settings::settings;
use super::source::{self, Said};
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::operations::check;
use crate::plan::sentences;

pub(super) async fn update_auto_scaling_group(
    own: Arc<AutoScaling>,
    call: Call,
    input: UpdateAutoScalingGroupType,
) -> Result<Unit> {
    let account = call.account().to_owned();
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let mut trial = own.group(&account, &name)?;
    let said = Said {
        configuration: input.launch_configuration_name,
        template: input.launch_template,
        mixed: input.mixed_instances_policy,
    };
    let source = source::source(&own, &account, said).await?;
    let places =
        places(&own, &account, input.availability_zones, input.availability_zone_ids, input.vpc_zone_identifier)
            .await?;
    let size = |name, value: Option<i32>| value.map(|value| check::size(name, value)).transpose();
    let (min, max) = (size("MinSize", input.min_size)?, size("MaxSize", input.max_size)?);
    let desired = size("DesiredCapacity", input.desired_capacity)?;
    let settings = settings!(input);
    if source.is_some() || places.is_some() {
        trial.source = source.clone().unwrap_or(trial.source);
        if let Some((zones, subnets)) = places.clone() {
            (trial.zones, trial.subnets) = (zones, subnets);
        }
        source::try_out(&own, &trial).await?;
    }
    let now = own.now();
    own.change_group(&account, &name, move |_, group| {
        if group.deleting {
            return Err(Error::ScalingActivityInProgress("AutoScalingGroup is being deleted".into()));
        }
        if let Some(source) = source {
            group.source = source;
            group.backoff = None;
        }
        if let Some((zones, subnets)) = places {
            (group.zones, group.subnets) = (zones, subnets);
        }
        let before = group.desired;
        group.min = min.unwrap_or(group.min);
        group.max = max.unwrap_or(group.max);
        if group.min > group.max {
            check::order(group.min, group.min, group.max)?;
        }
        // Where only the bounds move, the capacity moves with them.
        let wanted = desired.unwrap_or_else(|| before.clamp(group.min, group.max));
        check::order(group.min, wanted, group.max)?;
        group.desired = wanted;
        if wanted != before {
            let reason = sentences::updated(now, group, before, "a user request update");
            group.set_desired(wanted, reason);
        }
        settings.apply(group)
    })
    .await?;
    Ok(Unit)
}
