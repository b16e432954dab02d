//! How EC2 Fleets are shown.

use freehold_api::ec2 as api;

use super::lookup::{activity, units};
use crate::fleet::members::{self, Seen};
use crate::model::{
    Fleet, FleetConfig, FleetFault, FleetKind, FleetMarket, FleetOverride, FleetSource, LaunchedFrom, Rebalance,
};
use crate::{catalogue, view};

pub fn number(value: u32) -> Option<i32> {
    i32::try_from(value).ok()
}

pub fn fleet(fleet: Fleet, members: &[Seen]) -> api::FleetData {
    let is_instant = fleet.kind == FleetKind::Instant;
    let activity = activity(&fleet, members);
    let of_market = |market| units(members::fulfilled(members, Some(market)));
    api::FleetData {
        activity_status: activity.map(str::to_owned),
        create_time: Some(fleet.created),
        fleet_state: Some(fleet.state.name(fleet.api).into()),
        client_token: fleet.client_token.clone(),
        excess_capacity_termination_policy: Some(excess(&fleet).into()),
        fulfilled_capacity: Some(units(members::fulfilled(members, None))),
        fulfilled_on_demand_capacity: Some(of_market(FleetMarket::OnDemand)),
        launch_template_configs: Some(fleet.configs.iter().map(config).collect()),
        target_capacity_specification: Some(api::TargetCapacitySpecification {
            total_target_capacity: number(fleet.target.total),
            on_demand_target_capacity: number(fleet.target.on_demand),
            spot_target_capacity: number(fleet.target.spot),
            default_target_capacity_type: fleet.target.default.map(|market| market.name().to_owned()),
            target_capacity_unit_type: fleet.target.unit.clone(),
        }),
        terminate_instances_with_expiration: Some(fleet.terminates_with_expiration),
        r#type: Some(fleet.kind.name().into()),
        valid_from: fleet.valid_from,
        valid_until: fleet.valid_until,
        replace_unhealthy_instances: Some(fleet.replaces_unhealthy),
        spot_options: Some(spot_options(&fleet)),
        on_demand_options: Some(api::OnDemandOptions {
            allocation_strategy: Some(fleet.on_demand.strategy.name().into()),
            single_instance_type: is_instant.then_some(fleet.on_demand.single_type),
            single_availability_zone: is_instant.then_some(fleet.on_demand.single_zone),
            min_target_capacity: fleet.on_demand.min.and_then(number),
            max_total_price: fleet.on_demand.max_total_price.clone(),
            ..Default::default()
        }),
        tags: view::tags(&fleet.tags),
        errors: is_instant.then(|| fleet.faults.iter().map(described_fault).collect()),
        instances: is_instant.then(|| {
            grouped(members)
                .into_iter()
                .map(|group| api::DescribeFleetsInstances {
                    launch_template_and_overrides: Some(launched_from(&group.0)),
                    lifecycle: Some(group.1.name().into()),
                    instance_ids: Some(group.3),
                    instance_type: Some(group.2),
                    ..Default::default()
                })
                .collect()
        }),
        fleet_id: Some(fleet.id),
        ..Default::default()
    }
}

pub fn excess(fleet: &Fleet) -> &'static str {
    if fleet.ends_excess { "termination" } else { "no-termination" }
}

fn spot_options(fleet: &Fleet) -> api::SpotOptions {
    let is_instant = fleet.kind == FleetKind::Instant;
    api::SpotOptions {
        allocation_strategy: Some(fleet.spot.strategy.name().into()),
        maintenance_strategies: fleet.rebalance.map(|rebalance| {
            let (strategy, delay) = rebalance_names(rebalance);
            let shown =
                api::FleetSpotCapacityRebalance { replacement_strategy: Some(strategy), termination_delay: delay };
            api::FleetSpotMaintenanceStrategies { capacity_rebalance: Some(shown) }
        }),
        instance_interruption_behavior: Some(fleet.behavior.name().into()),
        instance_pools_to_use_count: number(fleet.spot.pools),
        single_instance_type: is_instant.then_some(fleet.spot.single_type),
        single_availability_zone: is_instant.then_some(fleet.spot.single_zone),
        min_target_capacity: fleet.spot.min.and_then(number),
        max_total_price: fleet.spot.max_total_price.clone(),
    }
}

