//! Reads the data of a launch template. It says what RunInstances' parameters say, in generated types of its own: it
//! is turned into those, so that both are checked by one reader ([`launch::launch_parameters`]).

use freehold_api::ec2 as api;

use crate::errors::{Error, Result};
use crate::launch;
use crate::model::LaunchParameters;

pub fn template_data(said: api::RequestLaunchTemplateData) -> Result<LaunchParameters> {
    refuse_what_has_no_effect(&said)?;
    launch::launch_parameters(&request(said))
}

fn refuse_what_has_no_effect(said: &api::RequestLaunchTemplateData) -> Result<()> {
    let dns = said.private_dns_name_options.clone().unwrap_or_default();
    let categories = said.monitoring.as_ref().is_some_and(|monitoring| monitoring.metric_category_ids.is_some());
    let cards = said.block_device_mappings.iter().flatten().filter_map(|mapping| mapping.ebs.as_ref());
    let asked = [
        ("ElasticInferenceAccelerators", said.elastic_inference_accelerators.is_some()),
        ("CpuOptions", said.cpu_options.is_some()),
        ("LicenseSpecifications", said.license_specifications.is_some()),
        ("HibernationOptions", said.hibernation_options.as_ref().is_some_and(|said| said.configured == Some(true))),
        ("EnclaveOptions", said.enclave_options.as_ref().is_some_and(|said| said.enabled == Some(true))),
        ("InstanceRequirements", said.instance_requirements.is_some()),
        ("PrivateDnsNameOptions.HostnameType", dns.hostname_type.is_some_and(|kind| kind != "ip-name")),
        ("PrivateDnsNameOptions.EnableResourceNameDnsARecord", dns.enable_resource_name_dns_a_record == Some(true)),
        (
            "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord",
            dns.enable_resource_name_dns_aaaa_record == Some(true),
        ),
        (
            "MaintenanceOptions.AutoRecovery",
            said.maintenance_options.as_ref().and_then(|m| m.auto_recovery.as_deref()).is_some_and(|v| v != "default"),
        ),
        ("NetworkPerformanceOptions", said.network_performance_options.is_some()),
        ("SecondaryInterfaces", said.secondary_interfaces.is_some()),
        ("Monitoring.MetricCategoryIds", categories),
        ("Ebs.EbsCardIndex", cards.into_iter().any(|ebs| ebs.ebs_card_index.unwrap_or(0) != 0)),
        // A parameter's name in place of an image's id.
        ("ImageId=resolve:ssm", said.image_id.as_deref().is_some_and(|id| id.starts_with("resolve:"))),
    ];
    asked.iter().find(|(_, said)| *said).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}

fn request(said: api::RequestLaunchTemplateData) -> api::RunInstancesRequest {
    api::RunInstancesRequest {
        kernel_id: said.kernel_id,
        ramdisk_id: said.ram_disk_id,
        ebs_optimized: said.ebs_optimized,
        iam_instance_profile: said
            .iam_instance_profile
            .map(|profile| api::IamInstanceProfileSpecification { arn: profile.arn, name: profile.name }),
        block_device_mappings: said.block_device_mappings.map(|all| all.into_iter().map(mapping).collect()),
        network_interfaces: said.network_interfaces.map(|all| all.into_iter().map(interface).collect()),
        image_id: said.image_id,
        instance_type: said.instance_type,
        key_name: said.key_name,
        monitoring: said
            .monitoring
            .map(|m| api::RunInstancesMonitoringEnabled { enabled: m.enabled, ..Default::default() }),
        placement: said.placement.map(placement),
        disable_api_termination: said.disable_api_termination,
        disable_api_stop: said.disable_api_stop,
        instance_initiated_shutdown_behavior: said.instance_initiated_shutdown_behavior,
        user_data: said.user_data,
        tag_specifications: said.tag_specifications.map(|all| all.into_iter().map(tags).collect()),
        elastic_gpu_specification: said.elastic_gpu_specifications,
        security_group_ids: said.security_group_ids,
        security_groups: said.security_groups,
        credit_specification: said.credit_specification,
        metadata_options: said.metadata_options.map(|m| api::InstanceMetadataOptionsRequest {
            http_tokens: m.http_tokens,
            http_put_response_hop_limit: m.http_put_response_hop_limit,
            http_endpoint: m.http_endpoint,
            http_protocol_ipv6: m.http_protocol_ipv6,
            instance_metadata_tags: m.instance_metadata_tags,
        }),
        instance_market_options: said.instance_market_options.map(market),
        capacity_reservation_specification: said.capacity_reservation_specification.map(reservation),
        operator: said.operator,
        ..Default::default()
    }
}

