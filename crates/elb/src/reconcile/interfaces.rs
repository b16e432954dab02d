//! The network interfaces of a balancer: one in the subnet of each of its zones, made and kept by EC2's own operations.
//! They are found again by their description, which names the balancer, so that one that was made just before a crash
//! is not made twice.

use std::net::Ipv4Addr;
use std::sync::Arc;

use freehold_api::ec2::{self, op};
use freehold_balancer::config::Kind;
use freehold_core::Principal;
use freehold_machine::Interface;
use freehold_machine::spec::MacAddr;
use freehold_wire::{Error, Local};
use ipnet::Ipv4Net;

use crate::model::{LoadBalancer, Scheme, Zone, arns};

/// As inside a VPC (*EC2 user guide, Network MTU*).
const MTU: u32 = 9001;

/// EC2, as a balancer uses it.
pub struct Interfaces<'a> {
    local: &'a Arc<Local>,
    balancer: &'a LoadBalancer,
    principal: Principal,
}

/// An interface that the balancer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub id: String,
    pub subnet: String,
    pub private: Ipv4Addr,
    pub public: Option<Ipv4Addr>,
    allocation: Option<String>,
    mac: MacAddr,
    /// Sorted.
    groups: Vec<String>,
}

impl<'a> Interfaces<'a> {
    pub fn new(local: &'a Arc<Local>, balancer: &'a LoadBalancer) -> Self {
        let principal = Principal::service_linked(&balancer.account, "ElasticLoadBalancing");
        Self { local, balancer, principal }
    }

    /// *ELB app/NAME/ID*, as AWS calls them.
    fn description(&self) -> String {
        format!("ELB {}", arns::short(&self.balancer.arn))
    }

    /// All that there are of the balancer.
    pub async fn list(&self) -> Result<Vec<Held>, Error> {
        let filter = |name: &str, value: String| ec2::Filter { name: Some(name.into()), values: Some(vec![value]) };
        let input = ec2::DescribeNetworkInterfacesRequest {
            filters: Some(vec![
                filter("description", self.description()),
                filter("requester-id", "amazon-elb".into()),
                filter("vpc-id", self.balancer.vpc.clone()),
            ]),
            ..Default::default()
        };
        let answer = self.local.call::<op::DescribeNetworkInterfaces>(self.principal.clone(), input).await?;
        Ok(answer.network_interfaces.unwrap_or_default().into_iter().filter_map(held).collect())
    }

    /// Makes the one of this zone.
    pub async fn create(&self, zone: &Zone) -> Result<(), Error> {
        let kind = if self.balancer.kind == Kind::Network { "network_load_balancer" } else { "interface" };
        let groups = &self.balancer.security_groups;
        let input = ec2::CreateNetworkInterfaceRequest {
            subnet_id: Some(zone.subnet.clone()),
            description: Some(self.description()),
            interface_type: Some(kind.into()),
            groups: (!groups.is_empty()).then(|| groups.clone()),
            private_ip_address: zone.wanted_address.map(|address| address.to_string()),
            ..Default::default()
        };
        self.local.call::<op::CreateNetworkInterface>(self.principal.clone(), input).await.map(drop)
    }

    /// Makes security groups and the public address what they should be; tells whether something had to change.
    pub async fn adjust(&self, zone: &Zone, held: &Held) -> Result<bool, Error> {
        let mut wanted = self.balancer.security_groups.clone();
        wanted.sort();
        wanted.dedup();
        // A network balancer that has none is in none; nothing takes an interface out of its last group.
        let groups_differ = !wanted.is_empty() && held.groups != wanted;
        if groups_differ {
            self.modify(&held.id, |input| input.groups = Some(wanted)).await?;
        }
        let is_public = self.balancer.scheme == Scheme::InternetFacing;
        match &zone.allocation {
            Some(allocation) if held.allocation.as_ref() != Some(allocation) => {
                let input = ec2::AssociateAddressRequest {
                    allocation_id: Some(allocation.clone()),
                    network_interface_id: Some(held.id.clone()),
                    ..Default::default()
                };
                self.local.call::<op::AssociateAddress>(self.principal.clone(), input).await?;
            }
            None if is_public && held.public.is_none() => {
                self.modify(&held.id, |input| input.associate_public_ip_address = Some(true)).await?;
            }
            _ => return Ok(groups_differ),
        }
        Ok(true)
    }

