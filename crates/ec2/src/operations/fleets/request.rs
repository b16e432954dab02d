//! Reads CreateFleet and ModifyFleet. What has no effect here is refused by name.

use freehold_api::ec2 as api;

use crate::errors::{Error, Result};
use crate::launch::market;
use crate::model::{
    FleetConfig, FleetKind, FleetMarket, FleetOverride, FleetSource, FleetTarget, InterruptionBehavior, MarketOptions,
    Rebalance, Strategy,
};

/// *EC2 user guide, Fleet quotas*: units, templates and overrides of one fleet.
const MAX_TARGET: i32 = 10_000;
const MAX_CONFIGS: usize = 50;
const MAX_OVERRIDES: usize = 300;
const MAX_WEIGHT: f64 = 999.0;

pub fn kind(said: Option<&str>) -> Result<FleetKind> {
    match said {
        None | Some("maintain") => Ok(FleetKind::Maintain),
        Some("request") => Ok(FleetKind::Request),
        Some("instant") => Ok(FleetKind::Instant),
        Some(other) => Err(Error::invalid_value("Type", other, "Expected: request, maintain, instant.")),
    }
}

/// `termination`, which is the default, or `no-termination`.
pub fn ends_excess(said: Option<&str>) -> Result<bool> {
    match said {
        None | Some("termination" | "default") => Ok(true),
        Some("no-termination" | "noTermination") => Ok(false),
        Some(other) => Err(Error::invalid_value(
            "ExcessCapacityTerminationPolicy",
            other,
            "Expected: termination, no-termination.",
        )),
    }
}

fn capacity(name: &str, said: i32) -> Result<u32> {
    u32::try_from(said).ok().filter(|_| said <= MAX_TARGET).ok_or_else(|| {
        Error::invalid_value(name, said, format_args!("Expected an integer between 0 and {MAX_TARGET}."))
    })
}

/// What is said of neither way of buying is bought the default way.
pub fn target(said: api::TargetCapacitySpecificationRequest) -> Result<FleetTarget> {
    let total = said.total_target_capacity.ok_or(Error::MissingParameter("TotalTargetCapacity"))?;
    let total = capacity("TotalTargetCapacity", total)?;
    let part = |name: &str, said: Option<i32>| said.map(|said| capacity(name, said)).transpose();
    let on_demand = part("OnDemandTargetCapacity", said.on_demand_target_capacity)?;
    let spot = part("SpotTargetCapacity", said.spot_target_capacity)?;
    let default = match said.default_target_capacity_type.as_deref() {
        None => None,
        Some("spot") => Some(FleetMarket::Spot),
        Some("on-demand") => Some(FleetMarket::OnDemand),
        Some(other @ ("capacity-block" | "reserved-capacity")) => {
            return Err(Error::no_effect(&format!("DefaultTargetCapacityType={other}")));
        }
        Some(other) => {
            return Err(Error::invalid_value("DefaultTargetCapacityType", other, "Expected: spot, on-demand."));
        }
    };
    let rest = total.checked_sub(on_demand.unwrap_or(0) + spot.unwrap_or(0)).ok_or_else(|| {
        Error::InvalidParameterCombination(
            "The sum of OnDemandTargetCapacity and SpotTargetCapacity must not be greater than TotalTargetCapacity."
                .into(),
        )
    })?;
    if let Some(unit) = said.target_capacity_unit_type.as_deref().filter(|unit| *unit != "units") {
        return Err(Error::no_effect(&format!("TargetCapacityUnitType={unit}")));
    }
    let to = default.unwrap_or(FleetMarket::OnDemand);
    let with = |market, part: Option<u32>| part.unwrap_or(0) + if to == market { rest } else { 0 };
    Ok(FleetTarget {
        total,
        on_demand: with(FleetMarket::OnDemand, on_demand),
        spot: with(FleetMarket::Spot, spot),
        default,
        unit: said.target_capacity_unit_type,
    })
}

pub fn configs(said: Vec<api::FleetLaunchTemplateConfigRequest>) -> Result<Vec<FleetConfig>> {
    if said.is_empty() {
        return Err(Error::MissingParameter("LaunchTemplateConfigs"));
    }
    let count: usize = said.iter().map(|config| config.overrides.as_ref().map_or(1, Vec::len)).sum();
    if said.len() > MAX_CONFIGS || count > MAX_OVERRIDES {
        return Err(Error::InvalidParameterValue(format!(
            "A fleet has at most {MAX_CONFIGS} launch template configurations and {MAX_OVERRIDES} overrides."
        )));
    }
    said.into_iter().map(config).collect()
}

