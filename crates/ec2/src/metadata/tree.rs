//! The categories of instance metadata (*EC2 user guide, Instance metadata categories*): those that cloud-init and
//! the SDKs read, and what scripts ask for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::model::{Instance, InterruptionBehavior, NetworkInterface};
use crate::operations::instance_view::{InstanceView, private_name, public_name};
use crate::roles::RoleCredentials;

/// Address blocks of the instance's network.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Of the VPC, the primary one first.
    pub vpc: Vec<String>,
    /// By subnet.
    pub subnets: BTreeMap<String, String>,
}

/// Paths below `/latest/` and what they hold.
pub fn leaves(
    shown: &InstanceView,
    network: &Network,
    credentials: Option<(String, RoleCredentials)>,
    now: Timestamp,
) -> BTreeMap<String, String> {
    let mut leaves = Leaves(BTreeMap::new());
    identity(&mut leaves, shown);
    addresses(&mut leaves, shown);
    for interface in &shown.interfaces {
        network_interface(&mut leaves, shown, network, interface);
    }
    placement(&mut leaves, shown);
    iam(&mut leaves, &shown.instance, credentials, now);
    spot(&mut leaves, &shown.instance, now);
    if let Some(key) = &shown.instance.public_key {
        let name = shown.instance.key_name.as_deref().unwrap_or("key");
        leaves.put(format!("public-keys/0={name}/openssh-key"), key.trim());
    }
    if shown.instance.metadata.tags_enabled {
        // AWS refuses such keys when tags are made visible here; a path cannot show them.
        for (key, value) in shown.instance.tags.iter().filter(|(key, _)| !key.contains(['/', ' '])) {
            leaves.put(format!("tags/instance/{key}"), value);
        }
    }
    leaves.0.insert("dynamic/instance-identity/document".into(), document(shown));
    leaves.0
}

struct Leaves(BTreeMap<String, String>);

impl Leaves {
    /// Below `meta-data`.
    fn put(&mut self, path: impl std::fmt::Display, value: impl Into<String>) {
        self.0.insert(format!("meta-data/{path}"), value.into());
    }
}

fn identity(leaves: &mut Leaves, shown: &InstanceView) {
    let own = &shown.instance;
    leaves.put("ami-id", &own.image);
    leaves.put("ami-launch-index", own.launch_index.to_string());
    leaves.put("ami-manifest-path", "(unknown)");
    leaves.put("block-device-mapping/ami", &own.root.name);
    leaves.put("block-device-mapping/root", &own.root.name);
    leaves.put("instance-action", "none");
    leaves.put("instance-id", &own.id);
    leaves.put("instance-life-cycle", if own.spot.is_some() { "spot" } else { "on-demand" });
    leaves.put("instance-type", &own.instance_type);
    leaves.put("profile", "default-hvm");
    leaves.put("reservation-id", &own.reservation);
    leaves.put("services/domain", "amazonaws.com");
    leaves.put("services/partition", "aws");
    leaves.put("system", "nitro");
    leaves.put("security-groups", group_names(shown, shown.primary()));
}

fn addresses(leaves: &mut Leaves, shown: &InstanceView) {
    let private_dns = shown.private_dns().unwrap_or_default();
    leaves.put("hostname", &private_dns);
    leaves.put("local-hostname", &private_dns);
    leaves.put("local-ipv4", shown.private_ip().unwrap_or_default());
    leaves.put("mac", shown.primary().map(NetworkInterface::mac_text).unwrap_or_default());
    if let (Some(address), Some(name)) = (shown.public_ip(), shown.public_dns()) {
        leaves.put("public-ipv4", address);
        leaves.put("public-hostname", name);
    }
}

