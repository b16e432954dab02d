//! How the resources of this family are shown: model in, generated type out.

use freehold_api::ec2 as api;
use freehold_core::Arn;

use super::associate_route_table::associated;
use crate::Ec2;
use crate::errors::Result;
use crate::lookup::{self, Reader};
use crate::model::{
    AclEntry, InternetGateway, NetworkAcl, NetworkInterface, PrivateAddress, Route, RouteTable, RouteTarget, Subnet,
    Tenancy, Vpc,
};

pub(crate) fn vpc(vpc: &Vpc) -> api::Vpc {
    let associations = vpc.cidrs.iter().map(|association| api::VpcCidrBlockAssociation {
        association_id: Some(association.id.clone()),
        cidr_block: Some(association.cidr.to_string()),
        cidr_block_state: Some(api::VpcCidrBlockState { state: Some("associated".into()), ..Default::default() }),
    });
    api::Vpc {
        vpc_id: Some(vpc.id.clone()),
        owner_id: Some(vpc.account.clone()),
        state: Some("available".into()),
        cidr_block: vpc.primary_cidr().map(|cidr| cidr.to_string()),
        cidr_block_association_set: Some(associations.collect()),
        dhcp_options_id: Some(vpc.dhcp_options.clone()),
        instance_tenancy: Some(if vpc.tenancy == Tenancy::Dedicated { "dedicated" } else { "default" }.into()),
        is_default: Some(vpc.is_default),
        tags: crate::view::tags(&vpc.tags),
        ..Default::default()
    }
}

/// Free addresses are counted: one row is kept per address in use.
pub(crate) fn subnet(ec2: &Ec2, subnet: &Subnet) -> Result<api::Subnet> {
    let taken = lookup::by_index::<PrivateAddress>(&mut ec2.committed(), 0, &subnet.id)?.len();
    let usable = subnet.usable().count();
    let arn = Arn::new("ec2", &ec2.region.name, &subnet.account, format!("subnet/{}", subnet.id));
    Ok(api::Subnet {
        subnet_id: Some(subnet.id.clone()),
        subnet_arn: Some(arn.to_string()),
        owner_id: Some(subnet.account.clone()),
        state: Some("available".into()),
        vpc_id: Some(subnet.vpc.clone()),
        cidr_block: Some(subnet.cidr.to_string()),
        available_ip_address_count: i32::try_from(usable.saturating_sub(taken)).ok(),
        availability_zone: Some(subnet.zone.clone()),
        availability_zone_id: Some(subnet.zone_id.clone()),
        default_for_az: Some(subnet.default_for_az),
        map_public_ip_on_launch: Some(subnet.map_public_ip_on_launch),
        map_customer_owned_ip_on_launch: Some(false),
        assign_ipv6_address_on_creation: Some(false),
        ipv6_cidr_block_association_set: Some(Vec::new()),
        ipv6_native: Some(false),
        enable_dns64: Some(false),
        private_dns_name_options_on_launch: Some(api::PrivateDnsNameOptionsOnLaunch {
            hostname_type: Some(subnet.hostname_type.clone()),
            enable_resource_name_dns_a_record: Some(subnet.dns_a_record),
            enable_resource_name_dns_aaaa_record: Some(false),
        }),
        tags: crate::view::tags(&subnet.tags),
        ..Default::default()
    })
}

/// Whether a route is a black hole is seen now: its target may be gone.
pub(crate) fn route_table(ec2: &Ec2, table: &RouteTable) -> Result<api::RouteTable> {
    let mut from = ec2.committed();
    let routes = table.routes.iter().map(|entry| route(&mut from, table, entry)).collect::<Result<Vec<_>>>()?;
    let associations = table.associations.iter().map(|association| api::RouteTableAssociation {
        main: Some(association.subnet.is_none()),
        route_table_association_id: Some(association.id.clone()),
        route_table_id: Some(table.id.clone()),
        subnet_id: association.subnet.clone(),
        association_state: Some(associated()),
        ..Default::default()
    });
    Ok(api::RouteTable {
        route_table_id: Some(table.id.clone()),
        vpc_id: Some(table.vpc.clone()),
        owner_id: Some(table.account.clone()),
        associations: Some(associations.collect()),
        propagating_vgws: Some(Vec::new()),
        routes: Some(routes),
        tags: Some(crate::view::tags(&table.tags).unwrap_or_default()),
    })
}

fn route(from: &mut (impl Reader + ?Sized), table: &RouteTable, route: &Route) -> Result<api::Route> {
    let mut shown = api::Route {
        destination_cidr_block: Some(route.destination.to_string()),
        origin: Some(route.origin.name().into()),
        ..Default::default()
    };
    let is_active = match &route.target {
        RouteTarget::Local => {
            shown.gateway_id = Some("local".into());
            true
        }
        RouteTarget::InternetGateway(id) => {
            shown.gateway_id = Some(id.clone());
            from.read::<InternetGateway>(id)?.is_some_and(|gateway| gateway.vpc.as_ref() == Some(&table.vpc))
        }
        RouteTarget::NetworkInterface(id) => {
            shown.network_interface_id = Some(id.clone());
            let attachment = from.read::<NetworkInterface>(id)?.and_then(|interface| interface.attachment);
            shown.instance_id = attachment.as_ref().map(|attachment| attachment.instance.clone());
            shown.instance_owner_id = attachment.as_ref().map(|_| table.account.clone());
            attachment.is_some()
        }
    };
    shown.state = Some(if is_active { "active" } else { "blackhole" }.into());
    Ok(shown)
}

pub(crate) fn internet_gateway(gateway: &InternetGateway) -> api::InternetGateway {
    let attachment =
        |vpc: &String| api::InternetGatewayAttachment { state: Some("available".into()), vpc_id: Some(vpc.clone()) };
    api::InternetGateway {
        internet_gateway_id: Some(gateway.id.clone()),
        owner_id: Some(gateway.account.clone()),
        attachments: Some(gateway.vpc.iter().map(attachment).collect()),
        tags: Some(crate::view::tags(&gateway.tags).unwrap_or_default()),
    }
}

pub(crate) fn network_acl(acl: &NetworkAcl) -> api::NetworkAcl {
    let associations = acl.associations.iter().map(|association| api::NetworkAclAssociation {
        network_acl_association_id: Some(association.id.clone()),
        network_acl_id: Some(acl.id.clone()),
        subnet_id: Some(association.subnet.clone()),
    });
    let entries = acl.entries.iter().map(|entry| api::NetworkAclEntry {
        cidr_block: Some(entry.cidr.to_string()),
        egress: Some(entry.egress),
        protocol: Some(entry.protocol.clone()),
        rule_action: Some(rule_action(entry).into()),
        rule_number: Some(entry.number.into()),
        ..Default::default()
    });
    api::NetworkAcl {
        network_acl_id: Some(acl.id.clone()),
        vpc_id: Some(acl.vpc.clone()),
        owner_id: Some(acl.account.clone()),
        is_default: Some(acl.is_default),
        associations: Some(associations.collect()),
        entries: Some(entries.collect()),
        tags: Some(crate::view::tags(&acl.tags).unwrap_or_default()),
    }
}

pub(crate) fn rule_action(entry: &AclEntry) -> &'static str {
    if entry.allow { "allow" } else { "deny" }
}
