//! Finding an elastic address as requests name it, and taking it from where it is.

use freehold_store::{Tx, TxExt};
use jiff::Timestamp;

use crate::addresses::unmap;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader, by_index};
use crate::model::{Address, NetworkInterface, PublicAddress};

/// By its allocation, or by the address itself.
#[derive(Debug, Clone)]
pub(super) enum AddressRef {
    Allocation(String),
    PublicIp(String),
}

impl AddressRef {
    pub(super) fn new(allocation: Option<String>, public_ip: Option<String>) -> Result<Self> {
        match (allocation, public_ip) {
            (Some(id), None) => Ok(Self::Allocation(id)),
            (None, Some(address)) => Ok(Self::PublicIp(address)),
            (Some(_), Some(_)) => Err(Error::InvalidParameterCombination(
                "You may specify public IP or allocation id, but not both in the same call".into(),
            )),
            (None, None) => Err(Error::Missing("Either public IP or allocation id must be specified".into())),
        }
    }

    pub(super) fn find(&self, from: &mut (impl Reader + ?Sized), account: &str) -> Result<Address> {
        match self {
            Self::Allocation(id) => lookup::one(from, account, id),
            Self::PublicIp(address) => by_public_ip(from, account, address),
        }
    }
}

pub(super) fn by_public_ip(from: &mut (impl Reader + ?Sized), account: &str, address: &str) -> Result<Address> {
    let found: Vec<Address> = by_index(from, 0, address)?;
    if let Some(own) = found.into_iter().find(|found| found.account == account) {
        return Ok(own);
    }
    if from.read::<PublicAddress>(address)?.is_some_and(|held| held.account != account) {
        return Err(Error::other("AuthFailure", format!("The address '{address}' does not belong to you.")));
    }
    Err(not_found(&[address]))
}

pub(super) fn not_found(addresses: &[&str]) -> Error {
    let message = match addresses {
        [address] => format!("Address '{address}' not found."),
        several => format!("Addresses '{}' not found.", several.join(", ")),
    };
    Error::NotFound { code: "InvalidAddress.NotFound", message }
}

/// Takes an address from the interface that it is associated with, if any.
pub(super) fn disassociate(tx: &mut dyn Tx, address: &Address, now: Timestamp) -> Result<()> {
    let Some(association) = &address.association else { return Ok(()) };
    let Some(mut interface) = tx.get::<NetworkInterface>(&association.interface)? else { return Ok(()) };
    for private in interface.addresses.iter_mut().filter(|known| known.private == association.private) {
        unmap(tx, private, now)?;
    }
    tx.put(&interface)?;
    Ok(())
}

/// Refuses a border group that is not the region itself; there is no other.
pub(super) fn check_border_group(region: &str, said: Option<&str>) -> Result<()> {
    match said {
        Some(said) if said != region => {
            let why = format!("The region has one network border group: {region}.");
            Err(Error::invalid_value("networkBorderGroup", said, why))
        }
        _ => Ok(()),
    }
}
