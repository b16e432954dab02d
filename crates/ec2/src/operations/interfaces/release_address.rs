//! `ReleaseAddress`.

use std::sync::Arc;

use freehold_api::ec2::ReleaseAddressRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::elastic::{AddressRef, not_found};
use crate::Ec2;
use crate::addresses::release_public;
use crate::errors::{Error, Result};
use crate::lookup::Reader;
use crate::model::Address;
use crate::operations::dry_run;

pub async fn release_address(ec2: Arc<Ec2>, call: Call, input: ReleaseAddressRequest) -> Result<Unit> {
    let named = AddressRef::new(input.allocation_id, input.public_ip)?;
    let address = unused(&mut ec2.committed(), call.account(), &named)?;
    // *API reference, ReleaseAddress: NetworkBorderGroup*.
    if input.network_border_group.is_some_and(|group| group != ec2.region.name) {
        return Err(not_found(&[&address.public.to_string()]));
    }
    dry_run(input.dry_run)?;

    let (account, now) = (call.account().to_owned(), ec2.now());
    ec2.store
        .transact(move |tx| {
            let address = unused(tx, &account, &named)?;
            tx.delete::<Address>(&address.id)?;
            release_public(tx, address.public, now)?;
            Ok(Unit)
        })
        .await
}

fn unused(from: &mut (impl Reader + ?Sized), account: &str, named: &AddressRef) -> Result<Address> {
    let address = named.find(from, account)?;
    if address.association.is_some() {
        return Err(Error::other("InvalidIPAddress.InUse", format!("Address {} is in use.", address.public)));
    }
    Ok(address)
}
