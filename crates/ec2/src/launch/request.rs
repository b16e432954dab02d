//! Reads RunInstances' parameters. What has no effect here is refused by name.

use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use freehold_api::ec2::{
    CapacityReservationSpecification, InstanceMetadataOptionsRequest, InstanceNetworkInterfaceSpecification, Placement,
    RunInstancesRequest, TagSpecification,
};
use freehold_core::Principal;

use super::market::market_parameters;
use super::root_device::root_device;
use crate::errors::{Error, Result};
use crate::model::{
    Affinity, InterfaceParameters, LaunchParameters, MetadataParameters, PlacementParameters, ReservationWish,
    ShutdownBehavior, Tags, Tenancy,
};
use crate::tagging;

/// *EC2 user guide, Instance user data*: before encoding.
const MAX_USER_DATA: usize = 16 * 1024;

/// What the request says of its instances; counts, tokens and templates aside.
pub fn launch_parameters(input: &RunInstancesRequest) -> Result<LaunchParameters> {
    launch_parameters_by(&Principal::anonymous(), input)
}

/// The same, with the tags that this principal may set.
pub fn launch_parameters_by(principal: &Principal, input: &RunInstancesRequest) -> Result<LaunchParameters> {
    refuse_what_has_no_effect(input)?;
    let input = input.clone();
    let interfaces = input.network_interfaces.unwrap_or_default().into_iter().map(interface);
    let profile = input.iam_instance_profile.unwrap_or_default();
    Ok(LaunchParameters {
        image: input.image_id,
        instance_type: input.instance_type,
        key_name: input.key_name,
        user_data: input.user_data.map(checked_user_data).transpose()?,
        group_ids: input.security_group_ids.unwrap_or_default(),
        group_names: input.security_groups.unwrap_or_default(),
        subnet: input.subnet_id,
        private_ip: input.private_ip_address.as_deref().map(address).transpose()?,
        interfaces: interfaces.collect::<Result<_>>()?,
        root: root_device(input.block_device_mappings.unwrap_or_default())?,
        placement: input.placement.map(placement).transpose()?,
        metadata: input.metadata_options.map(metadata_parameters).transpose()?,
        shutdown_behavior: input.instance_initiated_shutdown_behavior.as_deref().map(shutdown_behavior).transpose()?,
        disable_api_termination: input.disable_api_termination,
        disable_api_stop: input.disable_api_stop,
        monitoring: input.monitoring.and_then(|monitoring| monitoring.enabled),
        ebs_optimized: input.ebs_optimized,
        cpu_credits: input.credit_specification.and_then(|credits| credits.cpu_credits),
        iam_profile_arn: profile.arn,
        iam_profile_name: profile.name,
        reservation: input.capacity_reservation_specification.map(reservation_wish).transpose()?,
        market: input.instance_market_options.map(market_parameters).transpose()?,
        tags: launch_tags(principal, input.tag_specifications.unwrap_or_default())?,
    })
}

/// `stop` or `terminate`.
pub fn shutdown_behavior(value: &str) -> Result<ShutdownBehavior> {
    match value {
        "stop" => Ok(ShutdownBehavior::Stop),
        "terminate" => Ok(ShutdownBehavior::Terminate),
        other => Err(Error::invalid_value("instanceInitiatedShutdownBehavior", other, "Expected: stop, terminate.")),
    }
}

/// Metadata options of a launch or of ModifyInstanceMetadataOptions.
pub fn metadata_parameters(options: InstanceMetadataOptionsRequest) -> Result<MetadataParameters> {
    if options.http_protocol_ipv6.as_deref().is_some_and(|value| value != "disabled") {
        return Err(Error::no_effect("MetadataOptions.HttpProtocolIpv6"));
    }
    let hop_limit = options.http_put_response_hop_limit.map(|limit| {
        u8::try_from(limit).ok().filter(|limit| (1..=64).contains(limit)).ok_or_else(|| {
            Error::invalid_value("HttpPutResponseHopLimit", limit, "Valid values are integers between 1 and 64.")
        })
    });
    Ok(MetadataParameters {
        endpoint_enabled: choice("HttpEndpoint", options.http_endpoint, "disabled", "enabled")?,
        tokens_required: choice("HttpTokens", options.http_tokens, "optional", "required")?,
        hop_limit: hop_limit.transpose()?,
        tags_enabled: choice("InstanceMetadataTags", options.instance_metadata_tags, "disabled", "enabled")?,
    })
}

/// A parameter with two values: whether it is the second.
fn choice(parameter: &str, value: Option<String>, no: &str, yes: &str) -> Result<Option<bool>> {
    match value {
        None => Ok(None),
        Some(value) if value == no => Ok(Some(false)),
        Some(value) if value == yes => Ok(Some(true)),
        Some(other) => Err(Error::invalid_value(parameter, other, format_args!("Expected: {no}, {yes}."))),
    }
}