fn network_interface(leaves: &mut Leaves, shown: &InstanceView, network: &Network, interface: &NetworkInterface) {
    let base = format!("network/interfaces/macs/{}", interface.mac_text());
    let mut put = |path: &str, value: String| leaves.put(format_args!("{base}/{path}"), value);
    let index = interface.attachment.as_ref().map_or(0, |attachment| attachment.device_index);
    let private = interface.primary().to_string();
    let list = |values: Vec<String>| values.join("\n");
    put("device-number", index.to_string());
    put("interface-id", interface.id.clone());
    put("local-hostname", private_name(&shown.region, &private));
    put("local-ipv4s", list(interface.addresses.iter().map(|address| address.private.to_string()).collect()));
    put("mac", interface.mac_text());
    put("network-card", "0".into());
    put("owner-id", interface.account.clone());
    put("security-group-ids", list(interface.groups.clone()));
    put("security-groups", group_names(shown, Some(interface)));
    put("subnet-id", interface.subnet.clone());
    put("vpc-id", interface.vpc.clone());
    if let Some(cidr) = network.subnets.get(&interface.subnet) {
        put("subnet-ipv4-cidr-block", cidr.clone());
    }
    if let Some(primary) = network.vpc.first() {
        put("vpc-ipv4-cidr-block", primary.clone());
        put("vpc-ipv4-cidr-blocks", list(network.vpc.clone()));
    }
    let pairs = interface.addresses.iter().filter_map(|a| Some((a.association.as_ref()?.public, a.private)));
    let publics: Vec<_> = pairs.collect();
    if let Some((first, _)) = publics.first() {
        put("public-hostname", public_name(&shown.region, &first.to_string()));
        put("public-ipv4s", list(publics.iter().map(|(public, _)| public.to_string()).collect()));
    }
    for (public, private) in publics {
        put(&format!("ipv4-associations/{public}"), private.to_string());
    }
}

fn group_names(shown: &InstanceView, interface: Option<&NetworkInterface>) -> String {
    let ids = interface.map(|interface| interface.groups.as_slice()).unwrap_or_default();
    ids.iter().map(|id| shown.group_name(id)).collect::<Vec<_>>().join("\n")
}

fn placement(leaves: &mut Leaves, shown: &InstanceView) {
    let placement = &shown.instance.placement;
    leaves.put("placement/availability-zone", &placement.zone);
    leaves.put("placement/availability-zone-id", &placement.zone_id);
    leaves.put("placement/region", &shown.region.name);
}

fn iam(leaves: &mut Leaves, own: &Instance, credentials: Option<(String, RoleCredentials)>, now: Timestamp) {
    let Some(profile) = &own.iam_profile else { return };
    let updated = credentials.as_ref().map_or(now, |(_, issued)| issued.last_updated);
    let info = json!({
        "Code": "Success",
        "LastUpdated": seconds(updated),
        "InstanceProfileArn": profile.arn,
        "InstanceProfileId": profile.id,
    });
    leaves.put("iam/info", pretty(&info));
    let Some((role, issued)) = credentials else { return };
    let answer = json!({
        "Code": "Success",
        "LastUpdated": seconds(issued.last_updated),
        "Type": "AWS-HMAC",
        "AccessKeyId": issued.access_key_id,
        "SecretAccessKey": issued.secret_access_key,
        "Token": issued.token,
        "Expiration": seconds(issued.expiration),
    });
    leaves.put(format_args!("iam/security-credentials/{role}"), pretty(&answer));
}

/// That it is to go (*EC2 user guide, Spot Instance interruption notices*, *EC2 instance rebalance recommendations*).
fn spot(leaves: &mut Leaves, own: &Instance, now: Timestamp) {
    let Some(spot) = &own.spot else { return };
    if let Some(since) = spot.rebalance {
        leaves.put("events/recommendations/rebalance", json!({ "noticeTime": seconds(since) }).to_string());
    }
    let Some(at) = spot.notice(now) else { return };
    leaves.put("spot/instance-action", json!({ "action": spot.behavior.name(), "time": seconds(at) }).to_string());
    if spot.behavior == InterruptionBehavior::Terminate {
        leaves.put("spot/termination-time", seconds(at));
    }
}

/// The instance identity document (*EC2 user guide, Instance identity documents*).
fn document(shown: &InstanceView) -> String {
    let own = &shown.instance;
    pretty(&json!({
        "accountId": own.account,
        "architecture": own.architecture,
        "availabilityZone": own.placement.zone,
        "billingProducts": null,
        "devpayProductCodes": null,
        "imageId": own.image,
        "instanceId": own.id,
        "instanceType": own.instance_type,
        "kernelId": null,
        "marketplaceProductCodes": null,
        "pendingTime": seconds(own.launch_time),
        "privateIp": shown.private_ip(),
        "ramdiskId": null,
        "region": shown.region.name,
        "version": "2017-09-30",
    }))
}

fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}")
}
