//! How interfaces and elastic addresses are shown: model in, generated types out.

use std::collections::HashMap;

use freehold_api::ec2 as api;

use crate::Ec2;
use crate::errors::Result;
use crate::lookup::{self, Reader};
use crate::model::{Address, Attachment, NetworkInterface, PublicAssociation, SecurityGroup};
use crate::operations::instance_view::{private_name, public_name};
use crate::region::Region;

/// What showing interfaces needs to know of their account.
pub(super) struct Names<'a> {
    region: &'a Region,
    /// Of security groups, by id.
    groups: HashMap<String, String>,
}

impl<'a> Names<'a> {
    pub(super) fn of(ec2: &'a Ec2, from: &mut (impl Reader + ?Sized), account: &str) -> Result<Self> {
        let groups: Vec<SecurityGroup> = lookup::all(from, account)?;
        let groups = groups.into_iter().map(|group| (group.id, group.name)).collect();
        Ok(Self { region: &ec2.region, groups })
    }
}

pub(super) fn network_interface(names: &Names<'_>, eni: &NetworkInterface) -> api::NetworkInterface {
    let region = names.region;
    let show = |one: &PublicAssociation| association(region, eni, one);
    let addresses = eni.addresses.iter().enumerate().map(|(place, address)| api::NetworkInterfacePrivateIpAddress {
        association: address.association.as_ref().map(show),
        primary: Some(place == 0),
        private_dns_name: Some(private_name(region, &address.private.to_string())),
        private_ip_address: Some(address.private.to_string()),
    });
    let primary = eni.primary().to_string();
    api::NetworkInterface {
        association: eni.addresses.first().and_then(|first| first.association.as_ref()).map(show),
        attachment: eni
            .attachment
            .as_ref()
            .map(|one| attachment(&eni.account, one))
            .or_else(|| service_attachment(eni)),
        availability_zone: Some(eni.zone.clone()),
        availability_zone_id: Some(eni.zone_id.clone()),
        description: Some(eni.description.clone()),
        groups: Some(groups(names, eni)),
        interface_type: Some(eni.kind().name().into()),
        ipv6_addresses: Some(Vec::new()),
        mac_address: Some(eni.mac_text()),
        network_interface_id: Some(eni.id.clone()),
        operator: Some(api::OperatorResponse { managed: Some(false), ..Default::default() }),
        owner_id: Some(eni.account.clone()),
        private_dns_name: Some(private_name(region, &primary)),
        private_ip_address: Some(primary),
        private_ip_addresses: Some(addresses.collect()),
        public_dns_name: eni.public().map(|address| public_name(region, &address.to_string())),
        requester_id: eni.requester.as_ref().map(|requester| requester.id.clone()),
        requester_managed: Some(eni.requester.is_some()),
        source_dest_check: Some(eni.source_dest_check),
        status: Some(eni.status().name().into()),
        subnet_id: Some(eni.subnet.clone()),
        tag_set: Some(crate::view::tags(&eni.tags).unwrap_or_default()),
        vpc_id: Some(eni.vpc.clone()),
        ..Default::default()
    }
}

pub(super) fn groups(names: &Names<'_>, eni: &NetworkInterface) -> Vec<api::GroupIdentifier> {
    let identify = |id: &String| api::GroupIdentifier {
        group_id: Some(id.clone()),
        group_name: Some(names.groups.get(id).cloned().unwrap_or_default()),
    };
    eni.groups.iter().map(identify).collect()
}

pub(super) fn attachment(account: &str, attachment: &Attachment) -> api::NetworkInterfaceAttachment {
    api::NetworkInterfaceAttachment {
        attach_time: Some(attachment.attached),
        attachment_id: Some(attachment.id.clone()),
        delete_on_termination: Some(attachment.delete_on_termination),
        device_index: i32::try_from(attachment.device_index).ok(),
        network_card_index: Some(0),
        instance_id: Some(attachment.instance.clone()),
        instance_owner_id: Some(account.to_owned()),
        status: Some(attachment.status.name().into()),
        ..Default::default()
    }
}

/// A service's interface is attached to something that nobody sees.
fn service_attachment(eni: &NetworkInterface) -> Option<api::NetworkInterfaceAttachment> {
    Some(api::NetworkInterfaceAttachment {
        attach_time: Some(eni.created),
        attachment_id: eni.service_attachment(),
        delete_on_termination: Some(false),
        device_index: Some(1),
        network_card_index: Some(0),
        instance_owner_id: Some(eni.requester.as_ref()?.owner().to_owned()),
        status: Some("attached".into()),
        ..Default::default()
    })
}

/// A public address that came with a launch is Amazon's own, one that a service was given that service's.
pub(super) fn owner_of(eni: &NetworkInterface, association: &PublicAssociation) -> String {
    match &eni.requester {
        _ if association.elastic.is_some() => eni.account.clone(),
        Some(requester) => requester.id.clone(),
        None => "amazon".into(),
    }
}

fn association(
    region: &Region,
    eni: &NetworkInterface,
    association: &PublicAssociation,
) -> api::NetworkInterfaceAssociation {
    let public = association.public.to_string();
    let (allocation_id, association_id) = association.elastic.clone().unzip();
    api::NetworkInterfaceAssociation {
        allocation_id,
        association_id,
        ip_owner_id: Some(owner_of(eni, association)),
        public_dns_name: Some(public_name(region, &public)),
        public_ip: Some(public),
        ..Default::default()
    }
}

pub(super) fn address(region: &Region, address: &Address) -> api::Address {
    let association = address.association.as_ref();
    api::Address {
        allocation_id: Some(address.id.clone()),
        association_id: association.map(|known| known.id.clone()),
        domain: Some("vpc".into()),
        instance_id: association.and_then(|known| known.instance.clone()),
        network_border_group: Some(region.name.clone()),
        network_interface_id: association.map(|known| known.interface.clone()),
        network_interface_owner_id: association.map(|_| address.account.clone()),
        private_ip_address: association.map(|known| known.private.to_string()),
        public_ip: Some(address.public.to_string()),
        public_ipv4_pool: Some("amazon".into()),
        tags: crate::view::tags(&address.tags),
        ..Default::default()
    }
}