fn interface(said: InstanceNetworkInterfaceSpecification) -> Result<InterfaceParameters> {
    let none = |count: Option<i32>| count.unwrap_or(0) == 0;
    let asked = [
        ("Ipv6AddressCount", !none(said.ipv6_address_count)),
        ("Ipv6Addresses", said.ipv6_addresses.is_some()),
        ("AssociateCarrierIpAddress", said.associate_carrier_ip_address == Some(true)),
        ("InterfaceType", said.interface_type.as_deref().is_some_and(|kind| kind != "interface")),
        ("NetworkCardIndex", !none(said.network_card_index)),
        ("Ipv4Prefixes", said.ipv4_prefixes.is_some() || !none(said.ipv4_prefix_count)),
        ("Ipv6Prefixes", said.ipv6_prefixes.is_some() || !none(said.ipv6_prefix_count)),
        ("PrimaryIpv6", said.primary_ipv6.is_some()),
        ("EnaSrdSpecification", said.ena_srd_specification.is_some()),
        ("ConnectionTrackingSpecification", said.connection_tracking_specification.is_some()),
        ("EnaQueueCount", said.ena_queue_count.is_some()),
    ];
    refuse(&asked)?;
    let (mut private_ip, mut secondary_ips) =
        (said.private_ip_address.as_deref().map(address).transpose()?, Vec::new());
    for listed in said.private_ip_addresses.unwrap_or_default() {
        let listed_ip = address(listed.private_ip_address.as_deref().unwrap_or_default())?;
        if listed.primary == Some(true) {
            private_ip = Some(listed_ip);
        } else {
            secondary_ips.push(listed_ip);
        }
    }
    let number = |name: &'static str, value: Option<i32>| {
        value
            .map(|n| u32::try_from(n).map_err(|_| Error::invalid_value(name, n, "It must not be negative.")))
            .transpose()
    };
    Ok(InterfaceParameters {
        device_index: number("DeviceIndex", said.device_index)?,
        interface: said.network_interface_id,
        subnet: said.subnet_id,
        private_ip,
        secondary_ips,
        secondary_count: number("SecondaryPrivateIpAddressCount", said.secondary_private_ip_address_count)?,
        groups: said.groups.unwrap_or_default(),
        associate_public_ip: said.associate_public_ip_address,
        delete_on_termination: said.delete_on_termination,
        description: said.description,
    })
}

fn placement(said: Placement) -> Result<PlacementParameters> {
    let asked = [
        ("Placement.GroupName", said.group_name.as_deref().is_some_and(|name| !name.is_empty())),
        ("Placement.GroupId", said.group_id.is_some()),
        ("Placement.PartitionNumber", said.partition_number.is_some()),
        ("Placement.HostResourceGroupArn", said.host_resource_group_arn.is_some()),
        ("Placement.SpreadDomain", said.spread_domain.is_some()),
        ("Placement.AvailabilityZoneId", said.availability_zone_id.is_some()),
    ];
    refuse(&asked)?;
    if let Some(tenancy) = said.tenancy.as_deref().filter(|tenancy| Tenancy::parse(tenancy).is_none()) {
        return Err(Error::invalid_value("Tenancy", tenancy, "Expected: default, dedicated, host."));
    }
    Ok(PlacementParameters {
        zone: said.availability_zone,
        tenancy: said.tenancy,
        host: said.host_id,
        affinity: said.affinity.as_deref().map(affinity).transpose()?,
    })
}

/// `default` or `host`.
pub fn affinity(said: &str) -> Result<Affinity> {
    Affinity::parse(said)
        .ok_or_else(|| Error::other("InvalidAffinity", format!("The affinity value '{said}' is not valid.")))
}

/// What a launch, or ModifyInstanceCapacityReservationAttributes, says of reservations.
pub fn reservation_wish(said: CapacityReservationSpecification) -> Result<ReservationWish> {
    match (said.capacity_reservation_preference.as_deref(), said.capacity_reservation_target) {
        (Some(_), Some(_)) => Err(Error::InvalidParameterCombination(
            "The parameters CapacityReservationPreference and CapacityReservationTarget cannot be used together."
                .into(),
        )),
        (_, Some(target)) if target.capacity_reservation_resource_group_arn.is_some() => {
            Err(Error::no_effect("CapacityReservationTarget.CapacityReservationResourceGroupArn"))
        }
        (_, Some(target)) => {
            let id = target.capacity_reservation_id.ok_or(Error::MissingParameter("CapacityReservationId"))?;
            Ok(ReservationWish::Target(id))
        }
        (None | Some("open"), None) => Ok(ReservationWish::Open),
        (Some("none"), None) => Ok(ReservationWish::None),
        (Some("capacity-reservations-only"), None) => Ok(ReservationWish::Only),
        (Some(other), None) => Err(Error::invalid_value(
            "CapacityReservationPreference",
            other,
            "Expected: capacity-reservations-only, open, none.",
        )),
    }
}

