//! Which network interfaces the instances of a launch get: one in a subnet, or those that the request lists.

use super::tags_for;
use crate::catalogue::InstanceType;
use crate::errors::{Error, Result};
use crate::interface::{self, NewInterface, check_address_count, check_interface_count};
use crate::lookup::{self, Reader, by_account_index, by_index};
use crate::model::{InterfaceParameters, LaunchParameters, NetworkInterface, Subnet, Vpc};
use crate::region::Region;

/// One interface of each instance.
#[derive(Debug, Clone)]
pub enum PlannedInterface {
    New(PlannedNew),
    Existing { interface: Box<NetworkInterface>, subnet: Subnet, device_index: u32, delete_on_termination: bool },
}

/// One that the launch makes.
#[derive(Debug, Clone)]
pub struct PlannedNew {
    pub interface: NewInterface,
    pub device_index: u32,
    /// Gets a public address with each start.
    pub public: bool,
    pub delete_on_termination: bool,
}

impl PlannedInterface {
    pub fn subnet(&self) -> &Subnet {
        match self {
            Self::New(new) => &new.interface.subnet,
            Self::Existing { subnet, .. } => subnet,
        }
    }

    fn device_index(&self) -> u32 {
        match self {
            Self::New(new) => new.device_index,
            Self::Existing { device_index, .. } => *device_index,
        }
    }
}

pub fn plan_interfaces(
    from: &mut (impl Reader + ?Sized),
    region: &Region,
    account: &str,
    parameters: &LaunchParameters,
    kind: &InstanceType,
    count: u32,
) -> Result<Vec<PlannedInterface>> {
    check_combinations(parameters, count)?;
    let zone = parameters.placement.as_ref().and_then(|placement| placement.zone.as_deref());
    if let Some(name) = zone
        && region.zone(name).is_none()
    {
        return Err(Error::InvalidParameterValue(format!("Invalid availability zone: [{name}]")));
    }
    // An instance without listed interfaces is one with a single interface that says the same.
    let whole = InterfaceParameters {
        subnet: parameters.subnet.clone(),
        private_ip: parameters.private_ip,
        groups: parameters.group_ids.clone(),
        ..Default::default()
    };
    let listed = if parameters.interfaces.is_empty() { std::slice::from_ref(&whole) } else { &parameters.interfaces };
    let mut planned = Vec::with_capacity(listed.len());
    for said in listed {
        planned.push(plan_one(from, account, said, parameters, zone, listed.len())?);
    }
    planned.sort_by_key(PlannedInterface::device_index);
    check_together(&planned, kind)?;
    Ok(planned)
}

fn check_combinations(parameters: &LaunchParameters, count: u32) -> Result<()> {
    let conflict = |text: &str| Err(Error::InvalidParameterCombination(text.to_owned()));
    let fixed = |said: &InterfaceParameters| {
        said.interface.is_some() || said.private_ip.is_some() || !said.secondary_ips.is_empty()
    };
    if !parameters.interfaces.is_empty() {
        if parameters.subnet.is_some() {
            return conflict(
                "Network interfaces and an instance-level subnet ID may not be specified on the same request",
            );
        }
        if !parameters.group_ids.is_empty() || !parameters.group_names.is_empty() {
            return conflict(
                "Network interfaces and an instance-level security groups may not be specified on the same request",
            );
        }
        if parameters.private_ip.is_some() {
            return conflict(
                "Network interfaces and an instance-level private address may not be specified on the same request",
            );
        }
    }
    if count > 1 && (parameters.private_ip.is_some() || parameters.interfaces.iter().any(fixed)) {
        return conflict("A private address or an existing network interface can be given to one instance only");
    }
    if parameters.subnet.is_some() && !parameters.group_names.is_empty() {
        return conflict("The parameter groupName cannot be used with the parameter subnet");
    }
    Ok(())
}

