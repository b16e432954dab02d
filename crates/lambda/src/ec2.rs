//! What Lambda asks EC2: subnets and security groups, and the interfaces that functions have in them.

use std::net::Ipv4Addr;

use freehold_api::ec2::{self, Filter, op};
use freehold_api::iam::{GetRoleRequest, op as iam};
use freehold_core::Principal;
use freehold_functions::spec::{self, MacAddr};
use freehold_wire::{Error, Local};

use crate::model::Interface;

/// As inside a VPC (*EC2 user guide, Network MTU*).
const MTU: u32 = 9001;

/// EC2, for one account.
pub(crate) struct Ec2<'a> {
    local: &'a Local,
    account: &'a str,
}

impl<'a> Ec2<'a> {
    pub fn new(local: &'a Local, account: &'a str) -> Self {
        Self { local, account }
    }

    fn robot(&self) -> Principal {
        Principal::service_linked(self.account, "Lambda")
    }

    /// # Errors
    /// EC2's own, if one of them is not there.
    pub async fn subnets(&self, ids: &[String]) -> Result<Vec<ec2::Subnet>, Error> {
        let input = ec2::DescribeSubnetsRequest { subnet_ids: Some(ids.to_vec()), ..Default::default() };
        let answer = self.local.call::<op::DescribeSubnets>(self.robot(), input).await?;
        Ok(answer.subnets.unwrap_or_default())
    }

    /// # Errors
    /// EC2's own, if one of them is not there.
    pub async fn security_groups(&self, ids: &[String]) -> Result<Vec<ec2::SecurityGroup>, Error> {
        let input = ec2::DescribeSecurityGroupsRequest { group_ids: Some(ids.to_vec()), ..Default::default() };
        let answer = self.local.call::<op::DescribeSecurityGroups>(self.robot(), input).await?;
        Ok(answer.security_groups.unwrap_or_default())
    }

    /// The interface, if EC2 has it.
    pub async fn find(&self, interface: &Interface) -> Result<Option<ec2::NetworkInterface>, Error> {
        let filter = |name: &str, value: &str| Filter { name: Some(name.into()), values: Some(vec![value.into()]) };
        let input = ec2::DescribeNetworkInterfacesRequest {
            filters: Some(vec![
                filter("description", &interface.description),
                filter("interface-type", "lambda"),
                filter("subnet-id", &interface.subnet),
            ]),
            ..Default::default()
        };
        let answer = self.local.call::<op::DescribeNetworkInterfaces>(self.robot(), input).await?;
        Ok(answer.network_interfaces.unwrap_or_default().into_iter().next())
    }

    /// Makes the interface, for the role of the function that it is named after.
    pub async fn create(&self, interface: &Interface) -> Result<Option<ec2::NetworkInterface>, Error> {
        let input = ec2::CreateNetworkInterfaceRequest {
            subnet_id: Some(interface.subnet.clone()),
            groups: Some(interface.groups.clone()),
            description: Some(interface.description.clone()),
            interface_type: Some("lambda".into()),
            ..Default::default()
        };
        let role = self.role_id(&interface.role).await;
        let requester = Principal { user_id: format!("{role}:{}", self.account), ..self.robot() };
        let answer = self.local.call::<op::CreateNetworkInterface>(requester, input).await?;
        Ok(answer.network_interface)
    }

    /// `AROA…`; the name of Lambda's own role, if there is none like that any more.
    async fn role_id(&self, arn: &str) -> String {
        let name = arn.rsplit('/').next().map(str::to_owned);
        let answer = self.local.call::<iam::GetRole>(self.robot(), GetRoleRequest { role_name: name }).await;
        let id = answer.ok().and_then(|answer| answer.role?.role_id);
        id.unwrap_or_else(|| "AWSServiceRoleForLambda".into())
    }

    /// Removes an interface; one that is gone is fine.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let input =
            ec2::DeleteNetworkInterfaceRequest { network_interface_id: Some(id.to_owned()), ..Default::default() };
        match self.local.call::<op::DeleteNetworkInterface>(self.robot(), input).await {
            Err(error) if error.code != "InvalidNetworkInterfaceID.NotFound" => Err(error),
            _ => Ok(()),
        }
    }

    /// What the node is to make of an interface; `None` if its subnet is gone.
    pub async fn on_host(&self, shown: ec2::NetworkInterface) -> Result<Option<spec::Interface>, Error> {
        let subnet = shown.subnet_id.clone().unwrap_or_default();
        let found = self.subnets(&[subnet]).await?.into_iter().next();
        Ok(found.and_then(|subnet| interface(shown, subnet.cidr_block.as_deref()?)))
    }
}

fn interface(shown: ec2::NetworkInterface, cidr: &str) -> Option<spec::Interface> {
    let (network, prefix) = cidr.split_once('/')?;
    let network: Ipv4Addr = network.parse().ok()?;
    Some(spec::Interface {
        eni: shown.network_interface_id?,
        vpc: shown.vpc_id?,
        mac: mac(&shown.mac_address?)?,
        address: shown.private_ip_address?.parse().ok()?,
        prefix: prefix.parse().ok()?,
        // The subnet's router: its first address.
        gateway: Ipv4Addr::from(u32::from(network).saturating_add(1)),
        mtu: MTU,
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
    fn an_interface_is_read_as_ec2_shows_it() {
        let shown = ec2::NetworkInterface {
            network_interface_id: Some("eni-1".into()),
            vpc_id: Some("vpc-1".into()),
            mac_address: Some("02:66:68:00:0a:ff".into()),
            private_ip_address: Some("10.0.1.9".into()),
            ..Default::default()
        };
        let read = interface(shown.clone(), "10.0.1.0/24").unwrap();
        assert_eq!((read.gateway, read.prefix), (Ipv4Addr::new(10, 0, 1, 1), 24));
        assert_eq!(read.mac, MacAddr([2, 0x66, 0x68, 0, 0x0a, 0xff]));
        for wrong in ["", "10.0.1.0", "10.0.1/24"] {
            assert_eq!(interface(shown.clone(), wrong), None, "{wrong}");
        }
    }
}
