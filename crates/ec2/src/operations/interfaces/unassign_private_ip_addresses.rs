//! `UnassignPrivateIpAddresses`. All or none; the primary address stays for the interface's life.

use std::sync::Arc;

use freehold_api::ec2::UnassignPrivateIpAddressesRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::wiring::{check_manager, parse_address, refuse, tell_machine_of};
use crate::addresses::{release_private, unmap};
use crate::errors::{Error, Result};
use crate::model::NetworkInterface;
use crate::{Ec2, lookup};

pub async fn unassign_private_ip_addresses(
    ec2: Arc<Ec2>,
    call: Call,
    input: UnassignPrivateIpAddressesRequest,
) -> Result<Unit> {
    refuse(&[("Ipv4Prefixes", input.ipv4_prefixes.is_some())])?;
    let id = input.network_interface_id.ok_or(Error::MissingParameter("networkInterfaceId"))?;
    let listed = input.private_ip_addresses.filter(|listed| !listed.is_empty());
    let listed = listed.ok_or(Error::MissingParameter("privateIpAddresses"))?;
    let listed = listed.iter().map(|text| parse_address("privateIpAddress", text)).collect::<Result<Vec<_>>>()?;
    let (principal, now) = (call.principal, ec2.now());
    ec2.store
        .transact(move |tx| {
            let mut interface: NetworkInterface = lookup::one(tx, &principal.account, &id)?;
            check_manager(&principal, &interface)?;
            for address in listed {
                match interface.addresses.iter().position(|known| known.private == address) {
                    Some(0) => {
                        return Err(Error::InvalidParameterValue(format!(
                            "{address} is the primary private address of {id} and cannot be unassigned."
                        )));
                    }
                    Some(place) => {
                        let mut gone = interface.addresses.remove(place);
                        unmap(tx, &mut gone, now)?;
                        release_private(tx, &interface.vpc, address)?;
                    }
                    None => {
                        return Err(Error::InvalidParameterValue(format!(
                            "Some of the specified addresses are not assigned to interface {id}"
                        )));
                    }
                }
            }
            tx.put(&interface)?;
            tell_machine_of(tx, &interface)?;
            Ok(Unit)
        })
        .await
}
