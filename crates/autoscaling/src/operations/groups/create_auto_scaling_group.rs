//! `CreateAutoScalingGroup`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use freehold_api::autoscaling::CreateAutoScalingGroupType;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::places::places;
use super::settings::Settings;
use super::source::{self, Said};
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{DeletionProtection, Group, TerminationPolicy, TrafficSource, group_id};
use crate::operations::{check, hooks, tags, traffic};
use crate::plan::sentences;

/// Seconds (*API reference, CreateAutoScalingGroup*).
const DEFAULT_COOLDOWN: u32 = 300;
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
        id: group_id(account, &name),
        account: account.to_owned(),
        arn: Group::arn(&own.region, account, &name),
        created: now,
        source,
        min,
        max,
        desired,
        default_cooldown: DEFAULT_COOLDOWN,
        zones,
        subnets,
        elb_health: false,
        health_check_type: "EC2".into(),
        grace_period: 0,
        traffic: targets.into_iter().map(TrafficSource::new).collect(),
        termination_policies: vec![TerminationPolicy::Default],
        protect_new: false,
        capacity_rebalance: false,
        balanced_only: false,
        max_lifetime: None,
        default_warmup: None,
        maintenance: None,
        deletion_protection: DeletionProtection::None,
        context: None,
        tags: BTreeMap::new(),
        hooks: Vec::new(),
        notifications: BTreeMap::new(),
        suspended: BTreeMap::new(),
        metrics: BTreeSet::new(),
        warm_pool: None,
        deleting: false,
        reasons: vec![sentences::created(now, desired)],
        backoff: None,
        avoided: BTreeMap::new(),
        cooldown: None,
        refreshing: None,
        extra: 0,
        serial: 0,
        name,
    };
    Settings {
        default_cooldown: input.default_cooldown,
        health_check_type: input.health_check_type,
        grace_period: input.health_check_grace_period,
        placement_group: input.placement_group,
        termination_policies: input.termination_policies,
        protect_new: input.new_instances_protected_from_scale_in,
        capacity_rebalance: input.capacity_rebalance,
        max_lifetime: input.max_instance_lifetime,
        service_linked_role: input.service_linked_role_arn,
        context: input.context,
        desired_capacity_type: input.desired_capacity_type,
        default_warmup: input.default_instance_warmup,
        maintenance: input.instance_maintenance_policy,
        distribution: input.availability_zone_distribution,
        impairment: input.availability_zone_impairment_policy,
        reservation: input.capacity_reservation_specification,
        lifecycle: input.instance_lifecycle_policy,
        deletion_protection: input.deletion_protection,
    }
    .apply(&mut group)?;
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
                crate::deeds::test_letter(tx, &group, &target, now)?;
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
