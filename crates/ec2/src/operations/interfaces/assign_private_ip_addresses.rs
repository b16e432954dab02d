//! `AssignPrivateIpAddresses`: more private addresses for an interface, or another interface's. All or none.

use std::net::Ipv4Addr;
use std::sync::Arc;

use freehold_api::ec2::{AssignPrivateIpAddressesRequest, AssignPrivateIpAddressesResult, AssignedPrivateIpAddress};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::wiring::{check_manager, parse_address, parse_count, refuse, tell_machine_of, type_of_holder};
use crate::Ec2;
use crate::addresses::{release_private, take_private, take_this_private};
use crate::errors::{Error, Result};
use crate::interface::check_address_count;
use crate::lookup;
use crate::model::{Address, InterfaceAddress, NetworkInterface, PrivateAddress, Subnet};

/// Which addresses are asked for.
enum Wanted {
    These(Vec<Ipv4Addr>),
    Any(u32),
}

pub async fn assign_private_ip_addresses(
    ec2: Arc<Ec2>,
    call: Call,
    input: AssignPrivateIpAddressesRequest,
) -> Result<AssignPrivateIpAddressesResult> {
    let (prefixes, count) = (input.ipv4_prefixes, input.ipv4_prefix_count);
    refuse(&[("Ipv4Prefixes", prefixes.is_some()), ("Ipv4PrefixCount", count.unwrap_or(0) != 0)])?;
    let id = input.network_interface_id.ok_or(Error::MissingParameter("networkInterfaceId"))?;
    let wanted = Wanted::read(input.private_ip_addresses, input.secondary_private_ip_address_count)?;
    let may_move = input.allow_reassignment == Some(true);
    let principal = call.principal;
    let (id, assigned) = ec2
        .store
        .transact(move |tx| {
            let mut interface: NetworkInterface = lookup::one(tx, &principal.account, &id)?;
            check_manager(&principal, &interface)?;
            let subnet: Subnet = lookup::one(tx, &principal.account, &interface.subnet)?;
            let mut assigned = Vec::new();
            match wanted {
                Wanted::Any(count) => {
                    check_room(tx, &interface, count)?;
                    for _ in 0..count {
                        let private = take_private(tx, &subnet, &interface.id)?;
                        assigned.push(InterfaceAddress { private, association: None });
                    }
                }
                Wanted::These(addresses) => {
                    let is_new = |address: &Ipv4Addr| interface.addresses.iter().all(|known| known.private != *address);
                    let new: Vec<_> = addresses.into_iter().filter(is_new).collect();
                    check_room(tx, &interface, u32::try_from(new.len()).unwrap_or(u32::MAX))?;
                    for private in new {
                        let moved = free(tx, &interface, private, may_move)?;
                        take_this_private(tx, &subnet, &interface.id, private)?;
                        assigned.push(moved.unwrap_or(InterfaceAddress { private, association: None }));
                    }
                }
            }
            interface.addresses.extend(assigned.iter().cloned());
            tx.put(&interface)?;
            for address in &assigned {
                follow(tx, &interface, address)?;
            }
            tell_machine_of(tx, &interface)?;
            Ok::<_, Error>((interface.id, assigned))
        })
        .await?;
    let show = |one: InterfaceAddress| AssignedPrivateIpAddress { private_ip_address: Some(one.private.to_string()) };
    Ok(AssignPrivateIpAddressesResult {
        network_interface_id: Some(id),
        assigned_private_ip_addresses: Some(assigned.into_iter().map(show).collect()),
        ..Default::default()
    })
}

impl Wanted {
    fn read(listed: Option<Vec<String>>, count: Option<i32>) -> Result<Self> {
        match (listed.filter(|listed| !listed.is_empty()), parse_count("secondaryPrivateIpAddressCount", count)?) {
            (Some(listed), None | Some(0)) => {
                let addresses = listed.iter().map(|text| parse_address("privateIpAddress", text));
                let mut addresses = addresses.collect::<Result<Vec<_>>>()?;
                addresses.sort();
                addresses.dedup();
                Ok(Self::These(addresses))
            }
            (None, Some(count)) if count > 0 => Ok(Self::Any(count)),
            (Some(_), Some(_)) => Err(Error::InvalidParameterCombination(
                "The parameters privateIpAddresses and secondaryPrivateIpAddressCount cannot be used together".into(),
            )),
            (None, _) => Err(Error::Missing(
                "Either privateIpAddresses or secondaryPrivateIpAddressCount must be specified".into(),
            )),
        }
    }
}

fn check_room(tx: &mut dyn Tx, interface: &NetworkInterface, more: u32) -> Result<()> {
    let kind = type_of_holder(tx, interface)?;
    let count = u32::try_from(interface.addresses.len()).unwrap_or(u32::MAX).saturating_add(more);
    check_address_count(count, kind.as_ref())
}

/// Takes a secondary address from the interface that holds it, with the public address that is mapped to it.
fn free(
    tx: &mut dyn Tx,
    interface: &NetworkInterface,
    address: Ipv4Addr,
    may_move: bool,
) -> Result<Option<InterfaceAddress>> {
    let Some(held) = tx.get::<PrivateAddress>(&PrivateAddress::key(&interface.vpc, address))? else { return Ok(None) };
    let Some(mut other) = tx.get::<NetworkInterface>(&held.interface)?.filter(|_| may_move) else {
        return Err(Error::InvalidParameterValue(format!("[{address}] is already assigned, but move is not allowed.")));
    };
    let place = other.addresses.iter().position(|known| known.private == address).unwrap_or(0);
    if place == 0 {
        return Err(Error::InvalidParameterValue(format!(
            "{address} is the primary private address of {} and cannot be moved.",
            other.id
        )));
    }
    let moved = other.addresses.remove(place);
    release_private(tx, &other.vpc, address)?;
    tx.put(&other)?;
    tell_machine_of(tx, &other)?;
    Ok(Some(moved))
}

/// An elastic address that came along is told where it is.
fn follow(tx: &mut dyn Tx, interface: &NetworkInterface, address: &InterfaceAddress) -> Result<()> {
    let Some((allocation, _)) = address.association.as_ref().and_then(|known| known.elastic.as_ref()) else {
        return Ok(());
    };
    if let Some(mut elastic) = tx.get::<Address>(allocation)? {
        if let Some(association) = &mut elastic.association {
            association.interface = interface.id.clone();
            association.instance = interface.attachment.as_ref().map(|attachment| attachment.instance.clone());
        }
        tx.put(&elastic)?;
    }
    Ok(())
}
