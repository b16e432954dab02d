//! What a launch may say. RunInstances and a launch template's version say it in different generated types; both are
//! read into this one, merged (the request wins, member by member), and only then completed with defaults.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::{Affinity, MarketParameters, ReservationWish, ShutdownBehavior, Tags};

/// Launch parameters; what is `None` was not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LaunchParameters {
    pub image: Option<String>,
    pub instance_type: Option<String>,
    pub key_name: Option<String>,
    /// Base64.
    pub user_data: Option<String>,
    pub group_ids: Vec<String>,
    pub group_names: Vec<String>,
    pub subnet: Option<String>,
    pub private_ip: Option<Ipv4Addr>,
    pub interfaces: Vec<InterfaceParameters>,
    pub root: Option<RootDeviceParameters>,
    pub placement: Option<PlacementParameters>,
    pub metadata: Option<MetadataParameters>,
    pub shutdown_behavior: Option<ShutdownBehavior>,
    pub disable_api_termination: Option<bool>,
    pub disable_api_stop: Option<bool>,
    pub monitoring: Option<bool>,
    pub ebs_optimized: Option<bool>,
    pub cpu_credits: Option<String>,
    /// ARN or name.
    pub iam_profile_arn: Option<String>,
    pub iam_profile_name: Option<String>,
    pub reservation: Option<ReservationWish>,
    /// How instances are bought; On-Demand where nothing is said.
    pub market: Option<MarketParameters>,
    /// By resource type: `instance`, `volume`, `network-interface`, `spot-instances-request`.
    pub tags: Vec<(String, Tags)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InterfaceParameters {
    pub device_index: Option<u32>,
    /// An existing interface; then nothing but the index and delete-on-termination may be said.
    pub interface: Option<String>,
    pub subnet: Option<String>,
    pub private_ip: Option<Ipv4Addr>,
    pub secondary_ips: Vec<Ipv4Addr>,
    pub secondary_count: Option<u32>,
    pub groups: Vec<String>,
    pub associate_public_ip: Option<bool>,
    pub delete_on_termination: Option<bool>,
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RootDeviceParameters {
    pub device: String,
    pub size_gib: Option<u32>,
    pub volume_type: Option<String>,
    pub iops: Option<u32>,
    pub throughput: Option<u32>,
    pub delete_on_termination: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlacementParameters {
    pub zone: Option<String>,
    pub tenancy: Option<String>,
    pub host: Option<String>,
    pub affinity: Option<Affinity>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetadataParameters {
    pub endpoint_enabled: Option<bool>,
    pub tokens_required: Option<bool>,
    pub hop_limit: Option<u8>,
    pub tags_enabled: Option<bool>,
}

impl LaunchParameters {
    /// Fills what this (a request) does not say with what `template` says.
    pub fn over(self, template: Self) -> Self {
        fn first<T>(own: Vec<T>, other: Vec<T>) -> Vec<T> {
            if own.is_empty() { other } else { own }
        }
        // Groups are one thing, said by id or by name; so is the profile. Interfaces bring their own groups.
        let says_groups = !self.group_ids.is_empty() || !self.group_names.is_empty();
        let says_profile = self.iam_profile_arn.is_some() || self.iam_profile_name.is_some();
        let (group_ids, group_names) =
            if says_groups { (self.group_ids, self.group_names) } else { (template.group_ids, template.group_names) };
        let (iam_profile_arn, iam_profile_name) = if says_profile {
            (self.iam_profile_arn, self.iam_profile_name)
        } else {
            (template.iam_profile_arn, template.iam_profile_name)
        };
        Self {
            image: self.image.or(template.image),
            instance_type: self.instance_type.or(template.instance_type),
            key_name: self.key_name.or(template.key_name),
            user_data: self.user_data.or(template.user_data),
            group_ids,
            group_names,
            subnet: self.subnet.or(template.subnet),
            private_ip: self.private_ip.or(template.private_ip),
            interfaces: first(self.interfaces, template.interfaces),
            root: self.root.or(template.root),
            placement: self.placement.or(template.placement),
            metadata: self.metadata.or(template.metadata),
            shutdown_behavior: self.shutdown_behavior.or(template.shutdown_behavior),
            disable_api_termination: self.disable_api_termination.or(template.disable_api_termination),
            disable_api_stop: self.disable_api_stop.or(template.disable_api_stop),
            monitoring: self.monitoring.or(template.monitoring),
            ebs_optimized: self.ebs_optimized.or(template.ebs_optimized),
            cpu_credits: self.cpu_credits.or(template.cpu_credits),
            iam_profile_arn,
            iam_profile_name,
            reservation: self.reservation.or(template.reservation),
            market: self.market.or(template.market),
            tags: merge_tags(self.tags, template.tags),
        }
    }
}

/// Tags of both, the request's values winning (*EC2 user guide, Override launch template parameters*).
fn merge_tags(own: Vec<(String, Tags)>, template: Vec<(String, Tags)>) -> Vec<(String, Tags)> {
    let mut merged = template;
    for (kind, tags) in own {
        match merged.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, known)) => known.0.extend(tags.0),
            None => merged.push((kind, tags)),
        }
    }
    merged
}