fn config(said: api::FleetLaunchTemplateConfigRequest) -> Result<FleetConfig> {
    let named = said
        .launch_template_specification
        .ok_or(Error::MissingParameter("LaunchTemplateConfigs.LaunchTemplateSpecification"))?;
    if named.launch_template_specification_user_data.is_some() {
        return Err(Error::no_effect("LaunchTemplateSpecificationUserData"));
    }
    let source = FleetSource::Template {
        id: named.launch_template_id,
        name: named.launch_template_name,
        version: named.version,
    };
    let overrides = said.overrides.unwrap_or_default().into_iter().map(one_override);
    Ok(FleetConfig { source, overrides: overrides.collect::<Result<_>>()? })
}

fn one_override(said: api::FleetLaunchTemplateOverridesRequest) -> Result<FleetOverride> {
    let asked = [
        ("Overrides.Placement", said.placement.is_some()),
        ("Overrides.KeyName", said.key_name.is_some()),
        ("Overrides.BlockDeviceMappings", said.block_device_mappings.is_some_and(|all| !all.is_empty())),
        ("Overrides.IamInstanceProfile", said.iam_instance_profile.is_some()),
        ("Overrides.MetadataOptions", said.metadata_options.is_some()),
        ("Overrides.InstanceRequirements", said.instance_requirements.is_some()),
        ("Overrides.AvailabilityZoneId", said.availability_zone_id.is_some()),
    ];
    if let Some((name, _)) = asked.iter().find(|(_, said)| *said) {
        return Err(Error::no_effect(name));
    }
    Ok(FleetOverride {
        instance_type: said.instance_type,
        max_price: market::max_price("MaxPrice", said.max_price)?,
        subnet: said.subnet_id,
        zone: said.availability_zone,
        weight: weight(said.weighted_capacity)?,
        priority: said.priority,
        image: said.image_id,
    })
}

/// Up to 999 units, and more than none.
pub fn weight(said: Option<f64>) -> Result<Option<f64>> {
    match said {
        Some(weight) if !(0.001..=MAX_WEIGHT).contains(&weight) => {
            Err(Error::invalid_value("WeightedCapacity", weight, "It must be more than 0 and at most 999."))
        }
        said => Ok(said),
    }
}

pub fn strategy(said: Option<&str>, of: FleetMarket) -> Result<Strategy> {
    let Some(said) = said else { return Ok(Strategy::LowestPrice) };
    let known = Strategy::parse(said).filter(|strategy| match of {
        FleetMarket::Spot => *strategy != Strategy::Prioritized,
        FleetMarket::OnDemand => matches!(strategy, Strategy::Prioritized | Strategy::LowestPrice),
    });
    known
        .ok_or_else(|| Error::invalid_value("AllocationStrategy", said, "It is no allocation strategy of this option."))
}

/// How Spot is bought, what becomes of what is interrupted, and of what is at a risk of it.
pub fn spot_options(
    said: api::SpotOptionsRequest,
    kind: FleetKind,
) -> Result<(MarketOptions, InterruptionBehavior, Option<Rebalance>)> {
    let strategy = strategy(said.allocation_strategy.as_deref(), FleetMarket::Spot)?;
    let options = MarketOptions {
        pools: pools(said.instance_pools_to_use_count, strategy)?,
        ..only_instant(
            kind,
            strategy,
            (said.single_instance_type, said.single_availability_zone, said.min_target_capacity),
            market::max_price("MaxTotalPrice", said.max_total_price)?,
        )?
    };
    let behavior = behavior(said.instance_interruption_behavior.as_deref(), kind)?;
    let rebalance = said.maintenance_strategies.and_then(|strategies| strategies.capacity_rebalance);
    let rebalance =
        rebalance.map(|said| rebalance_of(said.replacement_strategy.as_deref(), said.termination_delay, kind));
    Ok((options, behavior, rebalance.transpose()?))
}

