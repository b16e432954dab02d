//! Carries out an order for instances, in one transaction: resolved, given room, written; each with its Spot request, if it
//! is bought so.

use freehold_store::{Tx, TxExt};

use super::market::{check_spot, price_above};
use super::seat::{self, Seat, Seats};
use super::{Blueprint, Made, Surroundings, TemplateSource, check_hardware, make, resolve, tags_for};
use crate::errors::{Error, Result};
use crate::model::{
    Cause, Instance, LaunchParameters, MarketParameters, Room, SpotEvent, SpotParameters, SpotRequest, SpotState,
    SpotStatus, SpotTerms, Told,
};
use crate::operations::dry_run;
use crate::spot::market::Market;
use crate::spot::reclaim::Holders;
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
    let buys = if spot.is_some() { Buys::Spot } else { Buys::OnDemand };
    let Prepared { blueprint, ids, seats, there } = prepare(ec2, tx, &order, buys)?;
    if let Some(spot) = &spot {
        check_spot(&blueprint.kind, spot.valid_until, ec2.now())?;
        let price = Market::read(tx)?.price(&blueprint.kind, ec2.now());
        if let Some(price) = price_above(price, spot.max_price.as_deref()) {
            return Err(too_low(spot, &price));
        }
    }
    dry_run(order.dry_run)?;
    promise(ec2, &blueprint, &ids[..there], &seats)?;
    let made = made(ec2, &order);
    let mut instances = Vec::with_capacity(ids.len());
    for (id, index) in ids.iter().zip(0..) {
        let request = spot.as_ref().map(|spot| new_request(&order, spot, made.now));
        let terms = request.as_ref().map(terms);
        let mut instance = make(tx, &made, &blueprint, id, index, terms)?;
        if let Some(seat) = seats.get(instances.len()) {
            seat::take(ec2, tx, &mut instance, seat)?;
            tx.put(&instance)?;
        }
        if instances.len() >= there {
            ec2.ledger.note(id, blueprint.kind.share());
            instance.room = Room::Awaited;
            tx.put(&instance)?;
        }
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
    let Prepared { blueprint, ids, seats, .. } = prepare(ec2, tx, &order, Buys::Spot)?;
    promise(ec2, &blueprint, ids, &seats)?;
    let id = ids.first().ok_or_else(|| Error::Internal("an order for nothing".into()))?;
    let mut instance = make(tx, &made(ec2, &order), &blueprint, id, 0, Some(terms(request)))?;
    if let Some(seat) = seats.first() {
        seat::take(ec2, tx, &mut instance, seat)?;
        tx.put(&instance)?;
    }
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
        cause: Cause::default(),
        rebalance: None,
        told: Told::default(),
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

/// How an order is bought: for one that pays the whole price, room is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Buys {
    OnDemand,
    Spot,
}

/// An order that can be carried out.
struct Prepared<'a> {
    blueprint: Blueprint,
    /// As many as there is room for or will be.
    ids: &'a [String],
    /// Of the first of them, those that are not among all others.
    seats: Vec<Seat>,
    /// For how many of them there is room now.
    there: usize,
}

/// Looks everything up.
fn prepare<'a>(ec2: &Ec2, tx: &mut dyn Tx, order: &Order<'a>, buys: Buys) -> Result<Prepared<'a>> {
    let max = u32::try_from(order.ids.len()).unwrap_or(u32::MAX);
    let parameters = in_its_zone(tx, order.account, order.parameters)?;
    let blueprint =
        resolve(tx, &ec2.region, order.account, &parameters, order.template, order.surroundings.clone(), max)?;
    check_hardware(&blueprint.kind, ec2.driver.kind())?;
    let wish = seat::wish_of(&parameters);
    let ask = seat::ask(order.account, &parameters, &blueprint, &wish)?;
    let Seats { first: seats, has_rest } = seat::seats(ec2, tx, &ask, order.ids.len(), order.min)?;
    let wanted = if has_rest { order.ids.len() - seats.len() } else { 0 };
    let share = blueprint.kind.share();
    let there = usize::try_from(ec2.ledger.room_for(share)).unwrap_or(usize::MAX).min(wanted);
    let mut count = there;
    if there < wanted && buys == Buys::OnDemand {
        let made = Holders::read(tx)?.room_for(&ec2.ledger, share, wanted as u64);
        count = count.max(usize::try_from(made).unwrap_or(usize::MAX));
    }
    let ids = enough(ec2, &blueprint, &order.ids[..seats.len() + count], order.min)?;
    Ok(Prepared { there: seats.len() + there, blueprint, ids, seats })
}

/// What names a host or a reservation says the zone with it, unless something else says one.
fn in_its_zone(tx: &mut dyn Tx, account: &str, parameters: &LaunchParameters) -> Result<LaunchParameters> {
    let mut parameters = parameters.clone();
    let says_zone = parameters.placement.as_ref().is_some_and(|placement| placement.zone.is_some());
    if says_zone || parameters.subnet.is_some() || !parameters.interfaces.is_empty() {
        return Ok(parameters);
    }
    if let Some(zone) = seat::zone_of(tx, account, &parameters)? {
        parameters.placement.get_or_insert_default().zone = Some(zone);
    }
    Ok(parameters)
}

/// Those that there is room for, if they are enough.
fn enough<'a>(ec2: &Ec2, blueprint: &Blueprint, ids: &'a [String], min: u32) -> Result<&'a [String]> {
    let share = blueprint.kind.share();
    if u32::try_from(ids.len()).unwrap_or(u32::MAX) >= min {
        return Ok(ids);
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

fn promise(ec2: &Ec2, blueprint: &Blueprint, ids: &[String], seats: &[Seat]) -> Result<()> {
    let zone = blueprint.interfaces.first().map_or("", |interface| &interface.subnet().zone);
    seat::promise(ec2, seats, ids, &blueprint.kind, zone)?;
    let rest = &ids[seats.len()..];
    ec2.ledger.promise(rest, blueprint.kind.share()).map_err(|full| no_capacity(blueprint, full.0))
}

fn no_capacity(blueprint: &Blueprint, detail: String) -> Error {
    let zone = blueprint.interfaces.first().map(|interface| interface.subnet().zone.clone()).unwrap_or_default();
    Error::InsufficientInstanceCapacity { instance_type: blueprint.kind.name.to_owned(), zone, detail }
}
