//! Where an instance is put: on a Dedicated Host, among its account's Dedicated Instances, in room that is held for it, or
//! among all others.

use freehold_machine::capacity::Place;
use freehold_store::Tx;

use crate::catalogue::InstanceType;
use crate::errors::{Error, Result};
use crate::hosts::{self, Need};
use crate::launch::Blueprint;
use crate::lookup;
use crate::model::{
    Affinity, CapacityReservation, HeldRoom, Instance, LaunchParameters, MarketParameters, ReservationWish, Tenancy,
};
use crate::{Ec2, rooms};

/// What decides it.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    pub account: &'a str,
    pub kind: &'a InstanceType,
    pub zone: &'a str,
    pub tenancy: Tenancy,
    /// The host that is named.
    pub host: Option<&'a str>,
    pub wish: &'a ReservationWish,
}

/// A place for one instance that is not among all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub place: Place,
    pub host: Option<String>,
    /// The room that it is in.
    pub room: Option<String>,
}

/// Places for the first of the instances that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    pub first: Vec<Seat>,
    /// Whether the rest may be put among all others.
    pub has_rest: bool,
}

/// What a launch wants of reservations.
pub fn wish_of(parameters: &LaunchParameters) -> ReservationWish {
    match parameters.market {
        // Spot Instances use no Capacity Reservations.
        Some(MarketParameters::Spot(_)) => ReservationWish::None,
        _ => parameters.reservation.clone().unwrap_or_default(),
    }
}

/// The tenancy of a launch, checked against what does not go with it.
pub fn tenancy_of(parameters: &LaunchParameters) -> Result<Tenancy> {
    let conflict = |text: &str| Err(Error::InvalidParameterCombination(text.to_owned()));
    let placement = parameters.placement.clone().unwrap_or_default();
    let tenancy = placement.tenancy.as_deref().map_or(Some(Tenancy::Default), Tenancy::parse).unwrap_or_default();
    let is_spot = matches!(parameters.market, Some(MarketParameters::Spot(_)));
    let needs_reservation = matches!(parameters.reservation, Some(ReservationWish::Only | ReservationWish::Target(_)));
    match tenancy {
        Tenancy::Host if is_spot => conflict("Spot Instances cannot be launched with a tenancy of 'host'."),
        Tenancy::Host if needs_reservation => conflict("Capacity Reservations cannot be used with Dedicated Hosts."),
        _ if is_spot && needs_reservation => conflict("Capacity Reservations cannot be used with Spot Instances."),
        Tenancy::Default | Tenancy::Dedicated if placement.host.is_some() => {
            conflict("The parameter hostId cannot be used without specifying a tenancy of 'host'")
        }
        Tenancy::Default | Tenancy::Dedicated if placement.affinity.is_some() => {
            conflict("The parameter affinity cannot be used without specifying a tenancy of 'host'")
        }
        tenancy => Ok(tenancy),
    }
}

/// The zone that a launch must be in because of what it names: a host, or a reservation. Without a name, one where a host
/// would take it.
pub fn zone_of(tx: &mut dyn Tx, account: &str, parameters: &LaunchParameters) -> Result<Option<String>> {
    let placement = parameters.placement.clone().unwrap_or_default();
    if let Some(ReservationWish::Target(id)) = &parameters.reservation {
        return Ok(Some(lookup::one::<CapacityReservation>(tx, account, id)?.zone));
    }
    if tenancy_of(parameters)? != Tenancy::Host {
        return Ok(None);
    }
    if let Some(id) = &placement.host {
        return Ok(Some(hosts::available(tx, account, id)?.zone));
    }
    let Some(kind) = crate::catalogue::find(parameters.instance_type.as_deref().unwrap_or(super::DEFAULT_TYPE)) else {
        return Ok(None);
    };
    let mut all = hosts::candidates(tx, account)?;
    all.retain(|candidate| candidate.host.auto_placement && candidate.room_for(&kind) > 0);
    Ok(all.into_iter().next().map(|candidate| candidate.host.zone))
}

