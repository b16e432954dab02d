//! A fleet's pools: each of its templates or specifications, with each of its overrides, in each subnet or zone that they
//! name.

use jiff::Timestamp;

use super::allocate::Candidate;
use crate::Ec2;
use crate::catalogue::InstanceType;
use crate::errors::{Error, Result};
use crate::launch::{self, TemplateSource};
use crate::lookup::Reader;
use crate::model::{
    Fleet, FleetConfig, FleetMarket, FleetOverride, FleetSource, InterruptionBehavior, LaunchParameters, LaunchedFrom,
    MarketParameters, SpotKind, SpotParameters,
};
use crate::spot::market::Market;
use crate::spot::price::Price;

/// One of them.
#[derive(Debug, Clone)]
pub struct FleetPool {
    pub from: LaunchedFrom,
    pub parameters: LaunchParameters,
    pub template: Option<TemplateSource>,
    pub kind: InstanceType,
    /// The subnet or the zone, if one is said.
    pub place: Option<String>,
    /// Thousandths of a unit.
    pub weight: u64,
}

impl FleetPool {
    pub fn key(&self) -> String {
        format!("{}/{}", self.kind.name, self.place.as_deref().unwrap_or_default())
    }

    /// Under which the fleet notes that it is not to be tried for a while.
    pub fn avoided_as(&self, market: FleetMarket) -> String {
        format!("{}/{}", market.name(), self.key())
    }

    pub fn price(&self, market: FleetMarket, prices: &Market, now: Timestamp) -> Option<Price> {
        match market {
            FleetMarket::OnDemand => Price::on_demand(&self.kind),
            FleetMarket::Spot => prices.price(&self.kind, now),
        }
    }

    /// What a launch for this fleet says.
    pub fn parameters(&self, fleet: &Fleet, market: FleetMarket) -> LaunchParameters {
        let mut parameters = self.parameters.clone();
        parameters.market = Some(match market {
            FleetMarket::OnDemand => MarketParameters::OnDemand,
            FleetMarket::Spot => MarketParameters::Spot(self.spot(fleet)),
        });
        let mut tags = launch::tags_for(&parameters.tags, "instance");
        tags.0.extend(fleet.instance_tags.0.clone());
        tags.0.insert(fleet.mark().to_owned(), fleet.id.clone());
        parameters.tags.retain(|(kind, _)| kind != "instance" && kind != "spot-instances-request");
        parameters.tags.push(("instance".to_owned(), tags));
        parameters
    }

    fn spot(&self, fleet: &Fleet) -> SpotParameters {
        // A price is said for a unit, and asked for an instance (*EC2 user guide, Price per unit hour*).
        let said = self.from.choice.max_price.as_ref().or(fleet.max_price.as_ref());
        let for_all =
            said.and_then(|said| Price::parse(said)).map(|price| price.times(self.weight, super::members::UNIT));
        let stops = fleet.behavior == InterruptionBehavior::Stop;
        SpotParameters {
            max_price: for_all.map(|price| price.to_string()),
            kind: Some(if stops { SpotKind::Persistent } else { SpotKind::OneTime }),
            valid_until: None,
            behavior: Some(fleet.behavior),
        }
    }

    /// As a strategy sees it.
    pub fn candidate(&self, ec2: &Ec2, at: usize, market: FleetMarket, prices: &Market, now: Timestamp) -> Candidate {
        Candidate {
            pool: at,
            key: self.key(),
            instance_type: self.kind.name.to_owned(),
            place: self.place.clone(),
            weight: self.weight,
            priority: self.from.choice.priority,
            price: self.price(market, prices, now),
            room: ec2.ledger.room_for(self.kind.share()),
        }
    }
}

/// All pools; those that cannot be resolved now, with why.
pub type Pools = Vec<std::result::Result<FleetPool, (LaunchedFrom, Error)>>;

pub fn resolve(from: &mut (impl Reader + ?Sized), account: &str, configs: &[FleetConfig]) -> Pools {
    let mut pools = Vec::new();
    for config in configs {
        let base = base(from, account, &config.source);
        let none = [FleetOverride::default()];
        let choices = if config.overrides.is_empty() { &none[..] } else { &config.overrides };
        for choice in choices {
            let launched_from = LaunchedFrom { source: config.source.clone(), choice: choice.clone() };
            for place in places(choice) {
                pools.push(match &base {
                    Ok((parameters, template)) => pool(parameters, template.clone(), &launched_from, place)
                        .map_err(|error| (launched_from.clone(), error)),
                    Err(error) => Err((launched_from.clone(), error.clone())),
                });
            }
        }
    }
    pools
}

fn base(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    source: &FleetSource,
) -> Result<(LaunchParameters, Option<TemplateSource>)> {
    match source {
        FleetSource::Specification(parameters) => Ok(((**parameters).clone(), None)),
        FleetSource::Template { id, name, version } => {
            let named = freehold_api::ec2::LaunchTemplateSpecification {
                launch_template_id: id.clone(),
                launch_template_name: name.clone(),
                version: version.clone(),
            };
            launch::template_parameters(from, account, Some(&named))
        }
    }
}

/// Where instances of a choice may be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Anywhere,
    Subnet(String),
    Zone(String),
}

fn places(choice: &FleetOverride) -> Vec<Place> {
    let listed = |text: &str| text.split(',').map(|one| one.trim().to_owned()).collect::<Vec<_>>();
    match (&choice.subnet, &choice.zone) {
        (Some(subnets), _) => listed(subnets).into_iter().map(Place::Subnet).collect(),
        (None, Some(zones)) => listed(zones).into_iter().map(Place::Zone).collect(),
        (None, None) => vec![Place::Anywhere],
    }
}

fn pool(
    base: &LaunchParameters,
    template: Option<TemplateSource>,
    from: &LaunchedFrom,
    place: Place,
) -> Result<FleetPool> {
    let choice = &from.choice;
    let mut parameters = base.clone();
    parameters.instance_type = choice.instance_type.clone().or(parameters.instance_type);
    parameters.image = choice.image.clone().or(parameters.image);
    match &place {
        Place::Subnet(subnet) => match parameters.interfaces.first_mut() {
            Some(first) => first.subnet = Some(subnet.clone()),
            None => parameters.subnet = Some(subnet.clone()),
        },
        Place::Zone(zone) => parameters.placement.get_or_insert_default().zone = Some(zone.clone()),
        Place::Anywhere => {}
    }
    let said = match place {
        Place::Subnet(said) | Place::Zone(said) => Some(said),
        Place::Anywhere => None,
    };
    let own = || parameters.subnet.clone().or_else(|| parameters.placement.as_ref()?.zone.clone());
    let place = said.or_else(own);
    let kind = launch::instance_type(parameters.instance_type.as_deref().unwrap_or(launch::DEFAULT_TYPE))?;
    // Thousandths of what is at least one of them, as the request was read.
    let weight = (choice.weight.unwrap_or(1.0) * 1000.0).round() as u64;
    Ok(FleetPool { from: from.clone(), parameters, template, kind, place, weight: weight.max(1) })
}
