//! The filters of DescribeInstances (*API reference, DescribeInstances: Filter.N*). What instances here cannot have
//! matches nothing; what is the same for all of them matches that.

use super::view::{InstanceView, wish};
use crate::catalogue;
use crate::filters::Table;
use crate::model::{Attachment, InterfaceAddress, NetworkInterface, PublicAssociation};

pub const FILTERS: Table<InstanceView> = Table {
    values: &[
        ("affinity", |v| on_host(v).map(|_| v.instance.placement.affinity.name().into()).into_iter().collect()),
        ("architecture", |v| vec![v.instance.architecture.clone()]),
        ("availability-zone", |v| vec![v.instance.placement.zone.clone()]),
        ("availability-zone-id", |v| vec![v.instance.placement.zone_id.clone()]),
        ("block-device-mapping.attach-time", |v| vec![time(v.instance.root.attached)]),
        ("block-device-mapping.delete-on-termination", |v| vec![v.instance.root.delete_on_termination.to_string()]),
        ("block-device-mapping.device-name", |v| vec![v.instance.root.name.clone()]),
        ("block-device-mapping.status", |_| vec!["attached".into()]),
        ("block-device-mapping.volume-id", |v| vec![v.instance.root.volume.clone()]),
        ("boot-mode", |_| vec!["uefi-preferred".into()]),
        ("capacity-reservation-id", |v| reservation(v).into_iter().collect()),
        ("capacity-reservation-specification.capacity-reservation-preference", |v| {
            wish(&v.instance.reservation_terms.wish).capacity_reservation_preference.into_iter().collect()
        }),
        ("capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id", |v| {
            let target = wish(&v.instance.reservation_terms.wish).capacity_reservation_target;
            target.and_then(|target| target.capacity_reservation_id).into_iter().collect()
        }),
        ("client-token", |v| vec![v.instance.client_token.clone()]),
        ("current-instance-boot-mode", |_| vec!["legacy-bios".into()]),
        ("dns-name", |v| v.public_dns().into_iter().collect()),
        ("ebs-optimized", |v| vec![v.instance.ebs_optimized.to_string()]),
        ("ena-support", |_| vec!["true".into()]),
        ("enclave-options.enabled", |_| vec!["false".into()]),
        ("hibernation-options.configured", |_| vec!["false".into()]),
        ("host-id", |v| on_host(v).into_iter().collect()),
        ("hypervisor", |_| vec!["xen".into()]),
        ("iam-instance-profile.arn", |v| v.instance.iam_profile.iter().map(|p| p.arn.clone()).collect()),
        ("iam-instance-profile.id", |v| v.instance.iam_profile.iter().map(|p| p.id.clone()).collect()),
        ("iam-instance-profile.name", |v| v.instance.iam_profile.iter().map(|p| p.name().to_owned()).collect()),
        ("image-id", |v| vec![v.instance.image.clone()]),
        ("instance-id", |v| vec![v.instance.id.clone()]),
        ("instance-lifecycle", |v| v.instance.spot.iter().map(|_| "spot".into()).collect()),
        ("instance-state-code", |v| vec![v.instance.state.code().to_string()]),
        ("instance-state-name", |v| vec![v.instance.state.name().into()]),
        ("instance-type", |v| vec![v.instance.instance_type.clone()]),
        ("instance.group-id", |v| primary_groups(v).cloned().collect()),
        ("instance.group-name", |v| primary_groups(v).map(|id| v.group_name(id)).collect()),
        ("ip-address", |v| v.public_ip().into_iter().collect()),
        ("ipv6-address", |_| Vec::new()),
        ("kernel-id", |_| Vec::new()),
        ("key-name", |v| v.instance.key_name.iter().cloned().collect()),
        ("launch-index", |v| vec![v.instance.launch_index.to_string()]),
        ("launch-time", |v| vec![time(v.instance.launch_time)]),
        ("maintenance-options.auto-recovery", |_| vec!["default".into()]),
        ("metadata-options.http-endpoint", |v| vec![switch(v.instance.metadata.endpoint_enabled)]),
        ("metadata-options.http-protocol-ipv4", |v| vec![switch(v.instance.metadata.endpoint_enabled)]),
        ("metadata-options.http-protocol-ipv6", |_| vec!["disabled".into()]),
        ("metadata-options.http-put-response-hop-limit", |v| vec![v.instance.metadata.hop_limit.to_string()]),
        ("metadata-options.http-tokens", |v| {
            vec![if v.instance.metadata.tokens_required { "required" } else { "optional" }.into()]
        }),
        ("metadata-options.instance-metadata-tags", |v| vec![switch(v.instance.metadata.tags_enabled)]),
        ("monitoring-state", |v| vec![switch(v.instance.monitoring)]),
        ("network-interface.addresses.association.allocation-id", |v| {
            associations(v).filter_map(|a| a.elastic.as_ref().map(|(allocation, _)| allocation.clone())).collect()
        }),
        ("network-interface.addresses.association.association-id", |v| {
            associations(v).filter_map(|a| a.elastic.as_ref().map(|(_, association)| association.clone())).collect()
        }),
        ("network-interface.addresses.association.carrier-ip", |_| Vec::new()),
        ("network-interface.addresses.association.customer-owned-ip", |_| Vec::new()),
        ("network-interface.addresses.association.ip-owner-id", |v| associations(v).map(|a| owner(v, a)).collect()),
        ("network-interface.addresses.association.public-dns-name", |v| {
            associations(v).map(|a| super::view::public_name(&v.region, &a.public.to_string())).collect()
        }),
        ("network-interface.addresses.association.public-ip", |v| {
            associations(v).map(|a| a.public.to_string()).collect()
        }),
        ("network-interface.addresses.primary", |v| {
            v.interfaces.iter().flat_map(|i| (0..i.addresses.len()).map(|n| (n == 0).to_string())).collect()
        }),
        ("network-interface.addresses.private-dns-name", |v| {
            addresses(v).map(|a| super::view::private_name(&v.region, &a.private.to_string())).collect()
        }),
        ("network-interface.addresses.private-ip-address", |v| addresses(v).map(|a| a.private.to_string()).collect()),
        ("network-interface.association.allocation-id", |v| {
            associations(v).filter_map(|a| a.elastic.as_ref().map(|(allocation, _)| allocation.clone())).collect()
        }),
        ("network-interface.association.association-id", |v| {
            associations(v).filter_map(|a| a.elastic.as_ref().map(|(_, association)| association.clone())).collect()
        }),
        ("network-interface.association.ip-owner-id", |v| associations(v).map(|a| owner(v, a)).collect()),
        ("network-interface.association.public-ip", |v| associations(v).map(|a| a.public.to_string()).collect()),
        ("network-interface.attachment.attach-time", |v| attachments(v).map(|a| time(a.attached)).collect()),
        ("network-interface.attachment.attachment-id", |v| attachments(v).map(|a| a.id.clone()).collect()),
        ("network-interface.attachment.delete-on-termination", |v| {
            attachments(v).map(|a| a.delete_on_termination.to_string()).collect()
        }),
        ("network-interface.attachment.device-index", |v| attachments(v).map(|a| a.device_index.to_string()).collect()),
        ("network-interface.attachment.instance-id", |v| attachments(v).map(|a| a.instance.clone()).collect()),
        ("network-interface.attachment.instance-owner-id", |v| vec![v.instance.account.clone()]),
        ("network-interface.attachment.network-card-index", |v| attachments(v).map(|_| "0".to_owned()).collect()),
        ("network-interface.attachment.status", |v| attachments(v).map(|_| "attached".to_owned()).collect()),
        ("network-interface.availability-zone", |v| interfaces(v, |i| i.zone.clone())),
        ("network-interface.deny-all-igw-traffic", |_| Vec::new()),
        ("network-interface.description", |v| interfaces(v, |i| i.description.clone())),
        ("network-interface.group-id", |v| v.interfaces.iter().flat_map(|i| i.groups.clone()).collect()),
        ("network-interface.group-name", |v| {
            v.interfaces.iter().flat_map(|i| &i.groups).map(|id| v.group_name(id)).collect()
        }),
        ("network-interface.ipv4-prefixes.ipv4-prefix", |_| Vec::new()),
        ("network-interface.ipv6-address", |_| Vec::new()),
        ("network-interface.ipv6-addresses.ipv6-address", |_| Vec::new()),
        ("network-interface.ipv6-addresses.is-primary-ipv6", |_| Vec::new()),
        ("network-interface.ipv6-native", |_| vec!["false".into()]),
        ("network-interface.ipv6-prefixes.ipv6-prefix", |_| Vec::new()),
        ("network-interface.mac-address", |v| interfaces(v, NetworkInterface::mac_text)),
        ("network-interface.network-interface-id", |v| interfaces(v, |i| i.id.clone())),
        ("network-interface.operator.managed", |v| interfaces(v, |_| "false".into())),
        ("network-interface.operator.principal", |_| Vec::new()),
        ("network-interface.outpost-arn", |_| Vec::new()),
        ("network-interface.owner-id", |v| interfaces(v, |i| i.account.clone())),
        ("network-interface.private-dns-name", |v| v.private_dns().into_iter().collect()),
        ("network-interface.private-ip-address", |v| interfaces(v, |i| i.primary().to_string())),
        ("network-interface.public-dns-name", |v| v.public_dns().into_iter().collect()),
        ("network-interface.requester-id", |_| Vec::new()),
        ("network-interface.requester-managed", |v| interfaces(v, |_| "false".into())),
        ("network-interface.source-dest-check", |v| interfaces(v, |i| i.source_dest_check.to_string())),
        ("network-interface.status", |v| interfaces(v, |i| i.status().name().into())),
        ("network-interface.subnet-id", |v| interfaces(v, |i| i.subnet.clone())),
        ("network-interface.tag-key", |v| {
            v.interfaces.iter().flat_map(|i| i.tags.iter()).map(|(key, _)| key.to_owned()).collect()
        }),
        ("network-interface.tag-value", |v| {
            v.interfaces.iter().flat_map(|i| i.tags.iter()).map(|(_, value)| value.to_owned()).collect()
        }),
        ("network-interface.vpc-id", |v| interfaces(v, |i| i.vpc.clone())),
        ("network-performance-options.bandwidth-weighting", |_| vec!["default".into()]),
        ("operator.managed", |_| vec!["false".into()]),
        ("operator.principal", |_| Vec::new()),
        ("outpost-arn", |_| Vec::new()),
        ("owner-id", |v| vec![v.instance.account.clone()]),
        ("placement-group-name", |_| Vec::new()),
        ("placement-partition-number", |_| Vec::new()),
        ("platform", |_| Vec::new()),
        ("platform-details", |v| vec![v.instance.platform_details.clone()]),
        ("private-dns-name", |v| v.private_dns().into_iter().collect()),
        ("private-dns-name-options.enable-resource-name-dns-a-record", |_| vec!["false".into()]),
        ("private-dns-name-options.enable-resource-name-dns-aaaa-record", |_| vec!["false".into()]),
        ("private-dns-name-options.hostname-type", |_| vec!["ip-name".into()]),
        ("private-ip-address", |v| v.private_ip().into_iter().collect()),
        ("product-code", |_| Vec::new()),
        ("product-code.type", |_| Vec::new()),
        ("ramdisk-id", |_| Vec::new()),
        ("reason", |v| vec![v.instance.transition_reason.clone()]),
        ("requester-id", |_| Vec::new()),
        ("reservation-id", |v| vec![v.instance.reservation.clone()]),
        ("root-device-name", |v| vec![v.instance.root.name.clone()]),
        ("root-device-type", |_| vec!["ebs".into()]),
        ("source-dest-check", |v| v.primary().map(|i| i.source_dest_check.to_string()).into_iter().collect()),
        ("spot-instance-request-id", |v| v.instance.spot.iter().map(|spot| spot.request.clone()).collect()),
        ("state-reason-code", |v| v.instance.reason().into_iter().map(|r| r.code).collect()),
        ("state-reason-message", |v| v.instance.reason().into_iter().map(|r| r.message).collect()),
        ("subnet-id", |v| interfaces(v, |i| i.subnet.clone())),
        ("tenancy", |v| vec![v.instance.placement.tenancy.name().into()]),
        ("tpm-support", |_| Vec::new()),
        ("usage-operation", |_| vec!["RunInstances".into()]),
        ("usage-operation-update-time", |v| vec![time(v.instance.created)]),
        ("virtualization-type", |_| vec!["hvm".into()]),
        ("vpc-id", |v| interfaces(v, |i| i.vpc.clone())),
        // Freehold's own: what AWS tells only by an event and inside the instance.
        ("freehold:rebalance-recommended", |v| {
            vec![v.instance.spot.as_ref().is_some_and(|spot| spot.rebalance.is_some()).to_string()]
        }),
        // Not in the reference, and used by consoles and tools all the same.
        ("cpu-options.core-count", |v| {
            catalogue::find(&v.instance.instance_type).map(|kind| kind.cores.to_string()).into_iter().collect()
        }),
    ],
    tags: Some(|v| &v.instance.tags),
};