/// What a launch asks.
pub fn ask<'a>(
    account: &'a str,
    parameters: &'a LaunchParameters,
    blueprint: &'a Blueprint,
    wish: &'a ReservationWish,
) -> Result<Ask<'a>> {
    let zone = blueprint.interfaces.first().map_or("", |interface| &interface.subnet().zone);
    let host = parameters.placement.as_ref().and_then(|placement| placement.host.as_deref());
    Ok(Ask { account, kind: &blueprint.kind, zone, tenancy: tenancy_of(parameters)?, host, wish })
}

/// Places for as many as there are, up to `wanted`, or a refusal if these are fewer than `min`.
pub fn seats(ec2: &Ec2, tx: &mut dyn Tx, ask: &Ask<'_>, wanted: usize, min: u32) -> Result<Seats> {
    let min = usize::try_from(min).unwrap_or(usize::MAX);
    if ask.tenancy == Tenancy::Host {
        return Ok(Seats { first: on_hosts(ec2, tx, ask, wanted, min)?, has_rest: false });
    }
    let mut first = in_rooms(ec2, tx, ask, wanted)?;
    if matches!(ask.wish, ReservationWish::Only | ReservationWish::Target(_)) {
        if first.len() < min {
            return Err(Error::other(
                "ReservationCapacityExceeded",
                "The requested reservation does not have sufficient compatible and available capacity for this request.",
            ));
        }
        return Ok(Seats { first, has_rest: false });
    }
    let Some(holder) = rooms::holder(ask.account, ask.tenancy) else { return Ok(Seats { first, has_rest: true }) };
    let place = Place::On(holder);
    let room = usize::try_from(ec2.ledger.room_at(ask.kind.share(), &place)).unwrap_or(usize::MAX);
    // Too few are refused where they are promised, which tells why.
    let count = room.max(min.saturating_sub(first.len())).min(wanted - first.len());
    first.extend(std::iter::repeat_n(Seat { place, host: None, room: None }, count));
    Ok(Seats { first, has_rest: false })
}

fn on_hosts(ec2: &Ec2, tx: &mut dyn Tx, ask: &Ask<'_>, wanted: usize, min: usize) -> Result<Vec<Seat>> {
    if let Some(id) = ask.host {
        let host = hosts::available(tx, ask.account, id)?;
        if host.zone != ask.zone {
            return Err(Error::other(
                "ZonesMismatched",
                format!(
                    "The Availability Zone of the instance ({}) does not match that of the Dedicated Host '{id}' ({}).",
                    ask.zone, host.zone
                ),
            ));
        }
    }
    let all = hosts::candidates(tx, ask.account)?;
    let fits_never = |id: &str| all.iter().any(|one| one.host.id == id && !one.is_for(ask.kind));
    if let Some(id) = ask.host.filter(|id| fits_never(id)) {
        return Err(Error::other(
            "IncompatibleHostRequirements",
            format!("The Dedicated Host '{id}' does not support instances of the type {}.", ask.kind.name),
        ));
    }
    let chosen = hosts::choose(all, Need { kind: ask.kind, zone: ask.zone, host: ask.host }, wanted);
    if chosen.len() < min {
        return Err(match ask.host {
            Some(id) => Error::other(
                "InsufficientCapacityOnHost",
                format!("Dedicated host {id} has insufficient capacity to launch the instances in this request."),
            ),
            None => Error::other(
                "UnavailableHostRequirements",
                "You do not have a host with a matching configuration and sufficient capacity. Either target a host \
                 resource group that can automatically allocate hosts on your behalf, or manually allocate a new host \
                 to your account and then try again.",
            ),
        });
    }
    let seat = |id: String| Seat { place: Place::On(hosts::holder(&id)), host: Some(id), room: None };
    let mut seats: Vec<Seat> = chosen.into_iter().map(seat).collect();
    // A host is cores; memory comes out of what all share.
    if let Some(first) = seats.first() {
        let room = usize::try_from(ec2.ledger.room_at(ask.kind.share(), &first.place)).unwrap_or(usize::MAX);
        seats.truncate(room.max(min));
    }
    Ok(seats)
}

