//! Making network interfaces, for launches and for CreateNetworkInterface alike: which groups they are in, which
//! addresses they get, and how many of both they may have.

use std::net::Ipv4Addr;

use freehold_store::Tx;
use jiff::Timestamp;
use rand::Rng;

use crate::addresses::{take_private, take_this_private};
use crate::catalogue::InstanceType;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader, by_index};
use crate::model::{InterfaceAddress, NetworkInterface, SecurityGroup, Subnet, Tags};
use crate::new_id;

/// Security groups of one interface (*VPC user guide, Amazon VPC quotas*).
pub const MAX_GROUPS: usize = 5;
/// Private addresses of an interface that is attached to nothing: what the largest types allow.
const MAX_ADDRESSES: u32 = 50;

/// What an interface is to be.
#[derive(Debug, Clone)]
pub struct NewInterface {
    pub subnet: Subnet,
    /// Ids of its security groups.
    pub groups: Vec<String>,
    /// `None`: any that is free.
    pub private_ip: Option<Ipv4Addr>,
    pub secondary_ips: Vec<Ipv4Addr>,
    /// Secondary addresses besides those listed.
    pub secondary_count: u32,
    pub description: String,
    pub tags: Tags,
}

impl NewInterface {
    /// How many private addresses it will have.
    pub fn address_count(&self) -> u32 {
        let listed = u32::try_from(self.secondary_ips.len()).unwrap_or(u32::MAX);
        listed.saturating_add(self.secondary_count).saturating_add(1)
    }
}

/// Takes the addresses of a new interface and says what it is; to write it is the caller's.
pub fn make(tx: &mut dyn Tx, new: &NewInterface, now: Timestamp) -> Result<NetworkInterface> {
    let id = new_id("eni");
    let mut addresses = Vec::new();
    let mut hold = |private: Ipv4Addr| addresses.push(InterfaceAddress { private, association: None });
    for address in new.private_ip.iter().chain(&new.secondary_ips) {
        take_this_private(tx, &new.subnet, &id, *address)?;
    }
    match new.private_ip {
        Some(address) => hold(address),
        None => hold(take_private(tx, &new.subnet, &id)?),
    }
    new.secondary_ips.iter().copied().for_each(&mut hold);
    for _ in 0..new.secondary_count {
        hold(take_private(tx, &new.subnet, &id)?);
    }
    Ok(NetworkInterface {
        id,
        account: new.subnet.account.clone(),
        vpc: new.subnet.vpc.clone(),
        subnet: new.subnet.id.clone(),
        zone: new.subnet.zone.clone(),
        zone_id: new.subnet.zone_id.clone(),
        description: new.description.clone(),
        mac: new_mac(),
        addresses,
        groups: new.groups.clone(),
        source_dest_check: true,
        public_at_start: false,
        attachment: None,
        requester: None,
        created: now,
        tags: new.tags.clone(),
    })
}

/// A locally administered address.
fn new_mac() -> [u8; 6] {
    let mut mac: [u8; 6] = rand::rng().random();
    mac[0] = 0x02;
    mac
}

/// Ids of the groups that are named, or of the VPC's default group.
pub fn groups(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    subnet: &Subnet,
    ids: &[String],
    names: &[String],
) -> Result<Vec<String>> {
    if ids.is_empty() && names.is_empty() {
        return Ok(vec![group_by_name(from, subnet, "default")?]);
    }
    let mut groups = groups_in_vpc(from, account, &subnet.vpc, &format!("subnet {}", subnet.id), ids)?;
    for name in names {
        let id = group_by_name(from, subnet, name)?;
        if !groups.contains(&id) {
            groups.push(id);
        }
    }
    check_group_count(&groups)?;
    Ok(groups)
}

/// As [`groups`], for groups that are named by their ids only. `whose` is in the VPC: `interface eni-…`.
pub fn groups_in_vpc(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    vpc: &str,
    whose: &str,
    ids: &[String],
) -> Result<Vec<String>> {
    let groups: Vec<SecurityGroup> = lookup::many(from, account, ids)?;
    if let Some(stranger) = groups.iter().find(|group| group.vpc != vpc) {
        return Err(Error::InvalidParameter(format!(
            "Security group {} and {whose} belong to different networks.",
            stranger.id
        )));
    }
    let groups: Vec<_> = groups.into_iter().map(|group| group.id).collect();
    check_group_count(&groups)?;
    Ok(groups)
}

fn check_group_count(groups: &[String]) -> Result<()> {
    if groups.len() > MAX_GROUPS {
        return Err(Error::other(
            "SecurityGroupsPerInterfaceLimitExceeded",
            "The maximum number of security groups per interface has been reached.",
        ));
    }
    Ok(())
}

fn group_by_name(from: &mut (impl Reader + ?Sized), subnet: &Subnet, name: &str) -> Result<String> {
    let in_vpc: Vec<SecurityGroup> = by_index(from, 0, &subnet.vpc)?;
    in_vpc.into_iter().find(|group| group.name == name).map(|group| group.id).ok_or_else(|| {
        Error::other(
            "InvalidGroup.NotFound",
            format!("The security group '{name}' does not exist in default VPC '{}'", subnet.vpc),
        )
    })
}

/// Refuses more private addresses than the type of an interface's instance allows.
pub fn check_address_count(count: u32, kind: Option<&InstanceType>) -> Result<()> {
    let (limit, whose) = match kind {
        Some(kind) => (kind.ipv4_per_eni, kind.name),
        None => (MAX_ADDRESSES, "a network interface"),
    };
    if count <= limit {
        return Ok(());
    }
    Err(Error::other(
        "PrivateIpAddressLimitExceeded",
        format!("Number of private addresses will exceed limit of {limit} for {whose}."),
    ))
}

/// Refuses more interfaces than a type of instance takes.
pub fn check_interface_count(count: usize, kind: &InstanceType) -> Result<()> {
    if count <= usize::try_from(kind.max_enis).unwrap_or(usize::MAX) {
        return Ok(());
    }
    let message = format!("Interface count {count} exceeds the limit for {}", kind.name);
    Err(Error::other("AttachmentLimitExceeded", message))
}
