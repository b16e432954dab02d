//! From what a caller names to where requests are sent.

use std::net::{IpAddr, Ipv4Addr};

use freehold_api::ec2;
use freehold_api::elbv2::TargetDescription;
use freehold_balancer::config::TargetKind;
use ipnet::Ipv4Net;
use jiff::Timestamp;

use crate::Elb;
use crate::errors::Error;
use crate::model::{Target, TargetGroup};

/// *TargetDescription: Id*: addresses that may be outside of the VPC (RFC 1918 and RFC 6598).
const PRIVATE: [([u8; 4], u8); 4] =
    [([10, 0, 0, 0], 8), ([172, 16, 0, 0], 12), ([192, 168, 0, 0], 16), ([100, 64, 0, 0], 10)];
const OUTSIDE: &str = "all";

/// The port by which the group reaches what is named; 0 for functions.
pub(super) fn port(group: &TargetGroup, named: &TargetDescription) -> Result<u16, Error> {
    match (group.kind, named.port) {
        (TargetKind::Lambda, None) => Ok(0),
        (TargetKind::Lambda, Some(_)) => Err(Error::invalid("A port cannot be specified for a function")),
        (_, None) => Ok(group.port.unwrap_or_default()),
        (_, Some(port)) => u16::try_from(port).map_err(|_| Error::invalid(format!("Port '{port}' is not valid"))),
    }
}

/// The targets of a request, or what is wrong with them.
pub(super) async fn targets(
    elb: &Elb,
    group: &TargetGroup,
    named: Vec<TargetDescription>,
) -> Result<Vec<Target>, Error> {
    if named.iter().any(|target| target.quic_server_id.is_some()) {
        return Err(Error::InvalidConfiguration("QuicServerId is not supported in this region".into()));
    }
    match group.kind {
        TargetKind::Instance => instances(elb, group, named).await,
        TargetKind::Ip => addresses(elb, group, named).await,
        TargetKind::Lambda => functions(elb, group, named),
    }
}

fn new(named: &TargetDescription, port: u16, now: Timestamp) -> Target {
    Target {
        id: named.id.clone().unwrap_or_default(),
        port,
        address: None,
        zone: named.availability_zone.clone().unwrap_or_default(),
        zone_was_named: named.availability_zone.is_some(),
        registered: now,
        draining_since: None,
    }
}

async fn instances(elb: &Elb, group: &TargetGroup, named: Vec<TargetDescription>) -> Result<Vec<Target>, Error> {
    if named.iter().any(|target| target.availability_zone.is_some()) {
        return Err(Error::invalid("An Availability Zone cannot be specified for targets of the type 'instance'"));
    }
    let ids: Vec<String> = named.iter().filter_map(|target| target.id.clone()).collect();
    if let Some(id) = ids.iter().find(|id| !freehold_core::ids::is_well_formed("i", id)) {
        return Err(Error::invalid(format!("Instance ID '{id}' is not valid")));
    }
    let found = elb.instances(&group.account, &ids).await?;
    let mut targets = Vec::new();
    for named in &named {
        let id = named.id.as_deref().unwrap_or_default();
        let instance = found.iter().find(|instance| instance.instance_id.as_deref() == Some(id));
        targets.push(instance_target(group, new(named, port(group, named)?, elb.now()), instance)?);
    }
    Ok(targets)
}

fn instance_target(group: &TargetGroup, mut target: Target, instance: Option<&ec2::Instance>) -> Result<Target, Error> {
    let id = &target.id;
    let Some(instance) = instance else {
        return Err(Error::InvalidTarget(format!("The instance '{id}' does not exist")));
    };
    let state = instance.state.as_ref().and_then(|state| state.name.as_deref());
    if state != Some("running") {
        let why = format!("The following targets are not in a running state and cannot be registered: '{id}'");
        return Err(Error::InvalidTarget(why));
    }
    if instance.vpc_id != group.vpc {
        let vpc = group.vpc.as_deref().unwrap_or_default();
        return Err(Error::InvalidTarget(format!("The instance '{id}' is not in the VPC '{vpc}' of the target group")));
    }
    target.address = instance.private_ip_address.as_deref().and_then(|address| address.parse().ok());
    let zone = instance.placement.as_ref().and_then(|placement| placement.availability_zone.clone());
    target.zone = zone.unwrap_or_default();
    Ok(target)
}

