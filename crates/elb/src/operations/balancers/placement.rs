//! Where a balancer is: one subnet in each of its zones, all of one VPC.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use freehold_api::ec2::Subnet;
use freehold_api::elbv2::SubnetMapping;
use freehold_balancer::config::Kind;
use ipnet::Ipv4Net;

use crate::Elb;
use crate::errors::Error;
use crate::model::{Scheme, Zone};

/// Free addresses that a subnet of an application balancer must have.
const FREE: i32 = 8;

/// A VPC and the balancer's zones in it, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placement {
    pub vpc: String,
    pub zones: Vec<Zone>,
}

/// What a caller says of one subnet.
#[derive(Debug, Clone, Default)]
struct Wanted {
    subnet: String,
    allocation: Option<String>,
    address: Option<Ipv4Addr>,
}

/// Finds out about the subnets of a request, as `Subnets` or `SubnetMappings`, and refuses what cannot be.
pub(super) async fn place(
    elb: &Elb,
    account: &str,
    kind: Kind,
    scheme: Scheme,
    subnets: Option<Vec<String>>,
    mappings: Option<Vec<SubnetMapping>>,
) -> Result<Placement, Error> {
    let wanted = wanted(kind, scheme, subnets, mappings)?;
    let ids: Vec<String> = wanted.iter().map(|one| one.subnet.clone()).collect();
    let found = elb.subnets(account, &ids).await?;
    let placement = placed(kind, &wanted, &found)?;
    let allocations: Vec<String> = wanted.into_iter().filter_map(|one| one.allocation).collect();
    elb.check_allocations(account, &allocations).await?;
    if scheme == Scheme::InternetFacing && !elb.has_internet_gateway(account, &placement.vpc).await? {
        return Err(Error::InvalidSubnet(format!("VPC {} has no internet gateway", placement.vpc)));
    }
    Ok(placement)
}

fn wanted(
    kind: Kind,
    scheme: Scheme,
    subnets: Option<Vec<String>>,
    mappings: Option<Vec<SubnetMapping>>,
) -> Result<Vec<Wanted>, Error> {
    let wanted = match (subnets.unwrap_or_default(), mappings.unwrap_or_default()) {
        (subnets, mappings) if subnets.is_empty() && mappings.is_empty() => {
            return Err(Error::invalid("You must specify either subnets or subnet mappings"));
        }
        (subnets, mappings) if mappings.is_empty() => {
            subnets.into_iter().map(|subnet| Wanted { subnet, ..Wanted::default() }).collect()
        }
        (subnets, mappings) if subnets.is_empty() => {
            mappings.into_iter().map(|one| mapped(kind, scheme, one)).collect::<Result<Vec<_>, _>>()?
        }
        _ => return Err(Error::invalid("You cannot specify both subnets and subnet mappings")),
    };
    let distinct: BTreeSet<&str> = wanted.iter().map(|one| one.subnet.as_str()).collect();
    if distinct.len() != wanted.len() {
        return Err(Error::InvalidConfiguration("A subnet may be specified once only".into()));
    }
    Ok(wanted)
}

fn mapped(kind: Kind, scheme: Scheme, mapping: SubnetMapping) -> Result<Wanted, Error> {
    let refuse = |what: &str| Err(Error::InvalidConfiguration(what.to_owned()));
    if mapping.ipv6_address.is_some() || mapping.source_nat_ipv6_prefix.is_some() {
        return refuse(
            "IPv6Address and SourceNatIpv6Prefix are not supported in this region: balancers have IPv4 only",
        );
    }
    if mapping.allocation_id.is_some() && (kind, scheme) != (Kind::Network, Scheme::InternetFacing) {
        return refuse("AllocationId can be specified for internet-facing network load balancers only");
    }
    if mapping.private_ipv4_address.is_some() && (kind, scheme) != (Kind::Network, Scheme::Internal) {
        return refuse("PrivateIPv4Address can be specified for internal network load balancers only");
    }
    let subnet = mapping.subnet_id.ok_or_else(|| Error::invalid("A subnet mapping must have a subnet ID"))?;
    let not_one = |text: &str| Error::invalid(format!("'{text}' is not a valid IPv4 address"));
    let address = mapping.private_ipv4_address.map(|text| text.parse().map_err(|_| not_one(&text))).transpose()?;
    Ok(Wanted { subnet, allocation: mapping.allocation_id, address })
}