fn on_host(view: &InstanceView) -> Option<String> {
    view.instance.placement.host.clone()
}

fn reservation(view: &InstanceView) -> Option<String> {
    view.instance.reservation_terms.used.clone()
}

fn interfaces(shown: &InstanceView, value: impl Fn(&NetworkInterface) -> String) -> Vec<String> {
    shown.interfaces.iter().map(value).collect()
}

fn addresses(shown: &InstanceView) -> impl Iterator<Item = &InterfaceAddress> {
    shown.interfaces.iter().flat_map(|interface| &interface.addresses)
}

fn associations(shown: &InstanceView) -> impl Iterator<Item = &PublicAssociation> {
    addresses(shown).filter_map(|address| address.association.as_ref())
}

fn attachments(shown: &InstanceView) -> impl Iterator<Item = &Attachment> {
    shown.interfaces.iter().filter_map(|interface| interface.attachment.as_ref())
}

fn primary_groups(shown: &InstanceView) -> impl Iterator<Item = &String> {
    shown.primary().into_iter().flat_map(|interface| &interface.groups)
}

fn owner(shown: &InstanceView, association: &PublicAssociation) -> String {
    if association.elastic.is_some() { shown.instance.account.clone() } else { "amazon".into() }
}

fn switch(on: bool) -> String {
    if on { "enabled" } else { "disabled" }.into()
}

/// As the answer writes it: milliseconds, so that a value copied from an answer matches.
fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