/// *API reference, SpotOptionsRequest: InstancePoolsToUseCount*: only where the lowest price decides.
pub fn pools(said: Option<i32>, strategy: Strategy) -> Result<u32> {
    match said {
        None => Ok(1),
        Some(_) if strategy != Strategy::LowestPrice => Err(Error::InvalidParameterCombination(
            "InstancePoolsToUseCount can only be used with the allocation strategy lowest-price.".into(),
        )),
        Some(count) => u32::try_from(count)
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(|| Error::invalid_value("InstancePoolsToUseCount", count, "It must be positive.")),
    }
}

/// Only a fleet that replaces can have what stops come back.
pub fn behavior(said: Option<&str>, kind: FleetKind) -> Result<InterruptionBehavior> {
    let behavior = said.map(market::interruption_behavior).transpose()?.unwrap_or_default();
    if behavior == InterruptionBehavior::Stop && kind != FleetKind::Maintain {
        return Err(Error::InvalidParameterCombination(
            "The parameter InstanceInterruptionBehavior stop can only be used with fleets of type maintain.".into(),
        ));
    }
    Ok(behavior)
}

/// *API reference, FleetSpotCapacityRebalanceRequest*: from two minutes to two hours.
pub fn rebalance_of(strategy: Option<&str>, delay: Option<i32>, kind: FleetKind) -> Result<Rebalance> {
    if kind != FleetKind::Maintain {
        return Err(Error::InvalidParameterCombination(
            "CapacityRebalance can only be used with fleets of type maintain.".into(),
        ));
    }
    match (strategy, delay) {
        (None | Some("launch"), None) => Ok(Rebalance { terminates_after: None }),
        (Some("launch-before-terminate"), Some(delay)) => {
            let seconds = u32::try_from(delay).ok().filter(|delay| (120..=7200).contains(delay));
            let seconds = seconds.ok_or_else(|| {
                Error::invalid_value("TerminationDelay", delay, "Expected an integer between 120 and 7200.")
            })?;
            Ok(Rebalance { terminates_after: Some(seconds) })
        }
        (Some("launch-before-terminate"), None) => Err(Error::MissingParameter("TerminationDelay")),
        (None | Some("launch"), Some(_)) => Err(Error::InvalidParameterCombination(
            "TerminationDelay can only be used with the replacement strategy launch-before-terminate.".into(),
        )),
        (Some(other), _) => {
            Err(Error::invalid_value("ReplacementStrategy", other, "Expected: launch, launch-before-terminate."))
        }
    }
}

pub fn on_demand_options(said: api::OnDemandOptionsRequest, kind: FleetKind) -> Result<MarketOptions> {
    if said.capacity_reservation_options.is_some_and(|options| options.usage_strategy.is_some()) {
        return Err(Error::no_effect("OnDemandOptions.CapacityReservationOptions"));
    }
    only_instant(
        kind,
        strategy(said.allocation_strategy.as_deref(), FleetMarket::OnDemand)?,
        (said.single_instance_type, said.single_availability_zone, said.min_target_capacity),
        market::max_price("MaxTotalPrice", said.max_total_price)?,
    )
}

/// *API reference, SpotOptionsRequest*: what is said of all instances together is for fleets that launch all together.
fn only_instant(
    kind: FleetKind,
    strategy: Strategy,
    (single_type, single_zone, min): (Option<bool>, Option<bool>, Option<i32>),
    max_total_price: Option<String>,
) -> Result<MarketOptions> {
    let asked = [
        ("SingleInstanceType", single_type == Some(true)),
        ("SingleAvailabilityZone", single_zone == Some(true)),
        ("MinTargetCapacity", min.is_some()),
    ];
    if let Some((name, _)) = asked.iter().find(|(_, said)| *said && kind != FleetKind::Instant) {
        return Err(Error::InvalidParameterCombination(format!(
            "The parameter {name} can only be used with fleets of type instant."
        )));
    }
    if min.is_some() && single_type != Some(true) && single_zone != Some(true) {
        return Err(Error::InvalidParameterCombination(
            "MinTargetCapacity requires SingleInstanceType or SingleAvailabilityZone.".into(),
        ));
    }
    Ok(MarketOptions {
        single_type: single_type == Some(true),
        single_zone: single_zone == Some(true),
        min: min.map(|min| capacity("MinTargetCapacity", min)).transpose()?,
        max_total_price,
        ..MarketOptions::new(strategy)
    })
}