async fn addresses(elb: &Elb, group: &TargetGroup, named: Vec<TargetDescription>) -> Result<Vec<Target>, Error> {
    let subnets = elb.subnets_of(&group.account, group.vpc.as_deref().unwrap_or_default()).await?;
    let block =
        |subnet: &ec2::Subnet| Some((subnet.cidr_block.as_deref()?.parse().ok()?, subnet.availability_zone.clone()?));
    let subnets: Vec<(Ipv4Net, String)> = subnets.iter().filter_map(block).collect();
    let target = |named: &TargetDescription| address_target(&subnets, new(named, port(group, named)?, elb.now()));
    named.iter().map(target).collect()
}

fn address_target(subnets: &[(Ipv4Net, String)], mut target: Target) -> Result<Target, Error> {
    let id = &target.id;
    let address: Ipv4Addr =
        id.parse().map_err(|_| Error::invalid(format!("The IP address '{id}' is not a valid IPv4 address")))?;
    let zone = subnets.iter().find(|(block, _)| block.contains(&address)).map(|(_, zone)| zone);
    match (zone, target.zone_was_named) {
        (Some(zone), true) if *zone != target.zone => {
            return Err(Error::InvalidTarget(format!("The IP address '{id}' is not in the zone '{}'", target.zone)));
        }
        (Some(zone), _) => target.zone.clone_from(zone),
        (None, _) if !is_private(address) => {
            return Err(Error::InvalidTarget(format!(
                "The IP address '{id}' is neither in a subnet of the VPC nor a private one"
            )));
        }
        (None, _) if target.zone != OUTSIDE => {
            return Err(Error::InvalidTarget(format!(
                "The IP address '{id}' is not in a subnet of the VPC, so that its Availability Zone must be '{OUTSIDE}'"
            )));
        }
        (None, _) => {}
    }
    target.address = Some(IpAddr::V4(address));
    Ok(target)
}

fn is_private(address: Ipv4Addr) -> bool {
    PRIVATE
        .iter()
        .any(|(base, length)| Ipv4Net::new(Ipv4Addr::from(*base), *length).is_ok_and(|block| block.contains(&address)))
}

fn functions(elb: &Elb, group: &TargetGroup, named: Vec<TargetDescription>) -> Result<Vec<Target>, Error> {
    let target = |named: &TargetDescription| {
        let id = named.id.as_deref().unwrap_or_default();
        let is_function = |arn: &freehold_core::Arn| arn.service == "lambda" && arn.resource.starts_with("function:");
        let arn = id.parse().ok().filter(is_function);
        let arn = arn.ok_or_else(|| Error::invalid(format!("Target ID - {id} is not valid")))?;
        let port = port(group, named)?;
        if (&*arn.account, &*arn.region) != (&*group.account, &*elb.region) {
            let why = format!("The function '{id}' is not in the account and the region of the target group");
            return Err(Error::InvalidTarget(why));
        }
        elb.check_function(&group.arn, id)?;
        Ok(new(named, port, elb.now()))
    };
    named.iter().map(target).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str, zone: Option<&str>) -> Result<Target, Error> {
        let subnets = [("10.0.1.0/24".parse().unwrap(), "us-east-1a".to_owned())];
        let named = TargetDescription {
            id: Some(address.to_owned()),
            availability_zone: zone.map(str::to_owned),
            ..TargetDescription::default()
        };
        address_target(&subnets, new(&named, 80, Timestamp::UNIX_EPOCH))
    }

    #[test]
    fn an_address_has_the_zone_of_its_subnet() {
        assert_eq!(at("10.0.1.7", None).unwrap().zone, "us-east-1a");
        assert!(at("10.0.1.7", Some("us-east-1a")).is_ok());
        assert!(at("10.0.1.7", Some("us-east-1b")).is_err());
    }

    #[test]
    fn an_address_elsewhere_is_private_and_of_all_zones() {
        assert_eq!(at("192.168.3.4", Some("all")).unwrap().zone, "all");
        assert!(at("192.168.3.4", None).is_err());
        for bad in ["198.51.100.7", "127.0.0.1", "::1", "x"] {
            assert!(at(bad, Some("all")).is_err(), "{bad}");
        }
    }
}