pub fn rebalance_names(rebalance: Rebalance) -> (String, Option<i32>) {
    match rebalance.terminates_after {
        None => ("launch".into(), None),
        Some(delay) => ("launch-before-terminate".into(), number(delay)),
    }
}

pub fn template(source: &FleetSource) -> Option<api::FleetLaunchTemplateSpecification> {
    match source {
        FleetSource::Template { id, name, version } => Some(api::FleetLaunchTemplateSpecification {
            launch_template_id: id.clone(),
            launch_template_name: name.clone(),
            version: version.clone(),
        }),
        FleetSource::Specification(_) => None,
    }
}

fn config(config: &FleetConfig) -> api::FleetLaunchTemplateConfig {
    api::FleetLaunchTemplateConfig {
        launch_template_specification: template(&config.source),
        overrides: Some(config.overrides.iter().map(choice).collect()),
    }
}

fn choice(choice: &FleetOverride) -> api::FleetLaunchTemplateOverrides {
    api::FleetLaunchTemplateOverrides {
        instance_type: choice.instance_type.clone(),
        max_price: choice.max_price.clone(),
        subnet_id: choice.subnet.clone(),
        availability_zone: choice.zone.clone(),
        weighted_capacity: choice.weight,
        priority: choice.priority,
        image_id: choice.image.clone(),
        ..Default::default()
    }
}

fn launched_from(from: &LaunchedFrom) -> api::LaunchTemplateAndOverridesResponse {
    api::LaunchTemplateAndOverridesResponse {
        launch_template_specification: template(&from.source),
        overrides: Some(choice(&from.choice)),
    }
}

fn described_fault(fault: &FleetFault) -> api::DescribeFleetError {
    api::DescribeFleetError {
        launch_template_and_overrides: Some(launched_from(&fault.from)),
        lifecycle: Some(fault.market.name().into()),
        error_code: Some(fault.code.clone()),
        error_message: Some(fault.message.clone()),
    }
}

pub fn created_fault(fault: &FleetFault) -> api::CreateFleetError {
    api::CreateFleetError {
        launch_template_and_overrides: Some(launched_from(&fault.from)),
        lifecycle: Some(fault.market.name().into()),
        error_code: Some(fault.code.clone()),
        error_message: Some(fault.message.clone()),
    }
}

/// Instances that came from the same.
type Group = (LaunchedFrom, FleetMarket, String, Vec<String>);

fn grouped(members: &[Seen]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for member in members.iter().filter(|seen| !seen.is_gone()).map(|seen| &seen.member) {
        let is_same =
            |group: &&mut Group| (&group.0, group.1, &group.2) == (&member.from, member.market, &member.instance_type);
        match groups.iter_mut().find(is_same) {
            Some(group) => group.3.push(member.id.clone()),
            None => {
                groups.push((member.from.clone(), member.market, member.instance_type.clone(), vec![member.id.clone()]))
            }
        }
    }
    groups
}

/// What an instant fleet launched.
pub fn created_instances(members: &[Seen]) -> Vec<api::CreateFleetInstance> {
    let shown = |(from, market, kind, ids): Group| api::CreateFleetInstance {
        launch_template_and_overrides: Some(launched_from(&from)),
        lifecycle: Some(market.name().into()),
        instance_ids: Some(ids),
        instance_type: catalogue::find(&kind).map(|kind| kind.name.to_owned()),
        ..Default::default()
    };
    grouped(members).into_iter().map(shown).collect()
}
