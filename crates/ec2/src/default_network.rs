//! What an account finds when it first comes to the region: a default VPC with a subnet in each zone, a way out, a
//! security group and an access list (*VPC user guide, Default VPCs*). Also the parts that every new VPC is born
//! with, which CreateVpc shares.

use std::net::Ipv4Addr;

use freehold_store::{Tx, TxExt};
use ipnet::Ipv4Net;
use jiff::Timestamp;

use crate::errors::Result;
use crate::model::{
    Account, AclAssociation, CidrAssociation, InternetGateway, NetworkAcl, Peer, Protocol, Route, RouteOrigin,
    RouteTable, RouteTableAssociation, RouteTarget, SecurityGroup, SecurityGroupRule, Subnet, Tags, Tenancy, Vpc,
};
use crate::new_id;
use crate::region::{Region, Zone};

/// Makes the account's default network unless the account is known.
pub fn welcome(tx: &mut dyn Tx, region: &Region, account: &str, now: Timestamp) -> Result<()> {
    if tx.get::<Account>(account)?.is_some() {
        return Ok(());
    }
    let dhcp_options = new_id("dopt");
    tx.put(&Account { id: account.into(), account: account.into(), created: now, dhcp_options })?;
    make_default_vpc(tx, region, account).map(drop)
}

/// The default VPC with all that belongs to it.
pub fn make_default_vpc(tx: &mut dyn Tx, region: &Region, account: &str) -> Result<Vpc> {
    let vpc = make_vpc(tx, account, default_cidr(), true, Tenancy::Default, Tags::default())?;
    let gateway = InternetGateway {
        id: new_id("igw"),
        account: account.into(),
        vpc: Some(vpc.id.clone()),
        tags: Tags::default(),
    };
    tx.put(&gateway)?;
    if let Some(mut table) = main_route_table(tx, &vpc.id)? {
        table.routes.push(Route {
            destination: Ipv4Net::default(),
            target: RouteTarget::InternetGateway(gateway.id),
            origin: RouteOrigin::CreateRoute,
        });
        tx.put(&table)?;
    }
    for (zone, index) in region.zones.iter().zip(0u8..) {
        make_subnet(tx, &vpc, default_subnet_cidr(index), zone, true, Tags::default())?;
    }
    Ok(vpc)
}

/// A VPC with what each is born with: main route table, default security group and default access list.
pub fn make_vpc(
    tx: &mut dyn Tx,
    account: &str,
    cidr: Ipv4Net,
    is_default: bool,
    tenancy: Tenancy,
    tags: Tags,
) -> Result<Vpc> {
    let dhcp_options = tx.get::<Account>(account)?.map(|known| known.dhcp_options).unwrap_or_default();
    let vpc = Vpc {
        id: new_id("vpc"),
        account: account.into(),
        cidrs: vec![CidrAssociation { id: new_id("vpc-cidr-assoc"), cidr }],
        is_default,
        dhcp_options,
        tenancy,
        dns_support: true,
        dns_hostnames: is_default,
        network_address_usage_metrics: false,
        tags,
    };
    let table = RouteTable {
        id: new_id("rtb"),
        account: account.into(),
        vpc: vpc.id.clone(),
        routes: vec![Route { destination: cidr, target: RouteTarget::Local, origin: RouteOrigin::CreateRouteTable }],
        associations: vec![RouteTableAssociation { id: new_id("rtbassoc"), subnet: None }],
        tags: Tags::default(),
    };
    let acl = NetworkAcl {
        id: new_id("acl"),
        account: account.into(),
        vpc: vpc.id.clone(),
        is_default: true,
        entries: NetworkAcl::allow_all(),
        associations: Vec::new(),
        tags: Tags::default(),
    };
    tx.put(&vpc)?;
    tx.put(&table)?;
    tx.put(&acl)?;
    tx.put(&default_group(&vpc))?;
    Ok(vpc)
}

/// A subnet, in the VPC's access list as every subnet is in one.
pub fn make_subnet(
    tx: &mut dyn Tx,
    vpc: &Vpc,
    cidr: Ipv4Net,
    zone: &Zone,
    default_for_az: bool,
    tags: Tags,
) -> Result<Subnet> {
    let subnet = Subnet {
        id: new_id("subnet"),
        account: vpc.account.clone(),
        vpc: vpc.id.clone(),
        cidr,
        zone: zone.name.clone(),
        zone_id: zone.id.clone(),
        default_for_az,
        map_public_ip_on_launch: default_for_az,
        hostname_type: "ip-name".into(),
        dns_a_record: false,
        tags,
    };
    tx.put(&subnet)?;
    let acls: Vec<NetworkAcl> = tx.list(&freehold_store::Filter::index(0, &vpc.id))?;
    if let Some(mut acl) = acls.into_iter().find(|acl| acl.is_default) {
        acl.associations.push(AclAssociation { id: new_id("aclassoc"), subnet: subnet.id.clone() });
        tx.put(&acl)?;
    }
    Ok(subnet)
}

/// The table of subnets that have none of their own.
pub fn main_route_table(tx: &mut dyn Tx, vpc: &str) -> Result<Option<RouteTable>> {
    let tables: Vec<RouteTable> = tx.list(&freehold_store::Filter::index(0, vpc))?;
    Ok(tables.into_iter().find(RouteTable::is_main))
}

/// Members reach each other, and everything outside.
fn default_group(vpc: &Vpc) -> SecurityGroup {
    let id = new_id("sg");
    let rule = |egress, peer| SecurityGroupRule {
        id: new_id("sgr"),
        egress,
        protocol: Protocol::All,
        peer,
        description: None,
        tags: Tags::default(),
    };
    SecurityGroup {
        rules: vec![
            rule(false, Peer::Group { group: id.clone(), account: vpc.account.clone() }),
            rule(true, Peer::Ipv4(Ipv4Net::default())),
        ],
        id,
        account: vpc.account.clone(),
        vpc: vpc.id.clone(),
        name: "default".into(),
        description: "default VPC security group".into(),
        tags: Tags::default(),
    }
}

/// 172.31.0.0/16
fn default_cidr() -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(172, 31, 0, 0), 16)
}

/// 172.31.0.0/20, 172.31.16.0/20, …
fn default_subnet_cidr(index: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(172, 31, index.saturating_mul(16), 0), 20)
}
