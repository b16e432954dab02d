//! Carries out an order for instances, in one transaction: resolved, given room, written; each with its Spot request, if it
//! is bought so.

use freehold_store::{Tx, TxExt};

use super::market::{check_spot, price_above};
use super::{Blueprint, Made, Surroundings, TemplateSource, check_hardware, make, resolve, tags_for};
use crate::errors::{Error, Result};
use crate::model::{
    Instance, LaunchParameters, MarketParameters, SpotEvent, SpotParameters, SpotRequest, SpotState, SpotStatus,
    SpotTerms,
};
use crate::operations::dry_run;
use crate::{Ec2, new_id};

/// What is asked for.
pub struct Order<'a> {
    pub account: &'a str,
    pub reservation: &'a str,
    pub client_token: &'a str,
    pub parameters: &'a LaunchParameters,
    pub template: Option<&'a TemplateSource>,
    pub surroundings: Surroundings,
    /// As many as may be made.
    pub ids: &'a [String],
    /// As many as must be.
    pub min: u32,
    pub dry_run: Option<bool>,
}

/// Makes the instances, On-Demand or with a Spot request each. Whoever calls gives the promised room back if the
/// transaction fails.
pub fn place(ec2: &Ec2, tx: &mut dyn Tx, order: Order<'_>) -> Result<Vec<Instance>> {
    let spot = match &order.parameters.market {
        Some(MarketParameters::Spot(spot)) => Some(spot.clone()),
        Some(MarketParameters::OnDemand) | None => None,
    };
    if spot.is_none() && order.parameters.tags.iter().any(|(kind, _)| kind == "spot-instances-request") {
        return Err(Error::InvalidParameterValue(
            "'spot-instances-request' is not a valid taggable resource type for this operation.".into(),
        ));
    }
    let (blueprint, ids) = prepare(ec2, tx, &order)?;
    if let Some(spot) = &spot {
        check_spot(&blueprint.kind, spot.valid_until, ec2.now())?;
        if let Some(price) = price_above(&blueprint.kind, spot.max_price.as_deref()) {
            return Err(too_low(spot, &price));
        }
    }
    dry_run(order.dry_run)?;
    promise(ec2, &blueprint, ids)?;
    let made = made(ec2, &order);
    let mut instances = Vec::with_capacity(ids.len());
    for (id, index) in ids.iter().zip(0..) {
        let request = spot.as_ref().map(|spot| new_request(&order, spot, made.now));
        let terms = request.as_ref().map(terms);
        let instance = make(tx, &made, &blueprint, id, index, terms)?;
        if let Some(mut request) = request {
            fulfil(&mut request, &instance);
            request.apply(SpotEvent::Fulfilled, made.now);
            tx.put(&request)?;
        }
        instances.push(instance);
    }
    Ok(instances)
}

/// Makes the one instance of a Spot request that is there already. It is for the caller to write the request.
pub fn place_for(ec2: &Ec2, tx: &mut dyn Tx, order: Order<'_>, request: &mut SpotRequest) -> Result<Instance> {
    let (blueprint, ids) = prepare(ec2, tx, &order)?;
    promise(ec2, &blueprint, ids)?;
    let id = ids.first().ok_or_else(|| Error::Internal("an order for nothing".into()))?;
    let instance = make(tx, &made(ec2, &order), &blueprint, id, 0, Some(terms(request)))?;
    fulfil(request, &instance);
    Ok(instance)
}

/// Refuses an order for Spot instances that could not be carried out, whatever room there is.
pub fn check_order(ec2: &Ec2, tx: &mut dyn Tx, order: &Order<'_>) -> Result<()> {
    let surroundings = order.surroundings.clone();
    let blueprint = resolve(tx, &ec2.region, order.account, order.parameters, order.template, surroundings, 1)?;
    check_hardware(&blueprint.kind, ec2.driver.kind())?;
    check_spot(&blueprint.kind, None, ec2.now())
}