/// The zones of `found`, which are the subnets of `wanted` in the same order.
fn placed(kind: Kind, wanted: &[Wanted], found: &[Subnet]) -> Result<Placement, Error> {
    let vpc = found.first().and_then(|subnet| subnet.vpc_id.clone()).unwrap_or_default();
    let mut zones = Vec::new();
    for (wanted, subnet) in wanted.iter().zip(found) {
        let id = &wanted.subnet;
        if subnet.vpc_id.as_ref() != Some(&vpc) {
            return Err(Error::InvalidConfiguration("All subnets must belong to the same VPC".into()));
        }
        if kind == Kind::Application && subnet.available_ip_address_count.unwrap_or_default() < FREE {
            return Err(Error::InvalidSubnet(format!(
                "Not enough IP space available in {id}. ELB requires at least {FREE} free IP addresses in each subnet."
            )));
        }
        let block = subnet.cidr_block.as_deref().and_then(|block| block.parse::<Ipv4Net>().ok());
        if let Some(address) = wanted.address.filter(|address| !block.is_some_and(|block| block.contains(address))) {
            return Err(Error::InvalidConfiguration(format!("The address {address} is not in the subnet {id}")));
        }
        let zone = Zone::new(subnet.availability_zone.as_deref().unwrap_or_default(), id);
        zones.push(Zone { allocation: wanted.allocation.clone(), wanted_address: wanted.address, ..zone });
    }
    zones.sort_by(|one, other| one.zone.cmp(&other.zone));
    if zones.windows(2).any(|two| two[0].zone == two[1].zone) {
        let why = "A load balancer cannot be attached to multiple subnets in the same Availability Zone";
        return Err(Error::InvalidConfiguration(why.into()));
    }
    if kind == Kind::Application && zones.len() < 2 {
        return Err(Error::invalid("At least two subnets in two different Availability Zones must be specified"));
    }
    Ok(Placement { vpc, zones })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(id: &str, zone: &str, vpc: &str) -> Subnet {
        Subnet {
            subnet_id: Some(id.into()),
            availability_zone: Some(zone.into()),
            vpc_id: Some(vpc.into()),
            cidr_block: Some("10.0.0.0/24".into()),
            available_ip_address_count: Some(100),
            ..Subnet::default()
        }
    }

    fn wants(ids: &[&str]) -> Vec<Wanted> {
        ids.iter().map(|id| Wanted { subnet: (*id).to_owned(), ..Wanted::default() }).collect()
    }

    #[test]
    fn zones_come_in_order_and_once() {
        let two = [subnet("s-2", "b", "v"), subnet("s-1", "a", "v")];
        let placement = placed(Kind::Application, &wants(&["s-2", "s-1"]), &two).unwrap();
        assert_eq!(placement.zones.iter().map(|zone| &*zone.subnet).collect::<Vec<_>>(), ["s-1", "s-2"]);
        let same = [subnet("s-2", "a", "v"), subnet("s-1", "a", "v")];
        assert!(placed(Kind::Application, &wants(&["s-2", "s-1"]), &same).is_err());
        let apart = [subnet("s-2", "b", "w"), subnet("s-1", "a", "v")];
        assert!(placed(Kind::Network, &wants(&["s-2", "s-1"]), &apart).is_err());
    }

    #[test]
    fn application_balancers_need_two_zones_and_network_balancers_one() {
        let one = [subnet("s-1", "a", "v")];
        assert!(placed(Kind::Application, &wants(&["s-1"]), &one).is_err());
        assert!(placed(Kind::Network, &wants(&["s-1"]), &one).is_ok());
    }

    #[test]
    fn an_address_must_be_in_its_subnet() {
        let mut wanted = wants(&["s-1"]);
        wanted[0].address = Some([10, 0, 0, 9].into());
        let one = [subnet("s-1", "a", "v")];
        assert!(placed(Kind::Network, &wanted, &one).is_ok());
        wanted[0].address = Some([10, 0, 1, 9].into());
        assert!(placed(Kind::Network, &wanted, &one).is_err());
    }
}
