//! `AllocateAddress`.

use std::sync::Arc;

use freehold_api::ec2::{AllocateAddressRequest, AllocateAddressResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::elastic::check_border_group;
use super::wiring::refuse;
use crate::addresses::take_public;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::Address;
use crate::operations::dry_run;
use crate::{Ec2, new_id, tagging};

/// Elastic addresses of one account. AWS begins with 5 and raises that on request; here there is nobody to ask, and
/// the pool has 65,534.
const QUOTA: usize = 100;

pub async fn allocate_address(
    ec2: Arc<Ec2>,
    call: Call,
    input: AllocateAddressRequest,
) -> Result<AllocateAddressResult> {
    refuse(&[
        ("Address", input.address.is_some()),
        ("PublicIpv4Pool", input.public_ipv4_pool.as_deref().is_some_and(|pool| pool != "amazon")),
        ("CustomerOwnedIpv4Pool", input.customer_owned_ipv4_pool.is_some()),
        ("IpamPoolId", input.ipam_pool_id.is_some()),
    ])?;
    if let Some(domain) = input.domain.filter(|domain| domain != "vpc") {
        return Err(Error::invalid_value("domain", domain, "Expected: vpc."));
    }
    check_border_group(&ec2.region.name, input.network_border_group.as_deref())?;
    let tags = tagging::for_new("elastic-ip", input.tag_specifications)?;
    check_quota(&mut ec2.committed(), call.account())?;
    dry_run(input.dry_run)?;

    let (writer, account) = (Arc::clone(&ec2), call.account().to_owned());
    let address = ec2
        .store
        .transact(move |tx| {
            check_quota(tx, &account)?;
            let id = new_id("eipalloc");
            let public = take_public(tx, writer.public_pool, &account, &id, writer.now())?;
            let address = Address { id, account, public, association: None, tags };
            tx.put(&address)?;
            Ok::<_, Error>(address)
        })
        .await?;
    Ok(AllocateAddressResult {
        allocation_id: Some(address.id),
        public_ip: Some(address.public.to_string()),
        public_ipv4_pool: Some("amazon".into()),
        network_border_group: Some(ec2.region.name.clone()),
        domain: Some("vpc".into()),
        ..Default::default()
    })
}

fn check_quota(from: &mut (impl Reader + ?Sized), account: &str) -> Result<()> {
    let held: Vec<Address> = lookup::all(from, account)?;
    if held.len() >= QUOTA { Err(Error::AddressLimitExceeded) } else { Ok(()) }
}
