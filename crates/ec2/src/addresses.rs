//! Taking addresses, private and public, and giving them back. A row per address in use ([`PrivateAddress`],
//! [`PublicAddress`]) makes this a look at one row, and the store's transactions make it safe.

use std::net::Ipv4Addr;

use freehold_store::{Filter, Tx, TxExt};
use ipnet::Ipv4Net;
use jiff::Timestamp;
use rand::Rng;

use crate::errors::{Error, Result};
use crate::metering;
use crate::model::{Address, InterfaceAddress, NetworkInterface, PrivateAddress, PublicAddress, Subnet};

/// Random addresses to try before looking at all of them.
const GUESSES: usize = 32;

/// Gives `interface` a free address of the subnet, as AWS does: anywhere in it.
pub fn take_private(tx: &mut dyn Tx, subnet: &Subnet, interface: &str) -> Result<Ipv4Addr> {
    let usable = subnet.usable();
    let full = || Error::InsufficientFreeAddressesInSubnet(subnet.id.clone());
    if usable.is_empty() {
        return Err(full());
    }
    for _ in 0..GUESSES {
        let address = Ipv4Addr::from(rand::rng().random_range(usable.clone()));
        if hold_private(tx, subnet, interface, address)? {
            return Ok(address);
        }
    }
    // In a crowded subnet guessing fails; then every address is looked at, once.
    let taken: std::collections::HashSet<String> =
        tx.list::<PrivateAddress>(&Filter::index(0, &subnet.id))?.into_iter().map(|held| held.id).collect();
    let free =
        usable.map(Ipv4Addr::from).find(|a| !taken.contains(&PrivateAddress::key(&subnet.vpc, *a))).ok_or_else(full)?;
    hold_private(tx, subnet, interface, free)?;
    Ok(free)
}

/// Gives `interface` this very address.
pub fn take_this_private(tx: &mut dyn Tx, subnet: &Subnet, interface: &str, address: Ipv4Addr) -> Result<()> {
    if !subnet.can_hold(address) {
        return Err(Error::InvalidParameterValue(if subnet.cidr.contains(&address) {
            format!("Address {address} is in the reserved range of the subnet")
        } else {
            format!("Address {address} does not fall within the subnet's address range")
        }));
    }
    if hold_private(tx, subnet, interface, address)? {
        return Ok(());
    }
    Err(Error::other("InvalidIPAddress.InUse", format!("Address {address} is in use.")))
}

fn hold_private(tx: &mut dyn Tx, subnet: &Subnet, interface: &str, address: Ipv4Addr) -> Result<bool> {
    let id = PrivateAddress::key(&subnet.vpc, address);
    if tx.get::<PrivateAddress>(&id)?.is_some() {
        return Ok(false);
    }
    let (account, subnet) = (subnet.account.clone(), subnet.id.clone());
    tx.put(&PrivateAddress { id, account, subnet, interface: interface.to_owned() })?;
    Ok(true)
}

/// Gives a private address back.
pub fn release_private(tx: &mut dyn Tx, vpc: &str, address: Ipv4Addr) -> Result<()> {
    tx.delete::<PrivateAddress>(&PrivateAddress::key(vpc, address))?;
    Ok(())
}

/// Gives `holder` a free public address of the region's pool.
pub fn take_public(tx: &mut dyn Tx, pool: Ipv4Net, account: &str, holder: &str, now: Timestamp) -> Result<Ipv4Addr> {
    let (first, last) = (u32::from(pool.network()).saturating_add(1), u32::from(pool.broadcast()).saturating_sub(1));
    if first > last {
        return Err(Error::InsufficientAddressCapacity);
    }
    let guesses = (0..GUESSES).map(|_| rand::rng().random_range(first..=last)).collect::<Vec<_>>();
    for candidate in guesses.into_iter().chain(first..=last) {
        let id = Ipv4Addr::from(candidate).to_string();
        if tx.get::<PublicAddress>(&id)?.is_none() {
            let (account, holder) = (account.to_owned(), holder.to_owned());
            tx.put(&PublicAddress { id, account, holder, since: Some(now) })?;
            return Ok(Ipv4Addr::from(candidate));
        }
    }
    Err(Error::InsufficientAddressCapacity)
}

/// Gives a public address back to the pool.
pub fn release_public(tx: &mut dyn Tx, address: Ipv4Addr, now: Timestamp) -> Result<()> {
    metering::delete_address(tx, &address.to_string(), now)
}

/// Ends the mapping of a public address to a private one. An elastic address stays its owner's and is told; another
/// goes back to the pool.
pub fn unmap(tx: &mut dyn Tx, address: &mut InterfaceAddress, now: Timestamp) -> Result<()> {
    let Some(association) = address.association.take() else { return Ok(()) };
    let Some((allocation, _)) = &association.elastic else { return release_public(tx, association.public, now) };
    if let Some(mut elastic) = tx.get::<Address>(allocation)? {
        elastic.association = None;
        tx.put(&elastic)?;
    }
    Ok(())
}

/// Tells the elastic addresses of an interface which instance, or that none, has it from now on.
pub fn tell_elastic(tx: &mut dyn Tx, interface: &NetworkInterface, instance: Option<&str>) -> Result<()> {
    for association in interface.addresses.iter().filter_map(|address| address.association.as_ref()) {
        let Some((allocation, _)) = &association.elastic else { continue };
        if let Some(mut address) = tx.get::<Address>(allocation)? {
            if let Some(associated) = &mut address.association {
                associated.instance = instance.map(str::to_owned);
            }
            tx.put(&address)?;
        }
    }
    Ok(())
}

/// Takes an interface from its instance: a public address that came with the launch goes back, elastic ones stay.
pub fn detach_interface(tx: &mut dyn Tx, interface: &mut NetworkInterface, now: Timestamp) -> Result<()> {
    interface.attachment = None;
    for address in &mut interface.addresses {
        if address.association.as_ref().is_some_and(|association| association.elastic.is_none()) {
            unmap(tx, address, now)?;
        }
    }
    tell_elastic(tx, interface, None)?;
    tx.put(interface)?;
    Ok(())
}

/// Removes an interface with its private addresses and those public ones that came with its launch. Elastic
/// addresses stay their owner's.
pub fn remove_interface(tx: &mut dyn Tx, interface: &NetworkInterface, now: Timestamp) -> Result<()> {
    for mut address in interface.addresses.clone() {
        release_private(tx, &interface.vpc, address.private)?;
        unmap(tx, &mut address, now)?;
    }
    tx.delete::<NetworkInterface>(&interface.id)?;
    Ok(())
}
