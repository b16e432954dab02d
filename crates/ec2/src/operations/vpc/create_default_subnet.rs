//! `CreateDefaultSubnet`, for accounts that deleted one of theirs.

use std::sync::Arc;

use freehold_api::ec2::{CreateDefaultSubnetRequest, CreateDefaultSubnetResult};
use freehold_store::StoreExt;
use freehold_wire::Call;
use ipnet::Ipv4Net;

use super::{create_subnet, view};
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{Subnet, Tags, Vpc};
use crate::operations::dry_run;
use crate::{Ec2, default_network};

/// Of default subnets (*VPC user guide, Default subnets*).
const PREFIX: u8 = 20;

pub async fn create_default_subnet(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateDefaultSubnetRequest,
) -> Result<CreateDefaultSubnetResult> {
    if input.ipv6_native == Some(true) {
        return Err(Error::no_effect("Ipv6Native"));
    }
    if input.availability_zone.is_none() && input.availability_zone_id.is_none() {
        return Err(Error::MissingParameter("availabilityZone"));
    }
    let zone = create_subnet::choose_zone(&ec2, input.availability_zone, input.availability_zone_id)?;
    find_room(&mut ec2.committed(), call.account(), &zone.name)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    let subnet = ec2
        .store
        .transact(move |tx| {
            let (vpc, cidr) = find_room(tx, &account, &zone.name)?;
            default_network::make_subnet(tx, &vpc, cidr, &zone, true, Tags::default())
        })
        .await?;
    Ok(CreateDefaultSubnetResult { subnet: Some(view::subnet(&ec2, &subnet)?) })
}

/// The default VPC and the first block of it that no subnet has.
fn find_room(from: &mut (impl Reader + ?Sized), account: &str, zone: &str) -> Result<(Vpc, Ipv4Net)> {
    let vpcs: Vec<Vpc> = lookup::all(from, account)?;
    let vpc = vpcs.into_iter().find(|vpc| vpc.is_default).ok_or_else(|| {
        Error::other("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.")
    })?;
    let subnets: Vec<Subnet> = lookup::by_index(from, 0, &vpc.id)?;
    if subnets.iter().any(|subnet| subnet.default_for_az && subnet.zone == zone) {
        let message = format!("A default subnet already exists in {zone} for this account.");
        return Err(Error::other("DefaultSubnetAlreadyExistsInAvailabilityZone", message));
    }
    let overlaps = |cidr: &Ipv4Net| subnets.iter().any(|s| s.cidr.contains(cidr) || cidr.contains(&s.cidr));
    let blocks = vpc.primary_cidr().and_then(|cidr| cidr.subnets(PREFIX).ok());
    let free = blocks.into_iter().flatten().find(|cidr| !overlaps(cidr));
    free.map(|cidr| (vpc, cidr))
        .ok_or_else(|| Error::other("InsufficientCidrBlocks", "There is no free CIDR block in the default VPC."))
}
