//! How Spot Fleet requests are shown.

use std::collections::HashMap;

use freehold_api::ec2 as api;

use crate::errors::Result;
use crate::fleet::members::{self, Seen};
use crate::lookup::{Reader, all};
use crate::model::{Fleet, FleetMarket, FleetOverride, FleetSource, LaunchParameters, SecurityGroup};
use crate::operations::fleets::lookup::{activity, units};
use crate::operations::fleets::view::{excess, number, rebalance_names, template};
use crate::operations::spot::launch_specification::shown;
use crate::view;

/// The names of the account's security groups, by id.
pub fn group_names(from: &mut (impl Reader + ?Sized), account: &str) -> Result<HashMap<String, String>> {
    Ok(all::<SecurityGroup>(from, account)?.into_iter().map(|group| (group.id, group.name)).collect())
}

pub fn config(fleet: Fleet, members: &[Seen], groups: &HashMap<String, String>) -> api::SpotFleetRequestConfig {
    api::SpotFleetRequestConfig {
        activity_status: activity(&fleet, members).map(str::to_owned),
        create_time: Some(fleet.created),
        spot_fleet_request_state: Some(fleet.state.name(fleet.api).into()),
        tags: view::tags(&fleet.tags),
        spot_fleet_request_config: Some(data(&fleet, members, groups)),
        spot_fleet_request_id: Some(fleet.id),
    }
}

fn data(fleet: &Fleet, members: &[Seen], groups: &HashMap<String, String>) -> api::SpotFleetRequestConfigData {
    let on_demand = members::fulfilled(members, Some(FleetMarket::OnDemand));
    let specifications = fleet.configs.iter().filter_map(|config| match &config.source {
        FleetSource::Specification(parameters) => {
            config.overrides.first().map(|choice| specification(parameters, choice, groups))
        }
        FleetSource::Template { .. } => None,
    });
    let templates = fleet.configs.iter().filter_map(|config| {
        let named = template(&config.source)?;
        Some(api::LaunchTemplateConfig {
            launch_template_specification: Some(named),
            overrides: Some(config.overrides.iter().map(choice).collect()),
        })
    });
    let rebalance = fleet.rebalance.map(|rebalance| {
        let (strategy, delay) = rebalance_names(rebalance);
        api::SpotMaintenanceStrategies {
            capacity_rebalance: Some(api::SpotCapacityRebalance {
                replacement_strategy: Some(strategy),
                termination_delay: delay,
            }),
        }
    });
    api::SpotFleetRequestConfigData {
        allocation_strategy: Some(fleet.spot.strategy.name().into()),
        on_demand_allocation_strategy: Some(fleet.on_demand.strategy.name().into()),
        spot_maintenance_strategies: rebalance,
        client_token: fleet.client_token.clone(),
        excess_capacity_termination_policy: Some(camel(excess(fleet)).into()),
        fulfilled_capacity: Some(units(members::fulfilled(members, None))),
        on_demand_fulfilled_capacity: Some(units(on_demand)),
        iam_fleet_role: fleet.role.clone(),
        launch_specifications: Some(specifications.collect()),
        launch_template_configs: Some(templates.collect()),
        spot_price: fleet.max_price.clone(),
        target_capacity: number(fleet.target.total),
        on_demand_target_capacity: number(fleet.target.on_demand),
        on_demand_max_total_price: fleet.on_demand.max_total_price.clone(),
        spot_max_total_price: fleet.spot.max_total_price.clone(),
        terminate_instances_with_expiration: Some(fleet.terminates_with_expiration),
        r#type: Some(fleet.kind.name().into()),
        valid_from: fleet.valid_from,
        valid_until: fleet.valid_until,
        replace_unhealthy_instances: Some(fleet.replaces_unhealthy),
        instance_interruption_behavior: Some(fleet.behavior.name().into()),
        instance_pools_to_use_count: number(fleet.spot.pools),
        target_capacity_unit_type: fleet.target.unit.clone(),
        ..Default::default()
    }
}

fn camel(policy: &str) -> &str {
    if policy == "no-termination" { "noTermination" } else { "default" }
}

fn choice(choice: &FleetOverride) -> api::LaunchTemplateOverrides {
    api::LaunchTemplateOverrides {
        instance_type: choice.instance_type.clone(),
        spot_price: choice.max_price.clone(),
        subnet_id: choice.subnet.clone(),
        availability_zone: choice.zone.clone(),
        weighted_capacity: choice.weight,
        priority: choice.priority,
        ..Default::default()
    }
}

fn specification(
    parameters: &LaunchParameters,
    choice: &FleetOverride,
    groups: &HashMap<String, String>,
) -> api::SpotFleetLaunchSpecification {
    let own = shown(parameters, groups);
    let mut placement = own.placement;
    if let Some(zone) = &choice.zone {
        placement.get_or_insert_default().availability_zone = Some(zone.clone());
    }
    api::SpotFleetLaunchSpecification {
        block_device_mappings: own.block_device_mappings,
        ebs_optimized: own.ebs_optimized,
        iam_instance_profile: own.iam_instance_profile,
        image_id: own.image_id,
        instance_type: own.instance_type,
        key_name: own.key_name,
        monitoring: own.monitoring.map(|one| api::SpotFleetMonitoring { enabled: one.enabled }),
        network_interfaces: own.network_interfaces,
        placement,
        spot_price: choice.max_price.clone(),
        subnet_id: choice.subnet.clone(),
        user_data: own.user_data,
        weighted_capacity: choice.weight,
        security_groups: own.security_groups,
        tag_specifications: Some(
            parameters
                .tags
                .iter()
                .map(|(kind, tags)| api::SpotFleetTagSpecification {
                    resource_type: Some(kind.clone()),
                    tags: view::tags(tags),
                })
                .collect(),
        ),
        ..Default::default()
    }
}
