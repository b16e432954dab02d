//! `CreateSubnet`.

use std::sync::Arc;

use freehold_api::ec2::{CreateSubnetRequest, CreateSubnetResult};
use freehold_store::StoreExt;
use freehold_wire::Call;
use ipnet::Ipv4Net;

use super::view;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{Subnet, Vpc};
use crate::operations::dry_run;
use crate::{Ec2, Zone, default_network, tagging};

pub async fn create_subnet(ec2: Arc<Ec2>, call: Call, input: CreateSubnetRequest) -> Result<CreateSubnetResult> {
    refuse_what_has_no_effect(&input)?;
    let vpc_id = input.vpc_id.ok_or(Error::MissingParameter("vpcId"))?;
    let block = input.cidr_block.ok_or(Error::MissingParameter("cidrBlock"))?;
    let cidr = parse_cidr(&block)?;
    let zone = choose_zone(&ec2, input.availability_zone, input.availability_zone_id)?;
    let tags = tagging::for_new("subnet", input.tag_specifications)?;
    check_room(&mut ec2.committed(), call.account(), &vpc_id, cidr)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    let subnet = ec2
        .store
        .transact(move |tx| {
            let vpc = check_room(tx, &account, &vpc_id, cidr)?;
            default_network::make_subnet(tx, &vpc, cidr, &zone, false, tags)
        })
        .await?;
    Ok(CreateSubnetResult { subnet: Some(view::subnet(&ec2, &subnet)?) })
}

/// A block between /16 and /28 (*VPC user guide, Subnet sizing*).
fn parse_cidr(text: &str) -> Result<Ipv4Net> {
    let cidr: Ipv4Net =
        text.parse().map_err(|_| Error::invalid_value("cidrBlock", text, "This is not a valid CIDR block."))?;
    if !(16..=28).contains(&cidr.prefix_len()) || cidr.trunc() != cidr {
        return Err(Error::other("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    Ok(cidr)
}

/// AWS chooses a zone if none is named; the first one here, so that subnets of one program meet.
pub(super) fn choose_zone(ec2: &Ec2, name: Option<String>, id: Option<String>) -> Result<Zone> {
    let zones = &ec2.region.zones;
    let found = match (&name, &id) {
        (Some(_), Some(_)) => {
            return Err(Error::InvalidParameterCombination(
                "The parameters availabilityZone and availabilityZoneId cannot be used together".into(),
            ));
        }
        (Some(name), None) => ec2.region.zone(name),
        (None, Some(id)) => zones.iter().find(|zone| zone.id == *id),
        (None, None) => zones.first(),
    };
    found.cloned().ok_or_else(|| {
        let names: Vec<_> = zones.iter().map(|zone| zone.name.as_str()).collect();
        let asked = name.or(id).unwrap_or_default();
        let why =
            format!("Subnets can currently only be created in the following availability zones: {}.", names.join(", "));
        Error::invalid_value("availabilityZone", asked, why)
    })
}

fn check_room(from: &mut (impl Reader + ?Sized), account: &str, vpc: &str, cidr: Ipv4Net) -> Result<Vpc> {
    let vpc: Vpc = lookup::one(from, account, vpc)?;
    if !vpc.cidrs.iter().any(|association| association.cidr.contains(&cidr)) {
        return Err(Error::other("InvalidSubnet.Range", format!("The CIDR '{cidr}' is invalid.")));
    }
    let subnets: Vec<Subnet> = lookup::by_index(from, 0, &vpc.id)?;
    if subnets.iter().any(|other| other.cidr.contains(&cidr) || cidr.contains(&other.cidr)) {
        let message = format!("The CIDR '{cidr}' conflicts with another subnet");
        return Err(Error::other("InvalidSubnet.Conflict", message));
    }
    Ok(vpc)
}

fn refuse_what_has_no_effect(input: &CreateSubnetRequest) -> Result<()> {
    let asked = [
        ("Ipv6CidrBlock", input.ipv6_cidr_block.is_some()),
        ("Ipv6Native", input.ipv6_native == Some(true)),
        ("OutpostArn", input.outpost_arn.is_some()),
        ("Ipv4IpamPoolId", input.ipv4_ipam_pool_id.is_some()),
        ("Ipv4NetmaskLength", input.ipv4_netmask_length.is_some()),
        ("Ipv6IpamPoolId", input.ipv6_ipam_pool_id.is_some()),
        ("Ipv6NetmaskLength", input.ipv6_netmask_length.is_some()),
    ];
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}
