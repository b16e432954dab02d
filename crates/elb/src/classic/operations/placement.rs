//! In which subnets a balancer is: at most one in each zone, all of one VPC.

use freehold_api::ec2::Subnet;

use crate::Elb;
use crate::classic::errors::Error;
use crate::errors;
use crate::model::{Scheme, Zone};

/// A VPC, and the zones in it in the order of their names.
pub(super) struct Placement {
    pub vpc: String,
    pub zones: Vec<Zone>,
}

/// Where a new balancer is: in these subnets, or in the default subnets of these zones.
pub(super) async fn place(
    elb: &Elb,
    account: &str,
    scheme: Scheme,
    subnets: Vec<String>,
    zones: Vec<String>,
) -> Result<Placement, Error> {
    let found = match (subnets.is_empty(), zones.is_empty()) {
        (true, true) => return Err(Error::invalid("Either AvailabilityZones or SubnetIds must be specified")),
        (false, false) => return Err(Error::invalid("Only one of SubnetIds or AvailabilityZones may be specified")),
        (false, true) => elb.subnets(account, &subnets).await?,
        (true, false) => elb.default_subnets(account, &zones).await?,
    };
    let vpc = found.first().and_then(|subnet| subnet.vpc_id.clone()).unwrap_or_default();
    let zones = added(&vpc, Vec::new(), &found)?;
    if scheme == Scheme::InternetFacing && !elb.has_internet_gateway(account, &vpc).await? {
        return Err(errors::Error::InvalidSubnet(format!("VPC {vpc} has no internet gateway")).into());
    }
    Ok(Placement { vpc, zones })
}

/// The zones with these subnets besides; one that is there already stays as it is.
pub(super) fn added(vpc: &str, mut zones: Vec<Zone>, found: &[Subnet]) -> Result<Vec<Zone>, Error> {
    for subnet in found {
        let id = subnet.subnet_id.as_deref().unwrap_or_default();
        if subnet.vpc_id.as_deref() != Some(vpc) {
            let why = format!("The subnet '{id}' does not belong to VPC '{vpc}' of the load balancer");
            return Err(errors::Error::InvalidSubnet(why).into());
        }
        let name = subnet.availability_zone.as_deref().unwrap_or_default();
        match zones.iter().find(|zone| zone.zone == name) {
            Some(zone) if zone.subnet == id => {}
            Some(zone) => {
                return Err(Error::configuration(format!(
                    "The load balancer is in the zone {name} already, with the subnet {}",
                    zone.subnet
                )));
            }
            None => zones.push(Zone::new(name, id)),
        }
    }
    zones.sort_by(|one, other| one.zone.cmp(&other.zone));
    Ok(zones)
}

/// The zones without some, of which one must stay.
pub(super) fn removed(zones: &[Zone], goes: impl Fn(&Zone) -> bool) -> Result<Vec<Zone>, Error> {
    let left: Vec<Zone> = zones.iter().filter(|zone| !goes(zone)).cloned().collect();
    match left.is_empty() {
        true => Err(Error::configuration("A load balancer must stay in one Availability Zone at least")),
        false => Ok(left),
    }
}