/// A request as it is when it is made.
pub fn new_request(order: &Order<'_>, spot: &SpotParameters, now: jiff::Timestamp) -> SpotRequest {
    SpotRequest {
        id: new_id("sir"),
        account: order.account.to_owned(),
        created: now,
        kind: spot.kind.unwrap_or_default(),
        behavior: spot.behavior.unwrap_or_default(),
        max_price: spot.max_price.clone(),
        valid_from: None,
        valid_until: spot.valid_until,
        state: SpotState::Open,
        status: SpotStatus { code: "pending-evaluation".into(), updated: now },
        instance: None,
        zone: None,
        zone_id: None,
        launch: order.parameters.clone(),
        template: order.template.cloned(),
        held_until: None,
        fault: None,
        tags: tags_for(&order.parameters.tags, "spot-instances-request"),
    }
}

fn terms(request: &SpotRequest) -> SpotTerms {
    SpotTerms {
        request: request.id.clone(),
        kind: request.kind,
        behavior: request.behavior,
        interruption: None,
        rebalance: None,
    }
}

fn fulfil(request: &mut SpotRequest, instance: &Instance) {
    request.instance = Some(instance.id.clone());
    request.zone = Some(instance.placement.zone.clone());
    request.zone_id = Some(instance.placement.zone_id.clone());
}

fn too_low(spot: &SpotParameters, price: &crate::spot::price::Price) -> Error {
    let said = spot.max_price.as_deref().unwrap_or_default();
    Error::other(
        "SpotMaxPriceTooLow",
        format!(
            "Your Spot request price of {said} is lower than the minimum required Spot request fulfillment price of \
             {price}."
        ),
    )
}

fn made<'a>(ec2: &Ec2, order: &Order<'a>) -> Made<'a> {
    Made {
        account: order.account,
        reservation: order.reservation,
        client_token: order.client_token,
        now: ec2.now(),
        public_pool: ec2.public_pool,
    }
}

/// Looks everything up, and as many of the ids as there is room for.
fn prepare<'a>(ec2: &Ec2, tx: &mut dyn Tx, order: &Order<'a>) -> Result<(Blueprint, &'a [String])> {
    let max = u32::try_from(order.ids.len()).unwrap_or(u32::MAX);
    let blueprint =
        resolve(tx, &ec2.region, order.account, order.parameters, order.template, order.surroundings.clone(), max)?;
    check_hardware(&blueprint.kind, ec2.driver.kind())?;
    let ids = room(ec2, &blueprint, order.ids, order.min)?;
    Ok((blueprint, ids))
}

/// As many of `ids` as the host has room for, if those are enough.
fn room<'a>(ec2: &Ec2, blueprint: &Blueprint, ids: &'a [String], min: u32) -> Result<&'a [String]> {
    let share = blueprint.kind.share();
    let room = usize::try_from(ec2.ledger.room_for(share)).unwrap_or(usize::MAX).min(ids.len());
    if u32::try_from(room).unwrap_or(u32::MAX) >= min {
        return Ok(&ids[..room]);
    }
    let detail = if ec2.ledger.could_ever_hold(share) {
        "Terminate or stop other instances, or ask for fewer or smaller ones.".to_owned()
    } else {
        format!(
            "This host can never hold one: it has {} MiB of memory to give, and the type has {} MiB.",
            ec2.ledger.pool().memory_mib,
            share.memory_mib
        )
    };
    Err(no_capacity(blueprint, detail))
}

fn promise(ec2: &Ec2, blueprint: &Blueprint, ids: &[String]) -> Result<()> {
    ec2.ledger.promise(ids, blueprint.kind.share()).map_err(|full| no_capacity(blueprint, full.0))
}

fn no_capacity(blueprint: &Blueprint, detail: String) -> Error {
    let zone = blueprint.interfaces.first().map(|interface| interface.subnet().zone.clone()).unwrap_or_default();
    Error::InsufficientInstanceCapacity { instance_type: blueprint.kind.name.to_owned(), zone, detail }
}