fn plan_one(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    said: &InterfaceParameters,
    parameters: &LaunchParameters,
    zone: Option<&str>,
    listed: usize,
) -> Result<PlannedInterface> {
    let device_index = said.device_index.unwrap_or(0);
    if let Some(id) = &said.interface {
        return existing(from, account, said, id, device_index);
    }
    let subnet = match &said.subnet {
        Some(id) => lookup::one::<Subnet>(from, account, id)?,
        None => default_subnet(from, account, zone)?,
    };
    if zone.is_some_and(|zone| zone != subnet.zone) {
        return Err(Error::InvalidParameterValue(format!(
            "The subnet '{}' is in the Availability Zone {}, not in the one that was asked for.",
            subnet.id, subnet.zone
        )));
    }
    if said.associate_public_ip.is_some() && (listed > 1 || device_index != 0) {
        return Err(Error::InvalidParameterCombination(
            "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces."
                .into(),
        ));
    }
    let public = said.associate_public_ip.unwrap_or(subnet.map_public_ip_on_launch && listed == 1);
    Ok(PlannedInterface::New(PlannedNew {
        interface: NewInterface {
            groups: interface::groups(from, account, &subnet, &said.groups, &parameters.group_names)?,
            private_ip: said.private_ip,
            secondary_ips: said.secondary_ips.clone(),
            secondary_count: said.secondary_count.unwrap_or(0),
            description: said.description.clone().unwrap_or_default(),
            subnet,
            tags: tags_for(&parameters.tags, "network-interface"),
        },
        device_index,
        public,
        delete_on_termination: said.delete_on_termination.unwrap_or(true),
    }))
}

fn existing(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    said: &InterfaceParameters,
    id: &str,
    device_index: u32,
) -> Result<PlannedInterface> {
    let bare = InterfaceParameters {
        device_index: said.device_index,
        interface: said.interface.clone(),
        delete_on_termination: said.delete_on_termination,
        ..Default::default()
    };
    if *said != bare {
        return Err(Error::InvalidParameterCombination(
            "A network interface may not specify both a network interface ID and a subnet, addresses or groups".into(),
        ));
    }
    let interface: NetworkInterface = lookup::one(from, account, id)?;
    if interface.attachment.is_some() {
        return Err(Error::other("InvalidNetworkInterface.InUse", format!("Interface: [{id}] in use.")));
    }
    let subnet = lookup::one(from, account, &interface.subnet)?;
    let delete_on_termination = said.delete_on_termination.unwrap_or(false);
    Ok(PlannedInterface::Existing { interface: Box::new(interface), subnet, device_index, delete_on_termination })
}

/// The default subnet of the zone, or of any.
fn default_subnet(from: &mut (impl Reader + ?Sized), account: &str, zone: Option<&str>) -> Result<Subnet> {
    let vpcs: Vec<Vpc> = by_account_index(from, account, 0, "true")?;
    let Some(vpc) = vpcs.into_iter().next() else {
        return Err(Error::other(
            "VPCIdNotSpecified",
            "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.",
        ));
    };
    let mut subnets: Vec<Subnet> = by_index(from, 0, &vpc.id)?;
    subnets.retain(|subnet| subnet.default_for_az && zone.is_none_or(|zone| zone == subnet.zone));
    subnets.sort_by(|a, b| a.zone.cmp(&b.zone));
    subnets.into_iter().next().ok_or_else(|| {
        Error::other(
            "MissingInput",
            format!("No subnets found for the default VPC '{}'. Please specify a subnet.", vpc.id),
        )
    })
}

fn check_together(planned: &[PlannedInterface], kind: &InstanceType) -> Result<()> {
    check_interface_count(planned.len(), kind)?;
    if planned.first().map(PlannedInterface::device_index) != Some(0) {
        return Err(Error::InvalidParameterCombination("A network interface with device index 0 is required.".into()));
    }
    for pair in planned.windows(2) {
        if pair[0].device_index() == pair[1].device_index() {
            return Err(Error::InvalidParameterCombination(
                "Each network interface requires a unique device index.".into(),
            ));
        }
        if pair[0].subnet().vpc != pair[1].subnet().vpc || pair[0].subnet().zone != pair[1].subnet().zone {
            return Err(Error::InvalidParameterCombination(
                "All network interfaces of an instance must be in the same VPC and Availability Zone.".into(),
            ));
        }
    }
    for interface in planned {
        let count = match interface {
            PlannedInterface::New(new) => new.interface.address_count(),
            PlannedInterface::Existing { interface, .. } => {
                u32::try_from(interface.addresses.len()).unwrap_or(u32::MAX)
            }
        };
        check_address_count(count, Some(kind))?;
    }
    Ok(())
}
