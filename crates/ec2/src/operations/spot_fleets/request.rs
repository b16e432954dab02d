//! Reads RequestSpotFleet. What AWS finds wrong with the configuration has one code: `InvalidSpotFleetRequestConfig`.

use freehold_api::ec2 as api;

use crate::errors::{Error, Result};
use crate::launch::{self, market};
use crate::model::{FleetConfig, FleetMarket, FleetOverride, FleetSource, FleetTarget, LaunchParameters};
use crate::operations::fleets::request::{configs as check_counts, weight};

pub fn wrong(parameter: &str, why: impl std::fmt::Display) -> Error {
    Error::other(
        "InvalidSpotFleetRequestConfig",
        format!("Parameter: SpotFleetRequestConfig.{parameter} is invalid. {why}"),
    )
}

/// A part is On-Demand, the rest Spot.
pub fn target(total: Option<i32>, on_demand: Option<i32>, unit: Option<String>) -> Result<FleetTarget> {
    let total = total.ok_or_else(|| wrong("TargetCapacity", "It is missing."))?;
    let part = |name, said: i32| u32::try_from(said).map_err(|_| wrong(name, "It must not be negative."));
    let total = part("TargetCapacity", total)?;
    let on_demand = part("OnDemandTargetCapacity", on_demand.unwrap_or(0))?;
    let spot = total
        .checked_sub(on_demand)
        .ok_or_else(|| wrong("OnDemandTargetCapacity", "It must not be greater than TargetCapacity."))?;
    if let Some(unit) = unit.as_deref().filter(|unit| *unit != "units") {
        return Err(Error::no_effect(&format!("TargetCapacityUnitType={unit}")));
    }
    Ok(FleetTarget { total, on_demand, spot, default: Some(FleetMarket::Spot), unit })
}

/// Either specifications or templates.
pub fn configs(
    specifications: Option<Vec<api::SpotFleetLaunchSpecification>>,
    templates: Option<Vec<api::LaunchTemplateConfig>>,
) -> Result<Vec<FleetConfig>> {
    let specifications = specifications.unwrap_or_default();
    let templates = templates.unwrap_or_default();
    match (specifications.is_empty(), templates.is_empty()) {
        (true, true) => Err(wrong("LaunchSpecifications", "Launch specifications or launch templates must be given.")),
        (false, false) => Err(wrong("LaunchSpecifications", "They cannot be used with LaunchTemplateConfigs.")),
        (false, true) => specifications.into_iter().map(specification).collect(),
        (true, false) => from_templates(templates),
    }
}

pub fn from_templates(said: Vec<api::LaunchTemplateConfig>) -> Result<Vec<FleetConfig>> {
    check_counts(said.into_iter().map(as_of_fleet).collect::<Result<_>>()?)
}

/// What a template's configuration says is said by EC2 Fleets in another type.
fn as_of_fleet(said: api::LaunchTemplateConfig) -> Result<api::FleetLaunchTemplateConfigRequest> {
    let named =
        said.launch_template_specification.ok_or_else(|| wrong("LaunchTemplateConfigs", "It names no template."))?;
    let overrides = said.overrides.unwrap_or_default().into_iter().map(|one| {
        if one.instance_requirements.is_some() {
            return Err(Error::no_effect("Overrides.InstanceRequirements"));
        }
        Ok(api::FleetLaunchTemplateOverridesRequest {
            instance_type: one.instance_type,
            max_price: one.spot_price,
            subnet_id: one.subnet_id,
            availability_zone: one.availability_zone,
            availability_zone_id: one.availability_zone_id,
            weighted_capacity: one.weighted_capacity,
            priority: one.priority,
            ..Default::default()
        })
    });
    Ok(api::FleetLaunchTemplateConfigRequest {
        launch_template_specification: Some(api::FleetLaunchTemplateSpecificationRequest {
            launch_template_id: named.launch_template_id,
            launch_template_name: named.launch_template_name,
            version: named.version,
            ..Default::default()
        }),
        overrides: Some(overrides.collect::<Result<_>>()?),
    })
}

fn specification(said: api::SpotFleetLaunchSpecification) -> Result<FleetConfig> {
    let asked = [
        ("LaunchSpecifications.AddressingType", said.addressing_type.is_some()),
        ("LaunchSpecifications.InstanceRequirements", said.instance_requirements.is_some()),
    ];
    if let Some((name, _)) = asked.iter().find(|(_, said)| *said) {
        return Err(Error::no_effect(name));
    }
    let placement = said.placement.unwrap_or_default();
    let choice = FleetOverride {
        instance_type: said.instance_type.clone(),
        max_price: market::max_price("SpotPrice", said.spot_price.clone())?,
        subnet: said.subnet_id.clone(),
        zone: placement.availability_zone.clone(),
        weight: weight(said.weighted_capacity)?,
        priority: None,
        image: None,
    };
    let groups = said.security_groups.unwrap_or_default();
    let tags = said.tag_specifications.unwrap_or_default().into_iter();
    // Where it is, is said once: in the override.
    let parameters: LaunchParameters = launch::launch_parameters(&api::RunInstancesRequest {
        security_group_ids: Some(groups.iter().filter_map(|group| group.group_id.clone()).collect()),
        security_groups: Some(
            groups
                .iter()
                .filter(|group| group.group_id.is_none())
                .filter_map(|group| group.group_name.clone())
                .collect(),
        ),
        block_device_mappings: said.block_device_mappings,
        ebs_optimized: said.ebs_optimized,
        iam_instance_profile: said.iam_instance_profile,
        image_id: said.image_id,
        instance_type: said.instance_type,
        kernel_id: said.kernel_id,
        key_name: said.key_name,
        monitoring: said
            .monitoring
            .map(|said| api::RunInstancesMonitoringEnabled { enabled: said.enabled, ..Default::default() }),
        network_interfaces: said.network_interfaces,
        placement: Some(api::Placement {
            group_name: placement.group_name,
            tenancy: placement.tenancy,
            availability_zone_id: placement.availability_zone_id,
            ..Default::default()
        }),
        ramdisk_id: said.ramdisk_id,
        user_data: said.user_data,
        tag_specifications: Some(
            tags.map(|one| api::TagSpecification { resource_type: one.resource_type, tags: one.tags }).collect(),
        ),
        ..Default::default()
    })?;
    if parameters.image.is_none() {
        return Err(wrong("LaunchSpecifications.ImageId", "It is missing."));
    }
    Ok(FleetConfig { source: FleetSource::Specification(Box::new(parameters)), overrides: vec![choice] })
}
