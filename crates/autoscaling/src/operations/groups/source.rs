//! What a request wants instances to be launched from.

use std::sync::Arc;

use freehold_api::autoscaling as api;
use freehold_store::StoreExt;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, LaunchConfiguration, LaunchSource, Market, MixedPolicy, Override, Resolved, TemplateRef};
use crate::operations::check;
use crate::world::{Place, launch_request};

const MALFORMED: &str = "You must use a valid fully-formed launch template. ";
/// *API reference, LaunchTemplateOverrides: WeightedCapacity*
const WEIGHT_AT_MOST: u32 = 999;

/// The three ways to say it.
pub(in crate::operations) struct Said {
    pub configuration: Option<String>,
    pub template: Option<api::LaunchTemplateSpecification>,
    pub mixed: Option<api::MixedInstancesPolicy>,
}

/// Reads and checks it; `None` where nothing is said.
pub(in crate::operations) async fn source(
    own: &Arc<AutoScaling>,
    account: &str,
    said: Said,
) -> Result<Option<LaunchSource>> {
    match (said.configuration, said.template, said.mixed) {
        (None, None, None) => Ok(None),
        (Some(name), None, None) => {
            let found = own.store.get::<LaunchConfiguration>(&LaunchConfiguration::id(account, &name))?;
            found.ok_or_else(|| {
                Error::validation(format!(
                    "Launch configuration name not found - A launch configuration with the name: {name} does not exist"
                ))
            })?;
            Ok(Some(LaunchSource::Configuration(name)))
        }
        (None, Some(template), None) => Ok(Some(LaunchSource::Template(known(own, account, template).await?))),
        (None, None, Some(policy)) => Ok(Some(LaunchSource::Mixed(mixed(own, account, policy).await?))),
        _ => Err(Error::validation(
            "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or \
             MixedInstancesPolicy parameter.",
        )),
    }
}

/// A template that exists, with the version that is named.
async fn known(own: &Arc<AutoScaling>, account: &str, said: api::LaunchTemplateSpecification) -> Result<TemplateRef> {
    let (id, name) = (said.launch_template_id.unwrap_or_default(), said.launch_template_name.unwrap_or_default());
    if id.is_empty() == name.is_empty() {
        return Err(Error::validation("Valid requests must contain either launchTemplateId or LaunchTemplateName"));
    }
    let template = TemplateRef { id, name, version: said.version.filter(|version| !version.is_empty()) };
    let version = own.world.template(account, &template).await.map_err(|error| check::refused(MALFORMED, error))?;
    Ok(TemplateRef { id: version.id, name: version.name, ..template })
}

async fn mixed(own: &Arc<AutoScaling>, account: &str, said: api::MixedInstancesPolicy) -> Result<MixedPolicy> {
    let launch = said.launch_template.unwrap_or_default();
    let template = launch.launch_template_specification.ok_or_else(|| {
        Error::validation("Valid requests must contain a LaunchTemplateSpecification in the MixedInstancesPolicy.")
    })?;
    let template = known(own, account, template).await?;
    refuse_market(own, account, &template).await?;
    let mut overrides = Vec::new();
    for one in launch.overrides.unwrap_or_default() {
        overrides.push(choice(own, account, one).await?);
    }
    if overrides.iter().any(|one| one.weight.is_some()) && overrides.iter().any(|one| one.weight.is_none()) {
        return Err(Error::validation("If any instance type override has a weight, all of them must have one."));
    }
    let distribution = said.instances_distribution.unwrap_or_default();
    let on_demand_strategy = distribution.on_demand_allocation_strategy.unwrap_or_else(|| "prioritized".into());
    // There are no prices by which one type could be cheaper than another.
    check::refuse(&[
        ("InstancesDistribution.OnDemandAllocationStrategy=lowest-price", on_demand_strategy == "lowest-price"),
        ("InstancesDistribution.DistributionSegments", distribution.distribution_segments.is_some()),
    ])?;
    one_of("OnDemandAllocationStrategy", &on_demand_strategy, &["prioritized"])?;
    let spot_strategy = distribution.spot_allocation_strategy.unwrap_or_else(|| "lowest-price".into());
    one_of(
        "SpotAllocationStrategy",
        &spot_strategy,
        &["lowest-price", "capacity-optimized", "capacity-optimized-prioritized", "price-capacity-optimized"],
    )?;
    let percentage = distribution.on_demand_percentage_above_base_capacity.unwrap_or(100);
    Ok(MixedPolicy {
        template,
        overrides,
        on_demand_base: check::size("OnDemandBaseCapacity", distribution.on_demand_base_capacity.unwrap_or(0))?,
        on_demand_percentage: check::within("OnDemandPercentageAboveBaseCapacity", percentage, 0, 100)?,
        on_demand_strategy,
        spot_strategy,
        spot_pools: distribution
            .spot_instance_pools
            .map(|pools| check::within("SpotInstancePools", pools, 1, 20))
            .transpose()?,
        spot_max_price: distribution.spot_max_price.filter(|price| !price.is_empty()),
    })
}