fn launch_tags(principal: &Principal, specifications: Vec<TagSpecification>) -> Result<Vec<(String, Tags)>> {
    let mut all: Vec<(String, Tags)> = Vec::new();
    for said in specifications {
        let kind = said.resource_type.unwrap_or_default();
        if !matches!(kind.as_str(), "instance" | "volume" | "network-interface" | "spot-instances-request") {
            return Err(Error::InvalidParameterValue(format!(
                "'{kind}' is not a valid taggable resource type for this operation."
            )));
        }
        if all.iter().any(|(known, _)| *known == kind) {
            return Err(Error::InvalidParameterValue(format!(
                "Tag specification resource type '{kind}' is duplicated."
            )));
        }
        all.push((kind, tagging::check_by(principal, said.tags.unwrap_or_default())?));
    }
    Ok(all)
}

fn checked_user_data(encoded: String) -> Result<String> {
    // Clients break lines as MIME does.
    let compact: String = encoded.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let decoded = STANDARD
        .decode(&compact)
        .map_err(|_| Error::InvalidParameterValue("Invalid BASE64 encoding of user data.".into()))?;
    if decoded.len() > MAX_USER_DATA {
        return Err(Error::InvalidParameterValue(format!("User data is limited to {MAX_USER_DATA} bytes")));
    }
    Ok(compact)
}

fn address(text: &str) -> Result<Ipv4Addr> {
    text.parse().map_err(|_| Error::InvalidParameterValue(format!("invalid value for parameter address: {text}")))
}

fn refuse(asked: &[(&str, bool)]) -> Result<()> {
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}

fn refuse_what_has_no_effect(input: &RunInstancesRequest) -> Result<()> {
    let maintenance = input.maintenance_options.as_ref().and_then(|options| options.auto_recovery.as_deref());
    let dns = input.private_dns_name_options.clone().unwrap_or_default();
    refuse(&[
        ("Ipv6AddressCount", input.ipv6_address_count.unwrap_or(0) != 0),
        ("Ipv6Addresses", input.ipv6_addresses.is_some()),
        ("KernelId", input.kernel_id.is_some()),
        ("RamdiskId", input.ramdisk_id.is_some()),
        ("ElasticGpuSpecification", input.elastic_gpu_specification.is_some()),
        ("ElasticInferenceAccelerators", input.elastic_inference_accelerators.is_some()),
        ("CpuOptions", input.cpu_options.is_some()),
        ("HibernationOptions", input.hibernation_options.as_ref().is_some_and(|said| said.configured == Some(true))),
        ("LicenseSpecifications", input.license_specifications.is_some()),
        ("EnclaveOptions", input.enclave_options.as_ref().is_some_and(|said| said.enabled == Some(true))),
        ("PrivateDnsNameOptions.HostnameType", dns.hostname_type.is_some_and(|kind| kind != "ip-name")),
        ("PrivateDnsNameOptions.EnableResourceNameDnsARecord", dns.enable_resource_name_dns_a_record == Some(true)),
        (
            "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord",
            dns.enable_resource_name_dns_aaaa_record == Some(true),
        ),
        ("MaintenanceOptions.AutoRecovery", maintenance.is_some_and(|value| value != "default")),
        ("EnablePrimaryIpv6", input.enable_primary_ipv6 == Some(true)),
        ("NetworkPerformanceOptions", input.network_performance_options.is_some()),
        ("Operator", input.operator.is_some()),
        ("SecondaryInterfaces", input.secondary_interfaces.is_some()),
        ("AdditionalInfo", input.additional_info.is_some()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_without_effect_is_refused_by_name() {
        let input = RunInstancesRequest { kernel_id: Some("aki-1".into()), ..Default::default() };
        let refused = launch_parameters(&input).err().map(|e| (e.code(), e.to_string()));
        assert_eq!(
            refused,
            Some(("UnsupportedOperation", "The parameter KernelId is not supported by Freehold.".to_owned()))
        );
    }

    #[test]
    fn user_data_is_base64_of_at_most_16_kib() {
        assert!(checked_user_data("not base64!".into()).is_err());
        assert!(checked_user_data(STANDARD.encode(vec![b'x'; MAX_USER_DATA])).is_ok());
        assert!(checked_user_data(STANDARD.encode(vec![b'x'; MAX_USER_DATA + 1])).is_err());
    }
}
