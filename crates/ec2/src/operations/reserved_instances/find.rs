//! Looking up Reserved Instances and offers. Their ids have no prefix, and AWS says of one that cannot be an id what it says
//! of one that does not exist.

use freehold_billing::model::Reserved;
use freehold_billing::offers::ReservationOffer;

use super::view::{Offered, zone_of};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{ModificationStatus, ReservedModification};
use crate::region::Zone;
use crate::reserved::Bought;

pub fn not_found(id: &str) -> Error {
    let message = format!("The Reserved Instances ID '{id}' does not exist");
    Error::NotFound { code: "InvalidReservedInstancesId", message }
}

/// The account's, in the order of the ids, each once; all of them without ids.
pub fn bought(
    ec2: &Ec2,
    from: &mut (impl Reader + ?Sized),
    account: &str,
    ids: Option<&[String]>,
) -> Result<Vec<Bought>> {
    let types = &**ec2.bills.types();
    let Some(ids) = ids.filter(|ids| !ids.is_empty()) else {
        let all: Vec<Reserved> = lookup::all(from, account)?;
        return all.into_iter().map(|reserved| Bought::new(reserved, types)).collect();
    };
    let mut found: Vec<Bought> = Vec::with_capacity(ids.len());
    for id in ids {
        if found.iter().any(|known| known.reserved.id == *id) {
            continue;
        }
        let reserved = from.read::<Reserved>(id)?.filter(|reserved| reserved.account == account);
        found.push(Bought::new(reserved.ok_or_else(|| not_found(id))?, types)?);
    }
    Ok(found)
}

/// The offer with this id, at today's price.
pub fn offer(ec2: &Ec2, id: &str) -> Result<Offered> {
    let known = || {
        let offer = ReservationOffer::parse(id, &**ec2.bills.types())?;
        let zone = zone_of(&ec2.region, offer.zone).cloned();
        let is_here = offer.zone.is_none() || zone.is_some();
        let price = offer.price(ec2.bills.sheet(), ec2.bills.region()).filter(|_| is_here)?;
        Some(Offered { offer, price, zone })
    };
    known().ok_or_else(|| Error::NotFound {
        code: "InvalidReservedInstancesOfferingId",
        message: format!("The Reserved Instances offering ID '{id}' does not exist"),
    })
}

/// The letter of the zone that is named; `None` if none is.
pub fn zone<'r>(ec2: &'r Ec2, name: Option<&str>, id: Option<&str>) -> Result<Option<&'r Zone>> {
    if name.is_none() && id.is_none() {
        return Ok(None);
    }
    let is_it = |zone: &&Zone| name.is_none_or(|name| zone.name == name) && id.is_none_or(|id| zone.id == id);
    match ec2.region.zones.iter().find(is_it) {
        Some(zone) => Ok(Some(zone)),
        None => {
            let (parameter, said) = match (name, id) {
                (Some(name), _) => ("AvailabilityZone", name),
                (None, id) => ("AvailabilityZoneId", id.unwrap_or_default()),
            };
            Err(Error::InvalidParameterValue(format!("Invalid value '{said}' for {parameter}.")))
        }
    }
}

/// The letter by which offers know a zone.
pub fn letter(zone: &Zone) -> Option<char> {
    zone.name.chars().last()
}

/// Refuses those that a modification is about to replace.
pub fn refuse_pending(from: &mut (impl Reader + ?Sized), account: &str, bought: &[Bought]) -> Result<()> {
    let processing = ModificationStatus::Processing.name();
    let pending: Vec<ReservedModification> = lookup::by_account_index(from, account, 2, processing)?;
    let is_pending = |id: &String| pending.iter().any(|modification| modification.sources.contains(id));
    match bought.iter().find(|one| is_pending(&one.reserved.id)) {
        Some(one) => Err(Error::IncorrectState(format!(
            "The Reserved Instance '{}' has a modification request that is pending.",
            one.reserved.id
        ))),
        None => Ok(()),
    }
}