    async fn modify(
        &self,
        id: &str,
        change: impl FnOnce(&mut ec2::ModifyNetworkInterfaceAttributeRequest),
    ) -> Result<(), Error> {
        let mut input = ec2::ModifyNetworkInterfaceAttributeRequest {
            network_interface_id: Some(id.to_owned()),
            ..Default::default()
        };
        change(&mut input);
        self.local.call::<op::ModifyNetworkInterfaceAttribute>(self.principal.clone(), input).await.map(drop)
    }

    /// Removes one; its elastic address stays its owner's.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let input =
            ec2::DeleteNetworkInterfaceRequest { network_interface_id: Some(id.to_owned()), ..Default::default() };
        match self.local.call::<op::DeleteNetworkInterface>(self.principal.clone(), input).await {
            Err(error) if error.code != "InvalidNetworkInterfaceID.NotFound" => Err(error),
            _ => Ok(()),
        }
    }

    /// What the host is asked to make of them, in the order of the balancer's zones.
    pub async fn on_host(&self, held: &[Held]) -> Result<Vec<Interface>, Error> {
        let subnets: Vec<_> = self.balancer.zones.iter().map(|zone| zone.subnet.clone()).collect();
        let input = ec2::DescribeSubnetsRequest { subnet_ids: Some(subnets), ..Default::default() };
        let answer = self.local.call::<op::DescribeSubnets>(self.principal.clone(), input).await?;
        let known = answer.subnets.unwrap_or_default();
        let interface = |zone: &Zone| {
            let held = held.iter().find(|held| held.subnet == zone.subnet)?;
            let subnet = known.iter().find(|subnet| subnet.subnet_id.as_ref() == Some(&zone.subnet))?;
            let cidr: Ipv4Net = subnet.cidr_block.as_ref()?.parse().ok()?;
            Some(Interface {
                eni: held.id.clone(),
                vpc: self.balancer.vpc.clone(),
                mac: held.mac,
                address: held.private,
                prefix: cidr.prefix_len(),
                // The subnet's router: its first address.
                gateway: Ipv4Addr::from(u32::from(cidr.network()).saturating_add(1)),
                mtu: MTU,
            })
        };
        Ok(self.balancer.zones.iter().filter_map(interface).collect())
    }
}

fn held(shown: ec2::NetworkInterface) -> Option<Held> {
    let association = shown.association.unwrap_or_default();
    let mut groups: Vec<_> = shown.groups.unwrap_or_default().into_iter().filter_map(|group| group.group_id).collect();
    groups.sort();
    Some(Held {
        id: shown.network_interface_id?,
        subnet: shown.subnet_id?,
        private: shown.private_ip_address?.parse().ok()?,
        public: association.public_ip.and_then(|address| address.parse().ok()),
        allocation: association.allocation_id,
        mac: mac(&shown.mac_address?)?,
        groups,
    })
}

/// `02:66:68:00:00:01`
fn mac(text: &str) -> Option<MacAddr> {
    let bytes: Vec<u8> = text.split(':').map(|part| u8::from_str_radix(part, 16).ok()).collect::<Option<_>>()?;
    bytes.try_into().ok().map(MacAddr)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn hardware_addresses_are_read() {
        assert_eq!(mac("02:66:68:00:0a:ff"), Some(MacAddr([2, 0x66, 0x68, 0, 0x0a, 0xff])));
        for wrong in ["", "02:66", "02:66:68:00:0a:fg", "02:66:68:00:0a:ff:00"] {
            assert_eq!(mac(wrong), None, "{wrong}");
        }
    }
}