/// A mixed policy itself says how instances are bought (*API reference, LaunchTemplate*).
async fn refuse_market(own: &Arc<AutoScaling>, account: &str, template: &TemplateRef) -> Result<()> {
    let version = own.world.template(account, template).await.map_err(|error| check::refused(MALFORMED, error))?;
    if version.data.instance_market_options.is_none() {
        return Ok(());
    }
    Err(Error::validation(
        "Incompatible launch template: You cannot use a launch template that is set to request Spot Instances \
         (InstanceMarketOptions) when you configure an Auto Scaling group with a mixed instances policy.",
    ))
}

fn one_of(name: &str, value: &str, known: &[&str]) -> Result<()> {
    if known.contains(&value) {
        return Ok(());
    }
    Err(Error::validation(format!("Invalid value '{value}' for {name}. Valid values are: {known:?}")))
}

async fn choice(own: &Arc<AutoScaling>, account: &str, said: api::LaunchTemplateOverrides) -> Result<Override> {
    check::refuse(&[("Overrides.InstanceRequirements", said.instance_requirements.is_some())])?;
    let weight = |text: String| {
        let weight = text.parse::<u32>().ok().filter(|weight| (1..=WEIGHT_AT_MOST).contains(weight));
        weight.ok_or_else(|| {
            Error::validation(format!(
                "The weighted capacity '{text}' is not valid. It must be between 1 and {WEIGHT_AT_MOST}."
            ))
        })
    };
    let template = match said.launch_template_specification {
        Some(template) => {
            let template = known(own, account, template).await?;
            refuse_market(own, account, &template).await?;
            Some(template)
        }
        None => None,
    };
    Ok(Override {
        instance_type: said.instance_type,
        image: said.image_id,
        template,
        weight: said.weighted_capacity.map(weight).transpose()?,
    })
}

/// Fails if EC2 would refuse to launch the group's instances, whatever room it has.
pub(in crate::operations) async fn try_out(own: &Arc<AutoScaling>, group: &Group) -> Result<()> {
    let source = group.launches_from();
    for choice in source.choices() {
        let (resolved, version, configuration) = match source.template(&choice) {
            Some(template) => {
                let version = own.world.template(&group.account, template).await;
                let version = version.map_err(|error| check::refused(MALFORMED, error))?;
                let resolved = Resolved::Template {
                    template: TemplateRef { id: version.id.clone(), ..template.clone() },
                    number: version.number.clone(),
                    instance_type: choice.instance_type.clone(),
                    image: choice.image.clone(),
                };
                (resolved, Some(version), None)
            }
            None => match source {
                LaunchSource::Configuration(name) => {
                    let id = LaunchConfiguration::id(&group.account, name);
                    let found = own.store.get::<LaunchConfiguration>(&id)?;
                    (Resolved::Configuration(name.clone()), None, found)
                }
                _ => (Resolved::Nothing, None, None),
            },
        };
        let has_spot = matches!(source, LaunchSource::Mixed(policy) if policy.has_spot());
        let markets = if has_spot { vec![Market::OnDemand, Market::Spot] } else { vec![Market::OnDemand] };
        for market in markets {
            let place = Place {
                zone: group.zones.first().map_or("", String::as_str),
                subnet: group.subnets.first().map(|(subnet, _)| subnet.as_str()),
                market,
                token: "",
            };
            let request = launch_request(group, &place, &resolved, version.as_ref(), configuration.as_ref());
            let about = if configuration.is_some() { "" } else { MALFORMED };
            let tried = own.world.could_launch(&group.account, request).await;
            tried.map_err(|error| check::refused(about, error))?;
        }
    }
    Ok(())
}