/// In room that is held for the account and fits: the named one, else those that are open.
fn in_rooms(ec2: &Ec2, tx: &mut dyn Tx, ask: &Ask<'_>, wanted: usize) -> Result<Vec<Seat>> {
    if let ReservationWish::Target(id) = ask.wish {
        lookup::one::<CapacityReservation>(tx, ask.account, id)?;
    }
    let mut fitting: Vec<HeldRoom> = lookup::all(tx, ask.account)?;
    fitting.retain(|room| {
        let is_meant = match ask.wish {
            ReservationWish::None => false,
            ReservationWish::Open | ReservationWish::Only => room.is_open,
            ReservationWish::Target(id) => room.id == *id,
        };
        let fits = room.instance_type == ask.kind.name && room.zone == ask.zone && room.tenancy == ask.tenancy;
        is_meant && fits
    });
    fitting.sort_by(|a, b| a.id.cmp(&b.id));
    let mut seats = Vec::new();
    for room in fitting {
        let place = Place::In(room.id.clone());
        let free = usize::try_from(ec2.ledger.room_at(ask.kind.share(), &place)).unwrap_or(usize::MAX);
        let seat = Seat { place, host: None, room: Some(room.id) };
        seats.extend(std::iter::repeat_n(seat, free.min(wanted - seats.len())));
    }
    Ok(seats)
}

/// Promises each of the instances its place.
pub fn promise(ec2: &Ec2, seats: &[Seat], ids: &[String], kind: &InstanceType, zone: &str) -> Result<()> {
    for (seat, id) in seats.iter().zip(ids) {
        let promised = ec2.ledger.promise_at(std::slice::from_ref(id), kind.share(), &seat.place);
        promised.map_err(|full| Error::InsufficientInstanceCapacity {
            instance_type: kind.name.to_owned(),
            zone: zone.to_owned(),
            detail: full.0,
        })?;
    }
    Ok(())
}

/// The instance is there now. It is for the caller to write it.
pub fn take(ec2: &Ec2, tx: &mut dyn Tx, instance: &mut Instance, seat: &Seat) -> Result<()> {
    instance.placement.host.clone_from(&seat.host);
    instance.reservation_terms.used.clone_from(&seat.room);
    if let Some(room) = &seat.room {
        rooms::enter(tx, room, ec2.now())?;
    }
    let holder = rooms::holder(&instance.account, instance.placement.tenancy);
    instance.placement.cores = holder.map(|holder| ec2.ledger.cores_of(&holder)).unwrap_or_default();
    Ok(())
}

/// Puts an instance that was stopped somewhere again; `false` if it goes among all others.
pub fn take_again(ec2: &Ec2, tx: &mut dyn Tx, instance: &mut Instance, kind: &InstanceType) -> Result<bool> {
    let (account, zone) = (instance.account.clone(), instance.placement.zone.clone());
    let wish = if instance.spot.is_some() { ReservationWish::None } else { instance.reservation_terms.wish.clone() };
    let last = instance.placement.host.clone();
    let named = last.as_deref();
    let ask =
        Ask { account: &account, kind, zone: &zone, tenancy: instance.placement.tenancy, host: named, wish: &wish };
    let found = match seats(ec2, tx, &ask, 1, 1) {
        // Without affinity it comes back to its host if it can, else it goes to another.
        Err(_) if instance.placement.affinity == Affinity::Default && named.is_some() => {
            seats(ec2, tx, &Ask { host: None, ..ask }, 1, 1)?
        }
        found => found?,
    };
    let Some(seat) = found.first.first() else { return Ok(false) };
    promise(ec2, std::slice::from_ref(seat), std::slice::from_ref(&instance.id), kind, &zone)?;
    take(ec2, tx, instance, seat)?;
    Ok(true)
}

/// Where an instance is that holds room.
pub fn place_of(instance: &Instance) -> Place {
    let placement = &instance.placement;
    match (&instance.reservation_terms.used, &placement.host) {
        (Some(room), _) => Place::In(room.clone()),
        (None, Some(host)) if placement.tenancy == Tenancy::Host => Place::On(hosts::holder(host)),
        _ => rooms::holder(&instance.account, placement.tenancy).map_or(Place::Shared, Place::On),
    }
}
