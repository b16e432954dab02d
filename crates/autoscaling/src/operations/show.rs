//! How what is stored is shown.

use freehold_api::autoscaling as api;

use crate::model::{Activity, Group, LaunchSource, Member, MixedPolicy, Override, TemplateRef, WarmPool};

pub(super) fn int(value: u32) -> Option<i32> {
    i32::try_from(value).ok()
}

pub(super) fn template(template: &TemplateRef) -> api::LaunchTemplateSpecification {
    api::LaunchTemplateSpecification {
        launch_template_id: Some(template.id.clone()),
        launch_template_name: Some(template.name.clone()),
        version: template.version.clone(),
    }
}

pub(super) fn mixed(policy: &MixedPolicy) -> api::MixedInstancesPolicy {
    let overrides = (!policy.overrides.is_empty()).then(|| policy.overrides.iter().map(choice).collect());
    api::MixedInstancesPolicy {
        launch_template: Some(api::LaunchTemplate {
            launch_template_specification: Some(template(&policy.template)),
            overrides,
        }),
        instances_distribution: Some(api::InstancesDistribution {
            on_demand_allocation_strategy: Some(policy.on_demand_strategy.clone()),
            on_demand_base_capacity: int(policy.on_demand_base),
            on_demand_percentage_above_base_capacity: int(policy.on_demand_percentage),
            spot_allocation_strategy: Some(policy.spot_strategy.clone()),
            spot_instance_pools: policy.spot_pools.and_then(int),
            spot_max_price: policy.spot_max_price.clone(),
            ..Default::default()
        }),
    }
}

fn choice(choice: &Override) -> api::LaunchTemplateOverrides {
    api::LaunchTemplateOverrides {
        instance_type: choice.instance_type.clone(),
        weighted_capacity: choice.weight.map(|weight| weight.to_string()),
        launch_template_specification: choice.template.as_ref().map(template),
        image_id: choice.image.clone(),
        ..Default::default()
    }
}

/// An instance in its group's description. One that is not launched yet is not shown.
pub(super) fn instance(group: &Group, member: &Member) -> Option<api::Instance> {
    Some(api::Instance {
        instance_id: Some(member.instance.clone()?),
        instance_type: Some(member.instance_type.clone()),
        availability_zone: Some(member.zone.clone()),
        lifecycle_state: Some(member.state()),
        health_status: Some(member.health.name().into()),
        launch_configuration_name: member.configuration(),
        launch_template: member.template().as_ref().map(template),
        protected_from_scale_in: Some(member.protected),
        weighted_capacity: group.source.has_weights().then(|| member.weight.to_string()),
        ..Default::default()
    })
}

/// The same by itself.
pub(super) fn instance_details(group: &Group, member: &Member) -> Option<api::AutoScalingInstanceDetails> {
    let shown = instance(group, member)?;
    Some(api::AutoScalingInstanceDetails {
        instance_id: shown.instance_id,
        instance_type: shown.instance_type,
        auto_scaling_group_name: Some(group.name.clone()),
        availability_zone: shown.availability_zone,
        lifecycle_state: shown.lifecycle_state,
        // In capitals, unlike in the description of its group.
        health_status: Some(member.health.name().to_uppercase()),
        launch_configuration_name: shown.launch_configuration_name,
        launch_template: shown.launch_template,
        protected_from_scale_in: shown.protected_from_scale_in,
        weighted_capacity: shown.weighted_capacity,
        ..Default::default()
    })
}

pub(super) fn activity(activity: &Activity, group: Option<&Group>) -> api::Activity {
    let mut details = serde_json::Map::new();
    if let Some(subnet) = &activity.subnet {
        details.insert("Subnet ID".into(), subnet.as_str().into());
    }
    details.insert("Availability Zone".into(), activity.zone.as_str().into());
    api::Activity {
        activity_id: Some(activity.id.clone()),
        auto_scaling_group_name: Some(activity.group_name.clone()),
        description: Some(activity.description.clone()),
        cause: Some(activity.cause.clone()),
        start_time: Some(activity.start),
        end_time: activity.end,
        status_code: Some(activity.status.name().into()),
        status_message: activity.message.clone(),
        progress: Some(i32::from(activity.progress)),
        details: Some(serde_json::Value::Object(details).to_string()),
        auto_scaling_group_state: group.is_none().then(|| "Deleted".to_owned()),
        auto_scaling_group_arn: Some(activity.group_arn.clone()),
    }
}

