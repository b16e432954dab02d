//! `ModifySubnetAttribute`: one attribute a call.

use std::sync::Arc;

use freehold_api::ec2::{AttributeBooleanValue, ModifySubnetAttributeRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::errors::{Error, Result};
use crate::model::Subnet;
use crate::{Ec2, lookup};

pub async fn modify_subnet_attribute(ec2: Arc<Ec2>, call: Call, input: ModifySubnetAttributeRequest) -> Result<Unit> {
    refuse_what_has_no_effect(&input)?;
    let id = input.subnet_id.ok_or(Error::MissingParameter("subnetId"))?;
    let map_public = input.map_public_ip_on_launch.and_then(|attribute| attribute.value);
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut subnet: Subnet = lookup::one(tx, &account, &id)?;
            subnet.map_public_ip_on_launch = map_public.unwrap_or(subnet.map_public_ip_on_launch);
            tx.put(&subnet)?;
            Ok(Unit)
        })
        .await
}

/// What a subnet here cannot be is refused; asking for what it is anyway is not.
fn refuse_what_has_no_effect(input: &ModifySubnetAttributeRequest) -> Result<()> {
    let on = |attribute: &Option<AttributeBooleanValue>| attribute.as_ref().and_then(|a| a.value) == Some(true);
    let asked = [
        ("AssignIpv6AddressOnCreation", on(&input.assign_ipv6_address_on_creation)),
        ("MapCustomerOwnedIpOnLaunch", on(&input.map_customer_owned_ip_on_launch)),
        ("CustomerOwnedIpv4Pool", input.customer_owned_ipv4_pool.is_some()),
        ("EnableDns64", on(&input.enable_dns64)),
        (
            "PrivateDnsHostnameTypeOnLaunch",
            input.private_dns_hostname_type_on_launch.as_deref().is_some_and(|kind| kind != "ip-name"),
        ),
        ("EnableResourceNameDnsARecordOnLaunch", on(&input.enable_resource_name_dns_a_record_on_launch)),
        ("EnableResourceNameDnsAAAARecordOnLaunch", on(&input.enable_resource_name_dns_aaaa_record_on_launch)),
        ("EnableLniAtDeviceIndex", input.enable_lni_at_device_index.is_some()),
    ];
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}
