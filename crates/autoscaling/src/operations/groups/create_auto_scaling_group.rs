//! `CreateAutoScalingGroup`.

use std::sync::Arc;

use freehold_api::autoscaling::CreateAutoScalingGroupType;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::places::places;
use super::settings::settings;
use super::source::{self, Said};
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, TrafficSource, group_id};
use crate::operations::{check, hooks, tags, traffic};
use crate::plan::sentences;

/// *User guide, Quotas*
pub(super) const GROUPS_AT_MOST: usize = 500;

pub(super) async fn create_auto_scaling_group(
    own: Arc<AutoScaling>,
    call: Call,
    input: CreateAutoScalingGroupType,
) -> Result<Unit> {
    let account = call.account();
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    check::refuse(&[("InstanceId", input.instance_id.is_some()), ("Operator", input.operator.is_some())])?;
    if name.contains(':') {
        return Err(Error::validation("Group name cannot contain ':'"));
    }
    if own.store.get::<Group>(&group_id(account, &name))?.is_some() {
        return Err(exists(&name));
    }
    let min = check::size("MinSize", input.min_size.unwrap_or(0))?;
    let max = check::size("MaxSize", input.max_size.unwrap_or(0))?;
    let desired =
        check::size("DesiredCapacity", input.desired_capacity.unwrap_or_else(|| i32::try_from(min).unwrap_or(0)))?;
    check::order(min, desired, max)?;
    let said = Said {
        configuration: input.launch_configuration_name,
        template: input.launch_template,
        mixed: input.mixed_instances_policy,
    };
    let source = source::source(&own, account, said).await?.ok_or_else(|| {
        Error::validation(
            "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or \
             MixedInstancesPolicy parameter.",
        )
    })?;
    let places =
        places(&own, account, input.availability_zones, input.availability_zone_ids, input.vpc_zone_identifier).await?;
    let (zones, subnets) =
        places.ok_or_else(|| Error::validation("At least one Availability Zone or VPC Subnet is required."))?;
    let targets =
        traffic::checked(&own, account, input.target_group_ar_ns, input.traffic_sources, input.load_balancer_names)
            .await?;
    let now = own.now();
    let mut group = Group {
        min,
        max,
        desired,
        zones,
        subnets,
        traffic: targets.into_iter().map(TrafficSource::new).collect(),
        reasons: vec![sentences::created(now, desired)],
        ..Group::new(&own.region, account, &name, source, now)
    };
    settings!(input).apply(&mut group)?;
    tags::set(&mut group, input.tags.unwrap_or_default())?;
    let hooks = input.lifecycle_hook_specification_list.unwrap_or_default();
    group.hooks = hooks.into_iter().map(hooks::of_specification).collect::<Result<_>>()?;
    hooks::check_count(&group)?;
    source::try_out(&own, &group).await?;
    own.store
        .transact(move |tx| {
            if tx.get::<Group>(&group.id)?.is_some() {
                return Err(exists(&group.name));
            }
            if tx.list::<Group>(&Filter::account(&group.account))?.len() >= GROUPS_AT_MOST {
                return Err(Error::LimitExceeded(format!(
                    "You have exceeded the limit of {GROUPS_AT_MOST} Auto Scaling groups."
                )));
            }
            let targets: Vec<String> = group.hooks.iter().filter_map(|hook| hook.target.clone()).collect();
            for target in targets {
                crate::deeds::test_notification(tx, &group, &target, now)?;
            }
            Ok(tx.put(&group)?)
        })
        .await?;
    Ok(Unit)
}

fn exists(name: &str) -> Error {
    Error::AlreadyExists(format!(
        "AutoScalingGroup by this name already exists - A group with the name {name} already exists"
    ))
}