pub(super) fn warm_pool(pool: &WarmPool) -> api::WarmPoolConfiguration {
    api::WarmPoolConfiguration {
        max_group_prepared_capacity: pool.max_prepared.and_then(int),
        min_size: int(pool.min_size),
        pool_state: Some(pool.state.name().to_owned()),
        status: pool.deleting.then(|| "PendingDelete".to_owned()),
        instance_reuse_policy: Some(api::InstanceReusePolicy { reuse_on_scale_in: Some(pool.reuse) }),
    }
}

pub(super) fn group(group: &Group, members: &[Member], with_instances: bool) -> api::AutoScalingGroup {
    let some = |list: Vec<String>| (!list.is_empty()).then_some(list);
    let (launch_configuration_name, launch_template, mixed_instances_policy) = match &group.source {
        LaunchSource::Configuration(name) => (Some(name.clone()), None, None),
        LaunchSource::Template(one) => (None, Some(template(one)), None),
        LaunchSource::Mixed(policy) => (None, None, Some(mixed(policy))),
    };
    let shown = members.iter().filter(|member| !member.warmed).filter_map(|member| instance(group, member)).collect();
    let sources = group.traffic.iter().map(|source| api::TrafficSourceIdentifier {
        identifier: Some(source.arn.clone()),
        r#type: Some(source.kind().into()),
    });
    let named = |classic: bool| {
        let sources = group.traffic.iter().filter(|source| source.is_classic() == classic);
        sources.map(|source| source.arn.clone()).collect()
    };
    let strategy = if group.balanced_only { "balanced-only" } else { "balanced-best-effort" };
    let subnets: Vec<&str> = group.subnets.iter().map(|(subnet, _)| subnet.as_str()).collect();
    let warm = members.iter().filter(|member| member.warmed).count();
    api::AutoScalingGroup {
        auto_scaling_group_name: Some(group.name.clone()),
        auto_scaling_group_arn: Some(group.arn.clone()),
        launch_configuration_name,
        launch_template,
        mixed_instances_policy,
        min_size: int(group.min),
        max_size: int(group.max),
        desired_capacity: int(group.desired),
        default_cooldown: int(group.default_cooldown),
        availability_zones: Some(group.zones.clone()),
        load_balancer_names: Some(named(true)),
        target_group_ar_ns: Some(named(false)),
        health_check_type: Some(group.health_check_type.clone()),
        health_check_grace_period: int(group.grace_period),
        instances: with_instances.then_some(shown),
        created_time: Some(group.created),
        suspended_processes: Some(
            group
                .suspended
                .iter()
                .map(|(process, reason)| api::SuspendedProcess {
                    process_name: Some(process.name().into()),
                    suspension_reason: Some(reason.clone()),
                })
                .collect(),
        ),
        vpc_zone_identifier: Some(subnets.join(",")),
        enabled_metrics: Some(
            group
                .metrics
                .iter()
                .map(|metric| api::EnabledMetric { metric: Some(metric.clone()), granularity: Some("1Minute".into()) })
                .collect(),
        ),
        status: group.deleting.then(|| "Delete in progress".to_owned()),
        tags: Some(tags(group)),
        termination_policies: some(group.termination_policies.iter().map(|policy| policy.name().into()).collect()),
        new_instances_protected_from_scale_in: Some(group.protect_new),
        service_linked_role_arn: Some(service_linked_role(&group.account)),
        max_instance_lifetime: group.max_lifetime.and_then(int),
        capacity_rebalance: group.capacity_rebalance.then_some(true),
        warm_pool_configuration: group.warm_pool.as_ref().map(warm_pool),
        warm_pool_size: group.warm_pool.as_ref().and_then(|_| i32::try_from(warm).ok()),
        context: group.context.clone(),
        default_instance_warmup: group.default_warmup.and_then(int),
        traffic_sources: Some(sources.collect()),
        instance_maintenance_policy: group.maintenance.map(|bounds| api::InstanceMaintenancePolicy {
            min_healthy_percentage: int(bounds.min_healthy),
            max_healthy_percentage: int(bounds.max_healthy),
        }),
        deletion_protection: Some(group.deletion_protection.name().into()),
        availability_zone_distribution: Some(api::AvailabilityZoneDistribution {
            capacity_distribution_strategy: Some(strategy.into()),
        }),
        ..Default::default()
    }
}

pub(super) fn service_linked_role(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
}

pub(super) fn tags(group: &Group) -> Vec<api::TagDescription> {
    let tags = group.tags.iter().map(|(key, tag)| api::TagDescription {
        resource_id: Some(group.name.clone()),
        resource_type: Some("auto-scaling-group".into()),
        key: Some(key.clone()),
        value: Some(tag.value.clone()),
        propagate_at_launch: Some(tag.propagate),
    });
    tags.collect()
}