fn mapping(said: api::LaunchTemplateBlockDeviceMappingRequest) -> api::BlockDeviceMapping {
    api::BlockDeviceMapping {
        device_name: said.device_name,
        virtual_name: said.virtual_name,
        no_device: said.no_device,
        ebs: said.ebs.map(|ebs| api::EbsBlockDevice {
            encrypted: ebs.encrypted,
            delete_on_termination: ebs.delete_on_termination,
            iops: ebs.iops,
            kms_key_id: ebs.kms_key_id,
            snapshot_id: ebs.snapshot_id,
            volume_size: ebs.volume_size,
            volume_type: ebs.volume_type,
            throughput: ebs.throughput,
            volume_initialization_rate: ebs.volume_initialization_rate,
            ..Default::default()
        }),
    }
}

fn interface(
    said: api::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
) -> api::InstanceNetworkInterfaceSpecification {
    api::InstanceNetworkInterfaceSpecification {
        associate_public_ip_address: said.associate_public_ip_address,
        delete_on_termination: said.delete_on_termination,
        description: said.description,
        device_index: said.device_index,
        groups: said.groups,
        ipv6_address_count: said.ipv6_address_count,
        ipv6_addresses: said.ipv6_addresses.map(|all| {
            let address = |a: api::InstanceIpv6AddressRequest| api::InstanceIpv6Address {
                ipv6_address: a.ipv6_address,
                ..Default::default()
            };
            all.into_iter().map(address).collect()
        }),
        network_interface_id: said.network_interface_id,
        private_ip_address: said.private_ip_address,
        private_ip_addresses: said.private_ip_addresses,
        secondary_private_ip_address_count: said.secondary_private_ip_address_count,
        subnet_id: said.subnet_id,
        associate_carrier_ip_address: said.associate_carrier_ip_address,
        interface_type: said.interface_type,
        network_card_index: said.network_card_index,
        ipv4_prefixes: said.ipv4_prefixes,
        ipv4_prefix_count: said.ipv4_prefix_count,
        ipv6_prefixes: said.ipv6_prefixes,
        ipv6_prefix_count: said.ipv6_prefix_count,
        primary_ipv6: said.primary_ipv6,
        ena_srd_specification: said.ena_srd_specification,
        connection_tracking_specification: said.connection_tracking_specification,
        ena_queue_count: said.ena_queue_count,
    }
}

fn placement(said: api::LaunchTemplatePlacementRequest) -> api::Placement {
    api::Placement {
        availability_zone: said.availability_zone,
        availability_zone_id: said.availability_zone_id,
        affinity: said.affinity,
        group_name: said.group_name,
        group_id: said.group_id,
        host_id: said.host_id,
        host_resource_group_arn: said.host_resource_group_arn,
        partition_number: said.partition_number,
        spread_domain: said.spread_domain,
        tenancy: said.tenancy,
    }
}

fn market(said: api::LaunchTemplateInstanceMarketOptionsRequest) -> api::InstanceMarketOptionsRequest {
    api::InstanceMarketOptionsRequest {
        market_type: said.market_type,
        spot_options: said.spot_options.map(|spot| api::SpotMarketOptions {
            max_price: spot.max_price,
            spot_instance_type: spot.spot_instance_type,
            block_duration_minutes: spot.block_duration_minutes,
            valid_until: spot.valid_until,
            instance_interruption_behavior: spot.instance_interruption_behavior,
        }),
    }
}

fn reservation(
    said: api::LaunchTemplateCapacityReservationSpecificationRequest,
) -> api::CapacityReservationSpecification {
    api::CapacityReservationSpecification {
        capacity_reservation_preference: said.capacity_reservation_preference,
        capacity_reservation_target: said.capacity_reservation_target,
    }
}

fn tags(said: api::LaunchTemplateTagSpecificationRequest) -> api::TagSpecification {
    api::TagSpecification { resource_type: said.resource_type, tags: said.tags }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_read_as_a_launch_is() {
        let data = api::RequestLaunchTemplateData {
            instance_type: Some("t3.micro".into()),
            monitoring: Some(api::LaunchTemplatesMonitoringRequest { enabled: Some(true), ..Default::default() }),
            block_device_mappings: Some(vec![api::LaunchTemplateBlockDeviceMappingRequest {
                device_name: Some("/dev/xvda".into()),
                ebs: Some(api::LaunchTemplateEbsBlockDeviceRequest { volume_size: Some(9), ..Default::default() }),
                ..Default::default()
            }]),
            ..Default::default()
        };
        let read = template_data(data).unwrap();
        assert_eq!(read.instance_type.as_deref(), Some("t3.micro"));
        assert_eq!(read.monitoring, Some(true));
        assert_eq!(read.root.and_then(|root| root.size_gib), Some(9));
    }

    #[test]
    fn what_would_have_no_effect_is_refused_when_the_template_is_made() {
        let data = api::RequestLaunchTemplateData { image_id: Some("resolve:ssm:/x".into()), ..Default::default() };
        assert_eq!(template_data(data).unwrap_err().code(), "UnsupportedOperation");
    }
}
