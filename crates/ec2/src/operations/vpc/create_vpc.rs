//! `CreateVpc`.

use std::sync::Arc;

use freehold_api::ec2::{CreateVpcRequest, CreateVpcResult};
use freehold_store::StoreExt;
use freehold_wire::Call;
use ipnet::Ipv4Net;

use crate::errors::{Error, Result};
use crate::model::Tenancy;
use crate::operations::dry_run;
use crate::{Ec2, default_network, tagging};

use super::view;

pub async fn create_vpc(ec2: Arc<Ec2>, call: Call, input: CreateVpcRequest) -> Result<CreateVpcResult> {
    refuse_what_has_no_effect(&input)?;
    let cidr = parse_cidr(input.cidr_block.as_deref().ok_or(Error::MissingParameter("cidrBlock"))?)?;
    let tenancy = match input.instance_tenancy.as_deref() {
        None | Some("default") => Tenancy::Default,
        Some("dedicated") => return Err(Error::no_effect("InstanceTenancy=dedicated")),
        Some(other) => return Err(Error::invalid_value("instanceTenancy", other, "Expected: default, dedicated.")),
    };
    let tags = tagging::for_new("vpc", input.tag_specifications)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    let vpc = ec2.store.transact(move |tx| default_network::make_vpc(tx, &account, cidr, false, tenancy, tags)).await?;
    Ok(CreateVpcResult { vpc: Some(view::vpc(&vpc)) })
}

/// A block between /16 and /28, host bits cleared as AWS clears them (*VPC user guide, VPC CIDR blocks*).
fn parse_cidr(text: &str) -> Result<Ipv4Net> {
    let cidr: Ipv4Net = text.parse().map_err(|_| {
        Error::InvalidParameterValue(format!(
            "Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block."
        ))
    })?;
    if !(16..=28).contains(&cidr.prefix_len()) {
        return Err(Error::other("InvalidVpc.Range", format!("The CIDR '{text}' is invalid.")));
    }
    Ok(cidr.trunc())
}

fn refuse_what_has_no_effect(input: &CreateVpcRequest) -> Result<()> {
    let asked = [
        ("AmazonProvidedIpv6CidrBlock", input.amazon_provided_ipv6_cidr_block == Some(true)),
        ("Ipv6Pool", input.ipv6_pool.is_some()),
        ("Ipv6CidrBlock", input.ipv6_cidr_block.is_some()),
        ("Ipv4IpamPoolId", input.ipv4_ipam_pool_id.is_some()),
        ("Ipv6IpamPoolId", input.ipv6_ipam_pool_id.is_some()),
    ];
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}
